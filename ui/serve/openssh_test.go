package serve

import (
	"context"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"crypto/ed25519"
	"crypto/rand"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
)

// openSSH finds the client that people use. Where it must be there, its absence fails.
func openSSH(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("ssh")
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatal("ssh is not installed, and CI must test with it")
	default:
		t.Skip("ssh is not installed: sessions of OpenSSH are not tested on this machine")
	}
	return ""
}

// keyFile writes a private key as ssh-keygen would and gives its file and public key.
func keyFile(t *testing.T, name, passphrase string) (path string, public gossh.PublicKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, name)
	if passphrase != "" {
		block, err = gossh.MarshalPrivateKeyWithPassphrase(private, name, []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".pub", gossh.MarshalAuthorizedKey(signer.PublicKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, signer.PublicKey()
}

// sshArguments lead OpenSSH to the house with these identities, in order, and nothing of the machine's own settings.
func (h *house) sshArguments(identities []string) []string {
	h.t.Helper()
	host, port, err := net.SplitHostPort(h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	arguments := []string{"-F", "none", "-p", port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=" + filepath.Join(h.t.TempDir(), "known_hosts"), "-o", "LogLevel=ERROR"}
	for _, identity := range identities {
		arguments = append(arguments, "-i", identity)
	}
	return append(arguments, host)
}

// ssh runs OpenSSH against the house with these identities, in order.
func (h *house) ssh(program string, identities []string, words ...string) (said string, code int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	run := exec.CommandContext(ctx, program, append(h.sshArguments(identities), words...)...)
	run.Stdin = strings.NewReader("12345")
	out, err := run.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); err != nil && !ok {
		h.t.Fatal(err)
	} else if ok {
		code = exit.ExitCode()
	}
	return string(out), code
}

func TestOpenSSHRunsCommands(t *testing.T) {
	program := openSSH(t)
	h := open(t)
	viewer, public := keyFile(t, "viewer", "")
	h.enrol(public, approval.Actor{Name: "viewer", Roles: []approval.Role{approval.Viewer}})
	for _, c := range []struct {
		words []string
		says  string
		code  int
	}{
		{[]string{"whoami"}, "viewer [viewer] via ssh\n", 0},
		{[]string{"count"}, "5\n", 0},
		{[]string{"halt"}, "patchdeck: to halt needs the role lead", 77},
		{nil, "connect with ssh -t", 2},
	} {
		if said, code := h.ssh(program, []string{viewer}, c.words...); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%v: exit code %d, said %q", c.words, code, said)
		}
	}
	stranger, _ := keyFile(t, "stranger", "")
	if said, code := h.ssh(program, []string{stranger}, "whoami"); code != 255 || !strings.Contains(said, "Permission denied") {
		t.Errorf("stranger: exit code %d, said %q", code, said)
	}
}

// OpenSSH asks about every key that it has the public half of, and signs only with one that it can unlock. The person must
// be the one whose key signed, not one whose key was asked about before.
func TestThePersonIsTheOneWhoseKeySigned(t *testing.T) {
	program := openSSH(t)
	h := open(t)
	lead, leadKey := keyFile(t, "lead", "not known here")
	viewer, viewerKey := keyFile(t, "viewer", "")
	h.enrol(leadKey, approval.Actor{Name: "lead", Roles: []approval.Role{approval.Lead}})
	h.enrol(viewerKey, approval.Actor{Name: "viewer", Roles: []approval.Role{approval.Viewer}})
	if said, code := h.ssh(program, []string{lead, viewer}, "whoami"); code != 0 || !strings.Contains(said, "viewer [viewer] via ssh\n") {
		t.Errorf("exit code %d, said %q", code, said)
	}
}
