package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// sizes are those that every screen is drawn for.
var sizes = []struct{ width, height int }{{80, 24}, {120, 36}, {200, 50}}

var (
	lead   = approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}, Via: "ssh"}
	board  = approval.Actor{Name: "s.lindqvist", Roles: []approval.Role{approval.Board}, Via: "ssh"}
	viewer = approval.Actor{Name: "guest", Roles: []approval.Role{approval.Viewer}, Via: "ssh"}
)

// terminal is an environment by its TERM and COLORTERM.
func terminal(term, colours string) func(string) string {
	return func(name string) string { return map[string]string{"TERM": term, "COLORTERM": colours}[name] }
}

var (
	coloured = part.ThemeFrom(terminal("xterm-256color", "truecolor"), part.Flags{})
	mono     = part.ThemeFrom(terminal("", ""), part.Flags{})
)

// session drives a Root by hand: messages in, frames out, commands run at once.
type session struct {
	root    *Root
	console *uitest.Console
	wall    time.Time
}

func open(t *testing.T, view *engine.View, actor approval.Actor, theme part.Theme, width, height int) *session {
	t.Helper()
	s := &session{console: uitest.NewConsole(view), wall: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.root = New(Options{Actor: actor, Console: s.console, Theme: theme, Title: "demo", Now: func() time.Time { return s.wall }})
	t.Cleanup(s.root.Close)
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	return s
}

// send gives one message and runs what it leads to.
func (s *session) send(message tea.Msg) {
	_, command := s.root.Update(message)
	s.run(command)
}

// run runs a command as Bubble Tea would, except the waits, which a test does itself with show.
func (s *session) run(command tea.Cmd) {
	if command == nil {
		return
	}
	switch m := command().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range m {
			s.run(c)
		}
	default:
		s.send(m)
	}
}

// press types keys by name, with time between them to read.
func (s *session) press(names ...string) {
	for _, name := range names {
		s.wall = s.wall.Add(time.Second)
		s.run(s.root.key(keyNamed(name)))
	}
}

func keyNamed(name string) part.Key {
	if len([]rune(name)) == 1 {
		return part.Key{Name: name, Text: name}
	}
	return part.Key{Name: name}
}

// write types a text.
func (s *session) write(text string) {
	for _, r := range text {
		s.press(string(r))
	}
}

// show publishes a view and lets the console take it.
func (s *session) show(view *engine.View) {
	s.console.Show(view)
	s.run(s.root.refresh())
}

func (s *session) frame() string { return s.root.View() }

// frames are all the pictures that goldens keep: how to get there.
var frames = []struct {
	name  string
	actor approval.Actor
	view  func() *engine.View
	keys  []string
}{
	{"overview", lead, night, []string{"1"}},
	{"overview-empty", lead, func() *engine.View { return &engine.View{At: uitest.At} }, []string{"1"}},
	{"inventory", lead, night, []string{"2"}},
	{"inventory-filter", lead, night, []string{"2", "/", "s", "q", "l", "enter"}},
	{"inventory-server", lead, night, []string{"2", "G", "k", "enter"}},
	{"updates", lead, night, []string{"3"}},
	{"updates-page", lead, night, []string{"3", "enter"}},
	{"changes", board, night, []string{"4"}},
	{"changes-approve", board, night, []string{"4", "a"}},
	{"changes-running", viewer, night, []string{"4", "]"}},
	{"rollout-grid", lead, night, []string{"5", "n"}},
	{"rollout-viewer", viewer, night, []string{"5"}},
	{"rollout-large", lead, func() *engine.View { return uitest.Night(10_000) }, []string{"5"}},
	{"rollout-halted", lead, func() *engine.View { return uitest.Halted(200) }, []string{"5"}},
	{"rollout-closed", lead, night, []string{"5", "["}},
	{"rollout-table", lead, night, []string{"5", "v"}},
	{"rollout-codes", lead, night, []string{"5", "v", "v"}},
	{"rollout-server", lead, night, []string{"5", "n", "enter"}},
	{"rollout-history", lead, night, []string{"5", "n", "l"}},
	{"rollout-halt", lead, night, []string{"5", "h", "w", "h", "y"}},
	{"rollout-retry", lead, night, []string{"5", "n", "r"}},
	{"audit", lead, night, []string{"6"}},
	{"audit-entry", lead, night, []string{"6", "enter"}},
	{"help", lead, night, []string{"5", "?"}},
	{"leave", lead, night, []string{"5", "q"}},
	{"need", lead, night, []string{"!"}},
}

func night() *engine.View { return uitest.Night(200) }

func TestFrames(t *testing.T) {
	themes := []struct {
		name  string
		theme part.Theme
	}{{"colour", coloured}, {"mono", mono}}
	for _, f := range frames {
		for _, size := range sizes {
			for _, theme := range themes {
				name := fmt.Sprintf("%s-%dx%d-%s", f.name, size.width, size.height, theme.name)
				t.Run(name, func(t *testing.T) {
					s := open(t, f.view(), f.actor, theme.theme, size.width, size.height)
					s.press(f.keys...)
					frame := s.frame()
					if lines := strings.Count(frame, "\n") + 1; lines != size.height {
						t.Errorf("%d lines, want %d", lines, size.height)
					}
					uitest.Golden(t, name, frame)
				})
			}
		}
	}
}
