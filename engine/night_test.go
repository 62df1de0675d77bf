package engine_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/store/storetest"
)

// night is a whole night of people, engine and model servers in virtual time.
type night struct {
	t       *testing.T
	world   *enginetest.World
	store   *storetest.Memory
	script  rehearsal.Script
	view    *engine.View
	policy  rollout.Policy
	crashes int
	cancel  context.CancelFunc
	files   engine.Files
	// schedule is what the configuration has: the people of a night name windows of their own.
	schedule []rollout.WindowSpec
	people   func() []approval.Person
}

func newNight(t *testing.T, servers int, seed uint64, fates map[string]enginetest.Fate) *night {
	list := enginetest.Servers(servers)
	for i := range list {
		if dc := strings.Replace(list[i].Name, "SRV", "DC", 1); i%30 < 2 && i >= 30 {
			list[i].Name = dc // two of sixty are domain controllers
		}
	}
	return nightOf(t, list, seed, fates)
}

func nightOf(t *testing.T, list []inventory.Server, seed uint64, fates map[string]enginetest.Fate) *night {
	return &night{t: t, policy: rollout.DefaultPolicy(), store: storetest.NewMemory(), script: rehearsal.Script{Servers: list, Source: "model", Bulletin: enginetest.Bulletin(), Document: "model"},
		world: enginetest.NewWorld(engine.NewWallClock(), seed, list, fates)}
}

// play runs the engine until the night is over or the store crashes, and tells which.
func (n *night) play() (over bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 48*time.Hour)
	defer cancel()
	e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: n.policy, Zone: time.UTC, Publish: time.Second, Tick: enginetest.Tick})
	if err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer engine.CheckIndexes(n.t, e) // when it has ended
	wake, stop := e.Watch()
	defer stop()
	for {
		v := e.View()
		if rehearsal.Over(v) {
			n.view = v
			cancel()
			if err := <-ended; err != nil {
				n.t.Fatal(err)
			}
			return true
		}
		if act, ok := n.script.Next(v); ok {
			_, err := e.Do(ctx, act.Who, act.Command)
			if errors.Is(err, engine.ErrStopped) {
				<-ended
				n.crashes++
				return false
			}
			if err != nil {
				n.t.Fatalf("%s: %s: %v", act.Who.Name, act.Command.Action(), err)
			}
			continue
		}
		select {
		case <-wake:
		case err := <-ended:
			if err == nil {
				n.t.Fatalf("the night did not end in 48 hours; %d rollouts, counts %v", len(v.Rollouts), v.Rollouts[len(v.Rollouts)-1].Counts)
			}
			n.crashes++
			return false
		}
	}
}

func (n *night) cells() map[string]engine.Cell {
	cells := map[string]engine.Cell{}
	for _, r := range n.view.Rollouts {
		for _, c := range r.Cells {
			cells[c.Name] = c
		}
	}
	return cells
}

func TestAQuietNightPatchesEveryServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 60, 1, nil)
		n.play()
		for name, c := range n.cells() {
			if c.Delivery != rollout.Succeeded && c.Delivery != rollout.Excluded {
				t.Errorf("%s is %s: %s", name, c.Delivery, c.Why)
			}
		}
		enginetest.Check(t, n.view, n.store, n.world)
	})
}

func TestEachTroubleEndsInItsOwnStatus(t *testing.T) {
	cases := map[string]struct {
		fate enginetest.Fate
		want rollout.Delivery
		code string
	}{
		"SRV-0021": {enginetest.RolledBack, rollout.Failed, "PD-BUILD"},
		"SRV-0022": {enginetest.Unreachable, rollout.Unreachable, "PD-UNREACHABLE"},
		"SRV-0023": {enginetest.SourceOnce, rollout.Succeeded, ""},
		"SRV-0024": {enginetest.NeverBack, rollout.Failed, "PD-NOT-BACK"},
		"SRV-0025": {enginetest.Flaky, rollout.Succeeded, ""},
		"SRV-0026": {enginetest.DiskFull, rollout.Failed, "PD-DISK"},
		"SRV-0027": {enginetest.AnswerLost, rollout.Succeeded, ""},
	}
	fates := map[string]enginetest.Fate{}
	for name, c := range cases {
		fates[name] = c.fate
	}
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 60, 2, fates)
		n.play()
		cells := n.cells()
		for name, c := range cases {
			if got := cells[name]; got.Delivery != c.want || got.Code != c.code {
				t.Errorf("%s (%s): %s %q %s, want %s %q", name, c.fate, got.Delivery, got.Code, got.Why, c.want, c.code)
			}
		}
		enginetest.Check(t, n.view, n.store, n.world)
		foldsToItsRecords(t, n.store)
	})
}

