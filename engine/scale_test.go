package engine_test

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
)

var scaleServers = flag.Int("scale.servers", 160, "servers of the full rollout in virtual time; 10000 is the size of the budget")

// cycle is a whole cycle at full length: a pilot, Dev, and 24 windows of four hours for Prod.
func cycle(now time.Time) (windows []rollout.Window, accept time.Time) {
	at := now
	add := func(id string, ring rollout.Ring, kind rollout.WindowKind, length time.Duration) {
		windows = append(windows, rollout.Window{ID: id, Ring: ring, Kind: kind, Opens: at, Closes: at.Add(length)})
		at = at.Add(length)
	}
	add("P1", rollout.Pilot, rollout.Standard, 4*time.Hour)
	for n := range 4 {
		add(fmt.Sprintf("D%d", n+1), rollout.Dev, rollout.Standard, 4*time.Hour)
	}
	add("DCHECK", rollout.Dev, rollout.Check, 2*time.Hour)
	accept = at
	for n := range 24 {
		add(fmt.Sprintf("W%d", n+1), rollout.Prod, rollout.Standard, 4*time.Hour)
	}
	add("CHECK", rollout.Prod, rollout.Check, 4*time.Hour)
	return windows, accept
}

// decisions is what people do in a cycle in which nothing goes wrong, each step with what has to be true first.
func decisions(n *night) []decision {
	release := "2026-11"
	change := func(v *engine.View) string { return v.Changes[0].PlanHash }
	quiet := func(v *engine.View) bool { return len(v.Sweeps) == 0 }
	return []decision{
		{rehearsal.Lead, quiet, func(*engine.View) engine.Command {
			return engine.ImportServers{Source: "model", Servers: n.script.Servers}
		}},
		{rehearsal.Lead, quiet, func(*engine.View) engine.Command { return engine.Sweep{Kind: engine.SweepFacts} }},
		{rehearsal.Lead, quiet, func(*engine.View) engine.Command { return engine.Sweep{Kind: engine.SweepScan} }},
		{rehearsal.Lead, quiet, func(*engine.View) engine.Command {
			return engine.ImportBulletin{Source: "model", Bulletin: enginetest.Bulletin()}
		}},
		{rehearsal.Lead, quiet, func(*engine.View) engine.Command {
			return engine.CreateRelease{ID: release, Title: "November", Bulletin: enginetest.Bulletin().ID, Reason: "monthly"}
		}},
		{rehearsal.Lead, quiet, func(v *engine.View) engine.Command {
			windows, accept := cycle(v.At)
			return engine.SubmitChange{Release: release, Priority: approval.High, Windows: windows, AcceptBy: accept, Reason: "monthly"}
		}},
		{rehearsal.Authority, quiet, func(v *engine.View) engine.Command {
			return engine.DecideChange{Change: "CHG-1", Step: "authorise", PlanHash: change(v), Reason: "reviewed"}
		}},
		{rehearsal.Board, func(v *engine.View) bool { return v.Rollouts[0].State == rollout.Closed }, func(v *engine.View) engine.Command {
			return engine.DecideChange{Change: "CHG-1", Step: "approve", PlanHash: change(v), Reason: "the pilot is through"}
		}},
	}
}

type decision struct {
	who     approval.Actor
	when    func(*engine.View) bool
	command func(*engine.View) engine.Command
}

// lead has people take their decisions one after the other until a condition holds.
func (n *night) lead(ctx context.Context, e *engine.Engine, reached func(*engine.View) bool) error {
	wake, stop := e.Watch()
	defer stop()
	for steps := decisions(n); ; {
		v := e.View()
		switch {
		case len(steps) == 0 && reached(v):
			n.view = v
			return nil
		case len(steps) > 0 && steps[0].when(v):
			if _, err := e.Do(ctx, steps[0].who, steps[0].command(v)); err != nil {
				return fmt.Errorf("%s: %w", steps[0].who.Name, err)
			}
			steps = steps[1:]
			continue
		}
		if _, ok := <-wake; !ok {
			return engine.ErrStopped
		}
	}
}

// A full cycle over 24 windows costs seconds in virtual time, and the same seed gives the same cycle, byte for byte.
func TestAFullRolloutIsQuickAndTheSameForItsSeed(t *testing.T) {
	t.Parallel()
	var heads [2]string
	for i := range heads {
		began := time.Now()
		synctest.Test(t, func(t *testing.T) {
			n := nightOf(t, enginetest.Servers(*scaleServers), 1, map[string]enginetest.Fate{"SRV-0100": enginetest.RolledBack, "SRV-0155": enginetest.Unreachable})
			ctx, cancel := context.WithCancel(context.Background())
			e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy(), Publish: 10 * time.Minute, Tick: enginetest.Tick})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- e.Run(ctx) }()
			err = n.lead(ctx, e, rehearsal.Over)
			cancel()
			if ran := <-ended; err != nil || ran != nil {
				t.Fatal(err, ran)
			}
			heads[i] = n.view.Head.String()
			succeeded := 0
			for _, r := range n.view.Rollouts {
				succeeded += r.Counts[rollout.Succeeded]
			}
			if succeeded != *scaleServers-2 {
				t.Errorf("%d of %d servers succeeded, want all but two", succeeded, *scaleServers)
			}
			enginetest.Check(t, n.view, n.store, n.world)
			engine.CheckIndexes(t, e)
		})
		t.Logf("%d servers, %s", *scaleServers, time.Since(began).Round(time.Millisecond))
	}
	if heads[0] != heads[1] {
		t.Errorf("two cycles of one seed ended with different trails: %v", heads)
	}
}
