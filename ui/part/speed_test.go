package part

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/table"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"patchdeck/engine/rollout"
)

// The grid of the measurements: 10,000 cells, all of them seen at 200x50.
const speedWidth, speedHeight, speedCells = 200, 50, 10_000

// randomMarks is the worst case, a status of its own for every cell; usualMarks is a night, of which 92 % is done.
func randomMarks() []Mark {
	random := rand.New(rand.NewPCG(1, 2))
	marks := make([]Mark, speedCells)
	for i := range marks {
		marks[i] = Mark(random.IntN(len(rollout.Statuses)))
	}
	return marks
}

func usualMarks() []Mark {
	marks := randomMarks()
	for i := range marks {
		if i%100 < 92 {
			marks[i] = MarkOf(rollout.Succeeded)
		}
	}
	return marks
}

func speedStrips() []Strip {
	strips := make([]Strip, speedHeight)
	for i := range strips {
		strips[i].Cells = speedCells / speedHeight
	}
	return strips
}

// BenchmarkGrid draws every line anew each time.
func BenchmarkGrid(b *testing.B) {
	theme := newTheme(full, false, false)
	for name, marks := range map[string][]Mark{"usual": usualMarks(), "worst": randomMarks()} {
		b.Run(name, func(b *testing.B) {
			g := NewGrid(&theme)
			for b.Loop() {
				g.lines = nil
				g.Set(speedStrips(), marks)
				strings.Join(g.Render(speedWidth, speedHeight), "\n")
			}
		})
	}
}

// BenchmarkGridDirty changes 100 cells in 10 lines between two drawings.
func BenchmarkGridDirty(b *testing.B) {
	theme := newTheme(full, false, false)
	marks, strips := usualMarks(), speedStrips()
	g := NewGrid(&theme)
	for i := 0; b.Loop(); i++ {
		for k := range 100 {
			marks[k%10*1000+k] = Mark((i + k) % len(rollout.Statuses))
		}
		g.Set(strips, marks)
		strings.Join(g.Render(speedWidth, speedHeight), "\n")
	}
}

// BenchmarkLipglossPerCell is the peer: the same cells, each through a style.
func BenchmarkLipglossPerCell(b *testing.B) {
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.TrueColor)
	styles := make([]lipgloss.Style, len(rollout.Statuses))
	for i, s := range rollout.Statuses {
		styles[i] = tonePalette[s.Tone].style(renderer, full, false)
	}
	marks := usualMarks()
	for b.Loop() {
		var text strings.Builder
		for i, m := range marks {
			text.WriteString(styles[m].Render(rollout.Statuses[m].Glyph))
			if i%speedWidth == speedWidth-1 {
				text.WriteByte('\n')
			}
		}
	}
}

// BenchmarkList draws a list of 10,000 rows and moves its cursor.
func BenchmarkList(b *testing.B) {
	theme := newTheme(full, false, false)
	names := make([]string, speedCells)
	for i := range names {
		names[i] = fmt.Sprintf("DUB-SQL-%05d", i)
	}
	l := &List{Columns: []Column{{Title: "Server", Width: 16, Grow: 2}, {Title: "OS", Width: 20}, {Title: "Build", Width: 16}, {Title: "Env", Width: 5},
		{Title: "Site", Width: 5}, {Title: "Owner", Width: 12, Grow: 1}, {Title: "Window", Width: 6}, {Title: "State", Width: 20, Grow: 3}}}
	texts := []string{"", "Windows Server 2022", "10.0.20348.4405", "Prod", "DUB", "Retail BI", "W5", "3 missing"}
	l.Cell = func(row, column int) (Ink, string) {
		if column == 0 {
			return theme.Normal, names[row]
		}
		return theme.Dim, texts[column]
	}
	l.Set(len(names), func(row int) string { return names[row] })
	l.Select(names[len(names)/2])
	for b.Loop() {
		l.Move(1)
		strings.Join(l.Render(&theme, speedWidth, speedHeight), "\n")
	}
}

// tableTexts are the cells of the tables that are measured against each other; the first one is the row's name.
var tableTexts = []string{"", "Windows Server 2022", "10.0.20348.4405", "Prod", "DUB", "Retail BI", "W5", "3 missing"}

var tableColumns = []Column{{Title: "Server", Width: 16, Grow: 2}, {Title: "OS", Width: 20}, {Title: "Build", Width: 16}, {Title: "Env", Width: 5},
	{Title: "Site", Width: 5}, {Title: "Owner", Width: 12, Grow: 1}, {Title: "Window", Width: 6}, {Title: "State", Width: 20, Grow: 3}}

func rowNames() []string {
	names := make([]string, speedCells)
	for i := range names {
		names[i] = fmt.Sprintf("DUB-SQL-%05d", i*7919%speedCells)
	}
	return names
}

// BenchmarkTable draws a sorted table of 10,000 marked rows and moves its cursor; takes the same rows anew; and sorts them.
func BenchmarkTable(b *testing.B) {
	theme := newTheme(full, false, false)
	names := rowNames()
	var columns []TableColumn
	for i, c := range tableColumns {
		columns = append(columns, TableColumn{Column: c, Value: func(row int) (Ink, string) {
			if i == 0 {
				return theme.Normal, names[row]
			}
			return theme.Dim, tableTexts[i]
		}})
	}
	t := NewTable(columns...)
	id := func(row int) string { return names[row] }
	t.Set(len(names), id)
	t.SortBy("Server", true)
	t.markAll()
	t.Select(names[len(names)/2])
	b.Run("frame", func(b *testing.B) {
		for b.Loop() {
			t.list.Move(1)
			strings.Join(t.Render(&theme, speedWidth, speedHeight), "\n")
		}
	})
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			t.Set(len(names), id)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for b.Loop() {
			t.Sort()
		}
	})
}

// BenchmarkBubblesTable is the peer: the table of Bubbles with the same cells.
func BenchmarkBubblesTable(b *testing.B) {
	var columns []table.Column
	for _, c := range tableColumns {
		columns = append(columns, table.Column{Title: c.Title, Width: c.Width})
	}
	var rows []table.Row
	for _, name := range rowNames() {
		rows = append(rows, append(table.Row{name}, tableTexts[1:]...))
	}
	t := table.New(table.WithColumns(columns), table.WithRows(rows), table.WithHeight(speedHeight), table.WithWidth(speedWidth))
	t.SetCursor(len(rows) / 2)
	for b.Loop() {
		t.MoveDown(1)
		t.View()
	}
}
