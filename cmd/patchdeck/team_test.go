package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"patchdeck/ui/command"
)

// openSSH is a call of the client that people use, as somebody. Where it must be there, its absence fails.
func (s *site) openSSH(ctx context.Context, name string, words ...string) *exec.Cmd {
	s.t.Helper()
	path, err := exec.LookPath("ssh")
	if err != nil && os.Getenv("CI") == "true" {
		s.t.Fatal("ssh is not installed, and CI must test with it")
	} else if err != nil {
		s.t.Skip("ssh is not installed: sessions of OpenSSH are not tested on this machine")
	}
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	return exec.CommandContext(ctx, path, append([]string{"-F", "none", "-p", port, "-i", identity(s.data, name), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=" + filepath.Join(s.t.TempDir(), "known_hosts"), "-o", "LogLevel=ERROR", host}, words...)...)
}

// inByOpenSSH is a person at a console that OpenSSH's client draws on a terminal.
func (s *site) inByOpenSSH(name string) *person {
	s.t.Helper()
	client := s.openSSH(s.t.Context(), name)
	client.Env = append(os.Environ(), "TERM=xterm-256color")
	terminal, err := pty.StartWithSize(client, &pty.Winsize{Rows: 36, Cols: 120})
	if err != nil {
		s.t.Fatal(err)
	}
	p := newPerson(s.t, name)
	p.keys = terminal
	ended := make(chan error, 1)
	go func() {
		_, _ = io.Copy(p, terminal) // the terminal of a process that ended gives an error on some systems, and its end on others
		ended <- client.Wait()
	}()
	p.wait = func() error { return <-ended }
	s.t.Cleanup(func() { terminal.Close() })
	p.sees("Overview")
	return p
}

// everyKey are the keys that mean something to somebody on some screen.
const everyKey = "aAbBcCdDeEfFhHiIKJlLmMnNoOpPrRsStTuUvVwWxXyZz+=.,<>"

// A team looks its servers up on the night, read-only, with the client of the library and with OpenSSH's: their window, state, reason and next
// action. Whatever keys it presses, nothing changes; whatever commands it gives, the engine refuses them with a line that says why.
func TestATeamLooksItsServersUpAndChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("a night over the wire takes a while")
	}
	t.Parallel()
	site := newSite(t, emergencySchedule, map[string]string{"k.osei": "lead", "r.varga": "authority", "web.team": "viewer"},
		"--servers", "12", "--seed", "4", "--faults", "none", "--speed", "300")
	lead, authority := site.emergency(12)

	for _, in := range []func(string) *person{site.in, site.inByOpenSSH} {
		team := in("web.team")
		team.presses("2", "/", "Web Platform", "\r")
		team.sees("3 of 12 servers", "CHO-WEB-001")
		team.presses("6")
		team.turns("]", "R-2 Prod · November")
		team.presses("/", "CHO-WEB-001", "\r")
		team.sees("1 of 8 servers")
		team.presses("\r")
		team.sees("CHO-WEB-001", "staged", "content is on the server; the window is not open yet", "E1, Tue 10 Nov 22:10–01:10", "Web Platform")
		for _, tab := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
			for _, key := range everyKey {
				team.presses(tab, string(key), "\t", "\t", "\r", "\x7f", "\x7f")
			}
		}
		team.presses("6")
		team.sees("R-2 Prod")
		team.leaves()
	}
	for _, words := range []string{"rollout halt R-2 --reason mine", "rollout resume R-2 --reason mine", "rollout retry R-2 CHO-WEB-001 --reason mine", "rollout skip R-2 CHO-WEB-001 --reason mine",
		"rollout exclude CHG-1 CHO-WEB-001 --reason mine", "change withdraw CHG-1 --reason mine", "inventory sweep", "incident open mine",
		"release drop 2026-11-security KB5999016 --reason mine", "notice send summary 2026-11-security", "catalog relevance KB5999016 relevant --reason mine"} {
		said, err := site.openSSH(t.Context(), "web.team", strings.Fields(words)...).CombinedOutput()
		var exit *exec.ExitError
		if line := strings.TrimSpace(string(said)); !errors.As(err, &exit) || exit.ExitCode() != command.Denied || strings.Count(line, "\n") > 0 || !strings.Contains(line, "viewer") {
			t.Errorf("%s: %v, %q: want one line that says what a viewer lacks", words, err, line)
		}
	}
	said, err := site.openSSH(t.Context(), "web.team", "audit", "list", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, `"web.team"`) && !strings.Contains(line, "denied") {
			t.Errorf("the trail says that the team changed something: %s", line)
		}
	}
	for _, p := range []*person{lead, authority} {
		p.leaves()
	}
}
