package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/storetest"
)

func TestTheStoreConforms(t *testing.T) {
	storetest.Conform(t, func(t testing.TB) storetest.Opener {
		dir := t.TempDir()
		return func(t testing.TB) engine.Store { return open(t, dir) }
	})
}

// open opens a store for a test, whatever room the disk has.
func open(t testing.TB, dir string, options ...Option) *Store {
	t.Helper()
	s, err := Open(dir, append([]Option{WithMinFree(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openError(t testing.TB, dir string, options ...Option) error {
	t.Helper()
	s, err := Open(dir, append([]Option{WithMinFree(0)}, options...)...)
	if err == nil {
		_ = s.Close()
		t.Fatal("the store opened")
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has more than one line: %v", err)
	}
	return err
}

// commit adds a record and an entry for each name.
func commit(t testing.TB, s *Store, names ...string) {
	t.Helper()
	var parts []any
	for _, name := range names {
		parts = append(parts, engine.Record{Kind: "step", ID: name, Value: []byte(`{}`)}, storetest.Entry(name))
	}
	b, err := storetest.Batch(s.Head(), parts...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheFolderIsClosedToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func TestAStoreIsMadeInAnEmptyFolderOnly(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openError(t, dir); !strings.Contains(err.Error(), `"letter.txt"`) {
		t.Errorf("error %v", err)
	}
}

func TestACreationThatWasKilledStartsAnew(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir))
	if err := os.Rename(filepath.Join(dir, identityFile), filepath.Join(dir, creatingFile)); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	commit(t, s, "one")
	closeStore(t, s)
	open(t, dir)
}

func TestANewerFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	id := s.anchor.id
	closeStore(t, s)
	path := filepath.Join(dir, identityFile)
	if err := os.WriteFile(path, fmt.Appendf(nil, `{"format":2,"store":%q}`, id), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openError(t, dir); !strings.Contains(err.Error(), "has format 2, this patchdeck knows up to 1") {
		t.Errorf("error %v", err)
	}
}

func TestAfterAFailedCommitNothingWorksAndCloseDoesNotHang(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	commit(t, s, "one")
	if err := s.anchor.file.Close(); err != nil { // stands for any failing disk
		t.Fatal(err)
	}
	b, err := storetest.Batch(s.Head(), storetest.Entry("two"))
	if err != nil {
		t.Fatal(err)
	}
	var unknown *UnknownOutcome
	if err := s.Commit(b); !errors.As(err, &unknown) || !unknown.OutcomeUnknown() {
		t.Errorf("the commit gave %v", err)
	}
	if err := s.Commit(engine.Batch{Head: s.Head()}); !errors.As(err, &unknown) {
		t.Errorf("the next commit gave %v", err)
	}
	if err := s.Load(func(engine.Record) error { return nil }); !errors.As(err, &unknown) {
		t.Errorf("reading gave %v", err)
	}
	if err := s.Close(); !errors.As(err, &unknown) {
		t.Errorf("Close gave %v", err)
	}
}

func TestALowDiskRefusesCommitsAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	free := uint64(1 << 30)
	s := open(t, dir, WithMinFree(100<<20), func(s *settings) { s.free = func(string) (uint64, error) { return free, nil } })
	commit(t, s, "one")
	free = 99 << 20
	b, err := storetest.Batch(s.Head(), storetest.Entry("two"))
	if err != nil {
		t.Fatal(err)
	}
	var low *LowSpace
	if err := s.Commit(b); !errors.As(err, &low) || low.Free != free || !strings.Contains(err.Error(), "99 MiB are free") {
		t.Errorf("the commit gave %v", err)
	}
	if s.Head().Seq != 1 {
		t.Errorf("the trail stands at %d", s.Head().Seq)
	}
	free = 1 << 30
	if err := s.Commit(b); err != nil {
		t.Errorf("with room again the commit gave %v", err)
	}
}

func TestAFullDiskRefusesToOpenUnlessTheBallastHelps(t *testing.T) {
	dir := t.TempDir()
	ballast := filepath.Join(dir, ballastFile)
	const size = 3<<20 + 5
	disk := uint64(80 << 20) // room beside the ballast
	measured := func(s *settings) {
		s.free = func(string) (uint64, error) {
			if _, err := os.Stat(ballast); err == nil {
				return disk - size, nil
			}
			return disk, nil
		}
	}
	options := []Option{WithMinFree(10 << 20), WithBallast(size), measured}
	closeStore(t, open(t, dir, options...))
	if info, err := os.Stat(ballast); err != nil || info.Size() != size {
		t.Fatalf("ballast %v, error %v", info, err)
	}

	disk = 12 << 20 // 9 with the ballast, 12 without
	s := open(t, dir, options...)
	if _, err := os.Stat(ballast); err == nil {
		t.Error("the ballast is still there")
	}
	commit(t, s, "one")
	closeStore(t, s)

	disk = 9 << 20
	var low *LowSpace
	if err := openError(t, dir, options...); !errors.As(err, &low) {
		t.Errorf("error %v", err)
	}
	disk = 80 << 20
	open(t, dir, options...)
	if _, err := os.Stat(ballast); err != nil {
		t.Error("the ballast did not come back")
	}
}

func TestALargeBatchLeavesNoChunksBehind(t *testing.T) {
	s := open(t, t.TempDir())
	for range 2 {
		parts := storetest.Large(12_000)
		b, err := storetest.Batch(s.Head(), parts...)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(b); err != nil {
			t.Fatal(err)
		}
		if keys, err := s.chunkKeys(10); err != nil || len(keys) > 0 {
			t.Errorf("%d chunks are left, error %v", len(keys), err)
		}
	}
	if s.set != 2 {
		t.Errorf("%d sets were written in chunks", s.set)
	}
}

func TestValuesUpToTheLimitAreTakenEvenManyOfThem(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var parts []any
	for n := range 5 {
		parts = append(parts, engine.Record{Kind: "plan", ID: fmt.Sprint(n), Value: []byte(strings.Repeat("x", 1_000_000))})
	}
	b, err := storetest.Batch(s.Head(), parts...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	count := 0
	err = open(t, dir).Load(func(r engine.Record) error {
		if len(r.Value) == 1_000_000 {
			count++
		}
		return nil
	})
	if err != nil || count != 5 {
		t.Errorf("%d values, error %v", count, err)
	}
}

func FuzzDecodeChunk(f *testing.F) {
	f.Add(encodeChunk([]write{{[]byte("r/a\x00b"), []byte("{}")}, {[]byte("r/a\x00c"), nil}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, chunk []byte) {
		writes, ok := decodeChunk(chunk)
		if !ok {
			return
		}
		again, ok := decodeChunk(encodeChunk(writes))
		if !ok || len(again) != len(writes) {
			t.Errorf("%d writes became %d", len(writes), len(again))
		}
	})
}

func FuzzDecodeSlot(f *testing.F) {
	f.Add(encodeSlot(storeID{1}, 7, trail.Head{Seq: 9, Hash: [32]byte{2}}))
	f.Fuzz(func(t *testing.T, slot []byte) {
		if len(slot) != slotSize {
			return
		}
		id, generation, head, ok := decodeSlot(slot)
		if ok && string(encodeSlot(id, generation, head)[:slotUsed]) != string(slot[:slotUsed]) {
			t.Errorf("took %x", slot[:slotUsed])
		}
	})
}
