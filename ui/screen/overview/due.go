package overview

import (
	"fmt"
	"slices"

	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// nextTasks is how many of the deadlines to come are shown.
const nextTasks = 3

// dueBlock shows what is late, what somebody objects to, and what is due next: overdue tasks of the month, open objections, deadlines with
// the time left.
func (s *Screen) dueBlock(width, room int) []string {
	t, d := s.desk.Theme, s.desk
	sheet := part.Sheet{Theme: t, Width: width}
	var late, next []procedure.Line
	for _, l := range d.Current.Procedure.Tasks {
		switch {
		case l.State == procedure.Overdue:
			late = append(late, l)
		case !l.State.Finished() && l.Due.After(d.Current.At):
			next = append(next, l)
		}
	}
	slices.SortStableFunc(next, func(a, b procedure.Line) int { return a.Due.Compare(b.Due) })
	sheet.Head("Late, objected to, due next", fmt.Sprintf("%s overdue", part.Count(len(late), "task", "tasks")))
	row := func(ink part.Ink, sign, words, end string) {
		if len(sheet.Lines) < max(room, leastBlock) {
			sheet.Row(func(l *part.Line) {
				l.Put(ink, sign+" ").Put(t.Normal, part.Clip(words, max(0, l.Room()-part.Width(end)-2))).End(ink, end)
			})
		}
	}
	for _, l := range late {
		row(t.Tone(rollout.ToneBad), "!", fmt.Sprintf("task %d %s (%s)", l.Task, l.Title, l.Who), "due "+d.Ago(l.Due))
	}
	for _, c := range d.Current.Changes {
		for _, o := range c.OpenObjections() {
			row(t.Tone(rollout.ToneMissed), "?", fmt.Sprintf("%s: %s objects: %s", c.ID, o.By, o.Reason), d.Ago(o.At))
		}
	}
	for _, l := range next[:min(len(next), nextTasks)] {
		row(t.Dim, "·", fmt.Sprintf("task %d %s (%s)", l.Task, l.Title, l.Who), "in "+d.Left(l.Due))
	}
	if len(sheet.Lines) == 1 {
		sheet.Say(t.Dim, "nothing")
	}
	return sheet.Lines
}
