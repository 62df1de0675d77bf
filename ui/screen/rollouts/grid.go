package rollouts

import (
	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// takeGrid turns cells into marks and strips, and marks those that are picked.
func (s *Screen) takeGrid(r *engine.RolloutView) {
	if r == nil {
		return // the rollouts left the view while a question was open
	}
	strips := s.strips.Take(r)
	if len(s.picked) > 0 {
		for i := range r.Cells {
			if s.picked[r.Cells[i].ID] {
				s.strips.Marks[i] |= part.Picked
			}
		}
	}
	s.grid.Set(strips, s.strips.Marks)
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func (s *Screen) gridMoves() []part.Binding {
	const group = "Move"
	move := func(cells, lines int) func() part.Cmd {
		return func() part.Cmd { s.grid.Move(cells, lines); return nil }
	}
	return append([]part.Binding{
		{Keys: []string{"left"}, Help: "the server before", Group: group, Run: move(-1, 0)},
		{Keys: []string{"right"}, Help: "the next server", Group: group, Run: move(1, 0)},
		{Keys: []string{"up", "k"}, Help: "a line up", Group: group, Run: move(0, -1)},
		{Keys: []string{"down", "j"}, Help: "a line down", Group: group, Run: move(0, 1)},
		{Keys: []string{"pgup", "ctrl+u"}, Help: "half a page up", Group: group, Run: func() part.Cmd { s.grid.Page(-1); return nil }},
		{Keys: []string{"pgdown", "ctrl+d"}, Help: "half a page down", Group: group, Run: func() part.Cmd { s.grid.Page(1); return nil }},
		{Keys: []string{"home", "g"}, Help: "the first server", Group: group, Run: func() part.Cmd { s.grid.Place(0); return nil }},
		{Keys: []string{"end", "G"}, Help: "the last server", Group: group, Run: func() part.Cmd { s.grid.Place(len(s.strips.Marks)); return nil }},
	}, s.grid.MouseMoves()...)
}

// drawGrid draws the grid and, where it does not fit, how much is out of sight.
func (s *Screen) drawGrid(width, height int) []string {
	lines := s.grid.Render(width, height)
	if s.grid.Above()+s.grid.Below() == 0 || height < 3 {
		return lines
	}
	lines = s.grid.Render(width, height-1)
	words := ""
	if n := s.grid.Above(); n > 0 {
		words = part.Count(n, "line", "lines") + " above  "
	}
	if n := s.grid.Below(); n > 0 {
		words += part.Count(n, "line", "lines") + " below"
	}
	return append(lines, s.desk.Theme.Text(s.desk.Theme.Dim, width, words))
}

// legend explains the statuses that the rollout shows now, in at most most lines.
func (s *Screen) legend(r *engine.RolloutView, width, most int) []string {
	t := s.desk.Theme
	flow := part.Flow{Theme: t, Width: width}
	seen := map[string]bool{}
	for _, status := range rollout.Statuses {
		glyph, ink := t.Status(status)
		if r.Counts[status.Delivery] == 0 || seen[glyph] {
			continue
		}
		seen[glyph] = true
		flow.Add(ink, glyph, s.sharing(r, status.Glyph))
	}
	lines := flow.Lines()
	return lines[:min(len(lines), most)]
}

// sharing joins the words of the statuses at hand that share a glyph.
func (s *Screen) sharing(r *engine.RolloutView, glyph string) string {
	words := ""
	for _, status := range rollout.Statuses {
		if status.Glyph == glyph && r.Counts[status.Delivery] > 0 {
			if words != "" {
				words += ", "
			}
			words += string(status.Delivery)
		}
	}
	return words
}
