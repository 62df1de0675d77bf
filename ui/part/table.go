package part

import (
	"cmp"
	"slices"
	"strings"
)

// TableColumn is one column that a table can show.
type TableColumn struct {
	Column
	Value func(row int) (Ink, string)
	// Number is what the column is sorted by where the text would not do; nil sorts by the text, without regard to case.
	Number func(row int) float64
	// Spare columns are shown when a person picks them.
	Spare bool
}

// Table is a list whose rows a person sorts and marks and whose columns they choose. Rows are the caller's, by index; everything that a
// person did to them hangs on their ids.
//
// Rows never move by themselves: a table that was sorted keeps its order when values change or rows come and go, until a person sorts again.
// What came since then stands at the end, and the head tells that the order is old.
type Table struct {
	list    List
	columns []TableColumn
	chosen  []int // indexes of columns, in order
	picked  bool  // a person chose them: From and Until no longer count
	shift   int   // columns scrolled away behind the first one
	hidden  int   // columns that the last drawing had no room for

	by    int // index of the column that rows are sorted by, -1 is the caller's order
	down  bool
	order []int32 // rows as they stand, as indexes of the caller
	ids   []string
	seen  []string // ids by the caller's index when order was made
	marks map[string]bool
}

// NewTable makes a table in its caller's order.
func NewTable(columns ...TableColumn) *Table {
	t := &Table{columns: columns, by: -1, marks: map[string]bool{}}
	t.chosen = t.usual()
	t.list.Marked = func(row int) bool { return t.marks[t.ids[row]] }
	t.list.Cell = func(row, column int) (Ink, string) { return t.columns[t.shownColumn(column)].Value(int(t.order[row])) }
	return t
}

// usual are the columns that are shown while nobody picks any.
func (t *Table) usual() (columns []int) {
	for i := range t.columns {
		if !t.columns[i].Spare {
			columns = append(columns, i)
		}
	}
	return columns
}

// Set gives the table its rows. Order, cursor and marks stay with their ids; a mark whose row is gone is forgotten.
func (t *Table) Set(rows int, id func(row int) string) {
	if !t.same(rows, id) {
		t.take(rows, id)
	}
	ids := t.ids
	t.list.Set(rows, func(row int) string { return ids[row] })
}

// same tells that the rows are the ones of before, each at its index.
func (t *Table) same(rows int, id func(row int) string) bool {
	if rows != len(t.seen) {
		return false
	}
	for row := range rows {
		if t.seen[row] != id(row) {
			return false
		}
	}
	return true
}

// take takes other rows. Those that stood here before stand in the same order, the new ones behind them.
func (t *Table) take(rows int, id func(row int) string) {
	first := len(t.seen) == 0
	place := make(map[string]int32, len(t.ids))
	if t.by >= 0 {
		for i, known := range t.ids {
			place[known] = int32(i)
		}
	}
	t.seen = make([]string, rows)
	t.order = make([]int32, rows)
	for row := range rows {
		t.seen[row], t.order[row] = id(row), int32(row)
	}
	switch {
	case t.by < 0:
	case first:
		t.sort()
	default:
		last := int32(len(place))
		at := func(row int32) int32 {
			if p, known := place[t.seen[row]]; known {
				return p
			}
			return last
		}
		slices.SortStableFunc(t.order, func(a, b int32) int { return cmp.Compare(at(a), at(b)) })
	}
	t.name()
	t.forget()
}

// name writes down which id stands where.
func (t *Table) name() {
	t.ids = make([]string, len(t.order))
	for i, row := range t.order {
		t.ids[i] = t.seen[row]
	}
}

// forget drops the marks of rows that are gone.
func (t *Table) forget() {
	if len(t.marks) == 0 {
		return
	}
	still := make(map[string]bool, len(t.marks))
	for _, id := range t.ids {
		if t.marks[id] {
			still[id] = true
		}
	}
	t.marks = still
}

// sort orders the rows by the values that they have now. Equal ones stand in the caller's order.
func (t *Table) sort() {
	slices.Sort(t.order)
	if t.by < 0 {
		return
	}
	compare := t.comparison()
	slices.SortStableFunc(t.order, func(a, b int32) int {
		if t.down {
			return compare(b, a)
		}
		return compare(a, b)
	})
}

