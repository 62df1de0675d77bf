package serve

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

func TestTheHostKeyIsMadeOnceForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_key")
	keys := make([]gossh.Signer, 8)
	var making sync.WaitGroup
	for i := range keys {
		making.Go(func() {
			var err error
			if keys[i], err = HostKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	for _, key := range keys {
		if key == nil || !bytes.Equal(key.PublicKey().Marshal(), keys[0].PublicKey().Marshal()) {
			t.Fatal("two starts at once got two host keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	if rest, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".host_key*")); err != nil || len(rest) > 0 {
		t.Errorf("left behind: %v, %v", rest, err)
	}
}

func TestAHostKeyThatOthersCanReadOrNobodyCanIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_key")
	if _, err := HostKey(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := HostKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("open to all: %v", err)
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := HostKey(path); err == nil || !strings.Contains(err.Error(), "is not readable") {
		t.Errorf("damaged: %v", err)
	}
}
