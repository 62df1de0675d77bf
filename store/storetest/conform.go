package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/batch"
)

// Opener opens the store at one place; each call after the first is a new start of the process that owns it.
type Opener func(t testing.TB) engine.Store

// Conform checks that an implementation keeps the contract of engine.Store. fresh prepares an empty place.
func Conform(t *testing.T, fresh func(t testing.TB) Opener) {
	for name, check := range map[string]func(*testing.T, Opener){
		"a new store is empty":                            newIsEmpty,
		"records come back ordered by kind, then id":      recordsAreOrdered,
		"a record keeps its last value":                   lastValueCounts,
		"a nil value removes a record for good":           nilRemoves,
		"entries come back as written, from any number":   entriesComeBack,
		"everything is there after a restart":             restartKeepsAll,
		"the chain verifies after many batches":           chainVerifies,
		"a batch of 20,000 records is one commit":         largeBatch,
		"values belong to whom they were given":           valuesAreCopies,
		"what is refused changes nothing":                 refusalChangesNothing,
		"an error of the reader stops reading":            readerStops,
		"after Close every call says so without panic":    closedSaysSo,
		"an empty batch is allowed":                       emptyBatch,
		"reading sees whole batches while one is written": readersSeeWholeBatches,
	} {
		t.Run(name, func(t *testing.T) { check(t, fresh(t)) })
	}
}

func newIsEmpty(t *testing.T, open Opener) {
	s := open(t)
	if head := s.Head(); head != (trail.Head{}) {
		t.Errorf("head %d %s", head.Seq, head)
	}
	expectRecords(t, s)
	expectEntries(t, s, 0)
	closeStore(t, s)
}

func recordsAreOrdered(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "b", "2"), record("a", "z", "4"), record("server", "a", "1"), record("a-b", "a", "5"), record("a_b", "a/b", "6"), record("a0", "ä ö", "7"))
	expectRecords(t, s, "a z 4", "a-b a 5", "a0 ä ö 7", "a_b a/b 6", "server a 1", "server b 2")
	closeStore(t, s)
}

func lastValueCounts(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "a", "1"))
	commit(t, s, record("server", "a", "2"), record("server", "a", "3"))
	expectRecords(t, s, "server a 3")
	closeStore(t, s)
}

func nilRemoves(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "a", "1"), record("server", "b", "2"))
	commit(t, s, engine.Record{Kind: "server", ID: "a"}, engine.Record{Kind: "server", ID: "never was"})
	expectRecords(t, s, "server b 2")
	closeStore(t, s)
	s = open(t)
	expectRecords(t, s, "server b 2")
	commit(t, s, record("server", "a", "again"))
	expectRecords(t, s, "server a again", "server b 2")
	closeStore(t, s)
}

func entriesComeBack(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, Entry("one"), Entry("two"))
	commit(t, s, Entry("three"))
	expectEntries(t, s, 0, "one", "two", "three")
	expectEntries(t, s, 1, "one", "two", "three")
	expectEntries(t, s, 3, "three")
	expectEntries(t, s, 4)
	if s.Head().Seq != 3 {
		t.Errorf("head at entry %d", s.Head().Seq)
	}
	closeStore(t, s)
}

func restartKeepsAll(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "a", "1"), Entry("one"))
	commit(t, s, record("server", "b", "2"))
	head := s.Head()
	closeStore(t, s)
	s = open(t)
	if s.Head() != head {
		t.Errorf("head %d %s, was %d %s", s.Head().Seq, s.Head(), head.Seq, head)
	}
	expectRecords(t, s, "server a 1", "server b 2")
	commit(t, s, Entry("two"))
	expectEntries(t, s, 0, "one", "two")
	closeStore(t, s)
}

func chainVerifies(t *testing.T, open Opener) {
	s := open(t)
	for n := range 30 {
		commit(t, s, Entry(fmt.Sprint(n)), Entry("again"), record("n", "n", fmt.Sprint(n)))
	}
	report := Verify(t, s)
	if report.Entries != 60 || report.Head != s.Head() {
		t.Errorf("report %+v", report)
	}
	closeStore(t, s)
}

func largeBatch(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, Entry("before"), record("server", "00000", "to be replaced"), record("server", "gone", "to be removed"))
	commit(t, s, Large(20_000)...)
	commit(t, s, Entry("after"))
	expectLarge(t, s, 20_000)
	closeStore(t, s)
	s = open(t)
	expectLarge(t, s, 20_000)
	closeStore(t, s)
}

func expectLarge(t *testing.T, s engine.Store, count int) {
	t.Helper()
	if found := CountLarge(t, s); found != count {
		t.Errorf("%d records of the large batch, expected %d", found, count)
	}
	if report := Verify(t, s); report.Last != uint64(count/10+2) {
		t.Errorf("the trail ends at entry %d, expected %d", report.Last, count/10+2)
	}
}

