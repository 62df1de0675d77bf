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
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// excluded excludes servers, one command each as the console does, and gives the commands.
func excluded(t *testing.T, ctx context.Context, n *night, e *engine.Engine, change string, servers ...inventory.ServerID) []engine.Command {
	t.Helper()
	var done []engine.Command
	for _, id := range servers {
		done = append(done, engine.ExcludeServer{Change: change, Server: id, Reason: "its owner asks"})
		if _, err := e.Do(ctx, rehearsal.Lead, done[len(done)-1]); err != nil {
			t.Fatal(err)
		}
	}
	return done
}

// Handbook 6, task 23: exclusions may be edited after the advertisement. One that is taken back leaves the plan as it was approved, and the
// servers are patched in their windows after all.
func TestAnExclusionIsTakenBackAndTheApprovalStays(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			r, ok := ring(v, rollout.Prod)
			return ok && r.Counts[rollout.Staged] > 2
		})
		prod, _ := ring(e.View(), rollout.Prod)
		var staged []inventory.ServerID
		for _, ad := range prod.Advertisements {
			if ad.Delivery == rollout.Staged {
				staged = append(staged, ad.Server)
			}
		}
		staged = staged[:2]
		before := change(e.View(), prod.Change)
		done := excluded(t, ctx, n, e, prod.Change, staged...)
		n.wait(ctx, e, func(v *engine.View) bool { r, _ := ring(v, rollout.Prod); return r.Counts[rollout.Excluded] >= 2 })

		if _, err := engine.Undo(e.View(), rehearsal.OnCall, done...); err == nil {
			t.Error("somebody else's exclusion is taken back by a key")
		}
		inverse, err := engine.Undo(e.View(), rehearsal.Lead, done...)
		if err != nil || len(inverse.Servers) != 2 {
			t.Fatalf("%+v %v", inverse, err)
		}
		if _, err := e.Do(ctx, rehearsal.Lead, inverse.Command("the vendor closed the case")); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Do(ctx, rehearsal.Lead, inverse.Command("once more")); err == nil || !strings.Contains(err.Error(), "is not excluded from") {
			t.Errorf("taken back twice: %v", err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { r, _ := ring(v, rollout.Prod); return r.State == rollout.Closed })
		prod, _ = ring(e.View(), rollout.Prod)
		for _, ad := range prod.Advertisements {
			if slices.Contains(staged, ad.Server) && (ad.Delivery != rollout.Succeeded || ad.Exclusion != "") {
				t.Errorf("%s is %s in the end, excluded %q", ad.Server, ad.Delivery, ad.Exclusion)
			}
		}
		after := change(e.View(), prod.Change)
		if after.State != before.State || after.PlanHash != before.PlanHash || len(after.Returns) != 2 || after.Returns[0].Excluded.Reason != "its owner asks" {
			t.Errorf("the change request is %s with plan %s, and remembers %+v", after.State, after.PlanHash, after.Returns)
		}
		if got := enginetest.Actions(t, n.store)["change.included"]; got != 2 {
			t.Errorf("%d entries say that an exclusion was taken back, want one a server", got)
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.IncludeServers{Change: prod.Change, Servers: staged, Reason: "late"}); err == nil {
			t.Error("a closed rollout takes servers back")
		}
	})
}

// change finds a change request of a view.
func change(v *engine.View, id string) engine.ChangeView {
	return v.Changes[slices.IndexFunc(v.Changes, func(c engine.ChangeView) bool { return c.ID == id })]
}

// Handbook 7: servers that were excluded because their application failed its test come back by an answer to the test, not by a key.
func TestAnExclusionThatAnswersAFailedTestStands(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			return len(v.Changes) > 0 && len(v.Changes[0].Acceptance.Results) > 0 && !v.Changes[0].Acceptance.Closed
		})
		c := e.View().Changes[0]
		const application = "app-3"
		var servers []inventory.ServerID
		for _, a := range c.Plan.Assignments {
			i := slices.IndexFunc(e.View().Servers, func(s inventory.Server) bool { return s.ID == a.Server })
			if a.Ring == rollout.Prod && slices.Contains(e.View().Servers[i].Applications, application) {
				servers = append(servers, a.Server)
			}
		}
		if len(servers) == 0 {
			t.Fatal("no server of Prod runs the application")
		}
		excluded(t, ctx, n, e, c.ID, servers...)
		if _, err := e.Do(ctx, rehearsal.Support, engine.RecordAcceptance{Change: c.ID, Application: application, Result: pilot.FailedTest, Note: "does not print"}); err != nil {
			t.Fatal(err)
		}
		back := engine.IncludeServers{Change: c.ID, Servers: servers[:1], Reason: "why not"}
		if _, err := e.Do(ctx, rehearsal.Lead, back); err == nil || !strings.Contains(err.Error(), "the exclusions answer that") {
			t.Errorf("it was taken back: %v", err)
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.RecordAcceptance{Change: c.ID, Application: application, Result: pilot.Workaround, Note: "print by the other queue"}); err != nil {
			t.Fatal(err)
		}
		if answer, err := e.Do(ctx, rehearsal.Lead, back); err != nil {
			t.Errorf("after the workaround: %q %v", answer, err)
		}
	})
}
