package serve

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

// patience is how long a test waits for something that must come; it only ends a broken run.
const patience = 20 * time.Second

// house is a server with its doors open and the people who may come in.
type house struct {
	*Server
	t       testing.TB
	address string
	socket  string
	log     *text

	mu     sync.Mutex
	people map[string]approval.Actor // by fingerprint
}

func open(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, people: map[string]approval.Actor{}, log: newText(), socket: filepath.Join(t.TempDir(), "socket")}
	hostKey, err := HostKey(filepath.Join(t.TempDir(), "host_key"))
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		HostKey:  hostKey,
		Identify: h.identify,
		Local: func(Peer) (approval.Actor, bool) {
			return approval.Actor{Name: "local", Roles: []approval.Role{approval.Lead}}, true
		},
		NewModel: func(v Visitor) tea.Model { return &drawing{visitor: v} },
		Command:  words,
		Logger:   slog.New(slog.NewTextHandler(h.log, nil)),
	}
	for _, f := range change {
		f(&options)
	}
	if h.Server, err = New(options); err != nil {
		t.Fatal(err)
	}
	network, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = network.Addr().String()
	local, err := Listen(h.socket)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	for _, listener := range []net.Listener{network, local} {
		serving.Go(func() {
			if err := h.Serve(listener); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		h.Drain(ctx)
		serving.Wait()
	})
	return h
}

func (h *house) identify(key gossh.PublicKey) (approval.Actor, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	actor, ok := h.people[gossh.FingerprintSHA256(key)]
	return actor, ok
}

// person gives somebody a key and roles.
func (h *house) person(name string, roles ...approval.Role) gossh.Signer {
	h.t.Helper()
	key := newKey(h.t)
	h.enrol(key.PublicKey(), approval.Actor{Name: name, Roles: roles})
	return key
}

// enrol says whose key it is, while people may be coming in.
func (h *house) enrol(key gossh.PublicKey, actor approval.Actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people[gossh.FingerprintSHA256(key)] = actor
}

func (h *house) change(key gossh.Signer, change func(people map[string]approval.Actor, fingerprint string)) {
	h.mu.Lock()
	change(h.people, gossh.FingerprintSHA256(key.PublicKey()))
	h.mu.Unlock()
	h.Recheck()
}

// nobodyIn waits until no session is left.
func (h *house) nobodyIn() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	h.wait(ctx)
	if n := h.Sessions(); n != 0 {
		h.t.Fatalf("%d sessions are still open", n)
	}
}

func newKey(t testing.TB) gossh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func (h *house) dial(methods ...gossh.AuthMethod) (*gossh.Client, error) {
	client, err := gossh.Dial("tcp", h.address, &gossh.ClientConfig{User: "any", Auth: methods, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience})
	if err == nil {
		h.t.Cleanup(func() { _ = client.Close() })
	}
	return client, err
}

func (h *house) enter(key gossh.Signer) *gossh.Client {
	h.t.Helper()
	client, err := h.dial(gossh.PublicKeys(key))
	if err != nil {
		h.t.Fatal(err)
	}
	return client
}

// console opens a console of 80 by 24 on a connection.
func (h *house) console(client *gossh.Client) *sitting {
	h.t.Helper()
	session, err := client.NewSession()
	if err != nil {
		h.t.Fatal(err)
	}
	s := &sitting{t: h.t, Session: session, shown: newText()}
	session.Stdout, session.Stderr = s.shown, s.shown
	if s.keys, err = session.StdinPipe(); err != nil {
		h.t.Fatal(err)
	}
	if err := session.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		h.t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		h.t.Fatal(err)
	}
	return s
}

// sitting is a person before a console.
type sitting struct {
	*gossh.Session
	t     testing.TB
	keys  io.WriteCloser
	shown *text
}

func (s *sitting) press(key string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, key); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sitting) sees(words string) {
	s.t.Helper()
	if !s.shown.has(words) {
		s.t.Fatalf("the screen never showed %q, but %q", words, s.shown.String())
	}
}

// leaves waits for the end of the session and gives its exit code.
func (s *sitting) leaves() int {
	s.t.Helper()
	return ends(s.t, s.Session)
}

