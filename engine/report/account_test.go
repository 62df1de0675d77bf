package report_test

import (
	"strings"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

func TestWhereEachStatusCounts(t *testing.T) {
	cases := []struct {
		status   rollout.Delivery
		attempts int
		want     report.Account
		targeted bool
	}{
		{rollout.Succeeded, 1, report.AccountSucceeded, true},
		{rollout.Failed, 1, report.AccountFailed, true},
		{rollout.Failed, 0, report.AccountFailed, true},
		{rollout.Unreachable, 0, report.AccountUnreachable, true},
		{rollout.WindowMissed, 0, report.AccountWindowMissed, true},
		{rollout.NotStarted, 0, report.AccountNotStarted, true},
		{rollout.NotStarted, 1, report.AccountNotStarted, true},
		{rollout.Cancelled, 0, report.AccountNotStarted, true},
		{rollout.Excluded, 0, report.AccountExcluded, false},
		{rollout.NotApplicable, 0, report.AccountNotApplicable, false},
		{rollout.NotReceived, 0, report.AccountNotStarted, true},
		{rollout.NotReceived, 1, report.AccountOpen, true}, // tried again after an installation
		{rollout.Received, 0, report.AccountNotStarted, true},
		{rollout.Staging, 0, report.AccountNotStarted, true},
		{rollout.Staged, 0, report.AccountNotStarted, true},
		{rollout.Waiting, 0, report.AccountNotStarted, true},
		{rollout.Running, 1, report.AccountOpen, true},
		{rollout.Retrying, 1, report.AccountOpen, true},
		{rollout.RestartPending, 1, report.AccountOpen, true},
		{rollout.Restarting, 1, report.AccountOpen, true},
		{rollout.Verifying, 1, report.AccountOpen, true},
		{rollout.Unknown, 1, report.AccountOpen, true},
	}
	tested := map[rollout.Delivery]bool{}
	for _, c := range cases {
		tested[c.status] = true
		s := tell(t, 1)
		s.open(rollout.Pilot)
		_, ad := s.find(0)
		ad.Delivery, ad.Attempts = c.status, c.attempts
		n := s.night()
		if got := n.Servers[0]; got.CountedAs != c.want || got.Targeted != c.targeted {
			t.Errorf("%s after %d attempts counts as %s, targeted %v; want %s, %v", c.status, c.attempts, got.CountedAs, got.Targeted, c.want, c.targeted)
		}
		if final := c.status.Final(); n.Over != final || (n.Totals.Pending == 0) != final {
			t.Errorf("%s: over %v with %d pending", c.status, n.Over, n.Totals.Pending)
		}
	}
	for _, status := range rollout.Statuses {
		if !tested[status.Delivery] {
			t.Errorf("no test says where %q counts", status.Delivery)
		}
	}
}

// A server without a rollout is still somewhere in the account.
func TestServersWithoutARolloutCountToo(t *testing.T) {
	s := tell(t, 4)
	s.in.Plan.Compliant = []inventory.ServerID{"s90001"}
	s.in.Plan.NotOffered = []inventory.ServerID{"s90002", "s90003"}
	s.in.Servers["s90004"] = inventory.Server{ID: "s90004", Name: "NEWCOMER"}
	s.seal()
	s.in.Change.State = approval.Authorised
	s.in.Change.Exclusions = map[string]approval.Amendment{string(serverID(3)): {By: "lea.lind", At: evening, Reason: "vendor case"}}
	s.open(rollout.Pilot)
	s.succeeds(0, "P1")
	n := s.night()
	want := report.Totals{Servers: 8, Counts: report.Counts{Targeted: 3, Succeeded: 1, NotStarted: 2, Excluded: 1, NotApplicable: 3}, Unplanned: 1}
	if n.Totals != want {
		t.Errorf("totals %+v\nwant   %+v", n.Totals, want)
	}
	if got := server(t, n, 1).Explanation; got != "Not started: no rollout of Prod was opened; CHG-1: the change board has not approved it." {
		t.Errorf("a server whose ring was never opened is explained by %q", got)
	}
	if got := server(t, n, 3); got.Exclusion == nil || got.Explanation != "Excluded by lea.lind on 14 Nov 22:00: vendor case." {
		t.Errorf("a server that was excluded before its ring was opened: %+v", got)
	}
	sum := n.Summary()
	if sum.Targeted != sum.Succeeded+sum.Failed+sum.Unreachable+sum.WindowMissed+sum.NotStarted || sum.Servers != 8 || sum.NotApplicable != 3 {
		t.Errorf("the summary does not add up: %+v", sum)
	}
}

func TestRecordsThatDoNotBelongTogetherAreRefused(t *testing.T) {
	cases := map[string]struct {
		spoil func(*story)
		words string
	}{
		"an opened ring lacks a server": {func(s *story) { s.in.Advertisements["R-2"] = s.in.Advertisements["R-2"][1:] }, "lacks an advertisement"},
		"a server twice in the plan": {func(s *story) {
			s.in.Plan.Compliant = append(s.in.Plan.Compliant, serverID(1))
		}, "twice"},
		"a server in two rollouts": {func(s *story) {
			s.in.Advertisements["R-1"] = append(s.in.Advertisements["R-1"], s.in.Advertisements["R-2"][0])
		}, "two advertisements"},
		"a stranger among the advertisements": {func(s *story) {
			s.in.Advertisements["R-2"] = append(s.in.Advertisements["R-2"], rollout.Advertisement{ID: "r2-s77777", Rollout: "R-2", Server: "s77777", Delivery: rollout.Staged})
		}, "that the plan does not have"},
		"a status of a newer version":  {func(s *story) { s.in.Advertisements["R-2"][0].Delivery = "levitating" }, "does not know"},
		"another change's rollout":     {func(s *story) { s.in.Rollouts[1].Change = "CHG-7" }, "not the one of CHG-1"},
		"another plan":                 {func(s *story) { s.in.Change.PlanHash = strings.Repeat("0", 64) }, "plan at hand"},
		"a window that is not there":   {func(s *story) { s.in.Plan.Assignments[1].Windows = []string{"W9"} }, "does not have"},
		"a server without a window":    {func(s *story) { s.in.Plan.Assignments[1].Windows = nil }, "no window"},
		"two rollouts of one ring":     {func(s *story) { s.in.Rollouts[0].Ring = rollout.Prod }, "both rollouts"},
		"a trail that lost an entry":   {func(s *story) { s.entries = s.entries[1:] }, "audit verify"},
		"a trail that lost its end":    {func(s *story) { s.entries = s.entries[:len(s.entries)-1] }, "audit verify"},
		"an entry that is not its own": {func(s *story) { s.entries[0].Body = []byte(`{"ad":7}`) }, "audit entry 1"},
	}
	for name, c := range cases {
		s := tell(t, 3)
		s.open(rollout.Pilot)
		s.open(rollout.Prod)
		s.succeeds(0, "P1")
		c.spoil(s)
		if _, err := s.make(); err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", name, err, c.words)
		}
	}
}

func TestEntriesAfterTheHeadAreLeftOut(t *testing.T) {
	s := tell(t, 2)
	s.open(rollout.Pilot)
	s.succeeds(0, "P1")
	n := s.night()
	s.note("engine", "advertisement.moved", "later", "", "not even readable")
	s.in.Head = trailHeadOf(n)
	if again, err := report.Make(s.in); err != nil || again.Summary() != n.Summary() {
		t.Errorf("an entry that was written meanwhile changed the report: %v\n%+v\n%+v", err, again.Summary(), n.Summary())
	}
}
