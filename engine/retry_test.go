package engine_test

import (
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// lateEmergency is an emergency that was authorised when the window of its pilot was over.
func lateEmergency(o *office) {
	o.wait(func(v *engine.View) bool { return !v.At.Before(v.Changes[0].Plan.Windows[0].Closes) })
	o.do(rehearsal.Authority, o.step(rehearsal.Authority, "CHG-1", "authorise"))
	o.wait(func(v *engine.View) bool {
		p, ok := ring(v, rollout.Pilot)
		return ok && p.State == rollout.Closed
	})
}

func urgently(n *night) { n.script.Emergency = true }

func serversOf(r engine.RolloutView) (ids []inventory.ServerID) {
	for _, c := range r.Cells {
		ids = append(ids, c.Server)
	}
	return ids
}

// Handbook 8 and DESIGN 5: a pilot that missed its window is tried again in a later one, with a reason, under the same approval; the windows of
// Dev and Prod are the board's, and nobody moves them so.
func TestAPilotThatMissedItsWindowIsTriedAgainInALaterOne(t *testing.T) {
	at(t, 12, urgently, submittedOnce, func(o *office) {
		lateEmergency(o)
		pilot, _ := ring(o.View(), rollout.Pilot)
		prod, _ := ring(o.View(), rollout.Prod)
		missed := pilot.Counts[rollout.WindowMissed]
		if missed == 0 || !strings.Contains(prod.Gate, "the pilot verified 0 of its") {
			t.Fatalf("pilot %v, Prod waits for %q", pilot.Counts, prod.Gate)
		}
		ids := serversOf(pilot)
		retry := func(c engine.LaterWindow) engine.Retry {
			return engine.Retry{Rollout: pilot.ID, Servers: ids, Later: c, Reason: "authorised late"}
		}
		o.refused(rehearsal.OnCall, engine.Retry{Rollout: pilot.ID, Servers: ids, Reason: "x"}, "--window now")
		o.refused(rehearsal.OnCall, retry(engine.LaterWindow{Opens: o.View().At.Add(-time.Minute)}), "which has passed")
		o.refused(rehearsal.OnCall, retry(engine.LaterWindow{Opens: o.View().At.AddDate(0, 2, 0)}), "within 31 days")
		o.refused(rehearsal.OnCall, retry(engine.LaterWindow{Now: true, Length: time.Minute}), "10m to 48h")
		o.refused(rehearsal.Watcher, retry(engine.LaterWindow{Now: true}), "; you are: ")
		o.refused(rehearsal.OnCall, engine.Retry{Rollout: prod.ID, Servers: serversOf(prod)[:1], Later: engine.LaterWindow{Now: true}, Reason: "x"}, "approved with its plan")
		o.do(rehearsal.OnCall, retry(engine.LaterWindow{Opens: o.View().At.Add(10 * time.Minute)}))
		if words := o.change("CHG-1").PlanHash; words != pilot.PlanHash {
			t.Error("the plan is another one")
		}
		pilot, _ = ring(o.View(), rollout.Pilot)
		if pilot.State != rollout.Active || len(pilot.Windows) != 2 || pilot.Windows[1].ID != "P1-2" || pilot.Cells[0].Window != "P1-2" {
			t.Errorf("the pilot is %s with the windows %+v", pilot.State, pilot.Windows)
		}
		o.wait(func(v *engine.View) bool {
			p, _ := ring(v, rollout.Prod)
			return p.Counts[rollout.Succeeded] > 0
		})
		pilot, _ = ring(o.View(), rollout.Pilot)
		if pilot.Counts[rollout.Succeeded] != missed || pilot.Windows[1].Counts[rollout.Succeeded] != missed || pilot.State != rollout.Closed {
			t.Errorf("the pilot ended %s with %v", pilot.State, pilot.Counts)
		}
		for _, id := range ids {
			for _, began := range o.n.world.Starts[id] {
				if !pilot.Windows[1].Contains(began) {
					t.Errorf("%s began at %s, outside the window that it got", id, began)
				}
			}
		}
		if enginetest.Actions(t, o.n.store)["rollout.reopened"] != 1 {
			t.Error("the trail does not say that the rollout was opened again")
		}
	})
}

// Handbook 8: a closed rollout whose windows are not over is open again for servers that are tried again; who halted it is not overruled.
func TestAClosedRolloutIsOpenAgainForARetry(t *testing.T) {
	failed := func(v *engine.View) bool {
		p, ok := ring(v, rollout.Pilot)
		return ok && p.State == rollout.Closed
	}
	prepare := func(n *night) {
		n.world = enginetest.NewWorld(engine.NewWallClock(), 7, n.script.Servers, map[string]enginetest.Fate{"SRV-0000": enginetest.DiskFull})
	}
	at(t, 12, prepare, failed, func(o *office) {
		pilot, _ := ring(o.View(), rollout.Pilot)
		retry := engine.Retry{Rollout: pilot.ID, Servers: []inventory.ServerID{cell(t, pilot, "SRV-0000").Server}, Reason: "disk cleaned"}
		o.do(rehearsal.OnCall, retry)
		o.wait(failed)
		if enginetest.Actions(t, o.n.store)["rollout.reopened"] != 1 {
			t.Error("it was not opened again")
		}
		o.do(rehearsal.OnCall, retry)
		o.do(rehearsal.OnCall, engine.Hold{Rollout: pilot.ID, Step: "halt", Reason: "look at the disk first"})
		o.wait(failed)
		o.do(rehearsal.OnCall, retry)
		if pilot, _ = ring(o.View(), rollout.Pilot); pilot.State != rollout.Halted || !strings.Contains(pilot.Gate, "look at the disk first") {
			t.Errorf("after a halt a retry makes it %s: %q", pilot.State, pilot.Gate)
		}
		o.do(rehearsal.Lead, engine.DecideChange{Change: "CHG-1", Step: "withdraw", Reason: "not this month"})
		o.wait(failed)
		o.refused(rehearsal.OnCall, retry, "CHG-1 is withdrawn")
	})
}
