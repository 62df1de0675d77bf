package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/ui/command"
)

// ErrNoDaemon tells that nobody listens at the socket.
var ErrNoDaemon = errors.New("no patchdeck is running here: start one with patchdeck serve")

// ErrNotKnown tells that a daemon runs and answers, and that its users file does not name the caller.
var ErrNotKnown = errors.New("the daemon does not let you in")

// Attachment is one session with the daemon of this machine.
type Attachment struct {
	Socket string
	// Words are the command to run; none opens the console, for which In and Out must be a terminal.
	Words       []string
	Streams     command.Streams
	Environment []string // of the caller's process; what a terminal needs is taken from it
	// Patience is how long the daemon may take until the session begins; 0 is ten seconds.
	Patience time.Duration
}

// Attach runs a console or a command in the daemon and gives its exit code. An error means that it did not come to that, or
// that the connection was lost; it is ErrNoDaemon when nobody listens.
func Attach(ctx context.Context, a Attachment) (code int, err error) {
	d, err := dial(ctx, a.Socket, cmp.Or(a.Patience, usualPatience))
	if err != nil {
		return command.Failure, err
	}
	defer d.client.Close()
	stop := context.AfterFunc(ctx, func() { _ = d.client.Close() })
	defer stop()
	session, err := d.client.NewSession()
	if err != nil {
		return command.Failure, d.refused(ctx, err)
	}
	defer session.Close()
	session.Stdout, session.Stderr = a.Streams.Out, a.Streams.Err
	for _, entry := range a.Environment {
		if name, value, ok := strings.Cut(entry, "="); ok && environmentNames[name] && name != columnsVariable {
			_ = session.Setenv(name, value) // a daemon that does not take it draws without
		}
	}
	if a.Streams.Columns > 0 {
		_ = session.Setenv(columnsVariable, strconv.Itoa(a.Streams.Columns))
	}
	if len(a.Words) > 0 {
		err = d.runWords(session, a)
	} else {
		err = d.runConsole(ctx, session, a)
	}
	return d.exitCode(ctx, err)
}

// daemon is the process at the other end of the socket. Until a session has begun, the connection has a deadline: a process that is
// stopped at any step of the way would keep its caller waiting for ever.
type daemon struct {
	socket  string
	process Peer
	conn    net.Conn
	client  *gossh.Client
}

// began ends the deadline: from now on people decide how long it takes.
func (d *daemon) began() { _ = d.conn.SetDeadline(time.Time{}) }

// dial connects and checks that the daemon is run by the same user or by root; the socket's folder belongs to that user.
func dial(ctx context.Context, socket string, patience time.Duration) (*daemon, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	switch {
	case ctx.Err() != nil:
		if err == nil {
			_ = conn.Close()
		}
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%w (%s: %v)", ErrNoDaemon, socket, bareCause(err))
	}
	process, err := daemonOf(conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var met atomic.Bool
	wire, channels, requests, err := gossh.NewClientConn(conn, "socket", &gossh.ClientConfig{
		// The kernel vouches for who runs the daemon, so there is no host key to compare.
		HostKeyCallback: func(string, net.Addr, gossh.PublicKey) error { met.Store(true); return nil },
	})
	if err != nil {
		_ = conn.Close()
		return nil, (&daemon{socket: socket, process: process}).notLetIn(ctx, met.Load(), err)
	}
	return &daemon{socket: socket, process: process, conn: conn, client: gossh.NewClient(wire, channels, requests)}, nil
}

// usualPatience is enough for a daemon on a busy machine.
const usualPatience = 10 * time.Second

// daemonOf gives the process that holds the socket, which must be run by the caller or by root.
func daemonOf(conn net.Conn) (Peer, error) {
	local, ok := conn.(*net.UnixConn)
	if !ok {
		return Peer{}, errors.New("the socket is no unix socket")
	}
	peer, err := peerOf(local)
	if err != nil {
		return Peer{}, err
	}
	if peer.UID != 0 && int(peer.UID) != os.Getuid() {
		return Peer{}, fmt.Errorf("the socket is held by user %d, not by you: it is not your patchdeck", peer.UID)
	}
	return peer, nil
}

// holder names the process that holds the socket.
func (d *daemon) holder() string {
	if d.process.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d", d.process.PID)
}

func (d *daemon) silent() error {
	return fmt.Errorf("%s is held by %s, which does not answer: it is stopped or overloaded; let it go on, or end it and start patchdeck serve again", d.socket, d.holder())
}

// notLetIn tells a daemon that says no from one that says nothing. One that the caller met and that hangs up then has said no.
func (d *daemon) notLetIn(ctx context.Context, met bool, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return d.silent()
	case !met:
		return fmt.Errorf("%s is held by %s, which hung up: it ends just now, or has no room for another connection; try again", d.socket, d.holder())
	default:
		return fmt.Errorf("%w at %s: %w; ask its administrator for an os_user entry in the users file", ErrNotKnown, d.socket, err)
	}
}

