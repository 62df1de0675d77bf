package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// The mouse is the terminal's own until a person asks for it: a console that takes it takes the selection of text away. It moves the cursor
// and turns pages; what does something is a key, and questions are answered by keys alone.

// mouseKey gives the mouse to the console, and back.
const mouseKey = "M"

// span is where a tab's name stands on the first line: from its first column to the one behind it.
type span struct{ from, to int }

func (r *Root) hasMouse() bool { return r.desk.Theme.Mouse != nil }

// takeMouse lets the parts be pointed at, or not; the terminal is told by mouseCommand.
func (r *Root) takeMouse(on bool) {
	r.desk.Theme.Mouse = nil
	if on {
		r.desk.Theme.Mouse = new(part.Mouse)
	}
}

// mouseCommand asks the terminal for the mouse where the console begins with it.
func (r *Root) mouseCommand() tea.Cmd {
	if !r.hasMouse() {
		return nil
	}
	return part.MouseOn
}

func (r *Root) mouseBinding() part.Binding {
	help := "take the mouse: the wheel scrolls, a click selects; the terminal's own selection of text needs shift then"
	if r.hasMouse() {
		help = "give the mouse back to the terminal, which selects text with it"
	}
	return part.Binding{Keys: []string{mouseKey}, Help: help, Group: consoleGroup, Run: func() part.Cmd {
		r.takeMouse(!r.hasMouse())
		if r.hasMouse() {
			r.Tell("the wheel scrolls, a click selects, text is selected with shift; "+mouseKey+" gives the mouse back", false)
			return part.MouseOn
		}
		r.Tell("the mouse is the terminal's again", false)
		return part.MouseOff
	}}
}

// pointed takes one report of the mouse. While a question is open, or a text is typed, there is nothing to point at.
func (r *Root) pointed(m tea.MouseMsg) tea.Cmd {
	if !r.hasMouse() || r.small() || r.confirm != nil || r.leaving || m.Action != tea.MouseActionPress {
		return nil
	}
	if typist, ok := r.screen().(desk.Typist); ok && typist.Typing() || r.palette != nil {
		return nil
	}
	var command tea.Cmd
	switch m.Button {
	case tea.MouseButtonWheelUp:
		command = r.key(part.Key{Name: part.WheelUp})
	case tea.MouseButtonWheelDown:
		command = r.key(part.Key{Name: part.WheelDown})
	case tea.MouseButtonLeft:
		command = r.clicked(m.X, m.Y)
	}
	r.keepPlace()
	return command
}

// clicked goes to the screen whose name is under the mouse, or puts the cursor on what is.
func (r *Root) clicked(x, y int) tea.Cmd {
	if y == 0 {
		for i, at := range r.tabsAt {
			if x >= at.from && x < at.to {
				return r.goTo(i)
			}
		}
		return nil
	}
	if r.help != nil {
		return nil
	}
	target := r.desk.Theme.Mouse.At(x, y)
	if target == nil {
		return nil
	}
	if f, ok := r.screen().(desk.Focuser); ok {
		f.Focus(target)
	}
	return r.key(part.Key{Name: part.Click})
}
