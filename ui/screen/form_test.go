package screen

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
)

// fill writes texts into the blanks of a form, from the one under the cursor on; an empty text leaves its blank as it is.
func (s *session) fill(texts ...string) {
	for _, text := range texts {
		if text == "" {
			s.press("down")
			continue
		}
		s.press("enter", "ctrl+u")
		s.write(text)
		s.press("enter")
	}
}

// TestWhatTakesSeveralTextsIsAForm plays the steps of a month that no single reason can say.
func TestWhatTakesSeveralTextsIsAForm(t *testing.T) {
	for name, c := range map[string]struct {
		actor approval.Actor
		view  func() *engine.View
		keys  []string
		texts []string
		want  engine.Command
	}{
		"the lead states the request (handbook 4)": {lead, undescribed, []string{onChanges, "d"}, []string{"a hole in the spooler", "", "a worm"},
			engine.DescribeChange{Change: "CHG-13", Request: approval.Request{Vulnerabilities: "a hole in the spooler", RiskOfLeaving: "a worm"}}},
		"the lead reviews a release (handbook 1)": {lead, night, []string{onChanges, "]", "r", "v"}, []string{"yes", "on all but 3", "it was", "stage earlier"},
			engine.ReviewRelease{Release: "2026-11-security", Review: approval.Review{Answers: map[string]string{
				"categories": "yes", "hole": "on all but 3", "baseline": "it was", "better": "stage earlier"}}}},
		"the month's review is held (handbook 6, task 30)": {lead, night, []string{onProcedure, "a", "h"}, []string{"Dev was slow", "k.osei, m.silva,", "", "yes"},
			engine.HoldReview{Cycle: "2026-11", Summary: "Dev was slow", Attendees: []string{"k.osei", "m.silva"}, Answers: map[string]string{"hole": "yes"}}},
		"a review wants something done (handbook 9)": {lead, night, []string{onProcedure, "a", "n"}, []string{"stage earlier", "m.silva", "2026-12-01"},
			engine.AddAction{Cycle: "2026-11", Words: "stage earlier", Owner: "m.silva", Due: calendar.Date{Year: 2026, Month: 12, Day: 1}}},
		"support writes a test plan before testing (handbook 7)": {support, night, []string{onChanges, "T", "g", "enter"}, []string{"log in", "", "print the list"},
			engine.WriteTestPlan{Application: "Exchange", Steps: []string{"log in", "print the list"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.view(), c.actor, mono, 120, 36)
			s.press(c.keys...)
			under := len(s.root.tabs[s.root.front].stack)
			s.fill(c.texts...)
			s.press("s")
			if got := s.newest(); !reflect.DeepEqual(got, c.want) {
				t.Fatalf("gave %+v, want %+v\n%s", got, c.want, s.frame())
			}
			if depth := len(s.root.tabs[s.root.front].stack); depth != under-1 {
				t.Errorf("the form did not close when the engine had done it:\n%s", s.frame())
			}
		})
	}
}

func TestAFormKeepsWhatWasWrittenWhenTheEngineRefuses(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onProcedure, "a", "n")
	s.press("s")
	if !strings.Contains(s.frame(), "what is needed") || len(s.commands()) > 0 {
		t.Fatalf("a form without its text was given, or does not say what is missing:\n%s", s.frame())
	}
	s.fill("stage earlier", "", "soon")
	s.press("s")
	if len(s.commands()) > 0 || !strings.Contains(s.frame(), "soon") {
		t.Fatalf("a day that is none was given:\n%s", s.frame())
	}
	s.fill("2026-12-01")
	s.console.Refuse(errors.New("the disk is full"))
	s.press("s")
	if text := s.frame(); !strings.Contains(text, "the disk is full") || !strings.Contains(text, "stage earlier") {
		t.Errorf("what was written is gone, or the refusal is:\n%s", text)
	}
	s.console.Refuse(nil)
	s.press("s")
	if len(s.commands()) != 2 || strings.Contains(s.frame(), "A new action") {
		t.Errorf("the second try gave %v:\n%s", s.commands(), s.frame())
	}
}