// refused is why no session could be opened on a connection that stands.
func (d *daemon) refused(ctx context.Context, err error) error {
	var open *gossh.OpenChannelError
	switch {
	case errors.As(err, &open):
		return errors.New(open.Message)
	case ctx.Err() != nil:
		return ctx.Err()
	case d.fellSilent():
		return d.silent()
	}
	return err
}

// fellSilent tells, after an error, that the deadline has ended the connection. Callers on the connection only hear that it is gone.
func (d *daemon) fellSilent() bool {
	_ = d.client.Close()
	return errors.Is(d.client.Wait(), os.ErrDeadlineExceeded)
}

func (d *daemon) runWords(session *gossh.Session, a Attachment) error {
	input, err := session.StdinPipe()
	if err != nil {
		return err
	}
	if err := session.Start(quoteWords(a.Words)); err != nil {
		return err
	}
	d.began()
	if a.Streams.In != nil {
		go func() {
			_, _ = io.Copy(input, a.Streams.In)
			_ = input.Close()
		}()
	} else {
		_ = input.Close()
	}
	return session.Wait()
}

// runConsole lends the local terminal to a console of the daemon and restores it afterwards.
func (d *daemon) runConsole(ctx context.Context, session *gossh.Session, a Attachment) error {
	in, isFile := a.Streams.In.(term.File)
	out, isTerminal := a.Streams.Out.(term.File)
	if !isFile || !isTerminal || !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) {
		return errors.New("the console needs a terminal: run patchdeck in one, or name a command such as rollout status")
	}
	width, height, err := term.GetSize(out.Fd())
	if err != nil {
		return fmt.Errorf("the terminal does not tell its size: %w", err)
	}
	if err := session.RequestPty(terminalName(a.Environment), height, width, gossh.TerminalModes{}); err != nil {
		return err
	}
	before, err := term.MakeRaw(in.Fd())
	if err != nil {
		return fmt.Errorf("the terminal cannot be used: %w", err)
	}
	defer func() { _ = term.Restore(in.Fd(), before) }()
	session.Stdin = in
	if err := session.Shell(); err != nil {
		return err
	}
	d.began()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go followSize(ctx, out, session)
	return session.Wait()
}

func terminalName(environment []string) string {
	for _, entry := range environment {
		if name, ok := strings.CutPrefix(entry, "TERM="); ok && name != "" {
			return name
		}
	}
	return "dumb"
}

func (d *daemon) exitCode(ctx context.Context, err error) (int, error) {
	var exit *gossh.ExitError
	var missing *gossh.ExitMissingError
	switch {
	case err == nil:
		return command.Done, nil
	case errors.As(err, &exit):
		return exit.ExitStatus(), nil
	case ctx.Err() != nil:
		return command.Failure, ctx.Err()
	case d.fellSilent():
		return command.Failure, d.silent()
	case errors.As(err, &missing):
		return command.Failure, errors.New("the daemon went away; rollouts go on when it is back: connect again")
	default:
		return command.Failure, err
	}
}

func bareCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
