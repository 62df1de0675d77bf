package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/trail"
)

// Entry is the action of an audit entry to commit; see Batch.
type Entry string

// Batch makes what may follow head from records (engine.Record) and audit entries (Entry, trail.Entry) in any order.
func Batch(head trail.Head, parts ...any) (engine.Batch, error) {
	b := engine.Batch{Head: head}
	for _, part := range parts {
		var e trail.Entry
		switch part := part.(type) {
		case engine.Record:
			b.Records = append(b.Records, part)
			continue
		case Entry:
			e = trail.Entry{At: fixedTime, Actor: "storetest", Action: string(part)}
		case trail.Entry:
			e = part
		default:
			return b, fmt.Errorf("a batch has no place for a %T", part)
		}
		raw, next, err := b.Head.Append(e)
		if err != nil {
			return b, err
		}
		b.Entries, b.Head = append(b.Entries, raw), next
	}
	return b, nil
}

func commit(t testing.TB, s engine.Store, parts ...any) {
	t.Helper()
	b, err := Batch(s.Head(), parts...)
	if err != nil {
		t.Error(err)
		return
	}
	if err := s.Commit(b); err != nil {
		t.Error(err)
	}
}

func record(kind, id, value string) engine.Record {
	return engine.Record{Kind: kind, ID: id, Value: []byte(value)}
}

// Large gives the parts of a batch with count records of 150 bytes and an entry for every tenth of them, which also
// replaces the record "server 00000" and removes the record "server gone".
func Large(count int) []any {
	parts := []any{engine.Record{Kind: "server", ID: "gone"}}
	filling := strings.Repeat("x", 150)
	for n := range count {
		parts = append(parts, record("server", fmt.Sprintf("%05d", n), filling))
		if n%10 == 0 {
			parts = append(parts, Entry(fmt.Sprintf("import %d", n)))
		}
	}
	return parts
}

// CountLarge tells how many records of a Large batch are stored; -1 when it finds what no commit made.
func CountLarge(t testing.TB, s engine.Store) int {
	t.Helper()
	count := 0
	gone := false
	err := s.Load(func(r engine.Record) error {
		if len(r.Value) == 150 {
			count++
		}
		gone = gone || r.ID == "gone"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if gone && count > 0 {
		return -1
	}
	return count
}

// Verify checks the whole trail of a store.
func Verify(t testing.TB, s engine.Store) trail.Report {
	t.Helper()
	verifier := trail.NewVerifier()
	if err := s.Entries(0, func(_ uint64, raw []byte) error { return verifier.Add(raw) }); err != nil {
		t.Fatal(err)
	}
	if verifier.Report().Head != s.Head() {
		t.Errorf("the entries lead to %d %s, the head is %d %s", verifier.Report().Head.Seq, verifier.Report().Head, s.Head().Seq, s.Head())
	}
	return verifier.Report()
}

func expectRecords(t testing.TB, s engine.Store, expected ...string) {
	t.Helper()
	var found []string
	err := s.Load(func(r engine.Record) error {
		found = append(found, r.Kind+" "+r.ID+" "+string(r.Value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, expected) {
		t.Errorf("records %q, expected %q", found, expected)
	}
}

func expectEntries(t testing.TB, s engine.Store, from uint64, expected ...string) {
	t.Helper()
	var found []string
	next := max(from, 1)
	err := s.Entries(from, func(seq uint64, raw []byte) error {
		var e trail.Entry
		if err := json.Unmarshal(raw, &e); err != nil {
			return err
		}
		if seq != next || e.Seq != next {
			t.Errorf("entry %d is given as %d, expected %d", e.Seq, seq, next)
		}
		next++
		found = append(found, e.Action)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, expected) {
		t.Errorf("entries from %d: %q, expected %q", from, found, expected)
	}
}

func closeStore(t testing.TB, s engine.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
