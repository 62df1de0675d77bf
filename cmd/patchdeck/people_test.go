package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hinshun/vt10x"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/assets"
	"patchdeck/ui/command"
)

// patience ends a broken run; whatever a person waits for comes long before.
const patience = 90 * time.Second

// emergencySchedule are the windows of the test: a pilot three hours of fleet time after the fleet starts, one emergency window after it.
const emergencySchedule = `zone: UTC
windows:
  - {id: P1, ring: pilot, day: 0, start: "23:00", length: 100m}
  - {id: D1, ring: Dev, day: 1, start: "21:00", length: 4h}
  - {id: W1, ring: Prod, day: 5, start: "00:00", length: 4h}
  - {id: E1, ring: Prod, kind: emergency, day: 0, start: "22:10", length: 3h}
`

// person is somebody who comes in over SSH with a key of their own, at a terminal of 120 by 36.
type person struct {
	t       *testing.T
	client  *gossh.Client
	session *gossh.Session
	keys    io.WriteCloser
	screen  vt10x.Terminal
	mu      sync.Mutex
	drawn   chan struct{} // closed and replaced when something was drawn
}

// Write draws what the server sends.
func (p *person) Write(b []byte) (int, error) {
	n, err := p.screen.Write(b)
	p.mu.Lock()
	close(p.drawn)
	p.drawn = make(chan struct{})
	p.mu.Unlock()
	return n, err
}

// comesIn opens a console.
func comesIn(t *testing.T, address string, key gossh.Signer) *person {
	t.Helper()
	client, err := gossh.Dial("tcp", address, &gossh.ClientConfig{User: "any", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	p := &person{t: t, client: client, screen: vt10x.New(vt10x.WithSize(120, 36)), drawn: make(chan struct{})}
	if p.session, err = client.NewSession(); err != nil {
		t.Fatal(err)
	}
	p.session.Stdout, p.session.Stderr = p, p
	if p.keys, err = p.session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.session.RequestPty("xterm-256color", 36, 120, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.session.Shell(); err != nil {
		t.Fatal(err)
	}
	p.sees("Overview")
	return p
}

// text is what stands on the screen.
func (p *person) text() string { return p.screen.String() }

// sees waits until the screen shows all of these words.
func (p *person) sees(words ...string) {
	p.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		p.mu.Lock()
		drawn := p.drawn
		p.mu.Unlock()
		text, missing := strings.Join(strings.Fields(p.text()), " "), ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-drawn:
		case <-late.C:
			p.t.Fatalf("the screen never showed %q but\n%s", missing, p.text())
		}
	}
}

// presses sends keys, each as an own message.
func (p *person) presses(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		if _, err := io.WriteString(p.keys, k); err != nil {
			p.t.Fatal(err)
		}
	}
}

// answers waits for a question, gives the reason and goes to its button.
func (p *person) answers(question, reason string) {
	p.t.Helper()
	p.sees(question)
	ready := time.NewTimer(400 * time.Millisecond) // a question takes no keys before a person could have read it
	defer ready.Stop()
	<-ready.C
	p.presses(reason, "\t", "\t", "\r")
}

// runs gives one command over a session of its own.
func (p *person) runs(input, words string) (code int, out string) {
	p.t.Helper()
	session, err := p.client.NewSession()
	if err != nil {
		p.t.Fatal(err)
	}
	defer session.Close()
	session.Stdin = strings.NewReader(input)
	text, err := session.CombinedOutput(words) // a buffer of our own would be filled from two sides at once
	if exit, ok := err.(*gossh.ExitError); ok {
		return exit.ExitStatus(), string(text)
	}
	if err != nil {
		p.t.Fatalf("%s: %v: %s", words, err, text)
	}
	return command.Done, string(text)
}

func (p *person) does(input, words string) {
	p.t.Helper()
	if code, out := p.runs(input, words); code != command.Done {
		p.t.Fatalf("%s: exit %d: %s", words, code, out)
	}
}

