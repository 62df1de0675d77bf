package pilot

import "testing"

// Handbook 7: deploys, restarts, can be removed, services run; each from evidence, and nothing is claimed that nobody saw.
func TestTheMinimumTestsFollowFromTheEvidence(t *testing.T) {
	well := Trial{Updates: []string{"KB1"}, Installed: true, Builds: "1 -> 2", Restarts: 1, Services: 12, Removed: []string{"KB1"}}
	for name, c := range map[string]struct {
		spoil func(*Trial)
		want  [4]Result // in the order of MinimumTests
	}{
		"well":                        {func(*Trial) {}, [4]Result{Passed, Passed, Passed, Passed}},
		"no restart needed":           {func(t *Trial) { t.Restarts = 0 }, [4]Result{Passed, Passed, Passed, Passed}},
		"no package":                  {func(t *Trial) { t.Removed, t.NotRemovable = nil, []string{"KB1"} }, [4]Result{Passed, Passed, FailedTest, Passed}},
		"it stays":                    {func(t *Trial) { t.Removed, t.Kept = nil, map[string]string{"KB1": "permanent"} }, [4]Result{Passed, Passed, FailedTest, Passed}},
		"a package alone is no proof": {func(t *Trial) { t.Removed, t.Removable = nil, []string{"KB1"} }, [4]Result{Passed, Passed, Pending, Passed}},
		"not tried": {func(t *Trial) {
			t.Removed, t.Removable, t.NotTried = nil, []string{"KB1"}, map[string]string{"KB1": "no time"}
		}, [4]Result{Passed, Passed, NotTried, Passed}},
		"not installed again": {func(t *Trial) { t.Installed, t.Trouble = false, "0x80070643" }, [4]Result{FailedTest, Pending, Passed, Pending}},
		"nobody asked":        {func(t *Trial) { t.Removed = nil }, [4]Result{Passed, Passed, Pending, Passed}},
		"a service is down":   {func(t *Trial) { t.Stopped = "Spooler" }, [4]Result{Passed, Passed, Passed, FailedTest}},
		"not back":            {func(t *Trial) { t.Installed, t.NotBack, t.Trouble, t.Removed = false, "not back", "not back", nil }, [4]Result{FailedTest, FailedTest, Pending, Pending}},
		"never installed":     {func(t *Trial) { t.Installed, t.Trouble, t.Removed = false, "0x80070643", nil }, [4]Result{FailedTest, Pending, Pending, Pending}},
	} {
		trial := well
		c.spoil(&trial)
		for i, p := range trial.Proofs() {
			if p.Result != c.want[i] || p.Test != MinimumTests[i].Test || p.Words == "" {
				t.Errorf("%s: %s %s %q, want %s", name, p.Test, p.Result, p.Words, c.want[i])
			}
		}
	}
}

func TestAWorkaroundAnswersEveryFailureOfItsUpdate(t *testing.T) {
	failed := Trial{Updates: []string{"KB1", "KB2"}, Installed: true, NotRemovable: []string{"KB1", "KB2"}}
	m := Minimum{}.With("s1", Tested{Proofs: failed.Proofs()}).With("s2", Tested{Proofs: failed.Proofs()})
	if n := len(m.Failed()); n != 4 || !m.Failed()[0].Blocks() {
		t.Fatalf("%d failures, want two on each of two servers", n)
	}
	if _, err := m.Live("KB3", Answer{}); err == nil {
		t.Error("a workaround was taken for an update that nobody tested")
	}
	after, err := m.Live("KB1", Answer{Note: "restore"})
	if err != nil || len(after.Failed()) != 2 || len(m.Workarounds) != 0 {
		t.Errorf("after the workaround %d failures remain, %v; the value before holds %v", len(after.Failed()), err, m.Workarounds)
	}
	again := after.With("s1", Tested{Proofs: Trial{Updates: []string{"KB2"}, Installed: true, Removed: []string{"KB2"}}.Proofs()})
	if len(again.Failed()) != 1 {
		t.Errorf("after s1 was tried again %v remain, want that of s2", again.Failed())
	}
}