// foldsToItsRecords replays the trail and compares what comes out with the stored records.
func foldsToItsRecords(t *testing.T, store engine.Store) {
	t.Helper()
	stored := map[string]string{}
	if err := store.Load(func(r engine.Record) error { stored[r.Kind+"/"+r.ID] = string(r.Value); return nil }); err != nil {
		t.Fatal(err)
	}
	folded := engine.Fold(t, store)
	for _, r := range folded {
		if key := r.Kind + "/" + r.ID; stored[key] != string(r.Value) {
			t.Errorf("%s: the trail folds to\n%s\nthe store holds\n%s", key, r.Value, stored[key])
		}
	}
	if len(folded) != len(stored) {
		t.Errorf("the trail folds to %d records, the store holds %d", len(folded), len(stored))
	}
}

func TestABadCohortHaltsTheRolloutEarly(t *testing.T) {
	fates := map[string]enginetest.Fate{}
	for _, s := range enginetest.Servers(80) {
		if s.Environment == inventory.Prod && s.OS == "Windows Server 2019" {
			fates[s.Name] = enginetest.RolledBack
		}
	}
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 80, 3, fates)
		n.play()
		halted := rehearsal.Halted(n.view)
		if halted == nil || halted.Stop.Rule != rollout.RuleScore || halted.Ring != rollout.Prod {
			t.Fatalf("halted: %+v, want Prod by its score", halted)
		}
		failed := n.view.Rollouts[len(n.view.Rollouts)-1].Counts[rollout.Failed]
		if failed > 12 {
			t.Errorf("%d servers failed before the stop, want at most 12 of %d bad ones", failed, len(fates))
		}
		enginetest.Check(t, n.view, n.store, n.world)
	})
}

// A crash at any commit, before or after it became durable: the night goes on, nothing is done twice and nothing is forgotten.
func TestACrashAtAnyCommitLosesNothing(t *testing.T) {
	t.Parallel()
	commits := 0
	synctest.Test(t, func(t *testing.T) {
		n := brief(t)
		n.play()
		commits = n.store.Commits()
	})
	t.Logf("%d commits, a crash before and after each", commits)
	step := 1
	if testing.Short() {
		step = 11
	}
	for name, when := range map[string]storetest.Moment{"before it": storetest.Before, "after it": storetest.After} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 1; at <= commits; at += step {
				synctest.Test(t, func(t *testing.T) { crashOnce(t, at, when) })
			}
		})
	}
}

func crashOnce(t *testing.T, at int, when storetest.Moment) {
	n := brief(t)
	n.store = storetest.NewMemory(storetest.CrashAt(at, when))
	if n.play() {
		return
	}
	n.store = n.store.Reopen()
	n.play()
	if n.crashes != 1 {
		t.Fatalf("crash at commit %d: %d crashes", at, n.crashes)
	}
	enginetest.Check(t, n.view, n.store, n.world)
}

// brief is a night of eight servers that asks them seldom: it is played hundreds of times.
func brief(t *testing.T) *night {
	n := newNight(t, 8, 4, nil)
	n.policy.Poll, n.policy.ReadyPoll = 3*time.Minute, time.Minute
	return n
}

func TestNobodyDecidesAloneAndAViewerDecidesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 8, 5, nil)
		ctx, cancel := context.WithCancel(context.Background())
		e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		defer func() { cancel(); <-ended }()
		wake, stop := e.Watch()
		defer stop()
		for len(e.View().Changes) == 0 {
			if act, ok := n.script.Next(e.View()); ok {
				if _, err := e.Do(ctx, act.Who, act.Command); err != nil {
					t.Fatal(err)
				}
				continue
			}
			<-wake
		}
		c := e.View().Changes[0]
		everything := approval.Actor{Name: rehearsal.Lead.Name, Roles: []approval.Role{approval.Lead, approval.Authority, approval.Board}}
		both := approval.Actor{Name: "arun.das", Roles: []approval.Role{approval.Authority, approval.Board}}
		steps := []struct {
			who    approval.Actor
			step   string
			hash   string
			denied bool
		}{
			{rehearsal.Watcher, "authorise", c.PlanHash, true},
			{everything, "authorise", c.PlanHash, true},
			{rehearsal.Board, "approve", c.PlanHash, true},
			{both, "authorise", "another plan", true},
			{both, "authorise", c.PlanHash, false},
			{both, "approve", c.PlanHash, true},
			{everything, "approve", c.PlanHash, true},
			{rehearsal.Board, "approve", c.PlanHash, false},
		}
		for _, s := range steps {
			_, err := e.Do(ctx, s.who, engine.DecideChange{Change: c.ID, Step: s.step, PlanHash: s.hash, Reason: "test"})
			if (err != nil) != s.denied {
				t.Errorf("%s %ss: error %v, want denied %v", s.who.Name, s.step, err, s.denied)
			}
		}
		if denied := enginetest.Actions(t, n.store)["command.denied"]; denied != 6 {
			t.Errorf("%d denials in the trail, want 6", denied)
		}
	})
}

func TestTheSameSeedGivesTheSameNight(t *testing.T) {
	heads := map[string]bool{}
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			n := newNight(t, 20, 6, map[string]enginetest.Fate{"SRV-0010": enginetest.RolledBack})
			n.play()
			heads[n.view.Head.String()] = true
		})
	}
	if len(heads) != 1 {
		t.Errorf("two nights of one seed ended with different trails: %v", maps.Keys(heads))
	}
}
