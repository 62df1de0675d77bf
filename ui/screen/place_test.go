package screen

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// sit opens a console that keeps its place, at the place that was kept before.
func sit(t *testing.T, view *engine.View, place []byte, keep func([]byte)) *session {
	s := &session{console: uitest.NewConsole(view), wall: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.root = New(Options{Actor: lead, Console: s.console, Theme: coloured, Place: place, Keep: keep, Now: func() time.Time { return s.wall }})
	t.Cleanup(s.root.Close)
	s.root.desk.After = func(_ time.Duration, m part.Msg) part.Cmd { s.later = m; return nil }
	s.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	s.run(s.root.screen().Init())
	return s
}

// at is the frame without what is scrolled about: where the cursor stands in the trail counts, not how many entries stand above it.
func at(frame string) string {
	if !strings.Contains(frame, "Audit trail") {
		return frame
	}
	var lines []string
	for _, l := range strings.Split(frame, "\n") {
		if strings.Contains(l, "/storage") || strings.Contains(l, "▌") {
			l, _, _ = strings.Cut(l, "(esc clears)")
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// TestALostConsoleIsTakenUpWhereItWas : a session that is dropped loses nothing, on any screen.
func TestALostConsoleIsTakenUpWhereItWas(t *testing.T) {
	trail := func() *engine.View { return longTrail(2_000) }
	for name, c := range map[string]struct {
		view func() *engine.View
		keys []string
		has  string // what the frame shows that a new console does not
	}{
		"rollout":    {night, typed(onRollout, "v", "/sql", "enter", "j", "j"), "/sql"},
		"words":      {estate, typed(onInventory, "/sql", "enter", "s", "S", "j", "j"), "Server↓"},
		"expression": {estate, typed(onInventory, "/"+`site == "DUB"`, "enter", "j"), `/site == "DUB"`},
		"columns":    {estate, []string{onInventory, "c", "J", "down", "space", "esc", "G"}, "Window"},
		"collection": {estate, []string{onInventory, "tab", "j", "enter", "j"}, "31 of 200"},
		"updates":    {assessed, typed(onUpdates, "]", "/kb", "enter", "s", "s", "j"), "/kb"},
		"bulletin":   {assessed, []string{onUpdates, "]", "j"}, "bulletin 2 of 2"},
		"changes":    {night, []string{onChanges, "]"}, "change 2 of 2"},
		"plan":       {night, []string{onPlan, "]", "k", "h"}, "Plan"},
		"procedure":  {night, []string{onProcedure, "[", "v", "j", "j"}, "the lead's checklist"},
		"chart":      {night, []string{onProcedure, "v", "v", "j"}, "chart"},
		"incidents":  {night, typed(onIncidents, "j", "/back", "enter"), "/back"},
		"notices":    {night, []string{onIncidents, "tab", "j"}, "Notices:"},
		"audit":      {trail, append(typed(onAudit, "/storage", "enter"), "G", "G", "k"), "/storage"},
		"old entry":  {trail, []string{onAudit, "G", "G", "G", "k"}, "1116"},
		"top":        {trail, []string{onAudit}, "newest 300"},
	} {
		t.Run(name, func(t *testing.T) {
			var kept []byte
			keep := func(p []byte) { kept = p }
			view := c.view()
			first := sit(t, view, nil, keep)
			first.press(c.keys...)
			first.root.keepPlace()
			before := first.frame()
			if !strings.Contains(before, c.has) {
				t.Fatalf("%q is not there to come back to:\n%s", c.has, before)
			}
			first.root.Close()
			second := sit(t, view, kept, keep)
			if got := at(second.frame()); got != at(before) {
				t.Errorf("the console was\n%s\nand came back as\n%s", at(before), got)
			}
			third := sit(t, view, kept, keep) // one that is lost before it was looked at
			third.press(onOverview)
			third.root.keepPlace()
			fourth := sit(t, view, kept, keep)
			fourth.press(c.keys[0])
			if got := at(fourth.frame()); got != at(before) {
				t.Errorf("after a second loss the console was\n%s\nand came back as\n%s", at(before), got)
			}
		})
	}
}

func TestAPlaceIsForgottenByWhoLeavesOnPurposeAndIgnoredWhenNobodyCanReadIt(t *testing.T) {
	var kept []byte
	s := sit(t, night(), nil, func(p []byte) { kept = p })
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'6'}})
	if kept == nil {
		t.Fatal("no place was kept")
	}
	s.send(tea.KeyMsg{Type: tea.KeyCtrlC})
	if kept != nil {
		t.Errorf("who left on purpose would come back to %s", kept)
	}
	for _, place := range []string{`{"Front":7}`, `{"Front":"Plan","Screens":{"Plan":{"Thing":"CHG-9999","Selected":"W99"},"Procedure":{"Thing":"1999-01","Look":"dance"},"Audit":{"Selected":"99999999999999999999"}}}`} {
		s := sit(t, night(), []byte(place), nil)
		if frame := s.frame(); !strings.Contains(frame, "Needs a person") && !strings.Contains(frame, "W1") {
			t.Errorf("%s is shown as\n%s", place, frame)
		}
		s.press(onProcedure, onAudit)
	}
}
