package history

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// most is how many entries of an object are shown.
const most = 500

// Screen implements desk.Screen.
type Screen struct {
	desk   *desk.Desk
	name   string
	object string
	lines  []engine.HistoryLine
	err    error
	read   bool
	busy   bool
	head   uint64 // of the trail when it was last read
	scroll part.Scroll
}

// loaded is the answer of the trail.
type loaded struct {
	screen *Screen
	lines  []engine.HistoryLine
	err    error
}

// New makes the page for what people call name and the trail calls object.
func New(d *desk.Desk, name, object string) *Screen {
	return &Screen{desk: d, name: name, object: object}
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "History of " + s.name }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.load() }

// load reads the trail, one reading at a time. It is a walk over the whole trail, so that it happens when a person wants it
// and not with every view.
func (s *Screen) load() part.Cmd {
	if s.busy {
		return nil
	}
	s.busy, s.head = true, s.desk.Current.Head.Seq
	console, object := s.desk.Console, s.object
	return func() part.Msg {
		lines, err := console.History(object, most)
		return loaded{s, lines, err}
	}
}

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if m, ok := message.(loaded); ok && m.screen == s {
		s.lines, s.err, s.read, s.busy = m.lines, m.err, true, false
	}
	return nil
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	again := part.Binding{Keys: []string{"u"}, Help: "read the trail again", Hint: "read again", Group: "History", Run: s.load, Disabled: func() string {
		if s.busy {
			return "the trail is being read"
		}
		return ""
	}}
	return append([]part.Binding{again}, s.scroll.Moves()...)
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t := s.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	switch {
	case s.err != nil:
		sheet.Say(t.Normal, "the audit trail could not be read: "+s.err.Error())
	case !s.read:
		sheet.Say(t.Dim, "reading the audit trail")
	case len(s.lines) == 0:
		sheet.Say(t.Dim, "the audit trail says nothing of "+s.name+" yet")
	}
	for _, h := range s.lines {
		s.row(&sheet, h)
	}
	head := t.Line(width).Put(t.Title, s.Title()).End(t.Dim, s.extent()).String()
	return append([]string{head}, s.scroll.Render(t, sheet.Lines, width, height-1)...)
}

// extent says up to where the trail was read, and what came since.
func (s *Screen) extent() string {
	words := fmt.Sprintf("newest first, up to entry %d", s.head)
	if head := s.desk.Current.Head.Seq; head > s.head {
		words += fmt.Sprintf(" (the trail is at %d: u reads again)", head)
	}
	return words
}

// row writes one entry, its words wrapped under themselves.
func (s *Screen) row(sheet *part.Sheet, h engine.HistoryLine) {
	t := s.desk.Theme
	const atWidth, actorWidth, actionWidth = 16, 10, 20
	indent := atWidth + actorWidth + actionWidth
	if sheet.Width < leastBeside {
		indent = atWidth
	}
	words := part.Wrap(h.Words, sheet.Width-indent)
	sheet.Row(func(l *part.Line) {
		l.Column(t.Dim, h.At.In(s.desk.Zone).Format("2 Jan 15:04:05"), atWidth-1).Space(1).Column(t.Normal, h.Actor, actorWidth-1).Space(1).Column(t.Accent, h.Action, actionWidth-1)
		if indent > atWidth && len(words) > 0 {
			l.Fill(indent).Put(t.Normal, words[0])
			words = words[1:]
		}
	})
	for _, w := range words {
		sheet.Row(func(l *part.Line) { l.Space(indent).Put(t.Normal, w) })
	}
}

// leastBeside is the width from which on an entry's words stand beside its action, and not below.
const leastBeside = 100
