package serve

import (
	"context"
	"io"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

// runs gives what a command said, on both its outputs, and its exit code.
func (h *house) runs(client *gossh.Client, words string, input io.Reader) (said string, code int) {
	h.t.Helper()
	session, err := client.NewSession()
	if err != nil {
		h.t.Fatal(err)
	}
	session.Stdin = input
	out, err := session.CombinedOutput(words)
	return string(out), codeOf(h.t, err)
}

func TestACommandRunsWithItsPersonItsInputAndItsExitCode(t *testing.T) {
	h := open(t)
	client := h.enter(h.person("viewer", approval.Viewer))
	for _, c := range []struct {
		words, input, says string
		code               int
	}{
		{"whoami", "", "viewer [viewer] via ssh\n", command.Done},
		{"count", strings.Repeat("x", 3<<20), "3145728\n", command.Done},
		{`echo 'two words' it\'s "and more"`, "", `["two words" "it's" "and more"]` + "\n", command.Done},
		{"halt", "", "patchdeck: to halt needs the role lead; you are: viewer\n", command.Denied},
		{"echo 'open", "", "patchdeck: the command cannot be read: a quote is not closed", command.Usage},
		{"crash", "", "this session failed inside patchdeck", command.Crashed},
		{"whoami", "", "viewer [viewer] via ssh\n", command.Done},
	} {
		if said, code := h.runs(client, c.words, strings.NewReader(c.input)); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%s: exit code %d, said %q", c.words, code, said)
		}
	}
}

func TestACommandOnATerminalEndsItsLinesForIt(t *testing.T) {
	h := open(t)
	session, err := h.enter(h.person("k.osei")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	out, err := session.Output("whoami")
	if err != nil || string(out) != "k.osei [] via ssh\r\n" {
		t.Errorf("said %q, error %v", out, err)
	}
}

func TestACommandEndsWithItsClientAndWithADrain(t *testing.T) {
	h := open(t)
	key := h.person("k.osei")
	waiting := func() (*gossh.Client, *gossh.Session, *text) {
		client := h.enter(key)
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		said := newText()
		session.Stdout, session.Stderr = said, said
		if err := session.Start("wait"); err != nil {
			t.Fatal(err)
		}
		if !said.has("waiting") {
			t.Fatal("the command did not start")
		}
		return client, session, said
	}
	client, _, _ := waiting()
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	h.nobodyIn()

	_, interrupted, _ := waiting()
	if err := interrupted.Signal(gossh.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := ends(t, interrupted); code != command.Failure {
		t.Errorf("interrupted: exit code %d", code)
	}

	_, drained, said := waiting()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.Drain(ctx)
	if code := ends(t, drained); code != command.Failure || !said.has("patchdeck is being stopped") {
		t.Errorf("drained: exit code %d, said %q", code, said)
	}
}
