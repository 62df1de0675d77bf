package part

// Sheet collects the lines of a page: titles, labelled facts, sentences, rows.
type Sheet struct {
	Theme *Theme
	Width int
	Lines []string
}

// labelWidth is the column at which the values of facts begin.
const labelWidth = 14

// Head starts a section; right stands at the end of the line.
func (s *Sheet) Head(title, right string) {
	if len(s.Lines) > 0 {
		s.Gap()
	}
	s.Lines = append(s.Lines, s.Theme.Line(s.Width).Put(s.Theme.Title, title).End(s.Theme.Dim, right).String())
}

// Gap leaves a line empty.
func (s *Sheet) Gap() { s.Lines = append(s.Lines, "") }

// Fact writes a label and its value, wrapped under itself. Without a value it writes nothing.
func (s *Sheet) Fact(label string, ink Ink, value string) {
	width := labelWidth
	if len(label) >= width {
		width = len(label) + 1 // a long label keeps its distance
	}
	for i, part := range Wrap(value, s.Width-width) {
		if i > 0 {
			label = ""
		}
		s.Lines = append(s.Lines, s.Theme.Line(s.Width).Column(s.Theme.Dim, label, width).Put(ink, part).String())
	}
}

// Say writes a sentence, wrapped.
func (s *Sheet) Say(ink Ink, text string) {
	for _, part := range Wrap(text, s.Width) {
		s.Lines = append(s.Lines, s.Theme.Text(ink, s.Width, part))
	}
}

// Row writes one line as draw fills it.
func (s *Sheet) Row(draw func(*Line)) {
	line := s.Theme.Line(s.Width)
	draw(line)
	s.Lines = append(s.Lines, line.String())
}

// Scroll is a window on lines that are longer than the screen.
type Scroll struct{ top, page, lines int }

// Render gives exactly height lines; the last of them tells how many more follow.
func (s *Scroll) Render(t *Theme, lines []string, width, height int) []string {
	s.page, s.lines = max(height-1, 1), len(lines)
	s.clamp()
	shown := make([]string, max(height, 0))
	copy(shown, lines[s.top:])
	if left := len(lines) - s.top - height; left > 0 && height > 1 {
		shown[height-1] = t.Text(t.Dim, width, Count(left+1, "more line", "more lines")+" below")
	}
	return shown
}

func (s *Scroll) clamp() { s.top = max(0, min(s.top, s.lines-s.page-1)) }

// Move scrolls by lines.
func (s *Scroll) Move(lines int) {
	s.top += lines
	s.clamp()
}

// Top goes back to the first line.
func (s *Scroll) Top() { s.top = 0 }

// Moves are the bindings that scroll.
func (s *Scroll) Moves() []Binding {
	move := func(lines func() int) func() Cmd {
		return func() Cmd { s.Move(lines()); return nil }
	}
	const group = "Move"
	return append([]Binding{
		{Keys: []string{"up", "k"}, Help: "up", Group: group, Run: move(func() int { return -1 })},
		{Keys: []string{"down", "j"}, Help: "down", Group: group, Run: move(func() int { return 1 })},
		{Keys: []string{"pgup", "ctrl+u"}, Help: "half a page up", Group: group, Run: move(func() int { return -max(1, s.page/2) })},
		{Keys: []string{"pgdown", "ctrl+d", "space"}, Help: "half a page down", Group: group, Run: move(func() int { return max(1, s.page/2) })},
		{Keys: []string{"home", "g"}, Help: "to the top", Group: group, Run: move(func() int { return -s.lines })},
		{Keys: []string{"end", "G"}, Help: "to the end", Group: group, Run: move(func() int { return s.lines })},
	}, mouseMoves(nil, s.Move)...)
}
