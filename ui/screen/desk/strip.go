package desk

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Strips turns the cells of rollouts into marks, and into strips: one for each site of each window, in the order of the cells. Where one
// strip ends and the next begins is found once for a layout of the cells, and not for every view.
type Strips struct {
	Marks   []part.Mark // of the cells that were taken last
	ends    []int       // of the strips, in cells
	rollout string      // whose layout this is
	laid    uint64
}

// Take gives the strips of a rollout, and brings Marks up to it.
func (s *Strips) Take(r *engine.RolloutView) []part.Strip {
	known := r.Laid != 0 && r.Laid == s.laid && r.ID == s.rollout && len(r.Cells) == len(s.Marks)
	if !known {
		s.lay(r)
	}
	var last rollout.Delivery
	var mark part.Mark
	for i := range r.Cells {
		if d := r.Cells[i].Delivery; d != last || i == 0 {
			last, mark = d, part.MarkOf(d)
		}
		s.Marks[i] = mark
	}
	strips, from := make([]part.Strip, len(s.ends)), 0
	for i, end := range s.ends {
		strips[i], from = strip(&r.Cells[from], s.Marks[from:end]), end
	}
	return strips
}

// lay finds where strips end.
func (s *Strips) lay(r *engine.RolloutView) {
	s.rollout, s.laid, s.ends = r.ID, r.Laid, s.ends[:0]
	if cap(s.Marks) < len(r.Cells) {
		s.Marks = make([]part.Mark, len(r.Cells))
	}
	s.Marks = s.Marks[:len(r.Cells)]
	for i := range r.Cells {
		if i+1 == len(r.Cells) || !sameStrip(&r.Cells[i], &r.Cells[i+1]) {
			s.ends = append(s.ends, i+1)
		}
	}
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
		loud = loud || counts[m] > 0 && Troubled(status.Delivery)
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

// CountLines list every status with servers in it, and that they add up to the targeted ones. What stands outside follows.
func CountLines(t *part.Theme, counts rollout.Counts, width int) []string {
	flow := part.Flow{Theme: t, Width: width}
	sum := "= " + part.Number(counts.Targeted()) + " targeted"
	for _, d := range CountOrder {
		n := counts[d]
		if n == 0 {
			continue
		}
		status := d.Status()
		glyph, ink := t.Status(status)
		if status.Targeted {
			flow.Add(ink, glyph, part.Number(n)+" "+string(d))
			continue
		}
		if sum != "" {
			flow.Add(t.Strong, "", sum)
			sum = ""
		}
		flow.Add(ink, glyph, part.Number(n)+" "+string(d)+" (not counted)")
	}
	if sum != "" {
		flow.Add(t.Strong, "", sum)
	}
	return flow.Lines()
}
