package remote

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"patchdeck/engine/inventory"
)

// DiscoverOptions say where to look for machines that answer.
type DiscoverOptions struct {
	Ranges []netip.Prefix
	Ports  []int
	Rate   int // connections begun in a second, at the most
	// Names are DNS names of servers that are known, so that a machine that answers can be told to be one of them.
	Names []string
	// Limit is how long one connection may take; 0 means one second.
	Limit time.Duration
}

const (
	// MostDiscovered bounds the addresses of one sweep of the network.
	MostDiscovered = 1 << 16
	discoverPlaces = 256 // connections at once
	discoverPorts  = 8
	discoverRate   = 1000
)

// check refuses a sweep that would be larger or faster than anybody means.
func (o *DiscoverOptions) check() (addresses int, err error) {
	if len(o.Ports) == 0 || len(o.Ports) > discoverPorts {
		return 0, fmt.Errorf("name 1 to %d ports", discoverPorts)
	}
	for _, port := range o.Ports {
		if port < 1 || port > 65535 {
			return 0, fmt.Errorf("port %d is no number from 1 to 65535", port)
		}
	}
	if o.Rate < 1 || o.Rate > discoverRate {
		return 0, fmt.Errorf("rate %d: use 1 to %d connections a second", o.Rate, discoverRate)
	}
	for _, r := range o.Ranges {
		bits := r.Addr().BitLen() - r.Bits()
		if bits > 16 {
			return 0, fmt.Errorf("%s holds more than %d addresses", r, MostDiscovered)
		}
		addresses += 1 << bits
	}
	if addresses == 0 || addresses > MostDiscovered {
		return 0, fmt.Errorf("the ranges hold %d addresses, expected 1 to %d", addresses, MostDiscovered)
	}
	return addresses, nil
}

// Discover connects to every address of some ranges and tells who takes the connection. Nothing is sent: no name, no credential, no byte.
func Discover(ctx context.Context, o DiscoverOptions) (found []inventory.Responder, asked int, err error) {
	if asked, err = o.check(); err != nil {
		return nil, 0, err
	}
	if o.Limit == 0 {
		o.Limit = time.Second
	}
	names := o.resolve(ctx)
	pace := time.NewTicker(time.Second / time.Duration(o.Rate))
	defer pace.Stop()
	places := make(chan struct{}, discoverPlaces)
	var finished sync.WaitGroup
	defer finished.Wait()
	var mutex sync.Mutex
	for _, r := range o.Ranges {
		for address := r.Masked().Addr(); r.Contains(address); address = address.Next() {
			for _, port := range o.Ports {
				select {
				case <-pace.C:
				case <-ctx.Done():
					return nil, asked, fmt.Errorf("the sweep of the network was stopped: %w", ctx.Err())
				}
				places <- struct{}{}
				finished.Go(func() {
					defer func() { <-places }()
					if o.answers(ctx, address, port) {
						mutex.Lock()
						defer mutex.Unlock()
						found = append(found, inventory.Responder{Address: address.String(), Port: port, Name: names[address]})
					}
				})
			}
		}
	}
	finished.Wait()
	return found, asked, nil
}

func (o *DiscoverOptions) answers(ctx context.Context, address netip.Addr, port int) bool {
	dialer := net.Dialer{Timeout: o.Limit}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.String(), strconv.Itoa(port)))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// resolve finds the addresses of the known names. A name that is not known any more names nobody.
func (o *DiscoverOptions) resolve(ctx context.Context) map[netip.Addr]string {
	names := map[netip.Addr]string{}
	var mutex sync.Mutex
	places := make(chan struct{}, discoverPlaces/8)
	var finished sync.WaitGroup
	for _, name := range o.Names {
		places <- struct{}{}
		finished.Go(func() {
			defer func() { <-places }()
			ctx, cancel := context.WithTimeout(ctx, 5*o.Limit)
			defer cancel()
			addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
			if err != nil {
				return
			}
			mutex.Lock()
			defer mutex.Unlock()
			for _, address := range addresses {
				names[address.Unmap()] = name
			}
		})
	}
	finished.Wait()
	return names
}
