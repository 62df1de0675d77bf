package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
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

	"patchdeck/ui/command"
)

// patience ends a broken run; whatever a person waits for comes long before.
const patience = 90 * time.Second

// person is somebody who comes in over SSH with a key of their own, at a terminal of 120 by 36.
type person struct {
	t      *testing.T
	name   string
	client *gossh.Client
	wait   func() error // for the end of the session
	keys   io.WriteCloser
	screen vt10x.Terminal
	mu     sync.Mutex
	drawn  chan struct{} // closed and replaced when something was drawn
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

// newPerson is somebody at a terminal of 120 by 36.
func newPerson(t *testing.T, name string) *person {
	return &person{t: t, name: name, screen: vt10x.New(vt10x.WithSize(120, 36)), drawn: make(chan struct{})}
}

// comesIn opens a console with the client of the Go library.
func comesIn(t *testing.T, address, name string, key gossh.Signer) *person {
	t.Helper()
	client, err := gossh.Dial("tcp", address, &gossh.ClientConfig{User: "any", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	p := newPerson(t, name)
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	p.client, p.wait = client, session.Wait
	session.Stdout, session.Stderr = p, p
	if p.keys, err = session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm-256color", 36, 120, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
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
	p.until(func(text string) string {
		for _, w := range words {
			if !strings.Contains(text, w) {
				return w
			}
		}
		return ""
	})
}

// until waits until nothing that is wanted is missing on the screen; the text comes in one line.
func (p *person) until(missing func(text string) string) {
	p.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		p.mu.Lock()
		drawn := p.drawn
		p.mu.Unlock()
		what := missing(strings.Join(strings.Fields(p.text()), " "))
		if what == "" {
			return
		}
		select {
		case <-drawn:
		case <-late.C:
			p.t.Fatalf("%s: the screen never showed %q but\n%s", p.name, what, p.text())
		}
	}
}

// turns presses a key as often as it takes until the screen shows some words.
func (p *person) turns(key, words string) {
	p.t.Helper()
	const most = 12
	for range most {
		before := p.text()
		if strings.Contains(before, words) {
			return
		}
		p.presses(key)
		p.until(func(string) string {
			if p.text() == before {
				return "what " + key + " leads to"
			}
			return ""
		})
	}
	p.t.Fatalf("%s: %s never led to %q but to\n%s", p.name, key, words, p.text())
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
	p.reads(question)
	p.presses(reason, "\t", "\t", "\r")
}

// reads waits for a question, and for as long as it takes no keys: what comes before a person could have read it is dropped.
func (p *person) reads(question string) {
	p.t.Helper()
	p.sees(question)
	ready := time.NewTimer(350 * time.Millisecond)
	defer ready.Stop()
	<-ready.C
}

// runs gives one command over a session of its own.
func (p *person) runs(words string) (code int, out string) {
	p.t.Helper()
	session, err := p.client.NewSession()
	if err != nil {
		p.t.Fatal(err)
	}
	defer session.Close()
	text, err := session.CombinedOutput(words) // a buffer of our own would be filled from two sides at once
	if exit, ok := err.(*gossh.ExitError); ok {
		return exit.ExitStatus(), string(text)
	}
	if err != nil {
		p.t.Fatalf("%s: %v: %s", words, err, text)
	}
	return command.Done, string(text)
}

// identity is the file of a person's private key, for a client that is another process.
func identity(data, name string) string { return filepath.Join(data, name+".key") }

// staff writes a users file with a key for each person. A role may name the applications that it is held for: "support of Payroll, Web Shop".
func staff(t *testing.T, data string, roles map[string]string) map[string]gossh.Signer {
	t.Helper()
	keys := map[string]gossh.Signer{}
	text := "users:\n"
	for name, role := range roles {
		role, applications, _ := strings.Cut(role, " of ")
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if keys[name], err = gossh.NewSignerFromKey(private); err != nil {
			t.Fatal(err)
		}
		block, err := gossh.MarshalPrivateKey(private, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(identity(data, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("  - name: %s\n    roles: [%s]\n    applications: [%s]\n    keys:\n      - %s", name, role, applications, gossh.MarshalAuthorizedKey(keys[name].PublicKey()))
	}
	if err := os.WriteFile(filepath.Join(data, "users.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys
}

// agrees answers a question that takes no reason.
func (p *person) agrees(question string) {
	p.t.Helper()
	p.reads(question)
	p.presses("\t", "\r")
}

// fills writes texts into the blanks of a form, from the first on, and gives it.
func (p *person) fills(form string, texts ...string) {
	p.t.Helper()
	p.sees(form)
	for _, text := range texts {
		p.presses("\r", "\x15", text, "\r") // ctrl+u drops what stood there
	}
	p.presses("s")
}

// leaves ends the session on purpose.
func (p *person) leaves() {
	p.t.Helper()
	p.presses("\x03")
	if err := p.wait(); err != nil {
		p.t.Errorf("%s leaves: %v", p.name, err)
	}
}

// counts waits until a word stands on the screen so many times.
func (p *person) counts(times int, word string) {
	p.t.Helper()
	p.until(func(text string) string {
		if n := strings.Count(text, word); n != times {
			return fmt.Sprintf("%s, %d times", word, times)
		}
		return ""
	})
}

// brings imports a document of the inbox on the screen of a tab.
func (p *person) brings(tab, document string) {
	p.t.Helper()
	p.presses(tab, "i")
	p.sees(document)
	p.presses("\r")
	p.agrees("Import " + document + "?")
	p.until(func(text string) string {
		if strings.Contains(text, "Import ") {
			return "the screen behind the inbox"
		}
		return ""
	})
}

// surveys imports the inbox's documents, and lets all servers be read and scanned.
func (p *person) surveys(servers int) {
	p.t.Helper()
	p.brings("2", "servers.csv")
	p.brings("3", "bulletin.xml")
	p.presses("2", "a", "u")
	p.agrees(fmt.Sprintf("Ask %d servers for their facts?", servers))
	p.counts(servers, "not scanned yet")
	p.presses("U")
	p.agrees(fmt.Sprintf("Ask %d servers for a scan", servers))
	p.counts(servers, "1 missing")
}

// lost cuts the person's line, as a train does in a tunnel.
func (p *person) lost() {
	p.t.Helper()
	if err := p.client.Close(); err != nil {
		p.t.Fatal(err)
	}
}
