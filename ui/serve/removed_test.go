//go:build linux

package serve

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
	"patchdeck/ui/command"
)

// A person who loses the key or a role sits at OpenSSH in a terminal: the console must end there too, with its reason, and leave the
// terminal as it was.
func TestOpenSSHEndsWithTheKeyAndWithTheRole(t *testing.T) {
	program := openSSH(t)
	for name, c := range map[string]struct {
		change func(people map[string]approval.Actor, fingerprint string)
		says   string
		code   int
		again  int // exit code of the next connection
	}{
		"the key": {func(people map[string]approval.Actor, fingerprint string) { delete(people, fingerprint) },
			"no longer in the users file", command.Denied, 255},
		"the role": {func(people map[string]approval.Actor, fingerprint string) {
			people[fingerprint] = approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Viewer}}
		}, "Your roles have changed", command.Done, command.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			identity, public := keyFile(t, "k.osei", "")
			fingerprint := gossh.FingerprintSHA256(public)
			h.enrol(public, approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}})
			keyboard, screen, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer keyboard.Close()
			defer screen.Close()
			shown := newText()
			go func() { _, _ = shownFrom(keyboard, shown) }()
			client := exec.CommandContext(t.Context(), program, append([]string{"-tt"}, h.sshArguments([]string{identity})...)...)
			client.Stdin, client.Stdout, client.Stderr = screen, screen, screen
			client.Env = append(os.Environ(), "TERM=xterm-256color")
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			if !shown.has("k.osei via ssh") {
				t.Fatalf("no console but %q", shown)
			}
			h.mu.Lock()
			c.change(h.people, fingerprint)
			h.mu.Unlock()
			h.Recheck()
			if code := exits(t, client); code != c.code {
				t.Errorf("exit code %d, not %d", code, c.code)
			}
			for _, words := range []string{normalScreen, c.says} {
				if !shown.has(words) {
					t.Errorf("the terminal never showed %q, but %q", words, shown)
				}
			}
			if said, code := h.ssh(program, []string{identity}, "halt"); code != c.again {
				t.Errorf("afterwards: exit code %d, said %q", code, said)
			}
		})
	}
}

// exits waits for the end of a program and gives its exit code.
func exits(t *testing.T, program *exec.Cmd) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return program.ProcessState.ExitCode()
	case <-time.After(patience):
		_ = program.Process.Kill()
		t.Fatal("the program did not end")
		return 0
	}
}
