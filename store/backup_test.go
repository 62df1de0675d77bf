package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/store/storetest"
)

func backupOf(t testing.TB, s *Store) []byte {
	t.Helper()
	var text bytes.Buffer
	if _, err := s.Backup(&text); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func TestABackupRestoresTheSameStore(t *testing.T) {
	s := open(t, t.TempDir())
	b, err := storetest.Batch(s.Head(), storetest.Large(3000)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	commit(t, s, "after")
	text := backupOf(t, s)
	commit(t, s, "after the backup")

	dir := filepath.Join(t.TempDir(), "restored")
	report, err := Restore(dir, bytes.NewReader(text), WithMinFree(0))
	if err != nil || report.Records != 3001 || report.Trail.Entries != 301 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	restored := open(t, dir)
	if !bytes.Equal(backupOf(t, restored), text) {
		t.Error("the restored store is another one")
	}
	commit(t, restored, "goes on")
	storetest.Verify(t, restored)
}

func TestEveryDamageToABackupIsFound(t *testing.T) {
	s := open(t, t.TempDir())
	commit(t, s, "one", "two")
	whole := backupOf(t, s)
	if report, err := VerifyBackup(bytes.NewReader(whole)); err != nil || report.Records != 2 || report.Trail.Head != s.Head() {
		t.Fatalf("report %+v, error %v", report, err)
	}
	for place := range whole {
		damaged := bytes.Clone(whole)
		damaged[place] ^= 1 << (place % 8)
		if _, err := VerifyBackup(bytes.NewReader(damaged)); err == nil {
			t.Errorf("bit flipped in byte %d of %d was not found", place, len(whole))
		}
		if _, err := VerifyBackup(bytes.NewReader(whole[:place])); err == nil {
			t.Errorf("cut off at byte %d of %d was not found", place, len(whole))
		}
	}
	if _, err := VerifyBackup(bytes.NewReader(append(bytes.Clone(whole), 0))); err == nil {
		t.Error("a byte too many was not found")
	}
}

func TestADamagedBackupLeavesNoStoreBehind(t *testing.T) {
	s := open(t, t.TempDir())
	commit(t, s, "one", "two")
	whole := backupOf(t, s)
	dir := filepath.Join(t.TempDir(), "restored")
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-1] ^= 1 // everything else was restored by then
	if _, err := Restore(dir, bytes.NewReader(damaged), WithMinFree(0)); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, identityFile)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folder counts as a store")
	}
	if _, err := Restore(dir, bytes.NewReader(whole), WithMinFree(0)); err != nil {
		t.Errorf("the whole backup afterwards: %v", err)
	}
}

func TestRestoreDoesNotTouchAStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, "one")
	text := backupOf(t, s)
	closeStore(t, s)
	if _, err := Restore(dir, bytes.NewReader(text), WithMinFree(0)); err == nil || !strings.Contains(err.Error(), "holds a store already") {
		t.Errorf("error %v", err)
	}
	if again := open(t, dir); again.Head().Seq != 1 {
		t.Errorf("the trail stands at %d", again.Head().Seq)
	}
}

func FuzzVerifyBackup(f *testing.F) {
	s := open(f, f.TempDir())
	commit(f, s, "one", "two")
	f.Add(backupOf(f, s))
	f.Add([]byte(backupMagic + "\x00\x28"))
	f.Fuzz(func(t *testing.T, text []byte) {
		records := uint64(0)
		report, err := readBackup(bytes.NewReader(text), func(r engine.Record, raw []byte) error {
			if raw == nil {
				records++
			}
			return nil
		})
		if err == nil && report.Records != records {
			t.Errorf("%d records were given, %d reported", records, report.Records)
		}
	})
}
