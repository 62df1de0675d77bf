package overview

import (
	"fmt"
	"strconv"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen.
type Screen struct {
	desk  *desk.Desk
	jump  func(id string) part.Cmd
	needs part.List

	counted *engine.View // the view that fleet was counted from
	fleet   fleetCounts
	measure desk.Asked[report.Compliance]
}

// measurePace is how long a measurement of compliance is good for: that of a large fleet costs some milliseconds.
const measurePace = time.Second

// New makes the screen; jump goes to the thing with an id.
func New(d *desk.Desk, jump func(id string) part.Cmd) *Screen {
	s := &Screen{desk: d, jump: jump}
	s.needs.Columns = []part.Column{{Width: 1}, {Width: 20, Grow: 1}}
	s.needs.Cell = s.needCell
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Overview" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		view := s.desk.Current
		s.needs.Set(len(view.Needs), func(row int) string { return view.Needs[row].Object + view.Needs[row].Words })
		if s.counted != view {
			s.counted, s.fleet = view, countFleet(view)
		}
		return s.measure.Follow(view, view.Compliance)
	}
	return s.measure.Take(message, s.desk, measurePace)
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	open := part.Binding{Keys: []string{"enter"}, Help: "go to what needs you", Hint: "open", Group: "Overview", Run: s.open,
		Disabled: func() string {
			if s.needs.Len() == 0 {
				return "nothing needs you"
			}
			return ""
		}}
	return append([]part.Binding{open}, s.needs.Moves()...)
}

func (s *Screen) open() part.Cmd {
	row, ok := s.needs.Selected()
	if !ok {
		return nil
	}
	return s.jump(s.desk.Current.Needs[row].Object)
}

func (s *Screen) needCell(row, column int) (part.Ink, string) {
	t, need := s.desk.Theme, s.desk.Current.Needs[row]
	if column == 0 {
		if need.Urgent {
			return t.Tone(rollout.ToneBad), "!"
		}
		return t.Dim, "·"
	}
	return t.Normal, need.Words
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	const wide = 110
	if width < wide {
		return s.column(width, height, s.needsBlock, s.severityBlock, s.phasesBlock, s.windowsBlock, s.dueBlock, s.fleetBlock, s.changesBlock, s.sweepsBlock)
	}
	left := width * 11 / 20
	return s.desk.Theme.Beside(s.column(left-1, height, s.needsBlock, s.phasesBlock, s.changesBlock, s.sweepsBlock), left,
		s.column(width-left-2, height, s.windowsBlock, s.severityBlock, s.dueBlock, s.fleetBlock, s.sitesBlock))
}

// block draws one section; room is how many lines are left.
type block func(width, room int) []string

// leastBlock is the least room for another section: a line between, its title, two lines.
const leastBlock = 4

// column stacks sections with a line between them as long as there is room.
func (s *Screen) column(width, height int, blocks ...block) []string {
	var lines []string
	for _, draw := range blocks {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, draw(width, height-len(lines))...)
		if height-len(lines) < leastBlock {
			break
		}
	}
	return lines[:min(len(lines), height)]
}

func (s *Screen) needsBlock(width, room int) []string {
	t, n := s.desk.Theme, s.needs.Len()
	if n == 0 {
		return []string{t.Text(t.Title, width, "Needs a person"), t.Text(t.Dim, width, "nothing")}
	}
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Needs a person", strconv.Itoa(n))
	rows := s.needs.Render(t, width, min(n, max(4, room/3))+1)
	sheet.Lines = append(sheet.Lines, rows[1:]...) // without the list's own head line
	if row, _ := s.needs.Selected(); part.Width(s.desk.Current.Needs[row].Words) > width-4 {
		for _, l := range part.Wrap(s.desk.Current.Needs[row].Words, width-4) {
			sheet.Row(func(line *part.Line) { line.Space(4).Put(t.Dim, l) })
		}
	}
	return sheet.Lines
}

func (s *Screen) windowsBlock(width, room int) []string {
	t, d := s.desk.Theme, s.desk
	sheet := part.Sheet{Theme: t, Width: width}
	windows := todaysWindows(d)
	sheet.Head("Today's windows", dayWords(d))
	if len(windows) == 0 {
		sheet.Say(t.Dim, "none today")
	}
	for i, w := range windows {
		if len(sheet.Lines) >= max(3, min(room-1, max(4, room/2))) && i < len(windows)-1 {
			sheet.Say(t.Dim, fmt.Sprintf("and %d more", len(windows)-i))
			break
		}
		sheet.Row(func(l *part.Line) { s.windowRow(l, w) })
	}
	return sheet.Lines
}

func (s *Screen) windowRow(l *part.Line, w today) {
	t, d := s.desk.Theme, s.desk
	state, ink := "closed", t.Dim
	switch now := d.Current.At; {
	case w.window.Contains(now):
		state, ink = "closes in "+d.Left(w.window.Closes), t.Accent
	case now.Before(w.window.Opens):
		state, ink = "opens in "+d.Left(w.window.Opens), t.Normal
	}
	counts := w.window.Counts
	l.Column(ink, w.window.ID, 5).Space(1).Column(t.Normal, string(w.ring), 5).Space(1).
		Column(t.Normal, d.Clock(w.window.Opens)+"–"+d.Clock(w.window.Closes), 11).Space(1).Column(ink, state, 16).Space(1).
		Put(t.Normal, fmt.Sprintf("%s/%s", part.Number(counts[rollout.Succeeded]), part.Number(counts.Targeted())))
	if failed := counts[rollout.Failed]; failed > 0 {
		l.Put(t.Tone(rollout.ToneBad), fmt.Sprintf(" %s failed", part.Number(failed)))
	}
}

func (s *Screen) sweepsBlock(width, _ int) []string {
	t := s.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Sweeps", "")
	if len(s.desk.Current.Sweeps) == 0 {
		sheet.Say(t.Dim, "none runs")
	}
	for _, w := range s.desk.Current.Sweeps {
		sheet.Row(func(l *part.Line) { s.sweepRow(l, w) })
	}
	return sheet.Lines
}

func (s *Screen) sweepRow(l *part.Line, w engine.SweepView) {
	t := s.desk.Theme
	l.Column(t.Normal, string(w.Kind), 7)
	bar := t.Bar(20, []part.Share{{Count: w.Done - w.Trouble, Kind: part.BarDone, Ink: t.Tone(rollout.ToneGood)},
		{Count: w.Trouble, Kind: part.BarTrouble, Ink: t.Tone(rollout.ToneBad)}, {Count: w.Total - w.Done, Kind: part.BarWaiting, Ink: t.Dim}})
	l.Drawn(bar, 20).Put(t.Normal, fmt.Sprintf("  %s of %s read", part.Number(w.Done), part.Number(w.Total)))
	if w.Trouble > 0 {
		l.Put(t.Tone(rollout.ToneBad), fmt.Sprintf("  %s with trouble", part.Number(w.Trouble)))
	}
}
