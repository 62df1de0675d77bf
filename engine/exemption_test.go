package engine_test

import (
	"context"
	"slices"
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

// Handbook 8 and 2, exemptions: each has a reason, an author and an end, stands in the trail, and the next plan follows it; an enforcement date
// keeps Prod out of the windows before it.
func TestAnExemptionHasAReasonAndAnEnd(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Releases) > 0 })
		id := e.View().Servers[15].ID
		add := engine.AddExemption{Servers: []inventory.ServerID{id}, From: "windows", Window: "W3", Until: e.View().At.AddDate(0, 1, 0), Reason: "year end"}
		do := func(c engine.Command) error { _, err := e.Do(ctx, rehearsal.Lead, c); return err }
		silent := add
		silent.Reason = ""
		if do(silent) == nil {
			t.Error("taken without a reason")
		}
		if err := do(add); err != nil {
			t.Fatal(err)
		}
		if err := do(add); err == nil || !strings.Contains(err.Error(), "EX-1") {
			t.Errorf("twice: %v", err)
		}
		windows, accept := rehearsal.Schedule(e.View().At, false)
		submit := engine.SubmitChange{Release: e.View().Releases[0].ID, Windows: windows, AcceptBy: accept, Reason: "monthly", Priority: approval.High, Enforce: e.View().At.Add(-time.Hour)}
		if err := do(submit); err == nil || !strings.Contains(err.Error(), "has passed") {
			t.Errorf("a date that has passed: %v", err)
		}
		w := windows[slices.IndexFunc(windows, func(w rollout.Window) bool { return w.ID == "W2" })]
		submit.Enforce = w.Opens
		if err := do(submit); err != nil {
			t.Fatal(err)
		}
		plan := e.View().Changes[0].Plan
		for _, a := range plan.Assignments {
			if slices.Contains(a.Windows, "W1") {
				t.Errorf("%s may be enforced in W1, before the date", a.Server)
			}
		}
		if !plan.Enforce.Equal(w.Opens) {
			t.Errorf("the plan is enforced from %s", plan.Enforce)
		}
		if do(engine.EndExemption{ID: "EX-9", Reason: "x"}) == nil || do(engine.EndExemption{ID: "EX-1"}) == nil {
			t.Error("an unknown exemption was ended, or one without a reason")
		}
		if err := do(engine.EndExemption{ID: "EX-1", Reason: "the year is over"}); err != nil {
			t.Fatal(err)
		}
		if do(engine.EndExemption{ID: "EX-1", Reason: "again"}) == nil || e.View().Exemptions[0].Ended.Reason != "the year is over" {
			t.Errorf("%+v", e.View().Exemptions)
		}
		if enginetest.Actions(t, n.store)["exemption.changed"] != 2 {
			t.Error("the trail has not both")
		}
		foldsToItsRecords(t, n.store)
	})
}
