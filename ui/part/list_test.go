package part

import (
	"fmt"
	"strings"
	"testing"
)

func numbered(l *List, ids ...string) {
	l.Cell = func(row, _ int) (Ink, string) { return Ink{}, ids[row] }
	l.Set(len(ids), func(row int) string { return ids[row] })
}

func newList() *List { return &List{Columns: []Column{{Title: "Server", Width: 10, Grow: 1}}} }

func TestTheCursorStaysOnItsRowWhenRowsComeAndGo(t *testing.T) {
	l := newList()
	numbered(l, "a", "b", "c", "d")
	l.Select("c")
	numbered(l, "x", "y", "a", "b", "c", "d")
	if got := l.SelectedID(); got != "c" {
		t.Errorf("after rows came before it the cursor is on %q, want c", got)
	}
	numbered(l, "c")
	if got := l.SelectedID(); got != "c" {
		t.Errorf("after rows left the cursor is on %q, want c", got)
	}
	numbered(l, "p", "q")
	if got := l.SelectedID(); got != "p" {
		t.Errorf("after its row left the cursor is on %q, want p, at its place", got)
	}
	numbered(l)
	if got := l.SelectedID(); got != "" {
		t.Errorf("an empty list has the cursor on %q", got)
	}
}

func TestAListAsksForVisibleRowsOnly(t *testing.T) {
	l := newList()
	asked := 0
	l.Cell = func(row, _ int) (Ink, string) { asked++; return Ink{}, fmt.Sprint(row) }
	l.Set(10_000, func(row int) string { return fmt.Sprint(row) })
	l.Select("5000")
	theme := newTheme(nothing, false, false)
	lines := l.Render(&theme, 40, 21)
	if asked != 20 {
		t.Errorf("%d cells were asked for, want 20", asked)
	}
	if len(lines) != 21 || !strings.Contains(strings.Join(lines, "\n"), "▌5000") {
		t.Errorf("the cursor's row is not among the %d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
}

func TestTheCursorIsAlwaysInSight(t *testing.T) {
	theme := newTheme(nothing, false, false)
	for _, height := range []int{1, 2, 3, 10} {
		l := newList()
		ids := make([]string, 57)
		for i := range ids {
			ids[i] = fmt.Sprintf("row%02d", i)
		}
		numbered(l, ids...)
		for _, step := range []func(){func() { l.Move(1) }, func() { l.Page(1) }, l.Last, func() { l.Move(-1) }, func() { l.Page(-1) }, l.First} {
			for range 20 {
				step()
				lines := l.Render(&theme, 30, height)
				if len(lines) != height {
					t.Fatalf("%d lines, want %d", len(lines), height)
				}
				if height > 1 && !strings.Contains(strings.Join(lines, "\n"), "▌"+l.SelectedID()) {
					t.Fatalf("height %d: %s is out of sight:\n%s", height, l.SelectedID(), strings.Join(lines, "\n"))
				}
			}
		}
	}
}

func TestColumnsComeAndGoWithTheWidth(t *testing.T) {
	l := &List{Columns: []Column{{Title: "Name", Width: 8, Grow: 1}, {Title: "Short", Width: 5, Until: 60}, {Title: "Long", Width: 12, From: 60}}}
	l.Cell = func(int, int) (Ink, string) { return Ink{}, "x" }
	l.Set(1, func(int) string { return "a" })
	theme := newTheme(nothing, false, false)
	for width, want := range map[int][2]bool{40: {true, false}, 80: {false, true}} {
		head := l.Render(&theme, width, 2)[0]
		if got := [2]bool{strings.Contains(head, "Short"), strings.Contains(head, "Long")}; got != want {
			t.Errorf("width %d shows %q", width, head)
		}
		if Seen(head) > width {
			t.Errorf("the head takes %d columns of %d", Seen(head), width)
		}
	}
}