// staff writes a users file with a key for each person.
func staff(t *testing.T, data string, roles map[string]string) map[string]gossh.Signer {
	t.Helper()
	keys := map[string]gossh.Signer{}
	text := "users:\n"
	for name, role := range roles {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if keys[name], err = gossh.NewSignerFromKey(private); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("  - name: %s\n    roles: [%s]\n    keys:\n      - %s", name, role, gossh.MarshalAuthorizedKey(keys[name].PublicKey()))
	}
	if err := os.WriteFile(filepath.Join(data, "users.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys
}

// An emergency from the bulletin to the last verified server, by the people whose job it is, each over SSH at a terminal: the lead makes the
// release and asks for it, the authority starts it, the on-call operator halts and resumes it at night, the board confirms it, and a team
// looks at its servers and changes nothing. The servers, the store, the engine, the daemon and SSH are the real ones.
func TestPeopleRunAnEmergencyNightOverSSH(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes most of a minute")
	}
	t.Parallel()
	patchdeck, folder := binary(t), t.TempDir()
	servers := filepath.Join(folder, "servers.csv")
	fleet, _ := fleetProcess(t, patchdeck, folder, "--servers", "12", "--seed", "4", "--faults", "none", "--speed", "600", "--csv", servers)
	data := filepath.Join(folder, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "config.yaml"), []byte(emergencySchedule), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := staff(t, data, map[string]string{"k.osei": "lead", "r.varga": "authority", "s.lindqvist": "board", "o.haddad": "on-call", "web.team": "viewer"})
	daemon, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "127.0.0.1:0", Fleet: fleet})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.close()
	address := daemon.doors.network.Addr().String()
	inventory, err := os.ReadFile(servers)
	if err != nil {
		t.Fatal(err)
	}

	bulletin, ok := assets.Demo("bulletin.xml")
	if !ok {
		t.Fatal("the demo's bulletin is gone")
	}

	lead := comesIn(t, address, keys["k.osei"])
	lead.does(string(inventory), "inventory import -")
	lead.does(string(bulletin), "catalog import -")
	lead.does("", "inventory sweep")
	lead.does("", "inventory scan")
	lead.presses("3", "c")
	lead.answers("Create release", "exploited in the wild")
	lead.sees("release 2026-11-security holds")
	lead.presses("4", "s", "e")
	lead.answers("Submit", "the hole is open")
	lead.sees("CHG-1")

	authority := comesIn(t, address, keys["r.varga"])
	authority.presses("4", "a")
	authority.answers("CHG-1", "start at once")
	authority.sees("authorised r.varga (authority)")

	onCall := comesIn(t, address, keys["o.haddad"])
	onCall.presses("6")
	onCall.sees("R-1", "pilot")
	onCall.presses("]")
	onCall.sees("R-2", "Prod", "running")
	onCall.presses("h")
	onCall.answers("Halt R-2 Prod?", "the web shop is slow")
	onCall.sees("halted", "the web shop is slow")

	team := comesIn(t, address, keys["web.team"])
	team.presses("6", "h", "R", "p", "s", "r", "x")
	team.sees("halted")
	if code, out := team.runs("", "rollout resume R-2 --reason mine"); code != command.Denied {
		t.Errorf("a viewer resumes: exit %d, %s", code, out)
	}

	onCall.presses("R")
	onCall.answers("Resume R-2 Prod?", "it was the cache")
	onCall.sees("R-2 is running")

	board := comesIn(t, address, keys["s.lindqvist"])
	board.presses("4", "a")
	board.answers("CHG-1", "confirmed")
	board.sees("s.lindqvist")

	onCall.sees("closed", "8 succeeded", "= 8 targeted")
	if code, out := onCall.runs("", "rollout status R-2 --json"); code != command.Done || !strings.Contains(out, `"open":0`) || strings.Contains(out, `"failed"`) {
		t.Errorf("the end of the night: exit %d, %s", code, out)
	}
	if code, out := team.runs("", "audit verify"); code != command.Done {
		t.Errorf("the trail: exit %d, %s", code, out)
	}
	for _, p := range []*person{lead, authority, board, onCall, team} {
		p.presses("\x03")
		if err := p.session.Wait(); err != nil {
			t.Errorf("leaving: %v", err)
		}
	}
}
