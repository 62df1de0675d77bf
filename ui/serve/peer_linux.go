package serve

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// peerOf asks the kernel who opened the other end of a unix socket.
func peerOf(conn *net.UnixConn) (Peer, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return Peer{}, fmt.Errorf("credentials of the socket's peer: %w", err)
	}
	var credentials *unix.Ucred
	var failed error
	if err := raw.Control(func(fd uintptr) {
		credentials, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return Peer{}, fmt.Errorf("credentials of the socket's peer: %w", err)
	}
	if failed != nil {
		return Peer{}, fmt.Errorf("credentials of the socket's peer: %w", failed)
	}
	return Peer{UID: credentials.Uid, GID: credentials.Gid, PID: credentials.Pid}, nil
}
