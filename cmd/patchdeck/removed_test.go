package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/ui/command"
)

// Ten seconds after the users file says so nobody who lost a key or a role sits at a console: the daemon looks at the file often
// enough, and ends the session with its reason.
func TestWhoIsTakenFromTheUsersFileIsOut(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	entry := func(role string) []byte {
		return fmt.Appendf(nil, "users:\n  - name: k.osei\n    roles: [%s]\n    keys:\n      - %s", role, gossh.MarshalAuthorizedKey(key.PublicKey()))
	}
	users := filepath.Join(data, "users.yaml")
	if err := os.WriteFile(users, entry("lead"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	// A file that its owner writes in place may be read half: it is put in its place at once, as editors do.
	replace := func(text []byte) {
		fresh := filepath.Join(data, "users.new")
		if err := errors.Join(os.WriteFile(fresh, text, 0o600), os.Rename(fresh, users)); err != nil {
			t.Fatal(err)
		}
	}
	config := &gossh.ClientConfig{User: "any", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey()}
	for _, c := range []struct {
		users []byte
		says  string
	}{
		{entry("viewer"), "Your roles have changed"},
		{[]byte("users:\n  - name: somebody.else\n    roles: [lead]\n    os_user: nobody\n"), "no longer in the users file"},
	} {
		client, err := gossh.Dial("tcp", d.doors.network.Addr().String(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		session.Stdout = &shown
		if err := errors.Join(session.RequestPty("xterm-256color", 24, 80, nil), session.Shell()); err != nil {
			t.Fatal(err)
		}
		replace(c.users)
		broken := time.AfterFunc(time.Minute, func() { _ = client.Close() })
		var exit *gossh.ExitError
		if err := session.Wait(); err != nil && !errors.As(err, &exit) {
			t.Errorf("the session was not ended: %v", err)
		}
		broken.Stop()
		if !strings.Contains(shown.String(), c.says) {
			t.Errorf("the terminal never showed %q", c.says)
		}
	}
	if _, err := gossh.Dial("tcp", d.doors.network.Addr().String(), config); err == nil {
		t.Error("a key that is gone from the file still opens the door")
	}
}
