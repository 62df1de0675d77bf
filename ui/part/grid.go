package part

import (
	"bytes"

	"patchdeck/engine/rollout"
)

// Mark is the status of one cell of a grid: an index into rollout.Statuses, and Picked when a person picked the cell.
type Mark = uint8

// Picked is added to the mark of a cell that a person picked.
const Picked Mark = 1 << 7

var markOf = func() map[rollout.Delivery]Mark {
	m := make(map[rollout.Delivery]Mark, len(rollout.Statuses))
	for i, s := range rollout.Statuses {
		m[s.Delivery] = Mark(i)
	}
	return m
}()

// MarkOf gives the mark of a delivery status.
func MarkOf(d rollout.Delivery) Mark { return markOf[d] }

// Strip is a labelled run of neighbouring cells: the servers of one site in one window.
type Strip struct {
	Group        string // the window: shown on its first strip, and on the first line in sight
	Label, Tally string
	Loud         bool // its tally draws the eye
	Cells        int
}

// Grid draws one column a cell, in strips that wrap. Cells are known by their index over all strips; what stands where
// changes only when strips or the width change. Lines that did not change are not drawn again.
type Grid struct {
	theme  *Theme
	strips []Strip
	marks  []Mark
	cursor int
	top    int
	// pointed is the cell that the mouse pointed at, counted from 1; 0 is none.
	pointed int
	width   int
	page    int

	groupWidth, labelWidth int
	tallyWidth             int
	lines                  []gridLine
	glyphs                 [256]string // by mark
	inks                   [256]Ink
	under                  [256]string // the cell under the cursor
}

// gridLine is one line of the layout and, once drawn, its text.
type gridLine struct {
	strip       int
	first       bool // carries label and tally
	opens       bool // the first line of its group
	from, to    int  // cells
	drawn       []Mark
	drawnNamed  bool
	drawnCursor int
	text        string
}

const noCursor = -1

// NewGrid makes an empty grid.
func NewGrid(t *Theme) *Grid {
	g := &Grid{theme: t}
	for i, s := range rollout.Statuses {
		glyph, ink := t.Status(s)
		g.learn(Mark(i), glyph, ink)
		g.learn(Mark(i)|Picked, t.glyph().picked, ink)
	}
	return g
}

// learn prepares the bytes of a mark.
func (g *Grid) learn(m Mark, glyph string, ink Ink) {
	g.glyphs[m], g.inks[m] = glyph, ink
	g.under[m] = g.theme.Cursor.Paint(glyph)
	if g.theme.Cursor.Plain() {
		g.under[m] = g.theme.glyph().fullCell
	}
}

// Set gives the grid its content. The number of marks must be the sum of the strips' cells.
func (g *Grid) Set(strips []Strip, marks []Mark) {
	if !sameShape(g.strips, strips) {
		g.lines = nil
	}
	for i, s := range strips {
		if i < len(g.strips) && g.lines != nil && s != g.strips[i] {
			g.forget(i)
		}
	}
	g.strips, g.marks = strips, marks
	g.cursor = min(max(g.cursor, 0), max(len(marks)-1, 0))
}

func sameShape(a, b []Strip) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Cells != b[i].Cells || a[i].Group != b[i].Group || a[i].Label != b[i].Label || len(a[i].Tally) != len(b[i].Tally) {
			return false
		}
	}
	return true
}

// forget drops the drawn first line of a strip, whose tally changed.
func (g *Grid) forget(strip int) {
	for i := range g.lines {
		if l := &g.lines[i]; l.strip == strip && l.first {
			l.drawn = nil
		}
	}
}

// Cursor is the index of the cell under the cursor; false when there are no cells.
func (g *Grid) Cursor() (int, bool) { return g.cursor, len(g.marks) > 0 }

// Place moves the cursor to a cell.
func (g *Grid) Place(cell int) {
	g.cursor = min(max(cell, 0), max(len(g.marks)-1, 0))
}

// Move moves the cursor: cells along the line, and lines up or down in the same column.
func (g *Grid) Move(cells, lines int) {
	if len(g.lines) == 0 {
		g.Place(g.cursor + cells)
		return
	}
	if cells != 0 {
		g.Place(g.cursor + cells)
	}
	if lines != 0 {
		at := g.lineOf(g.cursor)
		column := g.cursor - g.lines[at].from
		to := g.lines[min(max(at+lines, 0), len(g.lines)-1)]
		g.Place(min(to.from+column, to.to-1))
	}
}

// Page moves the cursor by half pages.
func (g *Grid) Page(halves int) { g.Move(0, halves*max(1, g.page/2)) }

