package plan

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// ganttLabel is how many columns the names of bars take, ganttTail what stands behind them.
const ganttLabel, ganttTail = 12, 6

// stateTones colour what has no servers to count.
var stateTones = map[procedure.State]rollout.Tone{procedure.Done: rollout.ToneGood, procedure.Open: rollout.ToneActive, procedure.Overdue: rollout.ToneBad,
	procedure.Waiting: rollout.TonePlain}

// drawGantt draws the release as bars over time, the window under the cursor among them.
func (s *Screen) drawGantt(width, height int, c *engine.ChangeView) []string {
	t, g := s.desk.Theme, s.desk.Current.Gantt(*c)
	scale := part.Scale{From: g.From, To: g.To, Width: width - ganttLabel - ganttTail - 1}
	layout := "2"
	if scale.Width > 90 {
		layout = "Mon 2"
	}
	lines := []string{t.Line(width).Put(t.Title, "Release").End(t.Dim, "fuller: verified").String(),
		t.Line(width).Space(ganttLabel+1).Drawn(t.Ruler(scale, s.desk.Zone, layout), scale.Width).String()}
	selected := ""
	if w, ok := s.window(); ok {
		selected = w.ID
	}
	var rows []string
	cursor := 0
	for _, b := range g.Bars {
		if b.Window != "" && b.Window == selected {
			cursor = len(rows)
		}
		rows = append(rows, s.ganttRow(scale, b, width, b.Window != "" && b.Window == selected))
	}
	return append(lines, around(rows, cursor, height-len(lines))...)
}

func (s *Screen) ganttRow(scale part.Scale, b procedure.Bar, width int, selected bool) string {
	t := s.desk.Theme
	name, ink, tone := b.Title, t.Strong, stateTones[b.State]
	if b.Window != "" {
		name, ink, tone = "  "+b.Title, t.Normal, rollout.ToneStage
	}
	line := t.Line(width)
	if selected {
		ink = t.Strong
		line.Put(t.Accent, t.Pointer())
	} else {
		line.Space(1)
	}
	line.Column(ink, name, ganttLabel)
	line.Drawn(t.Span(scale, part.Span{From: b.From, To: b.To, Done: b.Progress, Ink: t.Tone(tone)}, s.desk.Current.At), scale.Width)
	if b.State != procedure.Waiting || b.Progress > 0 {
		line.Right(t.Dim, fmt.Sprintf("%d %%", b.Progress), ganttTail)
	}
	return line.String()
}
