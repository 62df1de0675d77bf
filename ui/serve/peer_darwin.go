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
	var credentials *unix.Xucred
	var failed error
	if err := raw.Control(func(fd uintptr) {
		credentials, failed = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	}); err != nil {
		return Peer{}, fmt.Errorf("credentials of the socket's peer: %w", err)
	}
	if failed != nil {
		return Peer{}, fmt.Errorf("credentials of the socket's peer: %w", failed)
	}
	peer := Peer{UID: credentials.Uid}
	if credentials.Ngroups > 0 {
		peer.GID = credentials.Groups[0]
	}
	return peer, nil
}
