package screen

import (
	"strings"
	"testing"

	"patchdeck/engine/rollout"
	"patchdeck/ui/uitest"
)

// screens.md, Plan: the calendar marks a window in which members of one cluster meet, and says who takes turns.
func TestThePlanShowsClashes(t *testing.T) {
	view := night()
	plan := view.Changes[1].Plan
	var pair []string
	for i := range view.Servers {
		if s := &view.Servers[i]; s.Window == "W6" && s.Environment == "Prod" && len(pair) < 2 {
			s.Cluster = "SQLNEW"
			pair = append(pair, s.Name)
		}
	}
	if plan.Hash != view.Changes[0].Plan.Hash {
		t.Fatal("both change requests are thought to share a plan")
	}
	for _, size := range sizes {
		s := open(t, view, viewer, mono, size.width, size.height)
		s.press(onPlan, "right")
		frame := oneLine(s.frame())
		for _, want := range append([]string{"W6&", "clashes", "SQLNEW"}, pair...) {
			if !strings.Contains(frame, want) {
				t.Errorf("at %dx%d %q is missing\n%s", size.width, size.height, want, s.frame())
			}
		}
	}
}

// Handbook 8, capacity: what will not fit is shown in its window with the reason; the numbers are those of the engine's forecast.
func TestThePlanShowsWhichWindowsAreTooSmall(t *testing.T) {
	view := uitest.Night(400)
	for i := range view.Changes {
		view.Changes[i].Plan.Ceiling = 1
	}
	view.Rollouts[2].Ceiling = 1
	var w rollout.WindowOutlook
	for _, o := range view.Outlooks(view.Changes[1], 0) {
		for _, one := range o.Windows {
			if one.ID == "W8" {
				w = one
			}
		}
	}
	if w.Late >= w.Servers || w.Why == "" {
		t.Fatalf("the window is thought to be too small: %+v", w)
	}
	for _, size := range sizes {
		s := open(t, view, viewer, mono, size.width, size.height)
		s.press(onPlan, "right", "right", "right")
		if frame := s.frame(); !strings.Contains(frame, "W8<") || !strings.Contains(oneLine(frame), w.Why) {
			t.Errorf("at %dx%d W8 is not marked with %q\n%s", size.width, size.height, w.Why, frame)
		}
		s.press("v")
		if frame := s.frame(); !strings.Contains(frame, "Capacity forecast") || !strings.Contains(frame, "may be left") {
			t.Errorf("at %dx%d the capacity is not listed\n%s", size.width, size.height, frame)
		}
	}
}

// A forecast of a large fleet takes up to a second: while one is good for some time, views of the same ten minutes ask for no other.
func TestThePlanIsForecastOnceInTenMinutes(t *testing.T) {
	s := open(t, night(), viewer, mono, 120, 36)
	s.press(onPlan)
	s.later = nil
	s.show(night())
	if s.later != nil {
		t.Error("the same plan was forecast again for a newer view")
	}
	s.press("]")
	if s.later == nil || !strings.Contains(s.frame(), "CHG-13") || strings.Contains(s.frame(), "being played") {
		t.Errorf("the plan that a person turned to is not forecast\n%s", s.frame())
	}
}
