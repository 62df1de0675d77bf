package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/ui/command"
)

// ErrNoDaemon tells that nobody listens at the socket.
var ErrNoDaemon = errors.New("no patchdeck is running here: start one with patchdeck serve")

// Attachment is one session with the daemon of this machine.
type Attachment struct {
	Socket string
	// Words are the command to run; none opens the console, for which In and Out must be a terminal.
	Words       []string
	Streams     command.Streams
	Environment []string // of the caller's process; what a terminal needs is taken from it
	// Patience is how long the daemon may take to let the caller in; 0 is ten seconds.
	Patience time.Duration
}

// Attach runs a console or a command in the daemon and gives its exit code. An error means that it did not come to that, or
// that the connection was lost; it is ErrNoDaemon when nobody listens.
func Attach(ctx context.Context, a Attachment) (code int, err error) {
	client, err := dial(ctx, a.Socket, cmp.Or(a.Patience, usualPatience))
	if err != nil {
		return command.Failure, err
	}
	defer client.Close()
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	session, err := client.NewSession()
	if err != nil {
		return command.Failure, refused(err)
	}
	defer session.Close()
	session.Stdout, session.Stderr = a.Streams.Out, a.Streams.Err
	for _, entry := range a.Environment {
		if name, value, ok := strings.Cut(entry, "="); ok && environmentNames[name] {
			_ = session.Setenv(name, value) // a daemon that does not take it draws without
		}
	}
	if len(a.Words) > 0 {
		err = runWords(session, a)
	} else {
		err = runConsole(ctx, session, a)
	}
	return exitCode(ctx, err)
}

// dial connects and checks that the daemon is run by the same user or by root; the socket's folder belongs to that user.
func dial(ctx context.Context, socket string, patience time.Duration) (*gossh.Client, error) {
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
	daemon, err := daemonOf(conn)
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
		return nil, notLetIn(ctx, socket, daemon, met.Load(), err)
	}
	_ = conn.SetDeadline(time.Time{})
	return gossh.NewClient(wire, channels, requests), nil
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

// notLetIn tells a daemon that says no from one that says nothing. One that the caller met and that hangs up then has said no.
func notLetIn(ctx context.Context, socket string, daemon Peer, met bool, err error) error {
	holder := "another process"
	if daemon.PID != 0 {
		holder = fmt.Sprintf("process %d", daemon.PID)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s is held by %s, which does not answer: it is stopped or overloaded; let it go on, or end it and start patchdeck serve again", socket, holder)
	case !met:
		return fmt.Errorf("%s is held by %s, which hung up: it ends just now, or has no room for another connection; try again", socket, holder)
	default:
		return fmt.Errorf("the daemon at %s does not let you in: %w; ask its administrator for an os_user entry in the users file", socket, err)
	}
}

func runWords(session *gossh.Session, a Attachment) error {
	input, err := session.StdinPipe()
	if err != nil {
		return err
	}
	if err := session.Start(quoteWords(a.Words)); err != nil {
		return err
	}
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
func runConsole(ctx context.Context, session *gossh.Session, a Attachment) error {
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

func exitCode(ctx context.Context, err error) (int, error) {
	var exit *gossh.ExitError
	var missing *gossh.ExitMissingError
	switch {
	case err == nil:
		return command.Done, nil
	case errors.As(err, &exit):
		return exit.ExitStatus(), nil
	case ctx.Err() != nil:
		return command.Failure, ctx.Err()
	case errors.As(err, &missing):
		return command.Failure, errors.New("the daemon went away; rollouts go on when it is back: connect again")
	default:
		return command.Failure, err
	}
}

func refused(err error) error {
	var open *gossh.OpenChannelError
	if errors.As(err, &open) {
		return errors.New(open.Message)
	}
	return err
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
