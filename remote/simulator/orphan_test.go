package simulator

import (
	"slices"
	"testing"
	"time"
)

func TestOnlyOldJobsThatNobodyKnowsAreCleanedUp(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[2]
	runJob(b, h, "known", "scan")
	runJob(b, h, "orphan", "scan")
	runJob(b, h, "tombstone", "scan")
	ask[struct{}](b, h, "job-remove", map[string]any{"job": "tombstone"})
	b.pass(8 * 24 * time.Hour)
	runJob(b, h, "recent", "scan")
	startJob(b, h, "running", "install", "KB5999022")
	clean := func(remove bool) (jobs []string) {
		for _, o := range ask[leftoversShown](b, h, "clean-up", map[string]any{"live": []string{"known"}, "days": 7, "remove": remove}).Orphans {
			if o.Removed != remove || o.Task == (o.Job == "tombstone") {
				t.Errorf("%+v", o)
			}
			jobs = append(jobs, o.Job)
		}
		return jobs
	}
	for _, remove := range []bool{false, true} {
		if got := clean(remove); !slices.Equal(got, []string{"orphan", "tombstone"}) {
			t.Errorf("remove %v: %q", remove, got)
		}
	}
	if got := clean(true); len(got) != 0 {
		t.Errorf("a second time: %q", got)
	}
	for id, want := range map[string]jobState{"known": finished, "recent": finished, "orphan": absent} {
		if p := poll(b, h, id, 0); p.State != want {
			t.Errorf("%s is %s", id, p.State)
		}
	}
}

// leftoversShown is leftovers as a client reads it.
type leftoversShown struct {
	Orphans []struct {
		Job           string
		Task, Removed bool
	}
}

func TestTheStampOfABaselineOutlivesARestart(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[2]
	type shown struct {
		Baseline, Before *struct{ Name string }
	}
	first := ask[shown](b, h, "baseline", map[string]any{"baseline": "2026-10", "date": testEpoch})
	second := ask[shown](b, h, "baseline", map[string]any{"baseline": "2026-11", "date": testEpoch})
	if first.Before != nil || second.Before.Name != "2026-10" {
		t.Errorf("%+v, then %+v", first, second)
	}
	restartAndWait(b, h, "restart-1")
	if f := ask[shown](b, h, "facts", struct{}{}); f.Baseline == nil || f.Baseline.Name != "2026-11" {
		t.Errorf("%+v", f)
	}
}
