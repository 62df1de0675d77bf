package part

// Column is one column of a list.
type Column struct {
	Title string
	Width int  // columns that it takes at least
	Grow  int  // its share of the columns that are left over
	From  int  // shown when the list is at least so wide
	Until int  // and not from this width on; 0 is no end
	Right bool // numbers stand at the right
}

// List is a table of any number of rows that draws only what is seen. The cursor belongs to a row's id: rows may
// come, go and move under it.
type List struct {
	Columns []Column
	// Cell gives the text of one cell. It is asked for visible rows only.
	Cell func(row, column int) (Ink, string)
	// Marked tells which rows bear a mark; nil is a list without marks.
	Marked func(row int) bool

	rows     int
	id       func(row int) string
	selected string
	cursor   int
	top      int
	page     int // rows of the last drawing
	pointed  int // the row that the mouse pointed at, counted from 1; 0 is none
}

// Set gives the list its rows. The cursor stays on its row's id; when that is gone, it stays at its place.
func (l *List) Set(rows int, id func(row int) string) {
	l.rows, l.id = rows, id
	if rows == 0 {
		l.cursor, l.top = 0, 0
		return
	}
	if l.cursor < rows && id(l.cursor) == l.selected {
		return
	}
	for row := range rows {
		if id(row) == l.selected {
			l.place(row)
			return
		}
	}
	l.place(l.cursor)
}

// Len is the number of rows.
func (l *List) Len() int { return l.rows }

// Selected is the row under the cursor; false when the list is empty.
func (l *List) Selected() (row int, ok bool) { return l.cursor, l.rows > 0 }

// SelectedID is the id under the cursor, empty when the list is empty.
func (l *List) SelectedID() string {
	if l.rows == 0 {
		return ""
	}
	return l.selected
}

// Select moves the cursor to an id; it tells whether there is such a row.
func (l *List) Select(id string) bool {
	for row := range l.rows {
		if l.id(row) == id {
			l.place(row)
			return true
		}
	}
	return false
}

// Move moves the cursor by rows.
func (l *List) Move(rows int) {
	if l.rows > 0 {
		l.place(l.cursor + rows)
	}
}

// Page moves the cursor by half pages, which costs fewer bytes on a slow line than single rows.
func (l *List) Page(halves int) { l.Move(halves * max(1, l.page/2)) }

// First and Last move the cursor to the ends.
func (l *List) First() { l.Move(-l.rows) }
func (l *List) Last()  { l.Move(l.rows) }

func (l *List) place(row int) {
	l.cursor = min(max(row, 0), l.rows-1)
	l.selected = l.id(l.cursor)
}

// scroll keeps the cursor in sight. It moves by half pages, so that a held key does not resend the whole list for
// each row.
func (l *List) scroll(page int) {
	l.page = page
	if l.cursor < l.top {
		l.top = l.cursor - page/2
	} else if l.cursor >= l.top+page {
		l.top = l.cursor - page/2
	}
	l.top = max(0, min(l.top, l.rows-page))
}

// Render draws a head line and as many rows as fit, exactly height lines in all.
func (l *List) Render(t *Theme, width, height int) []string {
	lines := make([]string, 0, height)
	if height <= 0 {
		return lines
	}
	gutter := l.gutter()
	columns, widths := l.layout(width, gutter)
	head := t.Line(width).Space(gutter)
	for i, c := range columns {
		head.cell(t.Dim, l.Columns[c].Title, widths[i], l.Columns[c].Right)
	}
	lines = append(lines, head.String())
	l.scroll(max(height-1, 1))
	line := t.Line(width)
	mark := t.mark(l, width, min(height-1, l.rows-l.top))
	for row := l.top; row < l.rows && len(lines) < height; row++ {
		line.reset()
		pointer := " "
		if row == l.cursor {
			pointer = t.glyph().pointer
			line.Over(t.Cursor)
		}
		line.Put(t.Normal, pointer)
		if l.Marked != nil {
			sign := " "
			if l.Marked(row) {
				sign = t.glyph().picked
			}
			line.Put(t.Accent, sign)
		}
		for i, c := range columns {
			ink, text := l.Cell(row, c)
			line.cell(ink, text, widths[i], l.Columns[c].Right)
		}
		if row == l.cursor {
			line.Fill(width)
		}
		lines = append(lines, mark+line.String())
		mark = ""
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// gutter is the columns before the first cell: the pointer, and the mark.
func (l *List) gutter() int {
	if l.Marked != nil {
		return 2
	}
	return 1
}

// cell appends one cell and the gap behind it.
func (l *Line) cell(ink Ink, text string, width int, right bool) {
	if right {
		l.Right(ink, text, width)
	} else {
		l.Column(ink, text, width)
	}
	l.Space(columnGap)
}

const columnGap = 2

// layout chooses the columns that a width has room for and shares out what is left over.
func (l *List) layout(width, gutter int) (columns, widths []int) {
	left, shares := width-gutter, 0
	for i, c := range l.Columns {
		if width < c.From || c.Until > 0 && width >= c.Until {
			continue
		}
		columns, widths = append(columns, i), append(widths, c.Width)
		left -= c.Width + columnGap
		shares += c.Grow
	}
	left += columnGap // none behind the last one
	if left <= 0 {
		return columns, widths
	}
	for i, c := range columns {
		if grow := l.Columns[c].Grow; grow > 0 {
			extra := left * grow / shares
			widths[i] += extra
			left -= extra
			shares -= grow
		}
	}
	return columns, widths
}

// Moves are the bindings that move the cursor of a list.
func (l *List) Moves() []Binding {
	move := func(step func()) func() Cmd {
		return func() Cmd { step(); return nil }
	}
	const group = "Move"
	return append([]Binding{
		{Keys: []string{"up", "k"}, Help: "up", Group: group, Run: move(func() { l.Move(-1) })},
		{Keys: []string{"down", "j"}, Help: "down", Group: group, Run: move(func() { l.Move(1) })},
		{Keys: []string{"pgup", "ctrl+u"}, Help: "half a page up", Group: group, Run: move(func() { l.Page(-1) })},
		{Keys: []string{"pgdown", "ctrl+d"}, Help: "half a page down", Group: group, Run: move(func() { l.Page(1) })},
		{Keys: []string{"home", "g"}, Help: "first", Group: group, Run: move(l.First)},
		{Keys: []string{"end", "G"}, Help: "last", Group: group, Run: move(l.Last)},
	}, mouseMoves(l.click, l.roll)...)
}

// Window gives the rows that a drawing of its own should show in so many lines: the first of them, and how many fit.
func (l *List) Window(height int) (top, rows int) {
	l.scroll(max(height, 1))
	return l.top, max(height, 0)
}
