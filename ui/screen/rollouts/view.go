package rollouts

import (
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/ui/part"
)

// wide is from where on the cell under the cursor is explained beside the grid.
const (
	wide      = 110
	veryWide  = 150 // the same beside the table, whose columns need more
	paneWidth = 46
	// tall is from where on there is room for a legend; the counts above the grid show glyphs and words as well.
	tall = 30
)

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, r := s.desk.Theme, s.view()
	if r == nil {
		return []string{t.Text(t.Title, width, "Rollout"), "",
			t.Text(t.Dim, width, "no rollout yet: the pilot opens when the change authority has authorised a change request")}
	}
	lines := append(s.header(r, width), "")
	var legend []string
	if s.layout == asGrid && height >= tall {
		legend = s.legend(r, width, 2)
	}
	room := height - len(lines) - len(legend)
	lines = append(lines, fixed(s.body(r, width, room), room)...)
	return append(lines, legend...)
}

// fixed makes a block exactly so many lines long.
func fixed(lines []string, height int) []string {
	height = max(height, 0)
	if len(lines) > height {
		return lines[:height]
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// body is the layout in front, with the pane of the selected server where there is room; a narrow terminal has a line for it instead.
func (s *Screen) body(r *engine.RolloutView, width, height int) []string {
	switch s.layout {
	case byCode:
		return s.drawCodes(width, height)
	case byUpdate:
		return s.drawUpdates(width, height)
	}
	if width >= wide && s.layout == asGrid || width >= veryWide {
		left := width - paneWidth - 2
		return s.desk.Theme.Beside(s.overCharts(r, left-1, height), left, fixed(s.pane(r, paneWidth, height), height))
	}
	return append(s.overCharts(r, width, height-1), s.selectedLine(width))
}

// chartHeights say how many lines the charts take under a layout that has so many, the tallest first.
var chartHeights = []struct{ from, lines int }{{70, 16}, {32, 10}, {20, 7}}

// chartLines is how many lines the charts take of a layout; 0 where there is no room for them, or nothing to tell.
func (s *Screen) chartLines(r *engine.RolloutView, height int) int {
	if _, known := s.track.Of(r); !known || s.noCharts {
		return 0
	}
	for _, h := range chartHeights {
		if height >= h.from {
			return h.lines
		}
	}
	return 0
}

// overCharts draws the layout in front with the charts of the window at hand under it, in exactly height lines.
func (s *Screen) overCharts(r *engine.RolloutView, width, height int) []string {
	lines := s.chartLines(r, height)
	if lines == 0 {
		return fixed(s.drawLayout(width, height), height)
	}
	progress, _ := s.track.Of(r)
	drawn := fixed(s.drawLayout(width, height-lines-1), height-lines-1)
	return append(append(drawn, ""), s.desk.Charts(progress, width, lines)...)
}

func (s *Screen) drawLayout(width, height int) []string {
	if s.layout == asTable {
		return s.drawTable(width, height)
	}
	return s.drawGrid(width, height)
}

// selectedLine says in one line what is under the cursor.
func (s *Screen) selectedLine(width int) string {
	t, c := s.desk.Theme, s.cell()
	if c == nil {
		return ""
	}
	glyph, ink := t.Status(c.Delivery.Status())
	line := t.Line(width)
	if n := len(s.picked); n > 0 {
		line.Put(t.Accent, fmt.Sprintf("%d picked  ", n))
	}
	line.Put(t.Strong, c.Name).Space(2).Put(ink, glyph+" "+statusWords(c)).Put(t.Dim, " since "+s.age(c.Since))
	for _, words := range []string{c.Code, c.Why} {
		if words != "" {
			line.Put(t.Normal, " · "+words)
		}
	}
	return line.String()
}

func (s *Screen) age(since time.Time) string {
	if since.IsZero() {
		return ""
	}
	return part.Lasting(s.desk.Current.At.Sub(since))
}
