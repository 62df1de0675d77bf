package screen

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// fits fails the test when a frame leaves its terminal.
func fits(t *testing.T, frame string, width, height int, when string) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) > height {
		t.Errorf("%s at %dx%d: %d lines", when, width, height, len(lines))
	}
	for i, line := range lines {
		if seen := part.Seen(line); seen > width {
			t.Errorf("%s at %dx%d: line %d takes %d columns: %q", when, width, height, i, seen, line)
		}
	}
}

// harmless fails the test when a frame holds a control sequence other than the colours that we set.
func harmless(t *testing.T, frame, when string) {
	t.Helper()
	for rest := frame; ; {
		_, after, found := strings.Cut(rest, "\x1b")
		if !found {
			break
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r != '[' && r != ';' && (r < '0' || r > '9') })
		if !strings.HasPrefix(after, "[") || end < 0 || after[end] != 'm' {
			t.Fatalf("%s: the frame holds the sequence %.20q", when, after)
		}
		rest = after[end:]
	}
	if at := strings.IndexFunc(frame, func(r rune) bool {
		return r < 0x20 && r != '\n' && r != '\x1b' || r >= 0x7f && r < 0xa0 || r == '\u202e'
	}); at >= 0 {
		t.Fatalf("%s: the frame holds the control character %q", when, frame[at:at+2])
	}
}

func TestEveryFrameFitsItsTerminalWhateverServersSay(t *testing.T) {
	views := map[string]*engine.View{"night": night(), "hostile": uitest.Hostile(60), "empty": {}, "first day": uitest.Quiet(30)}
	for name, view := range views {
		for _, f := range frames {
			s := open(t, view, f.actor, coloured, 80, 24)
			s.press(f.keys...)
			for width := 80; width <= 240; width += 1 + width%23 {
				height := 24 + width*7%40
				s.send(tea.WindowSizeMsg{Width: width, Height: height})
				when := name + ", " + f.name
				fits(t, s.frame(), width, height, when)
				harmless(t, s.frame(), when)
			}
		}
	}
}

func TestATerminalThatIsTooSmallSaysSoAndRecovers(t *testing.T) {
	s := open(t, night(), lead, mono, 80, 24)
	s.press(onRollout)
	before := s.frame()
	for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 20}, {Width: 79, Height: 24}, {Width: 80, Height: 23}, {Width: 5, Height: 3}} {
		s.send(size)
		frame := s.frame()
		fits(t, frame, size.Width, size.Height, "too small")
		want := fmt.Sprintf("needs 80x24, has %dx%d", size.Width, size.Height)
		if size.Width > 40 && !strings.Contains(strings.ReplaceAll(frame, "\n", " "), want) {
			t.Errorf("%q does not say %q", frame, want)
		}
	}
	s.press("h", onInventory)
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	if s.frame() != before {
		t.Errorf("after it grew again the console shows\n%s\nwant\n%s", s.frame(), before)
	}
}
