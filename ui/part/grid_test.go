package part

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"patchdeck/engine/rollout"
)

// stripsOf splits so many cells into strips of uneven length.
func stripsOf(cells int) []Strip {
	var strips []Strip
	for i := 0; cells > 0; i++ {
		n := min(cells, 40+i*37%160)
		strips = append(strips, Strip{Group: fmt.Sprintf("W%d", i/3+1), Label: []string{"CHO", "DUB", "RED"}[i%3], Tally: fmt.Sprintf("%4d/%d", 0, n), Cells: n})
		cells -= n
	}
	return strips
}

func TestAGridThatChangedInPlacesEqualsOneDrawnAnew(t *testing.T) {
	theme := newTheme(full, false, false)
	random := rand.New(rand.NewPCG(1, 2))
	strips, marks := stripsOf(1500), make([]Mark, 1500)
	kept := NewGrid(&theme)
	kept.Set(strips, marks)
	for round := range 60 {
		for range random.IntN(30) {
			marks[random.IntN(len(marks))] = Mark(random.IntN(len(rollout.Statuses)))
		}
		if round%9 == 0 {
			strips = append([]Strip(nil), strips...)
			strips[random.IntN(len(strips))].Tally = fmt.Sprintf("%4d/%d", round, 40)
		}
		kept.Set(strips, marks)
		kept.Move(random.IntN(5)-2, random.IntN(7)-3)
		width, height := 60+round/20*30, 12
		got := kept.Render(width, height)

		anew := NewGrid(&theme)
		anew.Set(strips, marks)
		anew.cursor, anew.top = kept.cursor, kept.top
		want := anew.Render(width, height)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("round %d, line %d:\ngot  %q\nwant %q", round, i, got[i], want[i])
			}
		}
	}
}

func TestEveryCellOfAGridIsDrawnOnce(t *testing.T) {
	theme := newTheme(nothing, false, true)
	marks := make([]Mark, 700)
	for i := range marks {
		marks[i] = MarkOf(rollout.Succeeded)
	}
	g := NewGrid(&theme)
	g.Set(stripsOf(len(marks)), marks)
	for _, width := range []int{30, 80, 200} {
		text := strings.Join(g.Render(width, 100), "\n")
		if drawn := strings.Count(text, "#") + strings.Count(text, "@"); drawn != len(marks) {
			t.Errorf("width %d draws %d cells of %d", width, drawn, len(marks))
		}
		for _, line := range strings.Split(text, "\n") {
			if Seen(line) > width {
				t.Errorf("width %d: a line of %d columns: %q", width, Seen(line), line)
			}
		}
	}
}

func TestTheCursorOfAGridKeepsItsColumnFromLineToLine(t *testing.T) {
	theme := newTheme(nothing, false, false)
	g := NewGrid(&theme)
	g.Set([]Strip{{Label: "a", Cells: 5}, {Label: "b", Cells: 2}, {Label: "c", Cells: 5}}, make([]Mark, 12))
	g.Render(40, 10)
	g.Place(3)
	for _, step := range []struct{ lines, want int }{{1, 6}, {1, 8}, {1, 8}, {-1, 6}, {-1, 1}, {-1, 1}} {
		g.Move(0, step.lines)
		if at, _ := g.Cursor(); at != step.want {
			t.Errorf("after %+d lines the cursor is on cell %d, want %d", step.lines, at, step.want)
		}
	}
}

func TestTheFirstLineInSightNamesItsWindow(t *testing.T) {
	theme := newTheme(nothing, false, false)
	g := NewGrid(&theme)
	g.Set(stripsOf(3000), make([]Mark, 3000))
	g.Render(60, 8)
	for cell := 0; cell < 3000; cell += 211 {
		g.Place(cell)
		if top := g.Render(60, 8)[0]; !strings.HasPrefix(top, "W") {
			t.Errorf("cell %d: the first line is %q", cell, top)
		}
	}
}

func TestAnEmptyGridDrawsNothing(t *testing.T) {
	theme := newTheme(nothing, false, false)
	g := NewGrid(&theme)
	g.Set(nil, nil)
	g.Move(1, 1)
	if _, ok := g.Cursor(); ok {
		t.Error("an empty grid has a cursor")
	}
	if text := strings.Join(g.Render(80, 5), ""); text != "" {
		t.Errorf("an empty grid draws %q", text)
	}
}
