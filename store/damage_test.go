package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// damage is what can happen to a store's folder while it is closed, or after a kill.
func TestEveryKindOfDamageIsRefusedWithClearWords(t *testing.T) {
	for name, c := range map[string]struct {
		closed bool // damaged after a clean Close, else after a kill
		damage func(t *testing.T, dir string)
		says   string
	}{
		"manifest lost":           {true, remove("badger/MANIFEST"), "MANIFEST is gone"},
		"manifest damaged":        {true, flip("badger/MANIFEST", 0.7), "MANIFEST"},
		"database lost":           {true, remove("badger"), "MANIFEST is gone"},
		"log lost after a kill":   {false, remove("badger/*.mem"), "lost"},
		"log damaged after kill":  {false, flipAt("badger/*.mem", 3000), "lost"},
		"table lost":              {true, remove("badger/*.sst"), "table 00"},
		"table damaged":           {true, flip("badger/*.sst", 0.3), "table 00"},
		"table's index damaged":   {true, flip("badger/*.sst", 0.97), "table 00"},
		"table's footer damaged":  {true, flip("badger/*.sst", 1), "table 00"},
		"table cut off":           {true, cut("badger/*.sst"), "table 00"},
		"table emptied":           {true, empty("badger/*.sst"), "table 00"},
		"anchor lost":             {true, remove("anchor"), "anchor file is gone"},
		"anchor damaged":          {true, empty("anchor"), "anchor file is unreadable"},
		"anchor of another store": {true, foreignAnchor, "belongs to another store"},
		"identity lost":           {true, remove("identity.json"), "identity.json is gone"},
		"identity damaged":        {true, empty("identity.json"), "identity.json is not readable"},
		"older copy put back":     {true, putBackOlderDatabase, "entry 40 was committed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			for range 40 {
				commit(t, s, "step")
			}
			if c.closed {
				closeStore(t, s)
			} else {
				dir = killedCopy(t, dir)
			}
			c.damage(t, dir)
			err := openError(t, dir)
			var damaged *Damaged
			if !errors.As(err, &damaged) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "restore a backup") {
				t.Errorf("error %v, expected %q in it", err, c.says)
			}
		})
	}
}

func TestAKillLeavesTheStoreWhole(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, "one")
	head := s.Head()
	if next := open(t, killedCopy(t, dir)); next.Head() != head {
		t.Errorf("head %d %s", next.Head().Seq, next.Head())
	}
}

func TestEmptyLogsFromAKillAreNoHindrance(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, "one")
	closeStore(t, s)
	for _, name := range []string{"00007.mem", "000007.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, badgerDir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if next := open(t, dir); next.Head().Seq != 1 {
		t.Errorf("head %d", next.Head().Seq)
	}
}

func TestATornAnchorIsNoHindrance(t *testing.T) {
	for _, slot := range []int64{0, slotSize} {
		dir := t.TempDir()
		s := open(t, dir)
		commit(t, s, "one")
		commit(t, s, "two")
		closeStore(t, s)
		file, err := os.OpenFile(filepath.Join(dir, anchorFile), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.WriteAt(make([]byte, 100), slot)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
		commit(t, s, "three")
		closeStore(t, s)
		if again := open(t, dir); again.Head().Seq != 3 || again.anchor.head != again.Head() {
			t.Errorf("head %d, anchor %d", again.Head().Seq, again.anchor.head.Seq)
		}
	}
}

// A trail that was written anew has the right length, but not the hash that was noted outside.
func TestATrailWrittenAnewIsRefused(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s, forged := open(t, dir), open(t, other)
	commit(t, s, "denied")
	commit(t, forged, "approved")
	id := s.anchor.id
	closeStore(t, s)
	value, err := format{Format: formatVersion, Store: id.String()}.encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := forged.transact([]write{{formatKey, value}}); err != nil {
		t.Fatal(err)
	}
	closeStore(t, forged)
	replaceDatabase(t, other, dir)
	if err := openError(t, dir); !strings.Contains(err.Error(), "changed or replaced") {
		t.Errorf("error %v", err)
	}
}

// killedCopy is what kill -9 leaves: the files as they are while the store is open.
func killedCopy(t *testing.T, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func replaceDatabase(t *testing.T, from, to string) {
	t.Helper()
	target := filepath.Join(to, badgerDir)
	if err := errors.Join(os.RemoveAll(target), os.CopyFS(target, os.DirFS(filepath.Join(from, badgerDir)))); err != nil {
		t.Fatal(err)
	}
}

// putBackOlderDatabase takes the database of an hour ago, with everything else as it is.
func putBackOlderDatabase(t *testing.T, dir string) {
	older := t.TempDir()
	s := open(t, older)
	commit(t, s, "step")
	identity, err := os.ReadFile(filepath.Join(dir, identityFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.transact([]write{{formatKey, identity}}); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	replaceDatabase(t, older, dir)
}

func foreignAnchor(t *testing.T, dir string) {
	other := t.TempDir()
	closeStore(t, open(t, other))
	text, err := os.ReadFile(filepath.Join(other, anchorFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, anchorFile), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func matching(t *testing.T, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file matches %s, error %v", pattern, err)
	}
	return paths
}

func remove(pattern string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, path := range matching(t, dir, pattern) {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func empty(pattern string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Truncate(matching(t, dir, pattern)[0], 0); err != nil {
			t.Fatal(err)
		}
	}
}

func cut(pattern string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := matching(t, dir, pattern)[0]
		info, err := os.Stat(path)
		if err == nil {
			err = os.Truncate(path, info.Size()/2)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// flip changes the bit at a part of the file's length, 1 being its last byte but one.
func flip(pattern string, part float64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := matching(t, dir, pattern)[0]
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		flipByte(t, path, int64(float64(info.Size()-2)*part))
	}
}

func flipAt(pattern string, place int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) { flipByte(t, matching(t, dir, pattern)[0], place) }
}

func flipByte(t *testing.T, path string, place int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 1)
	_, err = file.ReadAt(one, place)
	one[0] ^= 0x10
	_, written := file.WriteAt(one, place)
	if err := errors.Join(err, written, file.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestATrailIsAcceptedWithoutItsAnchorOnlyWhenAsked(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string){
		"anchor lost": remove("anchor"), "anchor damaged": empty("anchor"), "anchor of another store": foreignAnchor, "older copy put back": putBackOlderDatabase,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			for range 40 {
				commit(t, s, "step")
			}
			closeStore(t, s)
			damage(t, dir)
			openError(t, dir)
			accepted, err := Open(dir, WithMinFree(0), WithAcceptedTrail())
			if err != nil || accepted.Accepted() == "" {
				t.Fatalf("accepted %v", err)
			}
			commit(t, accepted, "who accepted it")
			closeStore(t, accepted)
			if again := open(t, dir); again.Accepted() != "" || again.anchor.head != again.Head() {
				t.Errorf("after the next commit the anchor says %d, the trail %d", again.anchor.head.Seq, again.Head().Seq)
			}
		})
	}
}
