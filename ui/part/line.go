package part

import "strings"

// Line builds one line of the screen. It never becomes wider than its width, whatever is put on it, and cleans
// every text: that is what keeps frames inside their terminal.
type Line struct {
	theme       *Theme
	buf         []byte
	width, used int
	now         Ink
	over        *Ink
}

// Line starts a line of the given width.
func (t *Theme) Line(width int) *Line {
	return &Line{theme: t, width: max(width, 0), buf: make([]byte, 0, width+64)}
}

// reset makes the line empty again and keeps its memory.
func (l *Line) reset() {
	l.buf, l.used, l.now, l.over = l.buf[:0], 0, Ink{}, nil
}

// Over draws everything that follows in one ink: the line under the cursor.
func (l *Line) Over(ink Ink) *Line {
	l.over = &ink
	return l
}

// Room is how many columns are left.
func (l *Line) Room() int { return l.width - l.used }

// Put appends a text, cut where the line ends.
func (l *Line) Put(ink Ink, text string) *Line {
	l.put(ink, text, l.Room())
	return l
}

// Column appends a text in exactly width columns: cut or filled up with spaces behind it.
func (l *Line) Column(ink Ink, text string, width int) *Line {
	width = min(width, l.Room())
	return l.Space(width - l.put(ink, text, width))
}

// Right appends a text in exactly width columns, at their right end.
func (l *Line) Right(ink Ink, text string, width int) *Line {
	width = min(width, l.Room())
	text, w := l.shape(text, width)
	l.Space(width - w)
	l.raw(ink, text, w)
	return l
}

// End appends a text that ends where the line ends; it is left out when there is no room for it.
func (l *Line) End(ink Ink, text string) *Line {
	text, w := l.shape(text, l.width)
	if w+1 > l.Room() {
		return l
	}
	l.Space(l.Room() - w)
	l.raw(ink, text, w)
	return l
}

const spaces = "                                                                                                    "

// Space appends n blank columns.
func (l *Line) Space(n int) *Line {
	for n = min(n, l.Room()); n > 0; {
		k := min(n, len(spaces))
		l.raw(Ink{}, spaces[:k], k)
		n -= k
	}
	return l
}

// Fill appends blank columns up to the given one.
func (l *Line) Fill(column int) *Line { return l.Space(column - l.used) }

// Drawn appends text that is drawn and measured already, if it fits.
func (l *Line) Drawn(text string, width int) *Line {
	if width <= l.Room() {
		l.raw(Ink{}, text, width)
	}
	return l
}

// put appends a text in at most width columns and tells how many it took.
func (l *Line) put(ink Ink, text string, width int) int {
	text, w := l.shape(text, min(width, l.Room()))
	l.raw(ink, text, w)
	return w
}

// shape cleans and cuts a text. What is far too long is cut before it is looked at: a lying server must not cost time.
func (l *Line) shape(text string, width int) (string, int) {
	const mostBytes = 16 // a column
	if most := (max(width, 0) + 1) * mostBytes; len(text) > most {
		text = text[:most]
	}
	if !printable(text) {
		text = Clean(text)
		if l.theme.ascii {
			text = toASCII(text)
		}
	}
	return fit(text, width, l.theme.glyph().cut)
}

func (l *Line) raw(ink Ink, text string, width int) {
	if width == 0 {
		return
	}
	if l.over != nil {
		ink = *l.over
	}
	if ink != l.now {
		l.buf = l.now.follow(l.buf, ink)
		l.now = ink
	}
	l.buf = append(l.buf, text...)
	l.used += width
}

// String ends the line.
func (l *Line) String() string {
	if !l.now.Plain() {
		l.buf = append(l.buf, inkOff...)
		l.now = Ink{}
	}
	return string(l.buf)
}

// Text is one line of one ink.
func (t *Theme) Text(ink Ink, width int, text string) string {
	return t.Line(width).Put(ink, text).String()
}

// Beside sets two blocks of lines side by side with a wall between them. The left one is drawn in leftWidth columns, which its
// lines must not exceed.
func (t *Theme) Beside(left []string, leftWidth int, right []string) []string {
	lines := make([]string, max(len(left), len(right)))
	for i := range lines {
		var b strings.Builder
		if i < len(left) {
			b.WriteString(left[i])
			b.WriteString(strings.Repeat(" ", max(0, leftWidth-Seen(left[i]))))
		} else {
			b.WriteString(strings.Repeat(" ", leftWidth))
		}
		b.WriteString(t.Wall())
		if i < len(right) {
			b.WriteByte(' ')
			b.WriteString(right[i])
		}
		lines[i] = b.String()
	}
	return lines
}
