package screen

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

var (
	lead      = approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}, Via: "ssh"}
	board     = approval.Actor{Name: "s.lindqvist", Roles: []approval.Role{approval.Board}, Via: "ssh"}
	authority = approval.Actor{Name: "r.varga", Roles: []approval.Role{approval.Authority}, Via: "ssh"}
	security  = approval.Actor{Name: "e.wirth", Roles: []approval.Role{approval.Security}, Via: "ssh"}
	onCall    = approval.Actor{Name: "t.abara", Roles: []approval.Role{approval.OnCall}, Via: "ssh"}
	support   = approval.Actor{Name: "j.brandt", Roles: []approval.Role{approval.Support}, Via: "ssh"}
	viewer    = approval.Actor{Name: "guest", Roles: []approval.Role{approval.Viewer}, Via: "ssh"}
)

// terminal is an environment by its TERM and COLORTERM.
func terminal(term, colours string) func(string) string {
	return func(name string) string { return map[string]string{"TERM": term, "COLORTERM": colours}[name] }
}

var (
	coloured = part.ThemeFrom(terminal("xterm-256color", "truecolor"), part.Flags{})
	mono     = part.ThemeFrom(terminal("", ""), part.Flags{})
)

func night() *engine.View { return uitest.Night(200) }

// session drives a Root by hand: messages in, frames out, commands run at once. Its clock stands still between key presses.
type session struct {
	root    *Root
	console *uitest.Console
	wall    time.Time
	quit    bool
	copied  string
	later   tea.Msg // what a screen wants to be told when some time has passed
}

func open(t testing.TB, view *engine.View, actor approval.Actor, theme part.Theme, width, height int) *session {
	t.Helper()
	s := &session{console: uitest.NewConsole(view), wall: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.root = New(Options{Actor: actor, Console: s.console, Theme: theme, Title: "demo", Inbox: documents{}, Windows: []string{"W1", "W5"},
		Now: func() time.Time { return s.wall }, Copy: func(text string) { s.copied = text }})
	t.Cleanup(s.root.Close)
	s.root.desk.After = func(_ time.Duration, m part.Msg) part.Cmd { s.later = m; return nil }
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	s.run(s.root.screen().Init())
	return s
}

// send gives one message and runs what it leads to.
func (s *session) send(message tea.Msg) {
	_, command := s.root.Update(message)
	s.run(command)
}

// run runs a command as Bubble Tea would. The waits for the engine are not among them: a test does those with show.
func (s *session) run(command tea.Cmd) {
	if command == nil {
		return
	}
	switch m := command().(type) {
	case nil:
	case tea.QuitMsg:
		s.quit = true
	case tea.BatchMsg:
		for _, c := range m {
			s.run(c)
		}
	default:
		s.send(m)
	}
}

// press presses keys by name, with time between them to read.
func (s *session) press(names ...string) {
	for _, name := range names {
		s.wall = s.wall.Add(2 * time.Second)
		s.run(s.root.key(keyNamed(name)))
	}
}

// burst sends keys as one message, as a fast typist's arrive.
func (s *session) burst(text string) { s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)}) }

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

// confirm answers the question in front with a reason, and does it.
func (s *session) confirm(reason string) {
	s.write(reason)
	s.press("tab", "tab", "enter")
}

// show publishes a view and lets the console take it.
func (s *session) show(view *engine.View) {
	s.console.Show(view)
	s.run(s.root.refresh())
}

// commands lists what the engine was asked to do.
func (s *session) commands() []engine.Command {
	var list []engine.Command
	for _, g := range s.console.Given() {
		list = append(list, g.Command)
	}
	return list
}

func (s *session) frame() string { return s.root.View() }
