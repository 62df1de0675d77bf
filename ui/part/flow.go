package part

// Flow sets short pieces one after the other and begins a new line where one does not fit any more.
type Flow struct {
	Theme *Theme
	Width int

	lines []string
	line  *Line
}

// flowGap is between two pieces.
const flowGap = 2

// Add sets a piece: a glyph in its ink, and words.
func (f *Flow) Add(ink Ink, glyph, words string) {
	width := Width(Clean(words))
	if glyph != "" {
		width += Width(glyph) + 1
	}
	if f.line != nil && width+flowGap > f.line.Room() {
		f.lines, f.line = append(f.lines, f.line.String()), nil
	}
	if f.line == nil {
		f.line = f.Theme.Line(f.Width)
	} else {
		f.line.Space(flowGap)
	}
	if glyph != "" {
		f.line.Put(ink, glyph).Space(1)
	}
	f.line.Put(ink, words)
}

// Lines gives the lines.
func (f *Flow) Lines() []string {
	if f.line == nil {
		return f.lines
	}
	return append(f.lines[:len(f.lines):len(f.lines)], f.line.String())
}
