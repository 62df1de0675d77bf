package rollouts

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// takeGrid turns cells into marks and strips: one strip for each site of each window, in the order of the cells.
func (s *Screen) takeGrid(r *engine.RolloutView) {
	if r == nil {
		return // the rollouts left the view while a question was open
	}
	if cap(s.marks) < len(r.Cells) {
		s.marks = make([]part.Mark, len(r.Cells))
	}
	s.marks = s.marks[:len(r.Cells)]
	var strips []part.Strip
	from := 0
	for i := range r.Cells {
		s.marks[i] = part.MarkOf(r.Cells[i].Delivery)
		if i+1 == len(r.Cells) || !sameStrip(&r.Cells[i], &r.Cells[i+1]) {
			strips = append(strips, strip(&r.Cells[from], s.marks[from:i+1]))
			from = i + 1
		}
	}
	for i := range s.marks {
		if len(s.picked) > 0 && s.picked[r.Cells[i].ID] {
			s.marks[i] |= part.Picked
		}
	}
	s.grid.Set(strips, s.marks)
}

func sameStrip(a, b *engine.Cell) bool { return a.Window == b.Window && a.Site == b.Site }

// strip labels the cells of one site in one window and counts their marks.
func strip(first *engine.Cell, marks []part.Mark) part.Strip {
	const windowWidth, siteWidth = 4, 8
	var counts [part.Picked]int
	for _, m := range marks {
		counts[m]++
	}
	done, targeted, loud := 0, 0, false
	for m, status := range rollout.Statuses {
		if status.Targeted {
			targeted += counts[m]
		}
		if status.Delivery == rollout.Succeeded {
			done += counts[m]
		}
		loud = loud || counts[m] > 0 && desk.Troubled(status.Delivery)
	}
	return part.Strip{
		Group: part.Clip(orDash(first.Window), windowWidth), Label: part.Clip(orDash(first.Site), siteWidth),
		Tally: fmt.Sprintf("%d/%d", done, targeted), Loud: loud, Cells: len(marks),
	}
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
	return []part.Binding{
		{Keys: []string{"left"}, Help: "the server before", Group: group, Run: move(-1, 0)},
		{Keys: []string{"right"}, Help: "the next server", Group: group, Run: move(1, 0)},
		{Keys: []string{"up", "k"}, Help: "a line up", Group: group, Run: move(0, -1)},
		{Keys: []string{"down", "j"}, Help: "a line down", Group: group, Run: move(0, 1)},
		{Keys: []string{"pgup", "ctrl+u"}, Help: "half a page up", Group: group, Run: func() part.Cmd { s.grid.Page(-1); return nil }},
		{Keys: []string{"pgdown", "ctrl+d"}, Help: "half a page down", Group: group, Run: func() part.Cmd { s.grid.Page(1); return nil }},
		{Keys: []string{"home", "g"}, Help: "the first server", Group: group, Run: func() part.Cmd { s.grid.Place(0); return nil }},
		{Keys: []string{"end", "G"}, Help: "the last server", Group: group, Run: func() part.Cmd { s.grid.Place(len(s.marks)); return nil }},
	}
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
