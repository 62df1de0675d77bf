package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// Handbook 7: the package deploys, the server restarts, it can be uninstalled, services run. The engine tests that itself on every pilot
// server, and Prod waits while a test that blocks has no answer.
func TestTheFourMinimumTestsAreRunOnThePilotAndHoldProdBack(t *testing.T) {
	// SRV-0000 and SRV-0001 are the pilot, one for each system.
	scenario(t, 20, map[string]enginetest.Fate{"SRV-0001": enginetest.NoPackage}, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && slices.ContainsFunc(prod.Cells, func(c engine.Cell) bool { return strings.HasPrefix(c.Why, "minimum test failed") })
		})
		v := e.View()
		change := v.Changes[0]
		if len(change.Minimum.Servers) != 2 {
			t.Fatalf("%d pilot servers were tested, want 2", len(change.Minimum.Servers))
		}
		for id, tested := range change.Minimum.Servers {
			for _, p := range tested.Proofs {
				want := pilot.Passed
				if p.Test == pilot.CanBeRemoved && id == string(cell(t, v.Rollouts[0], "SRV-0001").Server) {
					want = pilot.FailedTest
				}
				if p.Result != want || p.Update != enginetest.KB || p.Words == "" {
					t.Errorf("%s on %s: %+v, want %s", p.Test, id, p, want)
				}
			}
			if len(tested.Proofs) != len(pilot.MinimumTests) {
				t.Errorf("%s took %d tests", id, len(tested.Proofs))
			}
		}
		if got := change.Minimum.ByUpdate()[enginetest.KB]; got[pilot.Deploys] != pilot.Passed || got[pilot.CanBeRemoved] != pilot.FailedTest {
			t.Errorf("summed up by update: %v", got)
		}
		if !slices.ContainsFunc(v.Needs, func(need engine.Need) bool { return need.Urgent && strings.Contains(need.Words, "SRV-0001") }) {
			t.Errorf("nobody is told of the failed test: %+v", v.Needs)
		}
		for name, c := range map[string]struct {
			who approval.Actor
			do  engine.RecordWorkaround
		}{
			"by somebody else":           {rehearsal.Support, engine.RecordWorkaround{Change: change.ID, About: enginetest.KB, Note: "restore the backup"}},
			"without text":               {rehearsal.Lead, engine.RecordWorkaround{Change: change.ID, About: enginetest.KB}},
			"for what did not fail":      {rehearsal.Lead, engine.RecordWorkaround{Change: change.ID, About: "KB1", Note: "test"}},
			"for an unknown request":     {rehearsal.Lead, engine.RecordWorkaround{Change: "CHG-9", About: enginetest.KB, Note: "test"}},
			"for what nobody has tested": {rehearsal.Lead, engine.RecordWorkaround{Change: change.ID, About: "No Such Application", Note: "test"}},
		} {
			if _, err := e.Do(ctx, c.who, c.do); err == nil {
				t.Errorf("a workaround was recorded %s", name)
			}
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.RecordWorkaround{Change: change.ID, About: enginetest.KB, Note: "restore the backup of the night before"}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, rehearsal.Over)
		prod, _ := ring(e.View(), rollout.Prod)
		if prod.Counts[rollout.Succeeded] == 0 {
			t.Errorf("Prod stayed closed after the workaround: %v", prod.Counts)
		}
		foldsToItsRecords(t, n.store)
	})
}

// Handbook 7: test plans are written before testing starts, per application, and are used again.
func TestATestPlanIsWrittenBeforeTestingStarts(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		write := func(application string, steps ...string) error {
			_, err := e.Do(ctx, rehearsal.Support, engine.WriteTestPlan{Application: application, Steps: steps})
			return err
		}
		for name, err := range map[string]error{"without a step": write("app-1"), "with an empty step": write("app-1", "log in", " "),
			"of an application that runs nowhere": write("app-99", "log in"), "with a step too long": write("app-1", strings.Repeat("x", 501)), "of nothing": write(" ", "log in")} {
			if err == nil {
				t.Errorf("a test plan %s was taken", name)
			}
		}
		for range 2 {
			if err := write("app-1", "log in", "print an order"); err != nil {
				t.Fatal(err)
			}
		}
		n.wait(ctx, e, func(v *engine.View) bool { return len(v.Changes[0].Acceptance.Results) > 0 })
		a := e.View().Changes[0].Acceptance
		if a.Plans["app-1"] != 2 || a.Plans["app-2"] != 0 {
			t.Errorf("testing began with the plans %v, want revision 2 of app-1 and none of app-2", a.Plans)
		}
		if err := write("app-1", "log in"); err == nil {
			t.Error("a test plan was changed while its application is tested")
		}
		record := func(update string) error {
			_, err := e.Do(ctx, rehearsal.Support, engine.RecordAcceptance{Change: e.View().Changes[0].ID, Application: "app-2", Result: pilot.FailedTest, Update: update, Note: "login fails"})
			return err
		}
		if err := record("KB1"); err == nil {
			t.Error("an update was blamed that is not in the release")
		}
		if err := record(enginetest.KB); err != nil || e.View().Changes[0].Acceptance.Results["app-2"].Update != enginetest.KB {
			t.Errorf("blaming the update: %v, recorded %+v", err, e.View().Changes[0].Acceptance.Results["app-2"])
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.RecordWorkaround{Change: e.View().Changes[0].ID, About: "app-2", Note: "use the other login page"}); err != nil ||
			e.View().Changes[0].Acceptance.Results["app-2"].Result != pilot.Workaround {
			t.Errorf("the workaround for an application: %v", err)
		}
		foldsToItsRecords(t, n.store)
	})
}

// Handbook 7: a repaired package is a new revision and repeats acceptance.
func TestANewRevisionRepeatsAcceptance(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), rehearsal.Over)
		windows, accept := rehearsal.Schedule(e.View().At, false)
		if _, err := e.Do(ctx, rehearsal.Lead, engine.SubmitChange{Release: e.View().Releases[0].ID, Windows: windows, AcceptBy: accept, Reason: "repaired"}); err != nil {
			t.Fatal(err)
		}
		first, second := e.View().Changes[0], e.View().Changes[1]
		if !first.Acceptance.Closed || len(first.Minimum.Servers) == 0 {
			t.Fatalf("the first revision was not accepted: %+v", first.Acceptance)
		}
		if len(second.Acceptance.Results) > 0 || len(second.Minimum.Servers) > 0 {
			t.Errorf("the new revision takes over %+v and %+v", second.Acceptance, second.Minimum)
		}
	})
}
