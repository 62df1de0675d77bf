package engine_test

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
	"patchdeck/store"
)

var (
	startServers = flag.Int("start.servers", 500, "servers in the store that a new process opens; 10000 is the size of the budget")
	startEntries = flag.Int("start.entries", 20_000, "audit entries in it; 1000000 is the size of the budget")
)

// A new process opens the store of a fleet in the middle of its rollout, with a long trail, and shows where it stands. What that takes is
// printed; the budget is two seconds.
func TestANewProcessShowsWhereTheFleetStands(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	fill(t, s, *startServers, *startEntries)
	head := s.Head()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		began := time.Now()
		s := openStore(t, dir)
		opened := time.Since(began)
		e, err := engine.New(engine.Options{Store: s, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		v := e.View()
		if len(v.Servers) != *startServers || len(v.Rollouts) == 0 || v.Head != head {
			t.Errorf("the first view shows %d servers, %d rollouts and entry %d, want %d servers and entry %d", len(v.Servers), len(v.Rollouts), v.Head.Seq, *startServers, head.Seq)
		}
		if c := v.Compliance(); c.All.Servers != *startServers {
			t.Errorf("the first screen counts %d servers", c.All.Servers)
		}
		t.Logf("%d servers, %d entries: %s to the first view, %s of it for the store; %s until it is known where they stand", *startServers, head.Seq,
			took.Round(time.Millisecond), opened.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// fill plays a cycle until Prod runs, copies its records and trail into a store, and makes the trail as long as it is wanted.
func fill(t *testing.T, s *store.Store, servers, entries int) {
	var n *night
	synctest.Test(t, func(t *testing.T) {
		n = nightOf(t, enginetest.Servers(servers), 1, nil)
		n.policy.Poll, n.policy.ReadyPoll = 3*time.Minute, time.Minute
		ctx, cancel := context.WithCancel(context.Background())
		n.cancel = cancel
		e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: n.policy, Publish: 10 * time.Minute, Tick: enginetest.Tick})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		if err := n.lead(ctx, e, prodRuns); err != nil {
			t.Fatal(err)
		}
		cancel()
		<-ended
	})
	const together = 2000
	batch := engine.Batch{Head: s.Head()}
	commit := func() {
		if err := s.Commit(batch); err != nil {
			t.Fatal(err)
		}
		batch = engine.Batch{Head: batch.Head}
	}
	add := func(raw []byte, head trail.Head) {
		batch.Entries, batch.Head = append(batch.Entries, raw), head
		if len(batch.Entries) == together {
			commit()
		}
	}
	err := n.store.Load(func(r engine.Record) error { batch.Records = append(batch.Records, r); return nil })
	if err == nil {
		err = n.store.Entries(1, func(_ uint64, raw []byte) error { add(raw, batch.Head.Advance(raw)); return nil })
	}
	for err == nil && batch.Head.Seq < uint64(entries) {
		var raw []byte
		var head trail.Head
		raw, head, err = batch.Head.Append(trail.Entry{At: time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC), Actor: "engine", Roles: []string{"engine"}, Via: "engine",
			Action: "command.denied", Object: "rollout.hold", Body: fmt.Appendf(nil, `{"action":"rollout.hold","words":"%0250d"}`, batch.Head.Seq)})
		if err == nil {
			add(raw, head)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	commit()
}
