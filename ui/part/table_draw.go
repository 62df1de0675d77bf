package part

import "slices"

// Marks of the head: the direction of the order, and columns that there is no room for.
const (
	ascending, descending = "↑", "↓"
	moreColumns           = "›"
)

// lay gives the list the columns that a width has room for. The first one always stands; the others can be scrolled.
func (t *Table) lay(width int) {
	left := width - t.list.gutter()
	t.list.Columns = t.list.Columns[:0]
	t.shift = max(0, min(t.shift, len(t.chosen)-2))
	t.hidden = 0
	for i, c := range t.chosen {
		column := t.columns[c].Column
		switch {
		case i > 0 && i <= t.shift:
			column.Until = 1 // scrolled away
		case t.picked:
			column.From, column.Until = 0, 0
		}
		if t.by == c {
			column.Title += t.arrow()
			column.Width = max(column.Width, Width(column.Title))
		}
		if column.Until != 1 && width >= column.From && (column.Until == 0 || width < column.Until) {
			if left < column.Width && i > 0 {
				column.Until = 1
				t.hidden++
			}
			left -= column.Width + columnGap
		}
		t.list.Columns = append(t.list.Columns, column)
	}
}

func (t *Table) arrow() string {
	if t.down {
		return descending
	}
	return ascending
}

// shownColumn is the table's column behind one of the list's.
func (t *Table) shownColumn(column int) int { return t.chosen[column] }

// Render draws a head line and as many rows as fit, exactly height lines in all.
func (t *Table) Render(theme *Theme, width, height int) []string {
	t.lay(width)
	return t.list.Render(theme, width, height)
}

// Words say what a person did to the table: "12 marked", columns that are out of sight.
func (t *Table) Words() string {
	words := ""
	if n := len(t.marks); n > 0 {
		words = Number(n) + " marked"
	}
	if t.hidden > 0 {
		if words != "" {
			words += " · "
		}
		words += Count(t.hidden, "column", "columns") + " " + moreColumns
	}
	return words
}

// Moves are the bindings of every table: those that move the cursor, sort, mark, and scroll the columns.
func (t *Table) Moves() []Binding {
	do := func(step func()) func() Cmd {
		return func() Cmd { step(); return nil }
	}
	const group = "Table"
	unsorted := func() string {
		if t.by < 0 {
			return "the rows stand in their own order: s sorts them"
		}
		return ""
	}
	return append([]Binding{
		{Keys: []string{"s"}, Help: "sort by the next column", Hint: "sort", Group: group, Run: do(t.nextSort)},
		{Keys: []string{"S"}, Help: "turn the order round", Group: group, Disabled: unsorted, Run: do(func() { t.down = !t.down; t.Sort() })},
		{Keys: []string{"="}, Help: "sort anew by the values of now; until then nothing moves", Group: group, Disabled: unsorted, Run: do(t.Sort)},
		{Keys: []string{"space"}, Help: "mark the row, or unmark it", Group: group, Run: do(t.mark)},
		{Keys: []string{"a"}, Help: "mark all rows shown; again: none", Group: group, Run: do(t.markAll)},
		{Keys: []string{"right"}, Help: "columns further right", Group: group, Run: do(func() {
			if t.hidden > 0 {
				t.shift++
			}
		})},
		{Keys: []string{"left"}, Help: "columns further left", Group: group, Run: do(func() { t.shift = max(0, t.shift-1) })},
	}, t.list.Moves()...)
}

// Columns are the titles of all columns, those that are shown first and in their order; shown is how many those are.
func (t *Table) Columns() (titles []string, shown int) {
	for _, c := range t.columnOrder() {
		titles = append(titles, t.columns[c].Title)
	}
	return titles, len(t.chosen)
}

func (t *Table) columnOrder() []int {
	order := slices.Clone(t.chosen)
	for i := range t.columns {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	return order
}

// Choose shows the columns with these titles in this order; none brings back the usual ones.
func (t *Table) Choose(titles ...string) {
	t.chosen, t.picked, t.shift = nil, true, 0
	for _, title := range titles {
		if i := slices.IndexFunc(t.columns, func(c TableColumn) bool { return c.Title == title }); i >= 0 && !slices.Contains(t.chosen, i) {
			t.chosen = append(t.chosen, i)
		}
	}
	if len(t.chosen) == 0 {
		t.chosen, t.picked = t.usual(), false
	}
}
