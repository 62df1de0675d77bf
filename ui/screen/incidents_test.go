package screen

import (
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/notice"
)

// newest is the command that the console was given last.
func (s *session) newest() engine.Command {
	given := s.commands()
	if len(given) == 0 {
		return nil
	}
	return given[len(given)-1]
}

func TestAnIncidentIsTakenResolvedAndOpenedAgain(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	first := s.console.View().Incidents[0].ID
	s.press(onIncidents, "t")
	if got := s.newest(); got != (engine.AssignIncident{Incident: first, Owner: lead.Name}) {
		t.Errorf("t gave %+v", got)
	}
	s.press("r")
	s.confirm("done")
	if got := s.newest(); got != (engine.ResolveIncident{Incident: first, Resolution: "done"}) {
		t.Errorf("r gave %+v", got)
	}
	s.press("G", "o")
	s.confirm("no")
	if got, ok := s.newest().(engine.ReopenIncident); !ok || got.Reason != "no" || got.Incident == first {
		t.Errorf("o on the resolved one gave %+v", s.newest())
	}
	s.press("g", "o")
	if !strings.Contains(s.frame(), first+" is open") {
		t.Errorf("o on an open incident does not say why it does nothing:\n%s", s.frame())
	}
}

func TestANoticeIsSeenBeforeItIsSent(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onIncidents, "tab", "n", "j", "enter")
	if !strings.Contains(s.frame(), "What people read") {
		t.Fatalf("the draft does not show its text:\n%s", s.frame())
	}
	s.press("s")
	s.press("right", "enter")
	got, ok := s.newest().(engine.SendNotice)
	if !ok || got.Kind != notice.Advance || got.Again {
		t.Errorf("sent %+v", s.newest())
	}
}

func TestWhoMayNotSendSeesNoticesAndNoKeyForIt(t *testing.T) {
	s := open(t, night(), viewer, mono, 120, 36)
	s.press(onIncidents, "tab", "enter", "r", "x")
	if s.newest() != nil {
		t.Errorf("a viewer gave %+v", s.newest())
	}
	s.press("esc", "n", "enter")
	if !strings.Contains(s.frame(), "What people read") || strings.Contains(s.frame(), "s send") {
		t.Errorf("a viewer's draft:\n%s", s.frame())
	}
}
