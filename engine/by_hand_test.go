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

func cellOf(v *engine.View, name string) (cell engine.Cell) {
	prod, _ := ring(v, rollout.Prod)
	for _, c := range prod.Cells {
		if c.Name == name {
			return c
		}
	}
	return cell
}

// Handbook 8, servers that are patched by hand: tracked to the end with the options used. A word alone is "not verified"; a check proves or
// refutes it; none of it counts as succeeded.
func TestServersPatchedByHandAreTrackedToTheEnd(t *testing.T) {
	servers := enginetest.Servers(20)
	servers[15].Unmanaged = "no agent"
	alone, wrong := servers[15].Name, servers[16].Name
	scenarioOf(t, servers, map[string]enginetest.Fate{wrong: enginetest.DiskFull}, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return cellOf(v, wrong).Delivery == rollout.Failed })
		prod, _ := ring(e.View(), rollout.Prod)
		complete := func(names []string, reason string) (string, error) {
			var ids []inventory.ServerID
			for _, name := range names {
				ids = append(ids, cellOf(e.View(), name).Server)
			}
			return e.Do(ctx, rehearsal.Lead, engine.CompleteByHand{Rollout: prod.ID, Servers: ids, Options: "/quiet", Reason: reason})
		}
		needs := func(words string) bool {
			return slices.ContainsFunc(e.View().Needs, func(need engine.Need) bool { return strings.Contains(need.Words, words) })
		}
		if cell := cellOf(e.View(), alone); !cell.LastReport.IsZero() || !needs("1 server to be done by hand: say so with rollout complete ("+alone+")") {
			t.Errorf("a server that nobody manages: %+v, needs %v", cell, e.View().Needs)
		}
		if _, err := complete([]string{alone}, ""); err == nil {
			t.Error("taken without a reason")
		}
		if words, err := complete([]string{alone}, "vendor on site"); err != nil || !strings.Contains(words, "not verified") {
			t.Errorf("%q, %v", words, err)
		}
		if _, err := complete([]string{wrong}, "installed over the console"); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { return strings.Contains(cellOf(v, wrong).Why, "refuted") })
		cell := cellOf(e.View(), alone)
		if cell.Delivery != rollout.Cancelled || cell.Compliance != rollout.UnknownCompliance || !strings.Contains(cell.Why, "by hand: not verified") {
			t.Errorf("%s is %s, %s: %s", alone, cell.Delivery, cell.Compliance, cell.Why)
		}
		if !needs("1 server said to be done by hand, and a check says that it is not (" + wrong + ")") {
			t.Errorf("needs: %v", e.View().Needs)
		}
		n.wait(ctx, e, rehearsal.Over)
		n.view = e.View()
		enginetest.Check(t, n.view, n.store, n.world)
		foldsToItsRecords(t, n.store)
		if got := len(n.world.Installs[cellOf(n.view, alone).Server]); got > 0 {
			t.Errorf("%s was installed %d times by us", alone, got)
		}
	})
}

// Rules of starts: a person may start a server ahead of order and ramp, and never past lock, window, stop or gate.
func TestAForcedStartGoesAheadOfTheRampAndOfNothingElse(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		staged := func(v *engine.View, why string) (ids []inventory.ServerID) {
			prod, _ := ring(v, rollout.Prod)
			for _, c := range prod.Cells {
				if (c.Delivery == rollout.Waiting || c.Delivery == rollout.Staged) && strings.HasPrefix(c.Why, why) {
					ids = append(ids, c.Server)
				}
			}
			return ids
		}
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(staged(v, "ramp:")) > 1 })
		prod, _ := ring(e.View(), rollout.Prod)
		force := func(reason string, ids ...inventory.ServerID) error {
			_, err := e.Do(ctx, rehearsal.OnCall, engine.ForceStart{Rollout: prod.ID, Servers: ids, Reason: reason})
			return err
		}
		waiting := staged(e.View(), "ramp:")
		if force("", waiting[0]) == nil {
			t.Error("started without a reason")
		}
		if err := force("the payroll run begins soon", waiting[0]); err != nil {
			t.Fatal(err)
		}
		if err := force("once more", waiting[0]); err == nil || !strings.Contains(err.Error(), "it is running") {
			t.Errorf("a server at work: %v", err)
		}
		if _, err := e.Do(ctx, rehearsal.OnCall, engine.Hold{Rollout: prod.ID, Step: "pause", Reason: "look"}); err != nil {
			t.Fatal(err)
		}
		if err := force("although it is paused", waiting[1]); err == nil || !strings.Contains(err.Error(), "paused") {
			t.Errorf("while it is paused: %v", err)
		}
		if _, err := e.Do(ctx, rehearsal.OnCall, engine.Hold{Rollout: prod.ID, Step: "resume", Reason: "seen"}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, rehearsal.Over)
		n.view = e.View()
		enginetest.Check(t, n.view, n.store, n.world)
	})
}
