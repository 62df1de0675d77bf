package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// mouse sends one report of the terminal's mouse.
func (s *session) mouse(button tea.MouseButton, x, y int) {
	s.send(tea.MouseMsg{Button: button, Action: tea.MouseActionPress, X: x, Y: y})
}

// lineOf finds the line of the frame that holds a text, and the column at which it begins.
func (s *session) lineOf(t *testing.T, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(s.frame(), "\n")[2:] {
		if before, _, found := strings.Cut(line, text); found {
			return part.Seen(before), y + 2
		}
	}
	t.Fatalf("nothing shows %q:\n%s", text, s.frame())
	return 0, 0
}

func (s *session) lineAt(y int) string { return strings.Split(s.frame(), "\n")[y] }

func TestTheMouseIsTheTerminalsOwnUntilSomebodyAsksForIt(t *testing.T) {
	s := open(t, estate(), lead, mono, 120, 36)
	s.press(onInventory)
	before := s.frame()
	x, y := s.lineOf(t, "DUB-DC-0010")
	s.mouse(tea.MouseButtonLeft, x, y)
	s.mouse(tea.MouseButtonWheelDown, x, y)
	if got := s.frame(); got != before {
		t.Errorf("the mouse did something:\n%s", got)
	}
	if command := s.root.key(part.Key{Name: mouseKey}); command == nil || fmt.Sprintf("%T", command()) != fmt.Sprintf("%T", tea.EnableMouseCellMotion()) {
		t.Error("M does not ask the terminal for the mouse")
	}
	s.frame() // what is pointed at is what was drawn last
	s.mouse(tea.MouseButtonLeft, x, y)
	if !strings.Contains(s.lineAt(y), "▌ DUB-DC-0010") {
		t.Errorf("a click does not select:\n%s", s.frame())
	}
	if command := s.root.key(part.Key{Name: mouseKey}); command == nil || fmt.Sprintf("%T", command()) != fmt.Sprintf("%T", tea.DisableMouse()) {
		t.Error("M does not give the mouse back")
	}
}

func TestAClickSelectsWhatIsUnderTheMouse(t *testing.T) {
	for name, c := range map[string]struct {
		view  func() *engine.View
		keys  []string
		click string
	}{
		"servers":     {estate, []string{onInventory}, "DUB-EXC-0015"},
		"scrolled":    {estate, []string{onInventory, "G"}, "CHO-SQL-0183"},
		"collections": {estate, []string{onInventory, "tab"}, "sample"},
		"pane":        {estate, []string{onInventory}, "sample"},
		"findings":    {estate, []string{onInventory, "f"}, "room on the"},
		"updates":     {night, []string{onUpdates}, "KB5071547"},
		"tasks":       {night, []string{onProcedure}, "Edit exclusions"},
		"checklist":   {night, []string{onProcedure, "v", "G"}, "Pilot"},
		"chart":       {night, []string{onProcedure, "v", "v"}, "W3"},
		"incidents":   {night, []string{onIncidents}, "INC-117"},
		"notices":     {night, []string{onIncidents, "tab"}, "N-2"},
		"trail":       {night, []string{onAudit}, " 290 "},
		"table":       {night, []string{onRollout, "v"}, "DUB-SQL-0062"},
		"emergency":   {night, []string{onRollout, "E"}, "CHG-13 waits"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.view(), lead, mono, 120, 36)
			s.press(append(c.keys, mouseKey)...)
			x, y := s.lineOf(t, c.click)
			before := s.lineAt(y)
			s.mouse(tea.MouseButtonLeft, x, y)
			left, _, _ := strings.Cut(s.lineAt(y), strings.TrimSpace(c.click))
			if at := strings.LastIndex(left, "▌"); at < 0 || s.lineAt(y) == before {
				t.Errorf("%q is not selected:\n%s", c.click, s.frame())
			}
		})
	}
}

func TestAClickOnACellOfTheGridSelectsItsServer(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	var servers []string
	for _, c := range s.console.View().Rollouts[2].Cells {
		if c.Window == "W5" && c.Site == "CHO" {
			servers = append(servers, c.Name)
		}
	}
	s.press(onRollout, mouseKey, "g")
	_, y := s.lineOf(t, "W5 CHO")
	label, _, _ := strings.Cut(s.lineAt(y), "●")
	for cell := range 3 {
		s.mouse(tea.MouseButtonLeft, part.Seen(label)+cell, y)
		if frame := s.frame(); !strings.Contains(frame, servers[cell]) {
			t.Errorf("cell %d of W5 in CHO is %s:\n%s", cell, servers[cell], frame)
		}
	}
	before := s.frame()
	s.mouse(tea.MouseButtonLeft, 1, y) // the name of the window
	s.mouse(tea.MouseButtonLeft, 60, 3)
	if s.frame() != before {
		t.Errorf("a click beside the cells moved the cursor:\n%s", s.frame())
	}
}

