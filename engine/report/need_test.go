package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

func TestWhatNeedsAPerson(t *testing.T) {
	cases := map[string]struct {
		happens func(*story)
		urgent  bool
		words   string
	}{
		"a halt that nobody answered": {func(s *story) {
			s.rollsBack(1)
			s.stop("engine", 1, rollout.Halted, rollout.RuleHard, "2 servers did not come back")
		}, true, "R-2 (Prod) is halted: 2 servers did not come back. Investigate"},
		"a halt that somebody closed": {func(s *story) {
			s.rollsBack(1)
			s.stop("engine", 1, rollout.Halted, rollout.RuleHard, "2 servers did not come back")
			s.move("lea.lind", "we investigate", 2, rollout.Moved{To: rollout.NotStarted})
			s.stop("engine", 1, rollout.Closed, "done", "every advertisement has its final status")
		}, true, "was halted by the rule \"hard\" and closed"},
		"a server that is being asked": {func(s *story) {
			s.starts(1, "W1")
			s.move("engine", "", 1, rollout.Moved{To: rollout.Unknown, Was: rollout.Running})
		}, true, "1 server lost contact after the start"},
		"a server that never came back": {func(s *story) {
			s.starts(1, "W1")
			s.move("engine", "", 1, rollout.Moved{To: rollout.Unknown, Was: rollout.Restarting}, failing(rollout.ClassRestart, "PD-NOT-BACK", "not back"))
		}, true, "nothing was read since"},
		"a restart that is owed": {func(s *story) {
			s.starts(1, "W1")
			owed := failing(rollout.ClassBusy, "PD-RESTART-OWED", "installed, but its last window closed")
			owed.Compliance = rollout.AwaitsRestart
			s.move("engine", "", 1, rollout.Moved{To: rollout.RestartPending}, owed)
		}, false, "1 server still to be restarted"},
		"a disk that is full": {func(s *story) {
			s.move("engine", "", 1, failing(rollout.ClassDisk, "PD-DISK", "no room"))
		}, false, "1 server failed with PD-DISK (room on the server). Free space"},
		"a lock that is still held": {func(s *story) {
			s.rollsBack(1)
			_, ad := s.find(1)
			ad.Lock = "CL1"
		}, false, "Cluster CL1 is still locked"},
		"a server that could not be reached": {func(s *story) {
			s.move("engine", "", 1, rollout.Moved{To: rollout.Unreachable})
		}, false, "1 server could not be reached"},
		"a change that waits for the board": {func(s *story) { s.in.Change.State = approval.Authorised }, false, "CHG-1 waits for the change board"},
		"an emergency that nobody confirmed": {func(s *story) {
			s.in.Change.State, s.in.Change.Priority, s.in.Change.ConfirmBy = approval.Authorised, approval.Emergency, evening.Add(-time.Hour)
		}, true, "overdue since 14 Nov 21:00"},
		"a failed acceptance test": {func(s *story) {
			s.in.Acceptance.Results["Payroll"] = pilot.Answer{Result: pilot.FailedTest}
		}, true, "Acceptance failed for Payroll"},
	}
	for name, c := range cases {
		s := tell(t, 3)
		s.open(rollout.Pilot)
		s.open(rollout.Prod)
		s.succeeds(0, "P1")
		c.happens(s)
		found := false
		for _, need := range s.night().Needs {
			found = found || need.Urgent == c.urgent && strings.Contains(need.Words, c.words)
		}
		if !found {
			t.Errorf("%s: the report does not ask for it: %+v", name, s.night().Needs)
		}
	}
}

func TestAPerfectNightNeedsNobody(t *testing.T) {
	s := tell(t, 2)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.succeeds(0, "P1")
	s.succeeds(1, "W1")
	n := s.night()
	if len(n.Needs) != 0 || n.Headline != "All 2 servers were patched and verified." || !n.Over {
		t.Errorf("over %v: %s needs %+v", n.Over, n.Headline, n.Needs)
	}
	if page := written(t, n, asHTML); !strings.Contains(page, "Nothing. Every targeted server is where it should be.") {
		t.Error("the page does not say that nothing is to be done")
	}
}

