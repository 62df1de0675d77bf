package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/ssh"
	"github.com/charmbracelet/wish"
	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
	"patchdeck/ui/plain"
)

// Options are the parts that a server is wired from.
type Options struct {
	HostKey gossh.Signer
	// Identify tells whose key it is, by the users as they are now. Nil closes the network's door.
	Identify func(key gossh.PublicKey) (approval.Actor, bool)
	// Local tells who the process at the socket acts for. Nil closes the socket's door.
	Local func(peer Peer) (approval.Actor, bool)
	// NewModel makes the console of one session. A model with a method Close() is closed when its session is over.
	NewModel func(Visitor) tea.Model
	// Plain runs the console as lines of text: it adds what the session does not know, and calls plain.Run. Nil is none.
	Plain func(context.Context, plain.Options) error
	// Command makes the tree of commands of one session.
	Command func(command.Streams, approval.Actor) *cobra.Command
	Limits  Limits
	Logger  *slog.Logger
}

// Server lets people in. Serve may run for several listeners at once.
type Server struct {
	options Options
	limits  Limits
	log     *slog.Logger
	network *ssh.Server
	local   *ssh.Server
	places  places

	mu       sync.Mutex
	doors    map[*door]bool
	sessions map[*session]bool
	draining bool
	empty    *sync.Cond // signalled when a session ends
}

// New checks the options and makes a server; nothing listens before Serve.
func New(o Options) (*Server, error) {
	limits, err := o.Limits.complete()
	switch {
	case err != nil:
		return nil, err
	case o.HostKey == nil:
		return nil, errors.New("no host key: clients could not know this console")
	case o.Identify == nil && o.Local == nil:
		return nil, errors.New("nobody could come in: no keys and no socket")
	case o.NewModel == nil || o.Command == nil:
		return nil, errors.New("nothing to serve: a console and commands are needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: o, limits: limits, log: o.Logger, doors: map[*door]bool{}, sessions: map[*session]bool{}}
	s.empty = sync.NewCond(&s.mu)
	if s.network, err = s.newServer(); err != nil {
		return nil, err
	}
	if s.local, err = s.newServer(); err != nil {
		return nil, err
	}
	// The library lets everybody in when no handler is set, so the handler is always set, even where it always refuses.
	s.network.PublicKeyHandler = s.knowsKey
	s.local.ServerConfigCallback = s.localConfig
	return s, nil
}

func (s *Server) newServer() (*ssh.Server, error) {
	return wish.NewServer(wish.WithVersion("patchdeck"), func(server *ssh.Server) error {
		server.AddHostKey(s.options.HostKey)
		server.Handler = func(ssh.Session) {} // unused: sessions are our own
		server.ConnCallback = s.admit
		server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.openSession}
		server.RequestHandlers = map[string]ssh.RequestHandler{}
		server.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
		return nil
	})
}

// knowsKey answers for a key that a client offers. The permissions belong to this attempt only.
func (s *Server) knowsKey(ctx ssh.Context, key ssh.PublicKey) bool {
	if s.options.Identify == nil {
		return false
	}
	if _, ok := s.options.Identify(key); !ok {
		s.log.Info("key refused", "remote", ctx.RemoteAddr().String(), "fingerprint", gossh.FingerprintSHA256(key))
		return false
	}
	ctx.Permissions().Permissions = keyPermissions(key)
	return true
}

// localConfig accepts "none" on the socket, from a peer that the users know.
func (s *Server) localConfig(ctx ssh.Context) *gossh.ServerConfig {
	return &gossh.ServerConfig{NoClientAuth: true, NoClientAuthCallback: func(gossh.ConnMetadata) (*gossh.Permissions, error) {
		d, ok := ctx.Value(doorKey{}).(*door)
		if !ok || d.peer == nil || s.options.Local == nil {
			return nil, errNobody
		}
		if _, known := s.options.Local(*d.peer); !known {
			s.log.Info("socket refused: nobody the users know", "uid", d.peer.UID)
			return nil, errNobody
		}
		return peerPermissions(*d.peer), nil
	}}
}

// Serve accepts connections until Drain; it then gives nil. A unix socket is this machine's door, any other listener the
// network's.
func (s *Server) Serve(listener net.Listener) error {
	server := s.network
	if _, ok := listener.(*net.UnixListener); ok {
		server = s.local
	}
	err := server.Serve(listener)
	if errors.Is(err, ssh.ErrServerClosed) || s.isDraining() {
		return nil
	}
	return fmt.Errorf("listening on %s: %w", listener.Addr(), err)
}

func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

func (s *Server) enter(d *door) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining || len(s.doors) >= s.limits.Connections {
		return false
	}
	s.doors[d] = true
	return true
}

func (s *Server) leave(d *door) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.doors, d)
}

// begin counts a session in, unless its person has too many.
func (s *Server) begin(x *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return errors.New("the console is being stopped: connect again in a minute")
	}
	same := 0
	for other := range s.sessions {
		if other.actor.Name == x.actor.Name {
			same++
		}
	}
	if same >= s.limits.SessionsPerson {
		return fmt.Errorf("%s has %d sessions open, no more are possible: close one", x.actor.Name, same)
	}
	s.sessions[x] = true
	return nil
}

func (s *Server) end(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, x)
	s.empty.Broadcast()
}

// current gives the sessions as they are now.
func (s *Server) current() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*session, 0, len(s.sessions))
	for x := range s.sessions {
		all = append(all, x)
	}
	return all
}

// Sessions tells how many sessions are open.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Recheck asks the users again about everybody who is in, and ends the sessions of those who are gone or whose rights changed.
// Call it whenever the users change.
func (s *Server) Recheck() {
	for _, x := range s.current() {
		now, err := s.actor(x.conn.Permissions)
		switch {
		case err != nil:
			s.log.Info("session ended: no longer a user", "user", x.actor.Name)
			x.finish(command.Denied, "You are no longer in the users file of patchdeck.")
		case !now.Same(x.actor):
			s.log.Info("session ended: roles changed", "user", x.actor.Name)
			x.finish(command.Done, "Your roles have changed. Connect again.")
		}
	}
}

// Drain ends all sessions, restoring their terminals, and closes the server. It returns when everybody is out, or hard when
// ctx ends.
func (s *Server) Drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	for _, x := range s.current() {
		x.finish(command.Failure, "patchdeck is being stopped. Rollouts go on when it is back; connect again in a minute.")
	}
	s.wait(ctx)
	const clientsCloseWithin = 200 * time.Millisecond
	short, cancel := context.WithTimeout(ctx, clientsCloseWithin)
	defer cancel()
	var closing sync.WaitGroup
	for _, server := range []*ssh.Server{s.network, s.local} {
		closing.Go(func() {
			_ = server.Shutdown(short)
			_ = server.Close()
		})
	}
	closing.Wait()
	s.closeDoors()
}

// wait returns when no session is left, or ctx ends.
func (s *Server) wait(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.empty.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.sessions) > 0 && ctx.Err() == nil {
		s.empty.Wait()
	}
}

// closeDoors cuts the connections that have not logged in yet, which the library does not know.
func (s *Server) closeDoors() {
	s.mu.Lock()
	doors := make([]*door, 0, len(s.doors))
	for d := range s.doors {
		doors = append(doors, d)
	}
	s.mu.Unlock()
	for _, d := range doors {
		_ = d.Close()
	}
}
