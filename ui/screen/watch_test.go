package screen

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
)

// Who is called at night must not take an old picture for the present one: an engine that has fallen silent is said on every screen.
func TestTheScreenSaysThatItIsOldWhenTheEngineFallsSilent(t *testing.T) {
	view := func(beat time.Duration) *engine.View {
		v := night()
		v.Beat = beat
		return v
	}
	s := open(t, view(time.Millisecond), onCall, mono, 80, 24)
	s.root.latest = time.Millisecond
	const words = "! no news from the engine for 12s: what stands here is of 02:14:30"
	for _, tab := range []string{onRollout, onInventory} {
		s.press(tab)
		s.wall = s.root.heard.Add(12 * time.Second)
		message := s.root.awaitView()()
		if _, ok := message.(silent); !ok {
			t.Fatalf("the wait for a view that does not come ends with %T", message)
		}
		if _, again := s.root.Update(message); again == nil {
			t.Error("nobody waits any more")
		}
		if !strings.Contains(s.frame(), words) {
			t.Errorf("%q is not said:\n%s", words, s.frame())
		}
		fits(t, s.frame(), 80, 24, "silent")
		s.console.Show(view(patience))
		s.root.desk.Current = view(patience)
		if message = s.root.awaitView()(); message != (woken{}) {
			t.Fatalf("the wait for a view that came ends with %T", message)
		}
		s.root.Update(message)
		if strings.Contains(s.frame(), "no news") {
			t.Errorf("a view came, and the screen still says that it is old:\n%s", s.frame())
		}
		s.show(view(time.Millisecond))
		<-s.root.wake
	}
}
