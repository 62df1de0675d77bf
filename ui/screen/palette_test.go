package screen

import (
	"reflect"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/uitest"
)

// rows gives what the palette offers, by the first key of each.
func (s *session) rows() []string {
	var keys []string
	for _, b := range s.root.palette.bindings {
		keys = append(keys, b.Keys[0])
	}
	return keys
}

func TestThePaletteOffersAllThatTheKeysOfTheScreenDo(t *testing.T) {
	for name, s := range screensOf(t) {
		if s.root.confirm != nil || s.root.help != nil || s.root.leaving || s.root.palette != nil {
			continue
		}
		if typist, ok := s.root.screen().(desk.Typist); ok && typist.Typing() {
			continue // the key of the palette is a character there
		}
		want := map[string]bool{}
		for _, b := range s.root.bindings() {
			want[b.Keys[0]] = b.Keys[0] != paletteKey
		}
		s.press(paletteKey)
		for _, key := range s.rows() {
			if !want[key] {
				t.Errorf("%s: the palette offers %q once too often", name, key)
			}
			want[key] = false
		}
		for key, missing := range want {
			if missing {
				t.Errorf("%s: the palette lacks %q", name, key)
			}
		}
	}
}

func TestTypingNarrowsThePaletteAndEnterRunsWhatItFound(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout, paletteKey)
	s.burst("HALT resumed")
	if got := s.rows(); !reflect.DeepEqual(got, []string{"h"}) {
		t.Fatalf("it offers %q", got)
	}
	s.press("enter")
	if text, asked := s.asks(); !asked || s.root.palette != nil || !strings.Contains(text, "Halt R-3 Prod?") {
		t.Fatalf("enter asks %v:\n%s", asked, text)
	}
	s.confirm("bad update")
	if got := s.commands(); !reflect.DeepEqual(got, []engine.Command{engine.Hold{Rollout: "R-3", Step: "halt", Reason: "bad update"}}) {
		t.Errorf("the engine was asked for %+v", got)
	}
	s.press(paletteKey)
	s.burst("screens")
	s.press("down", "down", "enter")
	if s.root.screen().Title() != "Updates" {
		t.Errorf("the third screen is %s", s.root.screen().Title())
	}
}

func TestWhatDoesNothingNowSaysWhyInThePaletteAndIsNotDone(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout, paletteKey)
	s.burst("resume")
	for s.root.palette.list.SelectedID() != "R" {
		s.press("down")
	}
	if !strings.Contains(s.frame(), "not now: R-3 is running") {
		t.Errorf("it does not say why:\n%s", s.frame())
	}
	s.press("enter")
	if _, asked := s.asks(); asked || s.root.palette == nil || !strings.Contains(s.frame(), "› R-3 is running") {
		t.Errorf("asked %v:\n%s", asked, s.frame())
	}
	s.show(uitest.Halted(200)) // now it can be done, under the same cursor
	s.press("enter")
	if text, asked := s.asks(); !asked || !strings.Contains(text, "Resume R-3 Prod?") {
		t.Errorf("asked %v:\n%s", asked, text)
	}
}

func TestThePaletteOffersNothingThatThePersonMayNotDo(t *testing.T) {
	s := open(t, night(), viewer, mono, 80, 24)
	s.press(onRollout, paletteKey)
	s.burst("rollout")
	for _, b := range s.root.palette.bindings {
		if b.Action != "" {
			t.Errorf("a viewer is offered %q", b.Help)
		}
	}
	s.burst(" nosuchthing")
	s.press("enter", "down")
	if !strings.Contains(s.frame(), "nothing that this screen can do now matches") {
		t.Errorf("it does not say that nothing matches:\n%s", s.frame())
	}
	s.press("esc")
	if s.root.palette != nil || strings.Contains(s.frame(), paletteKey+" rollout") {
		t.Errorf("esc leaves it open:\n%s", s.frame())
	}
}
