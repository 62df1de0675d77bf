package desk

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Strips turns the cells of a rollout into marks, and into strips: one for each site of each window, in the order of the cells. The
// marks are written over those that are given, where they have room.
func Strips(cells []engine.Cell, marks []part.Mark) ([]part.Strip, []part.Mark) {
	if cap(marks) < len(cells) {
		marks = make([]part.Mark, len(cells))
	}
	marks = marks[:len(cells)]
	var strips []part.Strip
	from := 0
	for i := range cells {
		marks[i] = part.MarkOf(cells[i].Delivery)
		if i+1 == len(cells) || !sameStrip(&cells[i], &cells[i+1]) {
			strips = append(strips, strip(&cells[from], marks[from:i+1]))
			from = i + 1
		}
	}
	return strips, marks
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
