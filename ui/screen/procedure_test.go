package screen

import (
	"strings"
	"testing"

	"patchdeck/engine"
)

func TestATaskIsTickedSkippedAndItsTickUndone(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onProcedure, "d")
	s.confirm("none this month")
	if got := s.newest(); got != (engine.DoTask{Cycle: "2026-11", Task: 9, Note: "none this month"}) {
		t.Errorf("the cursor begins at the overdue task; d gave %+v", got)
	}
	s.press("x")
	s.confirm("not needed")
	if got := s.newest(); got != (engine.SkipTask{Cycle: "2026-11", Task: 9, Reason: "not needed"}) {
		t.Errorf("x gave %+v", got)
	}
	s.press("g", "u")
	s.confirm("a mistake")
	if got := s.newest(); got != (engine.ReopenTask{Cycle: "2026-11", Task: 1, Reason: "a mistake"}) {
		t.Errorf("u gave %+v", got)
	}
	given := len(s.commands())
	s.press("d")
	if len(s.commands()) != given || !strings.Contains(s.frame(), "task 1 is done") {
		t.Errorf("a task that is done does not say so:\n%s", s.frame())
	}
}

func TestATaskOfSomebodyElseSaysWhoseItIs(t *testing.T) {
	s := open(t, night(), board, mono, 120, 36)
	s.press(onProcedure, "d")
	if len(s.commands()) != 0 {
		t.Errorf("the board gave %+v", s.commands())
	}
	s.press("enter")
	if !strings.Contains(s.frame(), "what to do") {
		t.Errorf("the page of an overdue task does not say what to do:\n%s", s.frame())
	}
}
