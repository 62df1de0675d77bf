package engine_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// until plays the people's part until a condition holds, on an engine of its own, and gives the engine.
func (n *night) until(ctx context.Context, clock engine.Clock, reached func(*engine.View) bool) *engine.Engine {
	n.t.Helper()
	e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: clock, Policy: n.policy, Heartbeat: time.Minute, Files: n.files, Schedule: n.schedule, People: n.people})
	if err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { e.Run(ctx); close(ended) }()
	n.t.Cleanup(func() { n.cancel(); <-ended })
	n.wait(ctx, e, reached)
	return e
}

// wait lets people act until a condition holds.
func (n *night) wait(ctx context.Context, e *engine.Engine, reached func(*engine.View) bool) {
	n.t.Helper()
	wake, stop := e.Watch()
	defer stop()
	for !reached(e.View()) {
		if act, ok := n.script.Next(e.View()); ok {
			if _, err := e.Do(ctx, act.Who, act.Command); err != nil {
				n.t.Fatal(err)
			}
			continue
		}
		if _, ok := <-wake; !ok {
			n.t.Fatal("the engine stopped")
		}
	}
}

func prodRuns(v *engine.View) bool {
	r, ok := ring(v, rollout.Prod)
	return ok && r.Counts[rollout.Running] > 0
}

func ring(v *engine.View, which rollout.Ring) (engine.RolloutView, bool) {
	for _, r := range v.Rollouts {
		if r.Ring == which {
			return r, true
		}
	}
	return engine.RolloutView{}, false
}

// scenario runs a test body in virtual time with a context that ends the engine before the bubble does.
func scenario(t *testing.T, servers int, fates map[string]enginetest.Fate, body func(t *testing.T, ctx context.Context, n *night)) {
	t.Helper()
	bubble(t, func(t *testing.T) *night { return newNight(t, servers, 7, fates) }, body)
}

// scenarioOf is scenario for an inventory of one's own.
func scenarioOf(t *testing.T, servers []inventory.Server, fates map[string]enginetest.Fate, body func(t *testing.T, ctx context.Context, n *night)) {
	t.Helper()
	bubble(t, func(t *testing.T) *night { return nightOf(t, servers, 7, fates) }, body)
}

func bubble(t *testing.T, begin func(t *testing.T) *night, body func(t *testing.T, ctx context.Context, n *night)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		n := begin(t)
		n.cancel = cancel
		defer cancel()
		body(t, ctx, n)
	})
}

func TestNoInputOutgrowsTheTrail(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		_, err := e.Do(ctx, rehearsal.Watcher, engine.Hold{Rollout: "R-1", Step: "halt", Reason: strings.Repeat("\x01", 200_000)})
		if err == nil || !strings.Contains(err.Error(), "shorten its reason") {
			t.Errorf("a reason of 200,000 characters: %v", err)
		}
		many := enginetest.Servers(3000)
		for i := range many {
			many[i].Applications = []string{strings.Repeat("application ", 20)}
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.ImportServers{Source: "test", Servers: many}); err != nil {
			t.Errorf("importing 3000 servers: %v", err)
		}
		if len(e.View().Servers) != 3000 {
			t.Errorf("%d servers in the inventory, want 3000", len(e.View().Servers))
		}
	})
}

func TestAReleaseHasOneChangeRequestAtATime(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		windows, accept := rehearsal.Schedule(e.View().At, false)
		_, err := e.Do(ctx, rehearsal.Lead, engine.SubmitChange{Release: e.View().Releases[0].ID, Windows: windows, AcceptBy: accept, Reason: "again"})
		if err == nil {
			t.Error("a second change request for the same release was taken: its servers would be installed twice")
		}
	})
}

func TestADroppedUpdateStaysOut(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			pilot, ok := ring(v, rollout.Pilot)
			return ok && pilot.Counts[rollout.Succeeded] > 0
		})
		release := e.View().Releases[0]
		if _, err := e.Do(ctx, rehearsal.Lead, engine.DropUpdate{Release: release.ID, KB: enginetest.KB, Reason: "breaks printing"}); err == nil {
			t.Error("the last update of a release was dropped")
		}
	})
}

func TestProdWaitsWhileAnEarlierRingIsHalted(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			dev, ok := ring(v, rollout.Dev)
			return ok && dev.Counts[rollout.Running] > 0
		})
		dev, _ := ring(e.View(), rollout.Dev)
		if _, err := e.Do(ctx, rehearsal.OnCall, engine.Hold{Rollout: dev.ID, Step: "halt", Reason: "payroll fails on Dev"}); err != nil {
			t.Fatal(err)
		}
		wake, stop := e.Watch()
		defer stop()
		closes := func() time.Time { prod, _ := ring(e.View(), rollout.Prod); return prod.Windows[0].Closes }()
		for e.View().At.Before(closes) {
			<-wake
		}
		prod, _ := ring(e.View(), rollout.Prod)
		if n := prod.Counts[rollout.Succeeded] + prod.Counts[rollout.Running]; n > 0 {
			t.Errorf("%d Prod servers started while Dev was halted", n)
		}
	})
}

