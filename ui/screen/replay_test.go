package screen

import (
	"fmt"
	"strings"
	"testing"

	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// openReplay opens the replay of the night's Prod rollout.
func openReplay(t *testing.T, actor approval.Actor, theme part.Theme, width, height int) *session {
	t.Helper()
	view := night()
	raws, head := uitest.Past(view)
	view.Head = head
	s := open(t, view, actor, theme, width, height)
	s.console.SetEntries(raws...)
	s.press(onRollout, "P")
	return s
}

func TestReplayFrames(t *testing.T) {
	for _, size := range sizes {
		for name, theme := range map[string]part.Theme{"colour": coloured, "plain": mono} {
			for picture, keys := range map[string][]string{"replay": {"]", "]", "]", "]", "]", "]"}, "replay-trouble": {"n", "n"}} {
				name := fmt.Sprintf("%s-%dx%d-%s", picture, size.width, size.height, name)
				t.Run(name, func(t *testing.T) {
					s := openReplay(t, viewer, theme, size.width, size.height)
					s.press(keys...)
					fits(t, s.frame(), size.width, size.height, name)
					uitest.Golden(t, name, s.frame())
				})
			}
		}
	}
}

// Handbook 8: nobody may take the past for the present, and nothing is done to servers from there.
func TestAReplayIsMarkedAndOffersNoCommand(t *testing.T) {
	s := openReplay(t, lead, mono, 80, 24)
	if n := strings.Count(s.frame(), "REPLAY"); n != 2 {
		t.Errorf("it says REPLAY %d times:\n%s", n, s.frame())
	}
	for _, b := range s.root.screen().Bindings() {
		if b.Action != "" {
			t.Errorf("%v leads to %s", b.Keys, b.Action)
		}
	}
	s.press("h", "p", "r", "s", "x", "C", "b", "enter")
	if _, asked := s.asks(); asked || len(s.commands()) > 0 {
		t.Errorf("a replay gave %+v", s.commands())
	}
}

func TestANightIsPlayedSteppedAndSearched(t *testing.T) {
	s := openReplay(t, viewer, mono, 120, 36)
	s.press("space")
	if !strings.Contains(s.frame(), "playing at 100x") {
		t.Fatalf("it does not play:\n%s", s.frame())
	}
	before := s.frame()
	for range 20 {
		s.send(s.later)
	}
	if s.frame() == before {
		t.Error("twenty beats changed nothing")
	}
	stale := s.later
	s.press("space")
	before = s.frame()
	s.send(stale)
	if s.frame() != before {
		t.Error("it is paused and goes on")
	}
	s.press("n")
	if !strings.Contains(s.frame(), " unreachable") && !strings.Contains(s.frame(), " failed") {
		t.Errorf("no trouble was found:\n%s", s.frame())
	}
	here := s.frame()
	s.press(".", ",")
	if s.frame() != here {
		t.Error("a step forth and back leads elsewhere")
	}
	s.press("G")
	if !strings.Contains(s.frame(), "HALTED") {
		t.Errorf("the end does not say that it was halted:\n%s", s.frame())
	}
	s.press("space")
	if s.frame() == here || !strings.Contains(s.frame(), "event 0 of") {
		t.Errorf("from the end it does not play from the beginning:\n%s", s.frame())
	}
	s.send(s.later)
	if strings.Contains(s.frame(), "HALTED") {
		t.Errorf("one beat after the beginning it is at the end:\n%s", s.frame())
	}
}

func TestADamagedTrailIsNotReplayed(t *testing.T) {
	view := night()
	view.Head.Seq = 1
	s := open(t, view, lead, mono, 80, 24)
	s.console.SetEntries([]byte(`{"action":"advertisement.moved"`))
	s.press(onRollout, "P", "space", ".", "n")
	if !strings.Contains(s.frame(), "cannot be replayed") {
		t.Errorf("it does not say so:\n%s", s.frame())
	}
}
