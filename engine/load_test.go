package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store"
	"patchdeck/store/storetest"
)

const (
	callers     = 256
	leastFactor = 5 // how many times as many events a second as with a transaction for each
)

// openStore opens a real store with synced writes.
func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, store.WithMinFree(0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Many callers at once share their commits: written as JSON, chained and synced, they get at least five times as many events a second as one
// transaction for each event would give, in the same run.
func TestManyCallersShareTheirCommits(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	e, err := engine.New(engine.Options{Store: s, Clock: engine.NewWallClock(), Duty: engine.Idle})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	together(t, ctx, e, 1, func(caller, _ int) engine.Command {
		return engine.OpenIncident{Title: fmt.Sprintf("incident %d", caller), Class: "network", Reason: "seen"}
	})
	var merged, single float64
	for range 3 {
		before, began := s.Head().Seq, time.Now()
		together(t, ctx, e, 8, func(caller, turn int) engine.Command {
			return engine.AssignIncident{Incident: fmt.Sprintf("INC-%d", caller+1), Owner: []string{"ann", "bob"}[turn%2]}
		})
		merged = max(merged, float64(s.Head().Seq-before)/time.Since(began).Seconds())
		single = max(single, eachAlone(t, s))
	}
	t.Logf("%d callers: %.0f events a second; a transaction for each event: %.0f; %.1f times as many", callers, merged, single, merged/single)
	if merged < leastFactor*single {
		t.Errorf("%d callers get %.1f times the events of one transaction each, want at least %d", callers, merged/single, leastFactor)
	}
}

// together has all callers give some commands, each one after the other.
func together(t *testing.T, ctx context.Context, e *engine.Engine, turns int, command func(caller, turn int) engine.Command) {
	t.Helper()
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for turn := range turns {
				if _, err := e.Do(ctx, rehearsal.Lead, command(caller, turn)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// eachAlone writes events like those of the engine, each with its record in a transaction of its own, into another store, and gives how many
// it writes a second.
func eachAlone(t *testing.T, like *store.Store) float64 {
	t.Helper()
	var entries []trail.Entry
	var records []engine.Record
	err := like.Entries(like.Head().Seq-200, func(_ uint64, raw []byte) error {
		var entry trail.Entry
		err := json.Unmarshal(raw, &entry)
		entries = append(entries, entry)
		return err
	})
	if err == nil {
		err = like.Load(func(r engine.Record) error {
			if r.Kind == "incident" {
				records = append(records, r)
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t, t.TempDir())
	defer s.Close()
	began := time.Now()
	for i, entry := range entries {
		b, err := storetest.Batch(s.Head(), entry, records[i%len(records)])
		if err == nil {
			err = s.Commit(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return float64(len(entries)) / time.Since(began).Seconds()
}