func TestNobodyStartsBesideAClusterPeerThatIsDown(t *testing.T) {
	var dead, peer inventory.Server
	for _, s := range enginetest.Servers(60) {
		if s.Cluster != "" && dead.Name == "" {
			dead = s
		} else if s.Cluster != "" && s.Cluster == dead.Cluster {
			peer = s
		}
	}
	scenario(t, 60, map[string]enginetest.Fate{dead.Name: enginetest.Unreachable}, func(t *testing.T, ctx context.Context, n *night) {
		n.play()
		if c := n.cells()[peer.Name]; c.Delivery != rollout.WindowMissed {
			t.Errorf("%s is %s beside its dead peer %s", peer.Name, c.Delivery, dead.Name)
		}
		enginetest.Check(t, n.view, n.store, n.world)
	})
}

// jumpy is a wall clock that somebody sets in the middle of the night.
type jumpy struct {
	*engine.WallClock
	ahead atomic.Int64 // nanoseconds
}

func (c *jumpy) jumped() time.Duration { return time.Duration(c.ahead.Load()) }
func (c *jumpy) Now() time.Time        { return c.WallClock.Now().Add(c.jumped()) }
func (c *jumpy) Suspect() string {
	if c.jumped() != 0 {
		return "the clock moved"
	}
	return ""
}
func (c *jumpy) After(at time.Time) (<-chan time.Time, func()) {
	return c.WallClock.After(at.Add(-c.jumped()))
}

func TestAClockThatJumpsEndsNothing(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		clock := &jumpy{WallClock: engine.NewWallClock()}
		e := n.until(ctx, clock, prodRuns)
		synctest.Wait()
		clock.ahead.Store(int64(12 * time.Hour))
		wake, stop := e.Watch()
		defer stop()
		for range 5 {
			<-wake
		}
		synctest.Wait()
		prod, _ := ring(e.View(), rollout.Prod)
		if n := prod.Counts[rollout.WindowMissed] + prod.Counts[rollout.Failed] + prod.Counts[rollout.Unknown]; n > 0 {
			t.Errorf("the jump ended %d servers: %v", n, prod.Counts)
		}
		clock.ahead.Store(0)
		n.wait(ctx, e, rehearsal.Over)
		n.view = e.View()
		for name, c := range n.cells() {
			if c.Delivery != rollout.Succeeded && c.Delivery != rollout.Excluded {
				t.Errorf("%s is %s after the clock agreed again: %s", name, c.Delivery, c.Why)
			}
		}
	})
}

func TestLookingIntoAStoreChangesNothing(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		running, stop := context.WithCancel(ctx)
		n.until(running, engine.NewWallClock(), prodRuns)
		stop()
		synctest.Wait()
		before := n.store.Head()
		for _, duty := range []engine.Duty{engine.Idle, engine.SweepsOnly} {
			looking, done := context.WithCancel(ctx)
			e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.FleetClock{Epoch: time.Now().AddDate(0, 1, 0), Started: time.Now(), Speed: 1}, Policy: rollout.DefaultPolicy(), Duty: duty})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { e.Run(looking); close(ended) }()
			synctest.Wait()
			if _, err := e.History("", 5); err != nil {
				t.Error(err)
			}
			done()
			<-ended
		}
		if n.store.Head() != before {
			t.Errorf("the trail went from %d to %d while somebody looked", before.Seq, n.store.Head().Seq)
		}
	})
}

func TestRolesAreCheckedForEveryCommand(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		commands := []engine.Command{engine.ImportServers{}, engine.ImportBulletin{}, engine.Sweep{}, engine.CreateRelease{}, engine.SubmitChange{}, engine.DecideChange{},
			engine.RecordAcceptance{}, engine.ExcludeServer{}, engine.IncludeServers{}, engine.IncludeInCollection{}, engine.DropUpdate{}, engine.Hold{}, engine.Retry{}, engine.Skip{}, engine.BreakLock{}}
		for _, c := range commands {
			if len(engine.RolesFor(c.Action())) == 0 {
				t.Errorf("%s has no roles", c.Action())
			}
			if _, err := e.Do(ctx, rehearsal.Watcher, c); err == nil {
				t.Errorf("a viewer gave %s", c.Action())
			}
			if _, err := e.Do(ctx, approval.Actor{Name: "nobody"}, c); err == nil {
				t.Errorf("somebody without a role gave %s", c.Action())
			}
		}
		if n := enginetest.Actions(t, n.store)["command.denied"]; n != 2*len(commands) {
			t.Errorf("%d refusals in the trail, want %d", n, 2*len(commands))
		}
	})
}
