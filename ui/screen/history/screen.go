package history

import (
	"cmp"
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// most is how many entries of an object are shown.
const most = 500

// Screen implements desk.Screen.
type Screen struct {
	desk    *desk.Desk
	name    string
	objects []string
	lines   []engine.HistoryLine
	err     error
	read    bool
	busy    bool
	head    uint64 // of the trail when it was last read
	scroll  part.Scroll
}

// loaded is the answer of the trail.
type loaded struct {
	screen *Screen
	lines  []engine.HistoryLine
	err    error
}

// New makes the page for what people call name and the trail knows by any of the given objects.
func New(d *desk.Desk, name string, objects ...string) *Screen {
	return &Screen{desk: d, name: name, objects: objects}
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "History of " + s.name }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.load() }

// load reads the trail, one reading at a time, and only when it has grown.
func (s *Screen) load() part.Cmd {
	head := s.desk.Current.Head.Seq
	if s.busy || s.read && head == s.head {
		return nil
	}
	s.busy, s.head = true, head
	console, objects := s.desk.Console, s.objects
	return func() part.Msg {
		lines, err := read(console, objects)
		return loaded{s, lines, err}
	}
}

func read(console engine.Console, objects []string) ([]engine.HistoryLine, error) {
	var lines []engine.HistoryLine
	for _, object := range objects {
		some, err := console.History(object, most)
		if err != nil {
			return nil, err
		}
		lines = append(lines, some...)
	}
	slices.SortFunc(lines, func(a, b engine.HistoryLine) int { return cmp.Compare(b.Seq, a.Seq) })
	lines = slices.CompactFunc(lines, func(a, b engine.HistoryLine) bool { return a.Seq == b.Seq })
	return lines[:min(len(lines), most)], nil
}

// Update implements desk.Screen. A newer view may bring newer entries.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case loaded:
		if m.screen == s {
			s.lines, s.err, s.read, s.busy = m.lines, m.err, true, false
		}
	case desk.Viewed:
		return s.load()
	}
	return nil
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding { return s.scroll.Moves() }

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
	head := t.Line(width).Put(t.Title, s.Title()).End(t.Dim, "newest first").String()
	return append([]string{head}, s.scroll.Render(t, sheet.Lines, width, height-1)...)
}

// row writes one entry, its words wrapped under themselves.
func (s *Screen) row(sheet *part.Sheet, h engine.HistoryLine) {
	t := s.desk.Theme
	const atWidth, actorWidth, actionWidth = 21, 12, 22
	room := sheet.Width - atWidth - actorWidth - actionWidth
	words := part.Wrap(h.Words, room)
	if len(words) == 0 {
		words = []string{""}
	}
	for i, w := range words {
		sheet.Row(func(l *part.Line) {
			if i == 0 {
				l.Column(t.Dim, h.At, atWidth-1).Space(1).Column(t.Normal, h.Actor, actorWidth-1).Space(1).Column(t.Dim, h.Action, actionWidth-1).Space(1)
			}
			l.Fill(atWidth+actorWidth+actionWidth).Put(t.Normal, w)
		})
	}
}
