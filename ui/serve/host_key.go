package serve

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	gossh "golang.org/x/crypto/ssh"
)

// HostKey reads the key by which clients know this console, and makes it once when there is none. A key that others can
// read is refused.
func HostKey(path string) (gossh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newHostKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("host key %s: others can read it (%v): chmod 600 it, or remove it to get a new one", path, info.Mode().Perm())
	}
	signer, err := gossh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("host key %s is not readable: %w; restore it, or remove it to get a new one that clients must trust anew", path, err)
	}
	return signer, nil
}

// newHostKey writes a new key so that it is there whole or not at all, and never over one that somebody else made meanwhile.
func newHostKey(path string) (gossh.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	block, err := gossh.MarshalPrivateKey(private, "patchdeck host key")
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".host_key.*") // 0600
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(pem.EncodeToMemory(block))
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	if err := os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
		return HostKey(path)
	} else if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	return gossh.NewSignerFromKey(private)
}
