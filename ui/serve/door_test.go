package serve

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

// silentClient logs in, opens a session, and never answers a question of the server again.
func (h *house) silentClient(key gossh.Signer) gossh.Conn {
	h.t.Helper()
	wire, err := net.Dial("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = wire.Close() })
	conn, _, requests, err := gossh.NewClientConn(wire, h.address, &gossh.ClientConfig{
		User: "any", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey()})
	if err != nil {
		h.t.Fatal(err)
	}
	go func() {
		for range requests { // taken, never answered
		}
	}()
	_, sessionRequests, err := conn.OpenChannel("session", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	go gossh.DiscardRequests(sessionRequests)
	return conn
}

func TestOnlyKnownKeysComeInFromTheNetwork(t *testing.T) {
	h := open(t)
	h.person("k.osei")
	for name, method := range map[string][]gossh.AuthMethod{
		"unknown key": {gossh.PublicKeys(newKey(t))},
		"no key":      nil,
		"password":    {gossh.Password("secret")},
		"interactive": {gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })},
	} {
		if _, err := h.dial(method...); err == nil || !strings.Contains(err.Error(), "unable to authenticate") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// borrowed shows one person's public key and signs with another's: it only proves what it can sign.
type borrowed struct {
	gossh.Signer
	shown gossh.PublicKey
}

func (b borrowed) PublicKey() gossh.PublicKey { return b.shown }

func TestAKeyThatIsOnlyShownOpensNothing(t *testing.T) {
	h := open(t)
	lead, viewer := h.person("lead", approval.Lead), h.person("viewer", approval.Viewer)
	if _, err := h.dial(gossh.PublicKeys(borrowed{viewer, lead.PublicKey()})); err == nil {
		t.Error("a key that was only shown opened the door")
	}
}

func TestASilentStrangerIsCut(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Login = 30 * time.Millisecond })
	conn, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	greeting, err := io.ReadAll(conn)
	if err != nil && !strings.Contains(err.Error(), "reset") || !strings.HasPrefix(string(greeting), "SSH-2.0-patchdeck") {
		t.Errorf("got %q and %v", greeting, err)
	}
}

func TestAConnectionWithoutASessionIsCut(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Login = 100 * time.Millisecond })
	if err := h.enter(h.person("k.osei")).Wait(); err == nil {
		t.Error("the connection ended without an error")
	}
}

func TestTooManyConnectionsAreRefused(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.Connections = 2 })
	key := h.person("k.osei")
	first := h.enter(key)
	h.console(first).sees("k.osei")
	second := h.enter(key)
	if _, err := h.dial(gossh.PublicKeys(key)); err == nil {
		t.Error("a third connection came in")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	h.nobodyIn()
}

func TestTooManySessionsAreRefusedWithWords(t *testing.T) {
	h := open(t, func(o *Options) { o.Limits.SessionsConnection, o.Limits.SessionsPerson = 2, 3 })
	key := h.person("k.osei")
	first, second := h.enter(key), h.enter(key)
	h.console(first).sees("k.osei")
	h.console(first).sees("k.osei")
	h.refuses(first, "this connection has 2 sessions open")
	h.console(second).sees("k.osei")
	h.refuses(second, "k.osei has 3 sessions open")
	h.console(h.enter(h.person("m.silva"))).sees("m.silva")
}

// refuses tries to open a session and expects these words instead.
func (h *house) refuses(client *gossh.Client, words string) {
	h.t.Helper()
	_, err := client.NewSession()
	var refusal *gossh.OpenChannelError
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, words) {
		h.t.Errorf("expected %q, got %v", words, err)
	}
}

func TestNothingButSessionsIsOpened(t *testing.T) {
	h := open(t)
	client := h.enter(h.person("k.osei", approval.Lead))
	if conn, err := client.Dial("tcp", h.address); err == nil {
		t.Error("a connection was forwarded")
		_ = conn.Close()
	}
	if _, err := client.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("a listener was opened")
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestSubsystem("sftp"); err == nil {
		t.Error("a subsystem was opened")
	}
	for _, kind := range []string{"auth-agent-req@openssh.com", "x11-req", "break"} {
		if granted, err := session.SendRequest(kind, true, nil); err != nil || granted {
			t.Errorf("%s: granted %v, error %v", kind, granted, err)
		}
	}
}

func TestOnlyTheTerminalsEnvironmentIsTaken(t *testing.T) {
	h := open(t)
	session, err := h.enter(h.person("k.osei")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Setenv("NO_COLOR", "1\x1b[2J"); err != nil {
		t.Error(err)
	}
	for name, value := range map[string]string{"LD_PRELOAD": "x", "PATCHDECK_PASSWORD": "x", "LANG": strings.Repeat("x", 300)} {
		if err := session.Setenv(name, value); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	taken := 0
	for range 2000 {
		if session.Setenv("LANG", "C") == nil {
			taken++
		}
	}
	if taken >= 20 {
		t.Errorf("%d entries were taken", taken)
	}
	s := &sitting{t: t, Session: session, shown: newText()}
	session.Stdout = s.shown
	if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	s.sees("NO_COLOR=1[2J")
}

func TestLosingTheKeyEndsTheSessionAndOpensNoOther(t *testing.T) {
	h := open(t)
	key, other := h.person("k.osei", approval.Lead), h.person("m.silva")
	client := h.enter(key)
	s, stays := h.console(client), h.console(h.enter(other))
	s.sees("k.osei")
	stays.sees("m.silva")
	h.change(key, func(people map[string]approval.Actor, fingerprint string) { delete(people, fingerprint) })
	if code := s.leaves(); code != command.Denied {
		t.Errorf("exit code %d", code)
	}
	s.sees("no longer in the users file")
	h.refuses(client, "not in the users file")
	stays.press("x")
	stays.sees("key x")
}

func TestLosingARoleEndsTheSession(t *testing.T) {
	h := open(t)
	key := h.person("k.osei", approval.Lead, approval.OnCall)
	client := h.enter(key)
	s := h.console(client)
	s.sees("k.osei")
	h.change(key, func(people map[string]approval.Actor, fingerprint string) {
		people[fingerprint] = approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.OnCall}}
	})
	s.leaves()
	s.sees("Your roles have changed")
	if said, _ := h.runs(client, "whoami", nil); said != "k.osei [on-call] via ssh\n" {
		t.Errorf("the next session on the same connection is %q", said)
	}
}
