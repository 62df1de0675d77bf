//go:build linux

package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

func TestTheSocketKnowsItsPeerByTheKernelsWord(t *testing.T) {
	var asked Peer
	h := open(t, func(o *Options) {
		o.Local = func(peer Peer) (approval.Actor, bool) {
			asked.UID = peer.UID
			return approval.Actor{Name: "local", Roles: []approval.Role{approval.Lead}}, true
		}
	})
	said := newText()
	code, err := Attach(t.Context(), Attachment{Socket: h.socket, Words: []string{"whoami"}, Streams: command.Streams{Out: said, Err: said}})
	if err != nil || code != command.Done || said.String() != "local [lead] via socket\n" {
		t.Errorf("exit code %d, error %v, said %q", code, err, said)
	}
	if int(asked.UID) != os.Getuid() {
		t.Errorf("asked for user %d, this is %d", asked.UID, os.Getuid())
	}
}

func TestTheSocketRefusesWhomTheUsersDoNotKnow(t *testing.T) {
	h := open(t, func(o *Options) { o.Local = func(Peer) (approval.Actor, bool) { return approval.Actor{}, false } })
	_, err := Attach(t.Context(), Attachment{Socket: h.socket, Words: []string{"whoami"}})
	if err == nil || !strings.Contains(err.Error(), "os_user entry in the users file") {
		t.Errorf("error %v", err)
	}
}

func TestNoneIsRefusedOnTheNetworkEvenWhereTheSocketTakesEverybody(t *testing.T) {
	h := open(t)
	if _, err := h.dial(); err == nil {
		t.Error("somebody came in without a key")
	}
}

func TestAnAttachedCommandGetsItsWordsItsInputAndItsExitCode(t *testing.T) {
	h := open(t)
	words := []string{"echo", "", "it's", `"quoted"`, "two words", "$HOME", `back\slash`, "größer"}
	said := newText()
	code, err := Attach(t.Context(), Attachment{Socket: h.socket, Words: words, Streams: command.Streams{Out: said, Err: said}})
	if want := `["" "it's" "\"quoted\"" "two words" "$HOME" "back\\slash" "größer"]` + "\n"; err != nil || code != 0 || said.String() != want {
		t.Errorf("exit code %d, error %v, said %q", code, err, said)
	}
	said = newText()
	code, err = Attach(t.Context(), Attachment{Socket: h.socket, Words: []string{"count"},
		Streams: command.Streams{In: strings.NewReader(strings.Repeat("x", 100_000)), Out: said, Err: said}})
	if err != nil || code != 0 || said.String() != "100000\n" {
		t.Errorf("exit code %d, error %v, said %q", code, err, said)
	}
	code, err = Attach(t.Context(), Attachment{Socket: h.socket, Words: []string{"crash"}})
	if err != nil || code != command.Crashed {
		t.Errorf("exit code %d, error %v", code, err)
	}
}

func TestAttachingEndsWithItsContext(t *testing.T) {
	h := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	said := newText()
	ended := make(chan error, 1)
	go func() {
		_, err := Attach(ctx, Attachment{Socket: h.socket, Words: []string{"wait"}, Streams: command.Streams{Out: said}})
		ended <- err
	}()
	if !said.has("waiting") {
		t.Fatal("the command did not start")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	h.nobodyIn()
}

func TestAttachingWithoutADaemonSaysSo(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "socket")
	if _, err := Attach(t.Context(), Attachment{Socket: socket, Words: []string{"whoami"}}); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("no socket: %v", err)
	}
	leaveStale(t, socket)
	if _, err := Attach(t.Context(), Attachment{Socket: socket, Words: []string{"whoami"}}); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("stale socket: %v", err)
	}
}

