package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
)

// atSite tells how many servers of a rollout's site are in one of some statuses.
func atSite(r engine.RolloutView, site string, in ...rollout.Delivery) (n int) {
	for _, c := range r.Cells {
		for _, d := range in {
			if c.Site == site && c.Delivery == d {
				n++
			}
		}
	}
	return n
}

// Handbook 8, distribution points: a window opens only for sites that are ready: the servers of a site whose content is not there wait, each says why, and
// the others go on; a report that it is there lets them go.
func TestTheServersOfASiteWaitForItsContent(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		release := e.View().Releases[0].ID
		do := func(c engine.Command) (string, error) { return e.Do(ctx, rehearsal.Lead, c) }
		for _, wrong := range []engine.AwaitContent{{Release: release, Site: "RED"}, {Release: release, Site: "MARS", Reason: "x"}, {Release: "no", Site: "RED", Reason: "x"},
			{Release: release, Site: "RED", Priority: -1, Reason: "x"}} {
			if _, err := do(wrong); err == nil {
				t.Errorf("%+v is taken", wrong)
			}
		}
		if _, err := do(engine.ReportContent{Release: release, Site: "RED", State: rollout.TransferReady}); err == nil {
			t.Error("a site is reported for whose content nobody waits")
		}
		await := engine.AwaitContent{Release: release, Site: "red", Reason: "its line takes a night"}
		if words, err := do(await); err != nil || !strings.Contains(words, "20 servers of RED wait") {
			t.Fatalf("%q %v", words, err)
		}
		var clash *approval.Conflict
		if _, err := do(await); !errors.As(err, &clash) {
			t.Errorf("twice: %v", err)
		}
		if _, err := do(engine.ReportContent{Release: release, Site: "RED", State: rollout.TransferRunning}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool {
			r, ok := ring(v, rollout.Dev)
			return ok && atSite(r, "DUB", rollout.Succeeded) > 0
		})
		dev, _ := ring(e.View(), rollout.Dev)
		if atSite(dev, "RED", rollout.NotReceived, rollout.WindowMissed) != atSite(dev, "RED", rollout.NotReceived, rollout.WindowMissed, rollout.Running, rollout.Succeeded, rollout.Staging, rollout.Staged) {
			t.Errorf("servers of RED did not wait: %+v", dev.Counts)
		}
		waiting := 0
		for _, c := range dev.Cells {
			if c.Site == "RED" && c.Delivery == rollout.NotReceived {
				if waiting++; !strings.Contains(c.Why, "site RED: the content of "+release+" is on its way") {
					t.Errorf("%s says %q", c.Name, c.Why)
				}
			}
		}
		if waiting == 0 || len(dev.Sites) != 1 || dev.Sites[0].Servers != waiting || dev.Sites[0].Why == "" {
			t.Errorf("%d wait; the rollout's sites are %+v", waiting, dev.Sites)
		}
		urgent := false
		for _, need := range e.View().Needs {
			urgent = urgent || need.Urgent && strings.Contains(need.Words, "site RED")
		}
		if !urgent {
			t.Error("nobody is told that a window is open and a site is not ready")
		}
		if _, err := do(engine.ReportContent{Release: release, Site: "RED", State: rollout.TransferReady}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { r, _ := ring(v, rollout.Dev); return r.State == rollout.Closed })
		dev, _ = ring(e.View(), rollout.Dev)
		if got := atSite(dev, "RED", rollout.Succeeded); got != waiting {
			t.Errorf("%d of %d servers of RED succeeded once their site was ready: %+v", got, waiting, dev.Counts)
		}
		foldsToItsRecords(t, n.store)
	})
}

// Handbook 8: a site that is never ready leaves its servers to the list of missed windows, with the reason; nothing counts against the update.
func TestASiteThatIsNeverReadyMissesItsWindow(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		release := e.View().Releases[0].ID
		if _, err := e.Do(ctx, rehearsal.Lead, engine.AwaitContent{Release: release, Site: "RED", Reason: "slow"}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { r, ok := ring(v, rollout.Dev); return ok && r.State == rollout.Closed })
		dev, _ := ring(e.View(), rollout.Dev)
		for _, c := range dev.Cells {
			if c.Site == "RED" && (c.Delivery != rollout.WindowMissed || c.Code != "PD-SITE" || !strings.Contains(c.Why, "is not there yet")) {
				t.Errorf("%s is %s (%s): %s", c.Name, c.Delivery, c.Code, c.Why)
			}
			if c.Site == "DUB" && c.Delivery != rollout.Succeeded {
				t.Errorf("%s is %s: %s", c.Name, c.Delivery, c.Why)
			}
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.ForgetContent{Release: release, Site: "red", Reason: "they fetch for themselves"}); err != nil || len(e.View().Contents) != 0 {
			t.Errorf("%v; it holds %+v", err, e.View().Contents)
		}
		if got := enginetest.Actions(t, n.store)["site.forgotten"]; got != 1 {
			t.Errorf("%d stand in the trail", got)
		}
		foldsToItsRecords(t, n.store)
	})
}

// Handbook 8, slow links: staging starts size over speed ahead; a plan names the sites whose line is too slow for their window.
func TestAServerOnASlowLineFetchesEarlier(t *testing.T) {
	servers := enginetest.Servers(12)
	for i := range servers {
		if servers[i].Site == "RED" {
			servers[i].LinkMbit = 1
		}
	}
	scenarioOf(t, servers, nil, func(t *testing.T, ctx context.Context, n *night) {
		n.script.Bulletin.Updates[0].Size = 40 << 30
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		found := false
		for _, f := range e.View().Changes[0].Plan.Findings {
			found = found || strings.Contains(f.Words, "site RED: ") && strings.Contains(f.Words, "over 1 Mbit/s take about 239 h") && strings.Contains(f.Words, "map them to a later window")
		}
		if !found {
			t.Errorf("the plan says %+v", e.View().Changes[0].Plan.Findings)
		}
	})
}