// ends waits for the end of a session and gives its exit code.
func ends(t testing.TB, session *gossh.Session) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- session.Wait() }()
	select {
	case err := <-ended:
		return codeOf(t, err)
	case <-time.After(patience):
		t.Fatal("the session did not end")
		return 0
	}
}

func codeOf(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	exit, ok := err.(*gossh.ExitError)
	if !ok {
		t.Fatalf("no exit code: %v", err)
	}
	return exit.ExitStatus()
}

// text collects what was written and lets others wait for words in it.
type text struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	grown chan struct{}
}

func newText() *text { return &text{grown: make(chan struct{})} }

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.bytes.Write(p)
	close(x.grown)
	x.grown = make(chan struct{})
	return len(p), nil
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.bytes.String()
}

func (x *text) has(words string) bool {
	late := time.After(patience)
	for {
		x.mu.Lock()
		found, grown := strings.Contains(x.bytes.String(), words), x.grown
		x.mu.Unlock()
		if found {
			return true
		}
		select {
		case <-grown:
		case <-late:
			return false
		}
	}
}

// drawing is a console that says who sits there, at what size, and which key came last.
type drawing struct {
	visitor Visitor
	size    tea.WindowSizeMsg
	last    string
	flood   int
	closed  func()
}

func (m *drawing) Close() {
	if m.closed != nil {
		m.closed()
	}
}

func (m *drawing) Init() tea.Cmd { return nil }

func (m *drawing) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch message := message.(type) {
	case tea.WindowSizeMsg:
		m.size = message
	case floodMsg:
		m.flood++
		return m, flood
	case tea.KeyMsg:
		m.last = message.String()
		switch m.last {
		case "q":
			return m, tea.Quit
		case "z":
			return m, tea.Suspend
		case "U":
			panic("in Update")
		case "C":
			return m, tea.Batch(func() tea.Msg { panic("in a command") })
		case "F":
			return m, flood
		case "y":
			m.visitor.Copy("DUB-SQL-014")
		}
	}
	return m, nil
}

type floodMsg struct{}

func flood() tea.Msg { return floodMsg{} }

func (m *drawing) View() string {
	if m.last == "V" {
		panic("in View")
	}
	view := fmt.Sprintf("%s via %s, %d by %d, key %s\n%s", m.visitor.Actor.Name, m.visitor.Actor.Via, m.size.Width, m.size.Height, m.last,
		strings.Join(m.visitor.Environment, " "))
	if m.flood > 0 {
		view += strings.Repeat(fmt.Sprintf("\n%060d", m.flood), 20)
	}
	return view
}

// words is a small tree of commands.
func words(streams command.Streams, actor approval.Actor) *cobra.Command {
	root := &cobra.Command{Use: "patchdeck", SilenceErrors: true, SilenceUsage: true}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.AddCommand(
		&cobra.Command{Use: "whoami", RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(streams.Out, "%s %v via %s\n", actor.Name, actor.RoleNames(), actor.Via)
			return err
		}},
		&cobra.Command{Use: "echo", RunE: func(c *cobra.Command, args []string) error {
			_, err := fmt.Fprintf(streams.Out, "%q\n", args)
			return err
		}},
		&cobra.Command{Use: "count", RunE: func(c *cobra.Command, _ []string) error {
			n, err := io.Copy(io.Discard, streams.In)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(streams.Out, n)
			return err
		}},
		&cobra.Command{Use: "halt", RunE: func(*cobra.Command, []string) error {
			if !actor.Has(approval.Lead) {
				return approval.Refuse("to halt needs the role lead; you are: %s", strings.Join(actor.RoleNames(), ", "))
			}
			return nil
		}},
		&cobra.Command{Use: "wait", RunE: func(c *cobra.Command, _ []string) error {
			_, _ = fmt.Fprintln(streams.Out, "waiting")
			<-c.Context().Done()
			return fmt.Errorf("stopped waiting: %w", c.Context().Err())
		}},
		&cobra.Command{Use: "crash", RunE: func(*cobra.Command, []string) error { panic("in a command line") }},
	)
	return root
}
