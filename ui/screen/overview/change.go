package overview

import (
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// changesBlock lists the change requests that are not over, with the time left to their deadlines.
func (s *Screen) changesBlock(width, room int) []string {
	t, d := s.desk.Theme, s.desk
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Change requests", "time left")
	for _, c := range d.Current.Changes {
		if c.State.Ended() && c.State != approval.Returned && c.State != approval.Void || len(sheet.Lines) >= room {
			continue
		}
		left, ink := d.Left(c.Deadline), t.Dim
		if !c.Deadline.After(d.Current.At) {
			left, ink = "overdue", t.Tone(rollout.ToneBad)
		}
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, c.ID, 8).Space(1).Column(t.Normal, c.Release, 18).Space(1).
				Column(t.Dim, string(c.Priority), 10).Space(1).Put(t.Normal, waitsFor(c.Change)).End(ink, left)
		})
	}
	if len(sheet.Lines) == 1 {
		sheet.Say(t.Dim, "none is open")
	}
	return sheet.Lines
}

// waitsFor says who must decide next.
func waitsFor(c approval.Change) string {
	if c.Held != nil {
		return "held for " + c.Held.By
	}
	for _, t := range c.State.Awaits() {
		return "waits for " + string(t.By)
	}
	return string(c.State)
}