func (g *Grid) lineOf(cell int) int {
	low, high := 0, len(g.lines)-1
	for low < high {
		middle := (low + high + 1) / 2
		if g.lines[middle].from <= cell {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// layout splits the strips into lines of the given width.
func (g *Grid) layout(width int) {
	if g.lines != nil && g.width == width {
		return
	}
	g.width, g.lines = width, make([]gridLine, 0, len(g.strips))
	g.groupWidth, g.labelWidth, g.tallyWidth = 0, 0, 0
	for _, s := range g.strips {
		g.groupWidth = max(g.groupWidth, Width(s.Group))
		g.labelWidth = max(g.labelWidth, Width(s.Label))
		g.tallyWidth = max(g.tallyWidth, Width(s.Tally))
	}
	for _, w := range []*int{&g.groupWidth, &g.labelWidth, &g.tallyWidth} {
		if *w > 0 {
			*w++ // the gap to the cells
		}
	}
	room := max(width-g.groupWidth-g.labelWidth-g.tallyWidth, 1)
	cell := 0
	for i, s := range g.strips {
		for from := 0; from < s.Cells; from += room {
			to := min(from+room, s.Cells)
			first := from == 0
			opens := first && (i == 0 || g.strips[i-1].Group != s.Group)
			g.lines = append(g.lines, gridLine{strip: i, first: first, opens: opens, from: cell + from, to: cell + to})
		}
		cell += s.Cells
	}
}

// Render draws exactly height lines around the cursor.
func (g *Grid) Render(width, height int) []string {
	g.layout(width)
	if len(g.lines) > 0 {
		g.scroll(height)
	}
	lines := make([]string, max(height, 0))
	for i := range lines {
		if g.top+i < len(g.lines) {
			lines[i] = g.draw(&g.lines[g.top+i], i == 0)
		}
	}
	if len(lines) > 0 {
		lines[0] = g.theme.mark(g, width, height) + lines[0]
	}
	return lines
}

// scroll keeps the cursor's line in sight, moving by half pages.
func (g *Grid) scroll(page int) {
	g.page = page
	at := g.lineOf(g.cursor)
	if at < g.top || at >= g.top+page {
		g.top = at - page/2
	}
	g.top = max(0, min(g.top, len(g.lines)-page))
}

// Below tells how many lines are out of sight under the last drawing.
func (g *Grid) Below() int { return max(0, len(g.lines)-g.top-g.page) }

// Above tells how many lines are out of sight over the last drawing.
func (g *Grid) Above() int { return g.top }

// draw gives a line, from the last drawing when nothing on it changed. The first line in sight names its group and strip.
func (g *Grid) draw(l *gridLine, top bool) string {
	named := l.opens || top
	marks, cursor := g.marks[l.from:l.to], noCursor
	if g.cursor >= l.from && g.cursor < l.to {
		cursor = g.cursor - l.from
	}
	if l.drawn != nil && l.drawnCursor == cursor && l.drawnNamed == named && bytes.Equal(l.drawn, marks) {
		return l.text
	}
	l.drawn, l.drawnCursor, l.drawnNamed = append(l.drawn[:0], marks...), cursor, named
	l.text = g.paint(l, marks)
	return l.text
}

// paint writes a line: group and label, cells in runs of one ink, tally.
func (g *Grid) paint(l *gridLine, marks []Mark) string {
	strip := &g.strips[l.strip]
	head := g.theme.Line(g.groupWidth + g.labelWidth)
	if l.drawnNamed {
		head.Put(g.theme.Normal, strip.Group)
	}
	head.Fill(g.groupWidth)
	if l.first || l.drawnNamed {
		head.Put(g.theme.Dim, strip.Label)
	}
	buf := append(make([]byte, 0, g.width*4), head.Fill(g.groupWidth+g.labelWidth).String()...)
	buf = g.cells(buf, marks, l.drawnCursor)
	if g.tallyWidth > 0 && l.first {
		ink := g.theme.Dim
		if strip.Loud {
			ink = g.theme.Tone(rollout.ToneBad)
		}
		room := g.width - g.groupWidth - g.labelWidth - len(marks)
		buf = append(buf, g.theme.Line(room).Space(room-g.tallyWidth).Right(ink, strip.Tally, g.tallyWidth).String()...)
	}
	return string(buf)
}

// cells writes the cells in runs of one ink.
func (g *Grid) cells(buf []byte, marks []Mark, cursor int) []byte {
	var now Ink
	for i, m := range marks {
		if i == cursor {
			buf, now = now.follow(buf, Ink{}), Ink{}
			buf = append(buf, g.under[m]...)
			continue
		}
		if ink := g.inks[m]; ink != now {
			buf, now = now.follow(buf, ink), ink
		}
		buf = append(buf, g.glyphs[m]...)
	}
	return now.follow(buf, Ink{})
}
