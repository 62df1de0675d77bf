package engine

import (
	"strings"
	"testing"
	"time"
)

func TestFleetTimeIsTheSameForEveryProcessThatKnowsIt(t *testing.T) {
	started := time.Now().Add(-10 * time.Second)
	epoch := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	a, b := FleetClock{epoch, started, 600}, FleetClock{epoch, started.Round(0), 600}
	if d := b.Now().Sub(a.Now()); d.Abs() > 5*time.Hour { // a stalled machine costs 10 minutes a second
		t.Errorf("two processes differ by %v of fleet time", d)
	}
	if passed := a.Now().Sub(epoch); passed < 100*time.Minute {
		t.Errorf("%v of fleet time passed in 10 s at 600, want 100 minutes or more", passed)
	}
	if a.Fleet(time.Second) != 10*time.Minute {
		t.Errorf("a second of the wall is %v", a.Fleet(time.Second))
	}
	fire, stop := a.After(a.Now().Add(-time.Hour))
	defer stop()
	<-fire // what is past fires at once
}

func TestAWallClockThatWasSetIsSuspect(t *testing.T) {
	for moved, suspect := range map[time.Duration]bool{0: false, 4 * time.Minute: false, time.Hour: true, -time.Hour: true, 24 * time.Hour: true} {
		c := NewWallClock()
		c.wall = func() time.Time { return time.Now().Round(0).Add(moved) }
		if got := c.Suspect() != ""; got != suspect {
			t.Errorf("moved by %v: %q", moved, c.Suspect())
		}
	}
	c := NewWallClock()
	c.wall = func() time.Time { return time.Now().Round(0).Add(time.Hour) }
	if words := c.Suspect(); !strings.Contains(words, "1h0m0s") || !strings.Contains(words, "restart patchdeck") {
		t.Errorf("%q does not say what happened and what to do", words)
	}
}
