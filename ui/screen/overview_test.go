package screen

import (
	"fmt"
	"strings"
	"testing"

	"patchdeck/ui/uitest"
)

// screens.md, Overview: compliance by severity and the updates by phase are the engine's numbers, at every size, beside what happens next.
func TestTheOverviewShowsTheEnginesComplianceAndPhases(t *testing.T) {
	view := night()
	c := view.Compliance()
	worst := c.Severities[0]
	for _, size := range sizes {
		s := open(t, view, viewer, mono, size.width, size.height)
		frame := s.frame()
		wants := []string{fmt.Sprintf("%d/%d", worst.Compliant, worst.Concerned()), "Compliance by severity", "Updates by phase", "Today's windows", "W6 "}
		for _, p := range c.Phases {
			wants = append(wants, string(p.Phase))
		}
		for _, want := range wants {
			if !strings.Contains(frame, want) {
				t.Errorf("at %dx%d %q is not shown\n%s", size.width, size.height, want, frame)
			}
		}
	}
}

// A measurement of a large fleet costs milliseconds: a console asks once a second, however many views come, and takes the newest then.
func TestComplianceIsMeasuredOnceASecond(t *testing.T) {
	s := open(t, uitest.Night(200), viewer, mono, 120, 36)
	if !strings.Contains(s.frame(), "7 updates, 200 servers") {
		t.Fatalf("nothing was measured\n%s", s.frame())
	}
	s.show(uitest.Night(80))
	if !strings.Contains(s.frame(), "7 updates, 200 servers") {
		t.Errorf("it was measured again at once\n%s", s.frame())
	}
	s.send(s.later)
	if !strings.Contains(s.frame(), "7 updates, 80 servers") {
		t.Errorf("the newer view was never measured\n%s", s.frame())
	}
}

func TestTheFirstDaySaysWhatToDo(t *testing.T) {
	for _, size := range sizes {
		s := open(t, uitest.Quiet(0), viewer, mono, size.width, size.height)
		if !strings.Contains(s.frame(), "patchdeck inventory import FILE") {
			t.Errorf("at %dx%d:\n%s", size.width, size.height, s.frame())
		}
	}
}
