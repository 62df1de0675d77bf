package remote

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"patchdeck/engine"
)

// unconnected is a server whose queue of connections is full, so that its kernel drops what asks for one: as on a network
// that swallows packets, nothing comes back.
func unconnected(t testing.TB) engine.Target {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	to := engine.Target{Name: "APP01", Address: "127.0.0.1", Port: bound.(*syscall.SockaddrInet4).Port, Scheme: "http", Credential: "fleet"}
	for range 8 {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(to.Address, strconv.Itoa(to.Port)), 100*time.Millisecond)
		if err != nil {
			return to
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("the queue does not fill up")
	return to
}
