package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 8, rollback: the updates are uninstalled from the servers that got them, by a release of its own that goes through the phases. That
// a server does not let go of one is an outcome and no failure, and succeeded is only where the build went back.
func TestARollbackIsAReleaseOfItsOwnThatTakesTheUpdatesAway(t *testing.T) {
	fates := map[string]enginetest.Fate{"SRV-0010": enginetest.Kept, "SRV-0011": enginetest.DiskFull, "SRV-0012": enginetest.Flaky}
	scenario(t, 20, fates, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), rehearsal.Over)
		prod, _ := ring(e.View(), rollout.Prod)
		do := func(who approval.Actor, c engine.Command) string {
			t.Helper()
			words, err := e.Do(ctx, who, c)
			if err != nil {
				t.Fatalf("%s: %v", c.Action(), err)
			}
			return words
		}
		for name, c := range map[string]engine.Rollback{
			"without a reason":             {Rollout: prod.ID},
			"of an unknown rollout":        {Rollout: "R-99", Reason: "test"},
			"of an update it has not":      {Rollout: prod.ID, Updates: []string{"KB1"}, Reason: "test"},
			"of a server that got nothing": {Rollout: prod.ID, Servers: []inventory.ServerID{cell(t, prod, "SRV-0011").Server}, Reason: "test"},
		} {
			if _, err := e.Do(ctx, rehearsal.Lead, c); err == nil {
				t.Errorf("a roll-back %s was taken", name)
			}
		}
		do(rehearsal.Lead, engine.Rollback{Rollout: prod.ID, Reason: "printing is broken"})
		release := e.View().Releases[0]
		if release.Undoes != prod.ID || len(release.Servers) != prod.Counts[rollout.Succeeded] {
			t.Fatalf("the release %+v undoes %q on %d servers, want %s on %d", release.ID, release.Undoes, len(release.Servers), prod.ID, prod.Counts[rollout.Succeeded])
		}
		opens := e.View().At.Add(3 * time.Hour)
		windows := []rollout.Window{{ID: "W1", Ring: rollout.Prod, Kind: rollout.Standard, Opens: opens, Closes: opens.Add(4 * time.Hour)},
			{ID: "W2", Ring: rollout.Prod, Kind: rollout.Standard, Opens: opens.Add(4 * time.Hour), Closes: opens.Add(8 * time.Hour)}}
		do(rehearsal.Lead, engine.SubmitChange{Release: release.ID, Windows: windows, Reason: "printing is broken"})
		change := e.View().Changes[len(e.View().Changes)-1]
		if !change.Plan.Removal {
			t.Fatal("the plan does not remove")
		}
		do(rehearsal.Authority, engine.DecideChange{Change: change.ID, Step: "authorise", PlanHash: change.PlanHash, Reason: "test"})
		if _, ok := ring(e.View(), rollout.Rollback); ok {
			t.Error("the roll-back began without the board")
		}
		do(rehearsal.Board, engine.DecideChange{Change: change.ID, Step: "approve", PlanHash: change.PlanHash, Reason: "test"})
		n.wait(ctx, e, func(v *engine.View) bool { r, ok := ring(v, rollout.Rollback); return ok && r.State == rollout.Closed })
		back, _ := ring(e.View(), rollout.Rollback)
		on := n.world.Installed()
		for _, c := range back.Cells {
			switch {
			case c.Name == "SRV-0010":
				if c.Delivery != rollout.NotApplicable || c.Code != "PD-NOT-REMOVABLE" || !on[c.Server] || !strings.Contains(c.Why, "permanent") {
					t.Errorf("%s keeps its update and is shown as %s %s: %s", c.Name, c.Delivery, c.Code, c.Why)
				}
			case c.Delivery != rollout.Succeeded || on[c.Server] || c.Compliance != rollout.Missing || !c.After.SameBase(c.Before) || c.After.AtLeast(c.Before):
				t.Errorf("%s: %s, %s, build %s -> %s, has the update: %v: %s", c.Name, c.Delivery, c.Compliance, c.Before, c.After, on[c.Server], c.Why)
			case len(n.world.Removals[c.Server]) != 1:
				t.Errorf("%s was rolled back %d times", c.Name, len(n.world.Removals[c.Server]))
			}
			for _, at := range n.world.Restarts[c.Server] {
				if at.After(opens.Add(-time.Hour)) && at.Before(opens) {
					t.Errorf("%s restarted before its window", c.Name)
				}
			}
		}
		if len(n.world.Away()) > 0 || len(n.world.Wrongs) > 0 {
			t.Errorf("away: %v, wrongs: %v", n.world.Away(), n.world.Wrongs)
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.Rollback{Rollout: back.ID, Reason: "test"}); err == nil {
			t.Error("a roll-back was rolled back")
		}
		after := estate{t, ctx, e, n}
		after.sweep(engine.Sweep{Kind: engine.SweepFacts})
		after.sweep(engine.Sweep{Kind: engine.SweepScan})
		after.expect(inventory.Recurrence)          // nobody took away what was not meant to go
		after.expect(inventory.CatchUp, "SRV-0011") // which never got it
		foldsToItsRecords(t, n.store)
	})
}

func cell(t *testing.T, r engine.RolloutView, name string) engine.Cell {
	t.Helper()
	for _, c := range r.Cells {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("%s has no server %s", r.ID, name)
	return engine.Cell{}
}
