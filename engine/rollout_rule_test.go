package engine

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// Handbook 8, emergency check: after four hours of windows come three more, and everything is done by hour 7.
func TestAnEmergencyIsDoneByHourSeven(t *testing.T) {
	schedule := []rollout.WindowSpec{{ID: "P1", Ring: rollout.Pilot, Length: time.Hour}}
	for i, id := range []string{"E1", "E2", "E3", "E4"} {
		schedule = append(schedule, rollout.WindowSpec{ID: id, Ring: rollout.Prod, Kind: rollout.EmergencyWindow, Start: time.Duration(20+i) * time.Hour, Length: time.Hour})
	}
	e := &Engine{state: newState(), options: Options{Schedule: schedule, Zone: time.UTC}}
	now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	windows, _, err := e.windows(approval.Release{}, SubmitChange{}, true, now)
	if err != nil {
		t.Fatal(err)
	}
	first, last := windows[1], windows[len(windows)-1]
	if last.Kind != rollout.Check || last.Closes.Sub(first.Opens) != 7*time.Hour || last.Opens.Sub(first.Opens) != 4*time.Hour {
		t.Errorf("from %s to %s: %+v", first.Opens, last.Closes, last)
	}
}

// Handbook 8: an emergency window stands in for a whole day of the standard plan.
func TestADayOfWindowsMapsToOneEmergencyWindow(t *testing.T) {
	var schedule []rollout.WindowSpec
	for i, id := range strings.Fields("W1 W2 W3 W4 W5 W6 W7 W8 W9 W10 W11 W12") {
		schedule = append(schedule, rollout.WindowSpec{ID: id, Ring: rollout.Prod, Kind: rollout.Standard, Day: 5 + i/6})
	}
	schedule = append(schedule, rollout.WindowSpec{ID: "E1", Ring: rollout.Prod, Kind: rollout.EmergencyWindow}, rollout.WindowSpec{ID: "E2", Ring: rollout.Prod, Kind: rollout.EmergencyWindow})
	got := inPlaceOf(schedule)
	if got["W1"] != "E1" || got["W6"] != "E1" || got["W7"] != "E2" || got["W12"] != "E2" || len(got) != 12 {
		t.Errorf("%v", got)
	}
}

// DESIGN of the stop rule: servers in a row that do not answer are trouble of ours. Nobody new starts, and no score changes.
func TestServersThatDoNotAnswerInARowHoldStartsBack(t *testing.T) {
	e := &Engine{state: newState(), options: Options{Policy: rollout.DefaultPolicy(), Clock: NewWallClock(), Zone: time.UTC}}
	e.state.changes["CHG-1"] = approval.Change{ID: "CHG-1", State: approval.Approved, PlanHash: "h"}
	r := &rollout.Rollout{ID: "R-1", Change: "CHG-1", PlanHash: "h", Ring: rollout.Dev, State: rollout.Active}
	if why := e.gate(r, opening); why != "" {
		t.Fatalf("held back without a reason: %s", why)
	}
	if e.silent = e.options.Policy.ConsoleFailures - 1; e.gate(r, opening) != "" {
		t.Error("held back one server too early")
	}
	if e.silent++; !strings.Contains(e.gate(r, opening), "8 servers in a row do not answer") || len(r.Scores) > 0 {
		t.Errorf("gate %q, scores %v", e.gate(r, opening), r.Scores)
	}
}

var opening = time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
