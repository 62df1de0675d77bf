package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 8, clusters: members share no window; the plan says so, and it is advertised only when somebody says why.
func TestMembersOfAClusterShareNoWindowUnlessSomebodySaysWhy(t *testing.T) {
	servers := enginetest.Servers(20)
	for i := range servers {
		if servers[i].Environment == inventory.Prod && i < 12 {
			servers[i].Cluster, servers[i].Window = "SQL1", "W1"
		}
	}
	scenarioOf(t, servers, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Releases) > 0 })
		windows, accept := rehearsal.Schedule(e.View().At, false)
		submit := engine.SubmitChange{Release: e.View().Releases[0].ID, Windows: windows, AcceptBy: accept, Reason: "monthly"}
		if _, err := e.Do(ctx, rehearsal.Lead, submit); err == nil || !strings.Contains(err.Error(), "SQL1 in W1") {
			t.Fatalf("without a word: %v", err)
		}
		submit.OverrideClusters = "the cluster is retired next week"
		if _, err := e.Do(ctx, rehearsal.Lead, submit); err != nil {
			t.Fatal(err)
		}
		plan := e.View().Changes[0].Plan
		if !slices.ContainsFunc(plan.Findings, func(f rollout.Finding) bool { return strings.HasSuffix(f.Words, submit.OverrideClusters) }) {
			t.Errorf("its approvers are not told: %v", plan.Findings)
		}
	})
}

// Rules of locks: a server that never came back keeps its cluster's lock; only a person takes it, with a reason, and the trail has it.
func TestALockIsBrokenByAPersonWithAReason(t *testing.T) {
	var broken inventory.Server
	for _, s := range enginetest.Servers(40) {
		if s.Cluster != "" {
			broken = s
			break
		}
	}
	if broken.Name == "" {
		t.Fatal("the fleet has no cluster")
	}
	scenario(t, 40, map[string]enginetest.Fate{broken.Name: enginetest.NeverBack}, func(t *testing.T, ctx context.Context, n *night) {
		take := func(e *engine.Engine, reason string) error {
			_, err := e.Do(ctx, rehearsal.Lead, engine.BreakLock{Cluster: broken.Cluster, Reason: reason})
			return err
		}
		status := func(v *engine.View) rollout.Delivery {
			prod, _ := ring(v, rollout.Prod)
			for _, c := range prod.Cells {
				if c.Name == broken.Name {
					return c.Delivery
				}
			}
			return ""
		}
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return status(v) == rollout.Running })
		if err := take(e, "in a hurry"); err == nil || !strings.Contains(err.Error(), "gives it back when it is through") {
			t.Errorf("the lock of a server at work: %v", err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { return status(v) == rollout.Failed })
		if take(e, " ") == nil {
			t.Error("the lock was broken without a reason")
		}
		if err := take(e, "the node is being rebuilt"); err != nil {
			t.Fatal(err)
		}
		if take(e, "again") == nil {
			t.Error("the lock was broken twice")
		}
		if enginetest.Actions(t, n.store)["lock.broken"] != 1 {
			t.Error("the trail does not have it once")
		}
	})
}