func TestTheHeadlineOfEachKindOfNight(t *testing.T) {
	cases := map[string]struct {
		happens func(*story)
		want    string
	}{
		"not begun": {func(*story) {}, "Nothing has started: CHG-1 is approved, and 3 servers have a place in its plan."},
		"under way": {func(s *story) {
			s.open(rollout.Pilot)
			s.open(rollout.Prod)
			s.succeeds(0, "P1")
			s.starts(1, "W1")
		}, "The night is under way: 1 of 3 servers were patched and verified so far; 1 did not start, 1 are under way."},
		"halted": {func(s *story) {
			s.open(rollout.Pilot)
			s.open(rollout.Prod)
			s.rollsBack(1)
			s.stop("engine", 1, rollout.Halted, rollout.RuleScore, "too many")
		}, "The stop rule halted Prod in window W1: 0 of 3 servers were patched and verified; 1 failed, 2 did not start."},
		"nobody needed it": {func(s *story) {
			s.open(rollout.Pilot)
			s.open(rollout.Prod)
			for i := range 3 {
				s.move("engine", "", i, rollout.Moved{To: rollout.NotApplicable, Compliance: rollout.InstalledByOthers, After: fixed})
			}
		}, "No server needed an update of this release."},
	}
	for name, c := range cases {
		s := tell(t, 3)
		c.happens(s)
		if got := s.night().Headline; got != c.want {
			t.Errorf("%s: %q\nwant %q", name, got, c.want)
		}
	}
}

func TestAPersonsHaltIsNoStopRule(t *testing.T) {
	s := tell(t, 2)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.stop("olga.nowak", 1, rollout.Halted, rollout.RulePerson, "the phones are ringing")
	n := s.night()
	if n.Halted || len(n.Stops) != 1 || n.Stops[0].By != "olga.nowak" || n.Stops[0].Trigger != nil {
		t.Errorf("halted %v: %+v", n.Halted, n.Stops)
	}
}

func TestOnlyTheNewestRefusalsAreKeptAndAllAreCounted(t *testing.T) {
	s := tell(t, 1)
	for i := range 250 {
		s.note("vic.tran", "command.denied", "rollout.hold", "", map[string]string{"action": "rollout.hold", "words": fmt.Sprintf("refusal %d", i)})
	}
	n := s.night()
	if n.Denied != 250 || len(n.Denials) != 200 || n.Denials[199].Words != "refusal 249" {
		t.Errorf("%d refusals, %d kept, the last %q", n.Denied, len(n.Denials), n.Denials[len(n.Denials)-1].Words)
	}
}

func TestThePageShowsLocalTimeAndTheDocumentUTC(t *testing.T) {
	s := tell(t, 1)
	s.in.Zone = time.FixedZone("Harbour time", 2*60*60)
	n := s.night()
	if page := written(t, n, asHTML); !strings.Contains(page, "Sun 15 Nov 00:00–01:00") || !strings.Contains(page, "Harbour time") {
		t.Error("the page does not show window P1 in the zone of the servers")
	}
	if document := written(t, n, asJSON); !strings.Contains(document, `"opens": "2026-11-14T22:00:00Z"`) {
		t.Error("the document does not have window P1 in UTC")
	}
}

func TestAdviceOfACodeGoesBeforeThatOfItsClass(t *testing.T) {
	s := tell(t, 2)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	s.move("engine", "", 0, failing(rollout.ClassDisk, "0x80070070", "the drive is full"))
	s.move("engine", "", 1, failing(rollout.ClassDisk, "PD-DISK", "no room"))
	s.in.Advice = func(code string) string { return map[string]string{"0x80070070": "Buy a larger disk."}[code] }
	next := map[string]string{}
	for _, g := range s.night().Failures {
		next[g.Code] = g.Next
	}
	if next["0x80070070"] != "Buy a larger disk." || !strings.HasPrefix(next["PD-DISK"], "Free space") {
		t.Errorf("advice %q", next)
	}
}

// With no failure the report says what that proves, and no more.
func TestWhatNoFailureProves(t *testing.T) {
	s := tell(t, 21)
	s.open(rollout.Pilot)
	s.open(rollout.Prod)
	for i := range 21 {
		s.succeeds(i, []string{"P1", "W1"}[min(i, 1)])
	}
	words := map[string]string{}
	for _, p := range s.night().Proofs {
		words[p.Of+" "+p.Name] = p.Words
	}
	if want := "0 of 20 failed: the failure rate may still be up to 13.9 %"; words["ring Prod"] != want {
		t.Errorf("Prod proves %q, want %q", words["ring Prod"], want)
	}
	if want := "0 of 1 failed: the failure rate may still be up to 95.0 %"; words["ring pilot"] != want {
		t.Errorf("the pilot proves %q, want %q", words["ring pilot"], want)
	}
}
