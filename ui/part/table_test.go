package part

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fleetTable is a table of servers with their free space; the caller changes the values in place.
func fleetTable(names []string, free map[string]float64) *Table {
	t := NewTable(
		TableColumn{Column: Column{Title: "Server", Width: 8, Grow: 1}, Value: func(row int) (Ink, string) { return Ink{}, names[row] }},
		TableColumn{Column: Column{Title: "Free", Width: 6, Right: true}, Value: func(row int) (Ink, string) { return Ink{}, fmt.Sprint(free[names[row]], " GB") },
			Number: func(row int) float64 { return free[names[row]] }},
		TableColumn{Column: Column{Title: "Site", Width: 6}, Spare: true, Value: func(int) (Ink, string) { return Ink{}, "DUB" }},
	)
	t.Set(len(names), func(row int) string { return names[row] })
	return t
}

// press presses a key of the table.
func press(t *testing.T, table *Table, keys ...string) {
	t.Helper()
	for _, key := range keys {
		b, ok := Find(table.Moves(), Key{Name: key})
		if !ok {
			t.Fatalf("no key %s", key)
		}
		b.Run()
	}
}

func TestTheCursorAndTheMarksStayOnTheirRowsWhenATableIsSorted(t *testing.T) {
	names := []string{"b", "a", "c"}
	table := fleetTable(names, map[string]float64{"a": 10, "b": 9, "c": 100})
	table.Select("c")
	press(t, table, "space", "k")
	table.Select("a")
	press(t, table, "s") // by name
	if got := table.ids; !slices.Equal(got, []string{"a", "b", "c"}) || table.SelectedID() != "a" {
		t.Errorf("sorted by name: %v with the cursor on %s", got, table.SelectedID())
	}
	press(t, table, "s") // by free space, as numbers and not as texts
	if got := table.ids; !slices.Equal(got, []string{"b", "a", "c"}) || table.SelectedID() != "a" {
		t.Errorf("sorted by free space: %v with the cursor on %s", got, table.SelectedID())
	}
	press(t, table, "S")
	if got := table.ids; !slices.Equal(got, []string{"c", "a", "b"}) || !slices.Equal(table.Chosen(), []string{"c"}) {
		t.Errorf("turned round: %v, marked %v", got, table.Chosen())
	}
	press(t, table, "s")
	if title, _ := table.SortedBy(); title != "" || !slices.Equal(table.ids, names) {
		t.Errorf("behind the last column the rows are sorted by %q: %v", title, table.ids)
	}
}

func TestNothingMovesInASortedTableUntilAPersonSortsAgain(t *testing.T) {
	free := map[string]float64{"a": 1, "b": 2, "c": 3}
	table := fleetTable([]string{"a", "b", "c"}, free)
	press(t, table, "s", "s")
	free["a"], free["d"] = 50, 0
	names := []string{"d", "a", "c"} // one came, one left
	for i := range table.columns {
		table.columns[i] = fleetTable(names, free).columns[i]
	}
	table.Set(len(names), func(row int) string { return names[row] })
	if !slices.Equal(table.ids, []string{"a", "c", "d"}) {
		t.Errorf("after a refresh the rows stand as %v, want the old ones in place and the new one behind", table.ids)
	}
	press(t, table, "=")
	if !slices.Equal(table.ids, []string{"d", "c", "a"}) {
		t.Errorf("sorted anew the rows stand as %v", table.ids)
	}
}

func TestMarksAreForgottenWithTheirRows(t *testing.T) {
	names := []string{"a", "b", "c"}
	table := fleetTable(names, nil)
	press(t, table, "a")
	if table.Marks() != 3 {
		t.Fatalf("%d rows are marked", table.Marks())
	}
	table.Set(1, func(int) string { return "b" })
	if got := table.Chosen(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("an action would mean %v", got)
	}
	press(t, table, "a")
	if table.Marks() != 0 {
		t.Error("the second a does not unmark")
	}
}

func TestAPersonChoosesColumnsAndTheirOrder(t *testing.T) {
	theme := newTheme(nothing, false, false)
	table := fleetTable([]string{"a"}, nil)
	head := func(width int) string { return strings.Join(strings.Fields(table.Render(&theme, width, 3)[0]), " ") }
	if got := head(60); got != "Server Free" {
		t.Errorf("at first the head is %q", got)
	}
	table.Choose("Site", "nonsense", "Server", "Site")
	if got := head(60); got != "Site Server" {
		t.Errorf("chosen: %q", got)
	}
	if titles, shown := table.Columns(); shown != 2 || !slices.Equal(titles, []string{"Site", "Server", "Free"}) {
		t.Errorf("the choice shows %v, %d of them shown", titles, shown)
	}
	table.Choose()
	if got := head(60); got != "Server Free" {
		t.Errorf("the usual columns again: %q", got)
	}
	press(t, table, "s")
	if got := head(60); got != "Server↑ Free" {
		t.Errorf("sorted: %q", got)
	}
}

func TestColumnsThatDoNotFitAreCountedAndCanBeScrolledTo(t *testing.T) {
	theme := newTheme(nothing, false, false)
	var columns []TableColumn
	for i := range 30 {
		columns = append(columns, TableColumn{Column: Column{Title: fmt.Sprintf("column%02d", i), Width: 10}, Value: func(int) (Ink, string) { return Ink{}, fmt.Sprint(i) }})
	}
	table := NewTable(columns...)
	table.Set(1, func(int) string { return "a" })
	for width := 80; width <= 300; width++ {
		table.shift = 0
		seen := map[string]bool{}
		for range len(columns) {
			lines := table.Render(&theme, width, 2)
			for _, l := range lines {
				if Width(l) > width {
					t.Fatalf("%d columns wide at %d: %q", Width(l), width, l)
				}
			}
			for _, title := range strings.Fields(lines[0]) {
				seen[title] = true
			}
			if strings.Contains(lines[0], "…") {
				t.Fatalf("at %d a title is cut: %q", width, lines[0])
			}
			press(t, table, "right")
		}
		if len(seen) != len(columns) {
			t.Fatalf("at %d only %d of %d columns can be seen", width, len(seen), len(columns))
		}
	}
}

func TestCopiedRowsAreTheChosenOnesWithTheirTitles(t *testing.T) {
	table := fleetTable([]string{"a\x1b[31m", "b\tc"}, nil)
	press(t, table, "a")
	if got, want := table.Text(), "Server\tFree\na?[31m\t0 GB\nb c\t0 GB"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
}