func valuesAreCopies(t *testing.T, open Opener) {
	s := open(t)
	value := []byte("mine")
	commit(t, s, engine.Record{Kind: "server", ID: "a", Value: value})
	copy(value, "XXXX")
	if err := s.Load(func(r engine.Record) error { copy(r.Value, "YYYY"); return nil }); err != nil {
		t.Fatal(err)
	}
	expectRecords(t, s, "server a mine")
	closeStore(t, s)
}

func refusalChangesNothing(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "a", "1"), Entry("one"))
	head := s.Head()
	good := record("server", "b", "2")
	raw, next, err := head.Append(trail.Entry{At: fixedTime, Actor: "lena", Action: "two"})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]engine.Batch{
		"entry without its head": {Records: []engine.Record{good}, Entries: [][]byte{raw}, Head: head},
		"head without its entry": {Records: []engine.Record{good}, Head: next},
		"entry twice":            {Records: []engine.Record{good}, Entries: [][]byte{raw, raw}, Head: next},
		"another trail":          {Records: []engine.Record{good}, Entries: [][]byte{raw}, Head: trail.Head{Seq: 2}},
		"empty entry":            {Records: []engine.Record{good}, Entries: [][]byte{{}}, Head: head.Advance(nil)},
		"kind with a slash":      {Records: []engine.Record{good, record("a/b", "x", "1")}, Head: head},
		"no kind":                {Records: []engine.Record{good, record("", "x", "1")}, Head: head},
		"no id":                  {Records: []engine.Record{good, record("server", "", "1")}, Head: head},
		"id with a zero byte":    {Records: []engine.Record{good, record("server", "x\x00", "1")}, Head: head},
		"id that is not UTF-8":   {Records: []engine.Record{good, record("server", "x\xff", "1")}, Head: head},
		"id too long":            {Records: []engine.Record{good, record("server", strings.Repeat("x", batch.MaxID+1), "1")}, Head: head},
		"empty value":            {Records: []engine.Record{good, record("server", "c", "")}, Head: head},
		"value too large":        {Records: []engine.Record{good, record("server", "c", strings.Repeat("x", batch.MaxValue+1))}, Head: head},
	} {
		if err := s.Commit(b); err == nil || isOutcomeUnknown(err) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	expectRecords(t, s, "server a 1")
	expectEntries(t, s, 0, "one")
	commit(t, s, good, Entry("two"))
	expectRecords(t, s, "server a 1", "server b 2")
	closeStore(t, s)
}

func isOutcomeUnknown(err error) bool {
	var unknown interface{ OutcomeUnknown() bool }
	return errors.As(err, &unknown) && unknown.OutcomeUnknown()
}

func readerStops(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("server", "a", "1"), record("server", "b", "2"), Entry("one"), Entry("two"))
	enough := errors.New("enough")
	calls := 0
	if err := s.Load(func(engine.Record) error { calls++; return enough }); !errors.Is(err, enough) || calls != 1 {
		t.Errorf("Load: error %v after %d records", err, calls)
	}
	calls = 0
	if err := s.Entries(0, func(uint64, []byte) error { calls++; return enough }); !errors.Is(err, enough) || calls != 1 {
		t.Errorf("Entries: error %v after %d entries", err, calls)
	}
	closeStore(t, s)
}

func closedSaysSo(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, Entry("one"))
	closeStore(t, s)
	if err := s.Commit(engine.Batch{Head: s.Head()}); err == nil {
		t.Error("Commit works after Close")
	}
	if err := s.Load(func(engine.Record) error { return nil }); err == nil {
		t.Error("Load works after Close")
	}
	if err := s.Entries(0, func(uint64, []byte) error { return nil }); err == nil {
		t.Error("Entries works after Close")
	}
	closeStore(t, s)
}

func emptyBatch(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s)
	commit(t, s, Entry("one"))
	commit(t, s)
	expectEntries(t, s, 0, "one")
	closeStore(t, s)
}

func readersSeeWholeBatches(t *testing.T, open Opener) {
	s := open(t)
	commit(t, s, record("n", "a", "0"), record("n", "b", "0"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 50 {
			commit(t, s, record("n", "a", fmt.Sprint(n)), record("n", "b", fmt.Sprint(n)), Entry("step"))
		}
	}()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		values := map[string]bool{}
		if err := s.Load(func(r engine.Record) error { values[string(r.Value)] = true; return nil }); err != nil {
			t.Fatal(err)
		}
		if len(values) != 1 {
			t.Fatalf("a reader saw two halves: %v", values)
		}
	}
	if report := Verify(t, s); report.Last != 50 {
		t.Errorf("the trail ends at entry %d", report.Last)
	}
	closeStore(t, s)
}

var fixedTime = time.Date(2026, 2, 11, 20, 15, 0, 0, time.UTC)
