package serve

import (
	"net"
	"sync"
	"time"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// door is one connection. It keeps its own deadlines: the server library sets and clears deadlines with every read and
// write, which would let a silent stranger stay for ever.
type door struct {
	net.Conn
	server *Server
	peer   *Peer // on the socket
	login  *time.Timer
	closed sync.Once

	mu       sync.Mutex
	sessions int
}

type doorKey struct{}

// admit takes a new connection in, or gives nil to have it closed.
func (s *Server) admit(ctx ssh.Context, conn net.Conn) net.Conn {
	d := &door{Conn: conn, server: s}
	if local, ok := conn.(*net.UnixConn); ok {
		peer, err := peerOf(local)
		if err != nil {
			s.log.Warn("socket refused", "error", err)
			return nil
		}
		d.peer = &peer
	}
	if !s.enter(d) {
		s.log.Warn("connection refused: too many at once", "remote", conn.RemoteAddr().String(), "limit", s.limits.Connections)
		return nil
	}
	d.login = time.AfterFunc(s.limits.Login, func() { _ = d.Close() })
	ctx.SetValue(doorKey{}, d)
	return d
}

// SetDeadline, SetReadDeadline and SetWriteDeadline change nothing: see door.
func (d *door) SetDeadline(time.Time) error      { return nil }
func (d *door) SetReadDeadline(time.Time) error  { return nil }
func (d *door) SetWriteDeadline(time.Time) error { return nil }

func (d *door) Close() error {
	err := net.ErrClosed
	d.closed.Do(func() {
		err = d.Conn.Close()
		if d.login != nil {
			d.login.Stop()
		}
		d.server.leave(d)
	})
	return err
}

// welcome ends the time limit for logging in and starts watching over the connection, once. It counts the session.
func (d *door) welcome(conn *gossh.ServerConn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sessions >= d.server.limits.SessionsConnection {
		return false
	}
	d.sessions++
	if d.login.Stop() {
		go d.keepAlive(conn)
	}
	return true
}

func (d *door) sessionOver() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sessions--
}

// keepAlive asks the client for a sign of life until the connection ends. It also frees sessions whose client stopped
// reading: their writes wait in a window of the protocol, where no deadline of the connection reaches them.
func (d *door) keepAlive(conn *gossh.ServerConn) {
	gone := make(chan struct{})
	go func() { _ = conn.Wait(); close(gone) }()
	pause := time.NewTicker(d.server.limits.KeepAlive)
	defer pause.Stop()
	for {
		select {
		case <-gone:
			return
		case <-pause.C:
		}
		silent := time.AfterFunc(d.server.limits.KeepAlive, func() {
			d.server.log.Info("client is gone: no sign of life", "remote", d.RemoteAddr().String())
			_ = d.Close()
		})
		_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil)
		silent.Stop()
		if err != nil {
			return
		}
	}
}