func TestTheWheelScrollsAndTheCursorStaysInSight(t *testing.T) {
	s := open(t, estate(), lead, mono, 120, 36)
	s.press(onInventory, mouseKey)
	_, y := s.lineOf(t, "▌ DUB-FIL-0001")
	s.press("j", "j", "j", "j")
	s.mouse(tea.MouseButtonWheelDown, 5, y)
	if !strings.Contains(s.lineAt(y), "DUB-") || strings.Contains(s.frame(), "DUB-FIL-0001") || !strings.Contains(s.lineAt(y+1), "▌") {
		t.Errorf("three lines on, the frame is\n%s", s.frame())
	}
	for range 100 {
		s.mouse(tea.MouseButtonWheelDown, 5, y)
	}
	if !strings.Contains(s.frame(), "CHO-APP-0200") && !strings.Contains(s.frame(), "-0200") {
		t.Errorf("the wheel does not reach the end:\n%s", s.frame())
	}
	for range 100 {
		s.mouse(tea.MouseButtonWheelUp, 5, y)
	}
	if !strings.Contains(s.lineAt(y), "▌ DUB-FIL-0001") {
		t.Errorf("the wheel does not reach the beginning:\n%s", s.frame())
	}
}

func TestAClickOnANameGoesToItsScreen(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		for i := range 9 {
			s := open(t, night(), lead, mono, width, 30)
			s.press(mouseKey)
			name := s.root.tabs[i].name
			s.mouse(tea.MouseButtonLeft, strings.Index(s.lineAt(0), name), 0)
			if got := s.root.tabs[s.root.front].name; got != name {
				t.Errorf("at %d columns a click on %s leads to %s", width, name, got)
			}
		}
	}
}

// Nothing happens to servers by a click: no binding of the mouse leads to a command, and questions are answered by keys.
func TestTheMouseDoesNothingButMoveTheCursor(t *testing.T) {
	for _, f := range frames {
		s := open(t, f.view(), everybody, mono, 120, 36)
		s.press(mouseKey)
		s.press(f.keys...)
		plain := s.frame()
		if strings.Contains(plain, "\x1b[?") {
			t.Errorf("%s: a mark reaches the terminal", f.name)
		}
		for _, b := range s.root.bindings() {
			mouse := slices.ContainsFunc(b.Keys, func(k string) bool { return k == part.Click || k == part.WheelUp || k == part.WheelDown })
			if mouse != (b.Group == part.MouseGroup) || mouse && (b.Action != "" || b.Hint != "" || len(b.Keys) != 1) {
				t.Errorf("%s: the mouse leads to %v %s", f.name, b.Keys, b.Help)
			}
		}
	}
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onRollout, mouseKey, "h")
	s.write("why")
	before := s.frame()
	for y := range 36 {
		for x := range 120 {
			s.mouse(tea.MouseButtonLeft, x, y)
		}
		s.mouse(tea.MouseButtonWheelUp, 3, y)
		s.mouse(tea.MouseButtonRight, 3, y)
	}
	if s.frame() != before || len(s.commands()) > 0 {
		t.Errorf("a question was answered by the mouse: %v\n%s", s.commands(), s.frame())
	}
}

func TestAConsoleBeginsWithTheMouseWhenItWasAskedTo(t *testing.T) {
	var kept []byte
	begins := func(o Options) bool {
		o.Actor, o.Console, o.Theme, o.Keep = lead, uitest.NewConsole(night()), mono, func(p []byte) { kept = p }
		r := New(o)
		t.Cleanup(r.Close)
		r.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		r.Update(tea.MouseMsg{Button: tea.MouseButtonLeft, Action: tea.MouseActionPress, X: strings.Index(r.View(), "Inventory"), Y: 0})
		return r.tabs[r.front].name == "Inventory"
	}
	if begins(Options{}) || !begins(Options{Mouse: true}) {
		t.Error("the option does not decide it")
	}
	if !begins(Options{Place: kept}) {
		t.Error("a lost line takes the mouse away")
	}
}
