package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
)

// Handbook 5 and 8: servers that are still without a release after it is through climb a ladder, owner, service owner, patch lead, board, each told
// once, also by a patchdeck that was started again; when nobody is behind any more, nobody else is told.
func TestServersThatAreBehindClimbALadderOnceEach(t *testing.T) {
	for name, c := range map[string]struct {
		mended bool // after the second rung
		want   int
	}{"behind to the end": {false, 4}, "mended in the first week": {true, 2}} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, 20, map[string]enginetest.Fate{"SRV-0013": enginetest.DiskFull})
			h.play(rehearsal.Over)
			prod, _ := ring(h.view, rollout.Prod)
			after := func(days int) func(*engine.View) bool {
				return func(v *engine.View) bool { return v.At.After(prod.Ended.AddDate(0, 0, days)) }
			}
			h.play(after(4))
			if n := kinds(h.view)[notice.Escalation]; n != 2 {
				t.Errorf("%s: after four days %d rungs were told, want 2", name, n)
			}
			if c.mended {
				h.world.GiveBack("SRV-0013")
			}
			h.play(after(10))
			h.play(after(18))
			var rungs []string
			for _, n := range h.view.Notices {
				if n.Kind == notice.Escalation {
					rungs = append(rungs, n.Key[strings.LastIndexByte(n.Key, '/')+1:])
					if !strings.Contains(n.Body, "SRV-0013") || strings.Contains(n.Body, "SRV-0012") || !strings.Contains(n.Body, "patchdeck release catch-up") {
						t.Errorf("%s: %s", name, n.Body)
					}
				}
			}
			if want := []string{"board", "patch lead", "service owner", "owner"}[4-c.want:]; strings.Join(rungs, ", ") != strings.Join(want, ", ") {
				t.Errorf("%s: told %v, newest first, want %v", name, rungs, want)
			}
			h.onceEach(t)
		})
	}
}

// The rungs follow the table; one that is missed for two days is not told any more, and the higher one comes at its own time.
func TestARungThatIsLateIsLeftOut(t *testing.T) {
	day := 24 * time.Hour
	told := map[string]bool{}
	for _, c := range []struct {
		since time.Duration
		want  string
		next  time.Duration
	}{{0, "owner", 3 * day}, {time.Hour, "", 3 * day}, {3 * day, "service owner", 7 * day}, {9*day + time.Hour, "", 14 * day}, {14 * day, "board", 0}, {15 * day, "", 0}, {40 * day, "", 0}} {
		rung, next, ok := notice.Climb(c.since, func(r notice.Rung) bool { return told[r.Name] })
		if ok != (c.want != "") || ok && rung.Name != c.want || next != c.next {
			t.Errorf("after %s: %q %v, next %s; want %q, %s", c.since, rung.Name, ok, next, c.want, c.next)
		}
		if ok {
			told[rung.Name] = true
		}
	}
}
