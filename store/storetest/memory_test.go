package storetest

import (
	"errors"
	"testing"

	"patchdeck/engine"
)

func TestMemoryConforms(t *testing.T) {
	Conform(t, func(testing.TB) Opener {
		m := NewMemory()
		return func(testing.TB) engine.Store {
			m = m.Reopen()
			return m
		}
	})
}

func TestACrashLeavesAllOrNothingOfItsCommit(t *testing.T) {
	for when, survives := range map[Moment]bool{Before: false, After: true} {
		m := NewMemory(CrashAt(2, when))
		commit(t, m, record("server", "a", "1"), Entry("one"))
		b, err := Batch(m.Head(), record("server", "b", "2"), Entry("two"))
		if err != nil {
			t.Fatal(err)
		}
		var crash *Crash
		if err := m.Commit(b); !errors.As(err, &crash) || crash.Commit != 2 || !isOutcomeUnknown(err) {
			t.Errorf("the commit gave %v", err)
		}
		if err := m.Load(func(engine.Record) error { return nil }); err == nil {
			t.Error("a crashed store still answers")
		}
		next := m.Reopen()
		if survives {
			expectRecords(t, next, "server a 1", "server b 2")
			expectEntries(t, next, 0, "one", "two")
		} else {
			expectRecords(t, next, "server a 1")
			expectEntries(t, next, 0, "one")
		}
		commit(t, next, Entry("three"))
	}
}
