package serve

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/ui/plain"
	"patchdeck/ui/uitest"
)

func withPlain(o *Options) {
	o.Plain = func(ctx context.Context, p plain.Options) error {
		p.Console, p.Zone = uitest.NewConsole(uitest.Night(40)), time.UTC
		return plain.Run(ctx, p)
	}
}

func TestAClientThatCannotDrawGetsLines(t *testing.T) {
	h := open(t, withPlain)
	client := h.enter(h.person("k.osei", approval.Viewer))
	for name, begin := range map[string]func(s *sitting) error{
		"no terminal":   func(s *sitting) error { return s.Shell() },
		"dumb terminal": func(s *sitting) error { return asTerminal(s, "dumb", "") },
		"asked for":     func(s *sitting) error { return asTerminal(s, "xterm-256color", PlainWord) },
	} {
		t.Run(name, func(t *testing.T) {
			session, err := client.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			s := &sitting{t: t, Session: session, shown: newText()}
			session.Stdout, session.Stderr = s.shown, s.shown
			if s.keys, err = session.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			if err := begin(s); err != nil {
				t.Fatal(err)
			}
			s.sees("plain mode, for k.osei (viewer)")
			end := "\n"
			if name != "no terminal" {
				end = "\r"
			}
			s.press("no-such-word" + end)
			s.sees("no-such-word")
			s.press("quit" + end)
			if code := s.leaves(); code != 0 {
				t.Errorf("exit %d", code)
			}
			if strings.Contains(s.shown.String(), "\x1b") {
				t.Errorf("an escape sequence in %q", s.shown.String())
			}
		})
	}
}

func asTerminal(s *sitting, name, words string) error {
	if err := s.RequestPty(name, 24, 80, nil); err != nil {
		return err
	}
	if words != "" {
		return s.Start(words)
	}
	return s.Shell()
}

func TestOpenSSHFollowsANightInLines(t *testing.T) {
	ssh := openSSH(t)
	h := open(t, withPlain)
	file, public := keyFile(t, "viewer", "")
	h.enrol(public, approval.Actor{Name: "team", Roles: []approval.Role{approval.Viewer}})
	host, port, _ := strings.Cut(h.address, ":")
	p := exec.CommandContext(t.Context(), ssh, "-T", "-F", "none", "-i", file, "-p", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "team@"+host)
	p.Stdin = strings.NewReader("status\nquit\n")
	out, err := p.Output()
	if err != nil || !strings.Contains(string(out), "targeted") || !strings.Contains(string(out), "Left. Rollouts go on.") {
		t.Errorf("%v: %s", err, out)
	}
}
