package remote

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"patchdeck/engine/inventory"
)

// Handbook 2, completeness: machines that answer on the network are found by a sweep of given ranges.
func TestASweepOfTheNetworkFindsWhoAnswersAndSendsNothing(t *testing.T) {
	var sent sync.Map
	port := 0
	for _, address := range []string{"127.0.0.1", "127.0.0.3"} {
		l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if port != 0 {
			l.Close()
			l, err = net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(address), Port: port})
		}
		if err != nil {
			t.Skipf("this machine has no address %s: %v", address, err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		defer l.Close()
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				if n, _ := conn.Read(make([]byte, 1)); n > 0 {
					sent.Store(address, true)
				}
				conn.Close()
			}
		}()
	}
	found, asked, err := Discover(t.Context(), DiscoverOptions{Ranges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/29")}, Ports: []int{port}, Rate: 1000, Names: []string{"localhost"}})
	slices.SortFunc(found, func(a, b inventory.Responder) int { return cmp.Compare(a.Address, b.Address) })
	if err != nil || asked != 8 || len(found) != 2 || found[0].Address != "127.0.0.1" || found[0].Name != "localhost" || found[1].Address != "127.0.0.3" || found[1].Name != "" {
		t.Errorf("asked %d, found %+v, %v", asked, found, err)
	}
	sent.Range(func(address, _ any) bool { t.Errorf("%v was sent something", address); return true })
}

func TestASweepOfTheNetworkIsBounded(t *testing.T) {
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}
	for says, o := range map[string]DiscoverOptions{
		"more than 65536 addresses": {Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Ports: []int{1}, Rate: 1},
		"expected 1 to 65536":       {Ports: []int{1}, Rate: 1},
		"name 1 to 8 ports":         {Ranges: loopback, Rate: 1},
		"port 70000 is no number":   {Ranges: loopback, Ports: []int{70000}, Rate: 1},
		"rate 5000":                 {Ranges: loopback, Ports: []int{1}, Rate: 5000},
	} {
		if _, _, err := Discover(t.Context(), o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", o, err, says)
		}
	}
}
