package screen

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/uitest"
)

// monkeyKeys are what the monkey presses: every key that means something on a screen or page that a golden frame shows, and some that mean
// nothing anywhere.
func monkeyKeys(t *testing.T) []string {
	keys := map[string]bool{"tab": true, "shift+tab": true, "z": true, "Q": true}
	for _, f := range frames {
		s := open(t, f.view(), everybody, mono, 80, 24)
		s.press(f.keys...)
		for _, b := range append(s.root.screen().Bindings(), s.root.global()...) {
			for _, k := range b.Keys {
				keys[k] = true
			}
		}
		s.root.Close()
	}
	return slices.Sorted(maps.Keys(keys))
}

// How long the monkey presses, and from which seed on: another seed is another walk. A failure names the seed that repeats it.
var (
	monkeyPresses = flag.Int("monkey.presses", 3000, "keys that the monkey presses in each role")
	monkeySeed    = flag.Uint64("monkey.seed", 7, "the monkey's seed")
)

// TestAMonkeyNeverBreaksTheConsoleNorDoesWhatItMayNot presses keys and points with the mouse at random, from each screen and in each role, while
// views come and the terminal changes its size. What it gave must be what its role may give.
func TestAMonkeyNeverBreaksTheConsoleNorDoesWhatItMayNot(t *testing.T) {
	presses := *monkeyPresses
	t.Logf("again with -monkey.seed %d -monkey.presses %d", *monkeySeed, presses)
	views := []*engine.View{night(), uitest.Halted(90), uitest.Hostile(30), {}, uitest.Quiet(12), uitest.Night(40), uitest.Locked(200), unsubmitted(), objected(), emergency(), overridable(), estate()}
	keys := monkeyKeys(t)
	for seed, actor := range []approval.Actor{lead, onCall, board, authority, security, viewer} {
		t.Run(string(actor.Roles[0]), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), *monkeySeed))
			s := open(t, views[0], actor, mono, 80, 24)
			width, height := 80, 24
			for press := range presses {
				s.quit = false
				switch random.IntN(60) {
				case 0:
					s.show(views[random.IntN(len(views))])
				case 1:
					width, height = 60+random.IntN(120), 20+random.IntN(40)
					s.send(tea.WindowSizeMsg{Width: width, Height: height})
				case 2:
					s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("hxpaste\x1b[31m"), Paste: true})
				case 3:
					s.wall = s.wall.Add(-time.Minute) // the wall's clock may be set back
				case 4:
					s.root.goTo(random.IntN(len(s.root.tabs)))
				case 7, 8, 9, 10:
					buttons := []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonLeft, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown, tea.MouseButtonRight}
					s.mouse(buttons[random.IntN(len(buttons))], random.IntN(width+2)-1, random.IntN(height+2)-1)
				case 5, 6:
					if s.root.confirm != nil {
						s.confirm("monkey")
					}
				default:
					s.press(keys[random.IntN(len(keys))])
				}
				if press%8 == 0 {
					fits(t, s.frame(), width, height, fmt.Sprintf("press %d", press))
				}
			}
			s.root.Close()
			if n := s.console.Watchers(); n != 0 {
				t.Errorf("the console is closed, and %d still watch the engine", n)
			}
			given := s.console.Given()
			for _, g := range given {
				if g.Actor.Name != actor.Name || !engine.May(actor, g.Command.Action()) {
					t.Errorf("%s gave %s", g.Actor.Name, g.Command.Action())
				}
			}
			if actor.Name == lead.Name && len(given) == 0 {
				t.Error("in all its presses the monkey gave no command: it proves nothing")
			}
		})
	}
}
