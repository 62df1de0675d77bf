package screen

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/uitest"
)

// monkeyKeys are what the monkey presses: every key that means something somewhere, some that mean nothing, and pastes.
var monkeyKeys = []string{
	"up", "down", "left", "right", "pgup", "pgdown", "home", "end", "g", "G", "j", "k", "enter", "esc", "tab", "shift+tab", "space", "backspace",
	"E", "P", "N", ".", ",", "<", ">", "d", "/", "?", "!", "[", "]", "v", "n", "w", "l", "y", "u", "p", "h", "R", "r", "s", "x", "a", "o", "t", "f", "z", "C", "b", "c", "m", "e", "O", "V", ":", "1", "2", "3", "4", "5", "6", "7", "8", "9", "tab", "L", "i", "ctrl+u", "ctrl+d", "S", "=", "A", "U", "H", "X", "+", "D", "K", "J", "M",
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
					s.press(monkeyKeys[random.IntN(len(monkeyKeys))])
				}
				if press%8 == 0 {
					fits(t, s.frame(), width, height, fmt.Sprintf("press %d", press))
				}
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
