package simulator

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// Fleet is a number of simulated Windows servers that listen on loopback.
type Fleet struct {
	world        *world
	hosts        []*host
	endpoints    []*wsman.Endpoint
	descriptions []Description
	authority    *authority
	stop         chan struct{}
	running      sync.WaitGroup
	closing      sync.Once
	closed       error
}

// New makes the fleet and lets it run. Close ends it.
func New(config Config) (*Fleet, error) {
	config, err := config.validated(time.Now())
	if err != nil {
		return nil, err
	}
	f := &Fleet{world: newWorld(config, time.Now), stop: make(chan struct{})}
	f.hosts = f.world.hosts(config)
	port := portHTTP
	if config.TLS {
		port = portHTTPS
		if f.authority, err = newAuthority(time.Now()); err != nil {
			return nil, err
		}
	}
	listeners, err := listen(config.Servers, port)
	if err != nil {
		return nil, err
	}
	for i, l := range listeners {
		if err := f.serve(f.hosts[i], l); err != nil {
			closeAll(listeners[i:])
			return nil, errors.Join(err, f.Close())
		}
	}
	f.running.Go(func() { f.world.schedule.run(f.stop) })
	return f, nil
}

// user is the account that administers the whole fleet.
const user = "svc-patching"

func newWorld(config Config, wall func() time.Time) *world {
	c := clock{epoch: config.Epoch, started: config.Started, speed: config.Speed, wall: wall}
	secret := draws{config.Seed, "fleet"}
	return &world{
		clock: c, schedule: newSchedule(c), ledger: &ledger{out: config.Ledger}, published: config.Published,
		user: user, password: fmt.Sprintf("Sim-%06d-%06d", secret.below(1e6, "password", 1), secret.below(1e6, "password", 2)),
	}
}

func (w *world) hosts(config Config) []*host {
	roster := enlist(config.Seed, config.Servers)
	hosts := make([]*host, len(roster))
	for i, p := range roster {
		hosts[i] = newHost(p, w, &config.chosen)
	}
	unite(hosts)
	plant(hosts)
	for _, h := range hosts {
		if h.gone() {
			h.away(w.clock.epoch.AddDate(-1, 0, 0), time.Time{})
		}
	}
	return hosts
}

// serve puts a server behind its listener.
func (f *Fleet) serve(h *host, l net.Listener) error {
	where, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("simulated server %s: listener %s is not TCP", h.name, l.Addr())
	}
	d := h.describe()
	d.Address, d.Port, d.Scheme = where.IP.String(), where.Port, "http"
	var secure *tls.Config
	if f.authority != nil {
		var err error
		if secure, err = f.authority.serve(h.certificateName(), where.IP); err != nil {
			return err
		}
		d.Scheme, d.CA = "https", f.authority.pem
	}
	e := wsman.Serve(l, h, wsman.Options{TLS: secure})
	h.drop = e.Drop
	f.endpoints = append(f.endpoints, e)
	f.descriptions = append(f.descriptions, d)
	return nil
}

func (h *host) describe() Description {
	h.enter()
	defer h.mu.Unlock()
	return Description{
		Name: h.name, User: h.world.user, Password: h.world.password, OS: h.product.name,
		Build: h.product.buildString(h.system.ubr), Environment: h.environment, Site: h.site, Owner: h.owner,
		Applications: h.applications, Cluster: h.cluster, Risk: h.risk,
	}
}

// Time is the fleet time of this moment.
func (f *Fleet) Time() time.Time { return f.world.clock.now() }

// Close ends the fleet. Its error is the first that the ledger met, if any: then the ledger has a hole.
func (f *Fleet) Close() error {
	f.closing.Do(func() {
		close(f.stop)
		f.running.Wait()
		for _, e := range slices.Backward(f.endpoints) { // who holds the first address holds them all: it goes last
			if err := e.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				f.closed = errors.Join(f.closed, err)
			}
		}
		f.closed = errors.Join(f.closed, f.world.ledger.failure())
	})
	return f.closed
}

// MoreMemoryForTime is for a process that does nothing but serve a fleet: its garbage collector comes a quarter as often, because
// nearly all that it would look through, servers and their listeners, stays until the end. GOGC overrules it. 10,000 servers
// hold some 670 MB then.
func MoreMemoryForTime() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