func TestADaemonThatDoesNotAnswerIsNotTakenForOneThatRefuses(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket) // the system takes connections in; nobody serves them
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = Attach(t.Context(), Attachment{Socket: socket, Words: []string{"whoami"}, Patience: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("held by process %d, which does not answer", os.Getpid())) || strings.Contains(err.Error(), "os_user") {
		t.Errorf("a silent daemon: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Attach(ctx, Attachment{Socket: socket, Words: []string{"whoami"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupt: %v", err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	_, err = Attach(t.Context(), Attachment{Socket: socket, Words: []string{"whoami"}})
	if err == nil || !strings.Contains(err.Error(), "which hung up") || strings.Contains(err.Error(), "os_user") {
		t.Errorf("a daemon that hangs up: %v", err)
	}
}

// A process that is stopped answers nothing from then on, whatever it has answered before.
func TestADaemonThatIsStoppedOnTheWayToASessionDoesNotKeepItsCaller(t *testing.T) {
	for name, last := range map[string]string{"after the handshake": "", "after the session": "session"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			socket := filepath.Join(t.TempDir(), "socket")
			listener, err := net.Listen("unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go stopsAnswering(listener, newKey(t), last)
			_, err = Attach(t.Context(), Attachment{Socket: socket, Words: []string{"whoami"}, Patience: time.Second})
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("held by process %d, which does not answer", os.Getpid())) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// stopsAnswering is a daemon that lets one caller in and answers nothing after the last step.
func stopsAnswering(listener net.Listener, hostKey gossh.Signer, last string) {
	conn, err := listener.Accept()
	if err != nil {
		return
	}
	settings := &gossh.ServerConfig{NoClientAuth: true}
	settings.AddHostKey(hostKey)
	_, channels, _, err := gossh.NewServerConn(conn, settings)
	if err != nil {
		return
	}
	if opening := <-channels; opening != nil && last == opening.ChannelType() {
		_, _, _ = opening.Accept()
	}
}

// leaveStale leaves a socket as a killed daemon does.
func leaveStale(t *testing.T, path string) {
	t.Helper()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnAttachedConsoleLendsTheTerminalAndGivesItBack(t *testing.T) {
	h := open(t)
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	defer terminal.Close()
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 40, Cols: 132}); err != nil {
		t.Fatal(err)
	}
	before, err := terminalState(terminal)
	if err != nil {
		t.Fatal(err)
	}
	shown := newText()
	go func() { _, _ = shownFrom(keyboard, shown) }()
	type end struct {
		code int
		err  error
	}
	ended := make(chan end, 1)
	go func() {
		code, err := Attach(t.Context(), Attachment{Socket: h.socket, Environment: []string{"TERM=xterm-256color", "COLORTERM=truecolor", "HOME=/root"},
			Streams: command.Streams{In: terminal, Out: terminal, Err: terminal}})
		ended <- end{code, err}
	}()
	for _, words := range []string{"local via socket, 132 by 40", "TERM=xterm-256color", "COLORTERM=truecolor"} {
		if !shown.has(words) {
			t.Fatalf("the terminal never showed %q, but %q", words, shown)
		}
	}
	if strings.Contains(shown.String(), "HOME=") {
		t.Error("the environment went along")
	}
	if _, err := keyboard.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.err != nil || got.code != command.Done {
		t.Errorf("exit code %d, error %v", got.code, got.err)
	}
	after, err := terminalState(terminal)
	if err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
}

func TestAttachingAConsoleWithoutATerminalSaysSo(t *testing.T) {
	h := open(t)
	_, err := Attach(t.Context(), Attachment{Socket: h.socket, Streams: command.Streams{In: strings.NewReader(""), Out: newText()}})
	if err == nil || !strings.Contains(err.Error(), "needs a terminal") {
		t.Errorf("error %v", err)
	}
}

func TestListenReplacesWhatADeadDaemonLeftAndNothingElse(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "socket")
	leaveStale(t, path)
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "another patchdeck answers") {
		t.Errorf("a live socket: %v", err)
	}
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(file); err == nil || !strings.Contains(err.Error(), "something else stands there") {
		t.Errorf("a file: %v", err)
	}
	if _, err := Listen(filepath.Join(folder, strings.Repeat("x", 100))); err == nil || !strings.Contains(err.Error(), "shorter name") {
		t.Errorf("a long name: %v", err)
	}
}
