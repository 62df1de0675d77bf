package plan

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// dayWidth is how many columns the names of days take.
const dayWidth = 11

// calendar draws a row for each day, with its windows as cells.
func (s *Screen) calendar(width int, c *engine.ChangeView) []string {
	t := s.desk.Theme
	cell := max(9, (width-dayWidth-1)/perRow)
	var lines []string
	for row, d := range s.days {
		name := d.at.Format("Mon 2 Jan")
		if row > 0 && s.days[row-1].at.Equal(d.at) {
			name = ""
		}
		line := t.Line(width).Space(1).Column(t.Dim, name, dayWidth)
		for at, w := range d.windows {
			line.Drawn(s.cell(w, cell-1, row == s.row && at == s.at, c), cell-1).Space(1)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// cell draws one window: its name, when it opens, how many servers it takes, and what has become of them.
func (s *Screen) cell(w rollout.Window, width int, selected bool, c *engine.ChangeView) string {
	t, now := s.desk.Theme, s.desk.Current.At
	line := t.Line(width)
	if selected {
		line.Over(t.Cursor)
		line.Put(t.Accent, t.Pointer())
	} else {
		line.Space(1)
	}
	ink, sign := t.Normal, ""
	counts, _ := running(s.desk.Current, c.Plan.Hash, w.ID)
	switch {
	case desk.AnyTroubled(counts):
		ink, sign = t.Tone(rollout.ToneBad), "!"
	case !now.Before(w.Closes):
		ink = t.Dim
	case !now.Before(w.Opens):
		ink, sign = t.Tone(rollout.ToneActive), "*"
	}
	line.Put(ink, w.ID+sign)
	if f, known := s.expected(); len(s.tally.clashes[w.ID]) > 0 {
		line.Put(t.Tone(rollout.ToneMissed), "&")
	} else if known && short(f.windows[w.ID]) {
		line.Put(t.Tone(rollout.ToneMissed), "<")
	}
	if width >= 16 {
		line.Put(t.Dim, " "+s.desk.Clock(w.Opens))
	}
	number := fmt.Sprint(len(s.tally.servers[w.ID]))
	if n := counts[rollout.Succeeded]; n > 0 {
		number = fmt.Sprintf("%d/%s", n, number)
	}
	if part.Width(number)+1 <= line.Room() {
		line.End(ink, number)
	}
	return line.Fill(width).String()
}