// comparison reads every key once.
func (t *Table) comparison() func(a, b int32) int {
	c := &t.columns[t.by]
	if c.Number != nil {
		keys := make([]float64, len(t.order))
		for row := range keys {
			keys[row] = c.Number(row)
		}
		return func(a, b int32) int { return cmp.Compare(keys[a], keys[b]) }
	}
	keys := make([]string, len(t.order))
	for row := range keys {
		_, text := c.Value(row)
		keys[row] = strings.ToLower(text)
	}
	return func(a, b int32) int { return strings.Compare(keys[a], keys[b]) }
}

// Sort orders the rows anew and keeps the cursor on its row.
func (t *Table) Sort() {
	t.sort()
	t.name()
	ids := t.ids
	t.list.Set(len(ids), func(row int) string { return ids[row] })
}

// SortBy sorts by the column with a title; false when there is none.
func (t *Table) SortBy(title string, down bool) bool {
	i := slices.IndexFunc(t.columns, func(c TableColumn) bool { return c.Title == title })
	if i < 0 {
		return false
	}
	t.by, t.down = i, down
	t.Sort()
	return true
}

// nextSort sorts by the next of the chosen columns; behind the last one is the caller's order.
func (t *Table) nextSort() {
	at := slices.Index(t.chosen, t.by) + 1
	t.by, t.down = -1, false
	if at < len(t.chosen) {
		t.by = t.chosen[at]
	}
	t.Sort()
}

// SortedBy names the column that rows are sorted by, and the direction; empty is the order that they came in.
func (t *Table) SortedBy() (title string, down bool) {
	if t.by < 0 {
		return "", false
	}
	return t.columns[t.by].Title, t.down
}

// Picked are the titles of the columns that a person chose, in their order; none while the usual ones are shown.
func (t *Table) Picked() []string {
	if !t.picked {
		return nil
	}
	titles, shown := t.Columns()
	return titles[:shown]
}

// Len is the number of rows.
func (t *Table) Len() int { return t.list.Len() }

// Selected is the caller's index of the row under the cursor; false when there is none.
func (t *Table) Selected() (row int, ok bool) {
	at, ok := t.list.Selected()
	if !ok {
		return 0, false
	}
	return int(t.order[at]), true
}

// SelectedID is the id under the cursor, empty when the table is.
func (t *Table) SelectedID() string { return t.list.SelectedID() }

// Select moves the cursor to an id; it tells whether there is such a row.
func (t *Table) Select(id string) bool { return t.list.Select(id) }

// Marks is how many rows are marked.
func (t *Table) Marks() int { return len(t.marks) }

// Chosen are the ids that an action means: the marked ones in their order, or else the one under the cursor.
func (t *Table) Chosen() []string {
	if len(t.marks) == 0 {
		if id := t.SelectedID(); id != "" {
			return []string{id}
		}
		return nil
	}
	var ids []string
	for _, id := range t.ids {
		if t.marks[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// Unmark forgets all marks.
func (t *Table) Unmark() { t.marks = map[string]bool{} }

// mark turns the mark of the cursor's row and goes on to the next.
func (t *Table) mark() {
	id := t.SelectedID()
	if t.marks[id] {
		delete(t.marks, id)
	} else if id != "" {
		t.marks[id] = true
	}
	t.list.Move(1)
}

// markAll marks every row, or none when every one is marked.
func (t *Table) markAll() {
	if len(t.marks) == len(t.ids) {
		t.Unmark()
		return
	}
	for _, id := range t.ids {
		t.marks[id] = true
	}
}

// Text gives the chosen rows as lines with tabs between the columns that are shown, their titles first: for a mail or a spreadsheet.
func (t *Table) Text() string {
	rows := map[string]bool{}
	for _, id := range t.Chosen() {
		rows[id] = true
	}
	cells := make([]string, 0, len(t.chosen))
	for _, c := range t.chosen {
		cells = append(cells, t.columns[c].Title)
	}
	lines := []string{strings.Join(cells, "\t")}
	for i, id := range t.ids {
		if !rows[id] {
			continue
		}
		cells = cells[:0]
		for _, c := range t.chosen {
			_, text := t.columns[c].Value(int(t.order[i]))
			cells = append(cells, strings.ReplaceAll(Clean(text), "\t", " "))
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n")
}
