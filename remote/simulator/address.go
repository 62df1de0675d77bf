package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"syscall"
)

// Ports of WinRM.
const (
	portHTTP  = 5985
	portHTTPS = 5986
)

const (
	firstOctet   = 2 // 127.0 and 127.1 are left to other programs
	octets       = 250
	hostsPerLine = 250
)

// listen opens a listener for each of n servers: a loopback address each where 127/8 is all loopback, else 127.0.0.1 with
// a port each. The second octet is the fleet's own: it begins at one that depends on the process, so that fleets of
// several processes seldom meet, and whoever holds the first address of an octet holds it all.
func listen(n, port int) ([]net.Listener, error) {
	for try := range octets {
		octet := firstOctet + (os.Getpid()+try)%octets
		first, err := listenAt(address(octet, 0, port))
		switch {
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			return listenAll(n, nil, func(int) string { return "127.0.0.1:0" })
		case err != nil:
			continue
		}
		return listenAll(n, []net.Listener{first}, func(i int) string { return address(octet, i, port) })
	}
	return listenAll(n, nil, func(int) string { return "127.0.0.1:0" })
}

func address(octet, index, port int) string {
	ip := fmt.Sprintf("127.%d.%d.%d", octet, index/hostsPerLine, 1+index%hostsPerLine)
	return net.JoinHostPort(ip, strconv.Itoa(port))
}

func listenAll(n int, open []net.Listener, where func(index int) string) ([]net.Listener, error) {
	for i := len(open); i < n; i++ {
		l, err := listenAt(where(i))
		if err != nil {
			closeAll(open)
			if errors.Is(err, syscall.EMFILE) {
				return nil, fmt.Errorf("simulated fleet: server %d of %d: this process may not open more files; raise the limit (ulimit -n) or simulate fewer servers: %w", i+1, n, err)
			}
			return nil, fmt.Errorf("simulated fleet: server %d of %d: %w", i+1, n, err)
		}
		open = append(open, l)
	}
	return open, nil
}

// listenAt opens a listener of plain TCP: for several paths at once, which Go prefers where the kernel has them, the kernel
// keeps more of every connection.
func listenAt(address string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false)
	return config.Listen(context.Background(), "tcp4", address)
}

func closeAll(listeners []net.Listener) {
	for _, l := range slices.Backward(listeners) {
		_ = l.Close() // the error that led here is the one to tell
	}
}
