package rollouts

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// tableColumns are the columns of the table; each knows its cell.
var tableColumns = []struct {
	part.Column
	cell func(s *Screen, c *engine.Cell) (part.Ink, string)
}{
	{part.Column{Width: 1}, func(s *Screen, c *engine.Cell) (part.Ink, string) {
		glyph, ink := s.desk.Theme.Status(c.Delivery.Status())
		if s.picked[c.ID] {
			glyph = s.desk.Theme.PickedGlyph()
		}
		return ink, glyph
	}},
	{part.Column{Title: "Server", Width: 16, Grow: 1}, plain(func(_ *Screen, c *engine.Cell) string { return c.Name })},
	{part.Column{Title: "Win", Width: 4}, plain(func(_ *Screen, c *engine.Cell) string { return c.Window })},
	{part.Column{Title: "Site", Width: 5, From: 90}, plain(func(_ *Screen, c *engine.Cell) string { return c.Site })},
	{part.Column{Title: "Status", Width: 15}, func(s *Screen, c *engine.Cell) (part.Ink, string) {
		_, ink := s.desk.Theme.Status(c.Delivery.Status())
		return ink, statusWords(c)
	}},
	{part.Column{Title: "Since", Width: 7, Right: true}, plain(func(s *Screen, c *engine.Cell) string { return s.age(c.Since) })},
	{part.Column{Title: "Try", Width: 3, Right: true, From: 100}, plain(func(_ *Screen, c *engine.Cell) string { return fmt.Sprint(c.Attempt) })},
	{part.Column{Title: "Code", Width: 10}, plain(func(_ *Screen, c *engine.Cell) string { return c.Code })},
	{part.Column{Title: "Why", Width: 10, Grow: 4}, plain(func(_ *Screen, c *engine.Cell) string { return c.Why })},
	{part.Column{Title: "Compliance", Width: 12, From: 140}, func(s *Screen, c *engine.Cell) (part.Ink, string) {
		return s.desk.Theme.Tone(desk.ComplianceTone(c.Compliance)), string(c.Compliance)
	}},
	{part.Column{Title: "Owner", Width: 12, From: 120}, plain(func(_ *Screen, c *engine.Cell) string { return c.Owner })},
}

func plain(text func(*Screen, *engine.Cell) string) func(*Screen, *engine.Cell) (part.Ink, string) {
	return func(s *Screen, c *engine.Cell) (part.Ink, string) { return s.desk.Theme.Normal, text(s, c) }
}

// statusWords is the status, with how far it is where that is known.
func statusWords(c *engine.Cell) string {
	if c.Drain == rollout.Draining {
		return string(c.Drain)
	}
	if c.Delivery == rollout.Running && c.Percent > 0 {
		return fmt.Sprintf("%s %d %%", c.Delivery, c.Percent)
	}
	return string(c.Delivery)
}

func (s *Screen) makeTable() {
	for _, c := range tableColumns {
		s.table.Columns = append(s.table.Columns, c.Column)
	}
	s.table.Cell = func(row, column int) (part.Ink, string) {
		return tableColumns[column].cell(s, &s.view().Cells[s.shown[row]])
	}
}

// narrow chooses the rows of the table, in the order of the grid.
func (s *Screen) narrow() {
	r := s.view()
	s.shown = s.shown[:0]
	if r == nil {
		s.table.Set(0, nil)
		return
	}
	for place := range r.Cells {
		i := s.order.row(r, place)
		c := &r.Cells[i]
		if !s.filter.Active() || s.filter.Match(c.Name, c.Window, c.Site, string(c.Delivery), c.Code, c.Why, c.Owner, c.OS, c.Cluster, c.Class) {
			s.shown = append(s.shown, i)
		}
	}
	cells, shown := r.Cells, s.shown
	s.table.Set(len(shown), func(row int) string { return cells[shown[row]].ID })
	if s.layout == asTable && s.filter.Active() {
		s.afterTable()
	} else {
		s.table.Select(s.selected)
	}
}

func (s *Screen) drawTable(width, height int) []string {
	t := s.desk.Theme
	line := t.Line(width)
	s.filter.Draw(line, t)
	if s.filter.Active() {
		line.End(t.Dim, fmt.Sprintf("%s of %s", part.Number(len(s.shown)), part.Count(len(s.view().Cells), "server", "servers")))
	}
	var lines []string
	if s.filter.Active() || s.filter.Typing() {
		lines = append(lines, line.String())
	}
	if s.table.Len() == 0 {
		return append(lines, t.Text(t.Dim, width, "no server matches; esc clears the filter"))
	}
	return append(lines, s.table.Render(t, width, height-len(lines))...)
}
