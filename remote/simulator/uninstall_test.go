package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
)

func startRemoval(b *workbench, h *host, id string, removals ...removalOrder) {
	b.t.Helper()
	body, _ := assets.Script("job-uninstall")
	ask[shownJob](b, h, "job-start", map[string]any{"job": id, "kind": "uninstall", "change": "CHG-1", "deadline": testEpoch.Add(24 * time.Hour),
		"body": sent(body), "manifest": map[string]any{"removals": removals}})
}

func runRemoval(b *workbench, h *host, id string, removals ...removalOrder) shownJob {
	b.t.Helper()
	startRemoval(b, h, id, removals...)
	b.until(id, time.Minute, func() bool { return poll(b, h, id, 0).State == finished })
	return poll(b, h, id, 0)
}

func TestARemovedCumulativeUpdateIsGoneAfterTheRestartAndOfferedAgain(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h, order := b.hosts[2], removalOrder{KB: "KB5999022", Build: "10.0.20348.4773"}
	before := factsOf(b, h).Build
	if early := runRemoval(b, h, "uninstall-0", order); early.Outcome.Result != "nothing_to_do" || early.Outcome.Code != notApplicable {
		t.Errorf("what is not installed was removed: %+v", early.Outcome)
	}
	runJob(b, h, "install-1", "install", order.KB)
	restartAndWait(b, h, "restart-1")
	gone := runRemoval(b, h, "uninstall-1", order)
	if gone.Outcome.Result != "succeeded" || !gone.Outcome.RestartRequired || !strings.HasPrefix(gone.Outcome.Updates[0].Title, "Package_for_RollupFix~") {
		t.Errorf("%+v", gone.Outcome)
	}
	if f := factsOf(b, h); f.Build == before || len(f.PendingRestart) == 0 {
		t.Errorf("before the restart: %+v", f)
	}
	restartAndWait(b, h, "restart-2")
	if f := factsOf(b, h); f.Build != before || len(f.PendingRestart) != 0 {
		t.Errorf("after the restart: %+v", f)
	}
	if scan := runJob(b, h, "scan-1", "scan"); len(scan.Outcome.Updates) != 1 {
		t.Errorf("the update is not offered again: %+v", scan.Outcome)
	}
	if !slices.Contains(b.events(h), "removed KB5999022") {
		t.Errorf("ledger: %q", b.events(h))
	}
}

func TestTheUpdateAtTheBottomCannotBeRemoved(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[2]
	job := runRemoval(b, h, "uninstall-1", removalOrder{KB: h.product.priorKB, Build: factsOf(b, h).Build})
	if job.Outcome.Result != "failed" || job.Outcome.Code != notRemovable || job.Outcome.Updates[0].Result != resultFailed {
		t.Errorf("%+v", job.Outcome)
	}
}

func TestAnUpdateThatWaitsForItsRestartIsRemovedAtOnce(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[2]
	before := factsOf(b, h).Build
	runJob(b, h, "install-1", "install", "KB5999022")
	runRemoval(b, h, "uninstall-1", removalOrder{KB: "KB5999022", Build: "10.0.20348.4773"})
	restartAndWait(b, h, "restart-1")
	if f := factsOf(b, h); f.Build != before {
		t.Errorf("the update is there: %+v", f)
	}
}

func TestAnUpdateWithoutABuildIsRemovedByItsKB(t *testing.T) {
	plain := Published{KB: "KB5999322", BaseBuild: [3]int{10, 0, 20348}}
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: append([]Published{plain}, month...)})
	h := b.hosts[2]
	runJob(b, h, "install-1", "install", plain.KB)
	if job := runRemoval(b, h, "uninstall-1", removalOrder{KB: plain.KB}); job.Outcome.Result != "succeeded" || job.Outcome.RestartRequired {
		t.Errorf("%+v", job.Outcome)
	}
	if slices.ContainsFunc(factsOf(b, h).Updates, func(u struct{ KB string }) bool { return u.KB == plain.KB }) {
		t.Error("the update is still listed")
	}
}

func TestACancelledRemovalFinishesTheUpdateThatItIsAt(t *testing.T) {
	extra := []Published{{KB: "KB5999322", BaseBuild: [3]int{10, 0, 20348}}, {KB: "KB5999323", BaseBuild: [3]int{10, 0, 20348}}}
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: append(extra, month...)})
	h := b.hosts[2]
	runJob(b, h, "install-1", "install", "KB5999322", "KB5999323")
	startRemoval(b, h, "uninstall-1", removalOrder{KB: "KB5999322"}, removalOrder{KB: "KB5999323"})
	b.until("removing", 10*time.Second, func() bool { return poll(b, h, "uninstall-1", 0).Phase == removing })
	ask[shownJob](b, h, "job-cancel", map[string]any{"job": "uninstall-1"})
	b.until("end", time.Minute, func() bool { return poll(b, h, "uninstall-1", 0).State == finished })
	o := poll(b, h, "uninstall-1", 0).Outcome
	if o.Result != "cancelled" || o.Updates[0].Result != resultSucceeded || o.Updates[1].Result != notStarted {
		t.Errorf("%+v", o)
	}
}
