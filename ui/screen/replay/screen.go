package replay

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen.
type Screen struct {
	desk   *desk.Desk
	past   engine.RolloutView // as it is now: its cells say what stands where
	replay *engine.Replay

	from, next   uint64 // entries: the first, and the one to go on with
	begun, ready bool
	full         bool
	trouble      string
	troubles     []time.Time

	grid    *part.Grid
	strips  desk.Strips
	playing bool
	run     int // of the playing: a tick of an older one means nothing
	speed   int // index of speeds
}

// speeds are how much faster than the wall's clock a night plays.
var speeds = []int{1, 10, 100, 1000, 10_000}

// beat is the time between two frames while it plays.
const beat = 250 * time.Millisecond

// tick says that the time for the next frame has come.
type tick struct {
	of  *Screen
	run int
}

// New makes the replay of a rollout.
func New(d *desk.Desk, of *engine.RolloutView) *Screen {
	return &Screen{desk: d, past: *of, replay: engine.NewReplay(of), grid: part.NewGrid(d.Theme), speed: 2}
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Replay" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd {
	if s.begun {
		return nil
	}
	s.begun = true
	return s.begin()
}

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case filled:
		if m.of == s {
			return s.goOn(m)
		}
	case tick:
		if m.of == s && m.run == s.run && s.playing {
			return s.advance()
		}
	}
	return nil
}

// advance plays on by one frame; at the end it stops.
func (s *Screen) advance() part.Cmd {
	s.replay.Seek(s.replay.At().Add(beat * time.Duration(speeds[s.speed])))
	s.take()
	if s.replay.Done() == s.replay.Len() {
		s.playing = false
		return nil
	}
	return s.desk.After(beat, tick{s, s.run})
}

func (s *Screen) take() {
	strips := s.strips.Take(s.replay.View())
	s.grid.Set(strips, s.strips.Marks)
}

// Bindings implements desk.Screen. None of them leads to a command.
func (s *Screen) Bindings() []part.Binding {
	const group = "Replay"
	loaded := func() string {
		if !s.ready {
			return "the trail is being read"
		}
		return ""
	}
	at := func(keys []string, help, hint string, run func()) part.Binding {
		return part.Binding{Keys: keys, Help: help, Hint: hint, Group: group, Disabled: loaded, Run: func() part.Cmd { run(); s.take(); return nil }}
	}
	pause := func(then func()) func() {
		return func() { s.playing = false; then() }
	}
	return append([]part.Binding{
		{Keys: []string{"space"}, Help: "play, or pause", Hint: "play", Group: group, Disabled: loaded, Run: s.play},
		at([]string{"."}, "the next event", "step", pause(func() { s.replay.Step(1) })),
		at([]string{","}, "the event before", "", pause(func() { s.replay.Step(-1) })),
		at([]string{">"}, "ten times faster", "faster", func() { s.speed = min(s.speed+1, len(speeds)-1) }),
		at([]string{"<"}, "ten times slower", "", func() { s.speed = max(s.speed-1, 0) }),
		at([]string{"n"}, "the next failure, loss or stop", "next trouble", pause(func() { s.seekTrouble(false) })),
		at([]string{"N"}, "the failure, loss or stop before", "", pause(func() { s.seekTrouble(true) })),
		at([]string{"]"}, "ten minutes on", "", func() { s.replay.Seek(s.replay.At().Add(10 * time.Minute)) }),
		at([]string{"["}, "ten minutes back", "", func() { s.replay.Seek(s.replay.At().Add(-10 * time.Minute)) }),
		at([]string{"home", "g"}, "the beginning", "", pause(func() { s.replay.Step(-s.replay.Len()) })),
		at([]string{"end", "G"}, "the end", "", pause(func() { s.replay.Step(s.replay.Len()) })),
		at([]string{"left"}, "the server before", "", func() { s.grid.Move(-1, 0) }),
		at([]string{"right"}, "the next server", "", func() { s.grid.Move(1, 0) }),
		at([]string{"up", "k"}, "a line up", "", func() { s.grid.Move(0, -1) }),
		at([]string{"down", "j"}, "a line down", "", func() { s.grid.Move(0, 1) }),
		at([]string{"pgup", "ctrl+u"}, "half a page up", "", func() { s.grid.Page(-1) }),
		at([]string{"pgdown", "ctrl+d"}, "half a page down", "", func() { s.grid.Page(1) }),
	}, s.grid.MouseMoves()...)
}

func (s *Screen) play() part.Cmd {
	if s.playing = !s.playing; !s.playing {
		return nil
	}
	if s.replay.Done() == s.replay.Len() {
		s.replay.Step(-s.replay.Len()) // from the beginning again
	}
	s.run++
	return s.desk.After(beat, tick{s, s.run})
}

// seekTrouble goes to trouble and puts the cursor on its server.
func (s *Screen) seekTrouble(back bool) {
	if !s.replay.Trouble(back) {
		s.desk.Tell("no trouble that way", false)
		return
	}
	if cell, ok := s.replay.Cell(); ok {
		s.grid.Place(cell)
	}
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t := s.desk.Theme
	lines := []string{s.banner(width)}
	if s.trouble != "" {
		return append(lines, "", t.Text(t.Tone(rollout.ToneBad), width, "the trail cannot be replayed: "+s.trouble))
	}
	if !s.ready {
		return append(lines, "", t.Text(t.Dim, width, fmt.Sprintf("reading the audit trail, %s entries so far; esc leaves", part.Number(int(max(s.next, s.from)-s.from)))))
	}
	r := s.replay.View()
	lines = append(lines, t.Bar(width, desk.Shares(t, r.Counts)))
	lines = append(lines, desk.CountLines(t, r.Counts, width)...)
	lines = append(lines, s.stateLine(r, width))
	foot := []string{s.timeline(width), s.timeLine(width), s.eventLine(width), s.banner(width)}
	room := max(0, height-len(lines)-len(foot)-1)
	grid := s.grid.Render(width, room)
	lines = append(append(lines, ""), grid...)
	for len(lines) < height-len(foot) {
		lines = append(lines, "")
	}
	return append(lines, foot...)
}

// banner says that nothing here is live, above and below.
func (s *Screen) banner(width int) string {
	t := s.desk.Theme
	words := fmt.Sprintf(" REPLAY · %s %s as it was · NOT LIVE · nothing can be done here ", s.past.ID, s.past.Ring)
	pad := max(0, width-part.Width(words))
	return t.Line(width).Put(t.Cursor, strings.Repeat("<", pad/2)+words+strings.Repeat(">", pad-pad/2)).String()
}

func (s *Screen) stateLine(r *engine.RolloutView, width int) string {
	t := s.desk.Theme
	line := t.Line(width)
	ink := t.Normal
	if r.State != rollout.Active && r.State != rollout.Closed {
		ink = t.Tone(rollout.ToneBad)
	}
	line.Put(ink, strings.ToUpper(string(r.State)))
	if w := desk.CurrentWindow(r); w != nil {
		line.Put(t.Normal, fmt.Sprintf("  window %s, %d of %d  stop score %d of %d", w.ID, r.Current+1, len(r.Windows), w.Score, s.desk.Current.Policy.Halt))
	}
	line.Put(t.Normal, fmt.Sprintf("  rate %.0f/h", r.Rate))
	if r.Stop != nil {
		line.Put(t.Tone(rollout.ToneBad), "  "+r.Stop.Reason)
	}
	return line.String()
}

// timeline is the night as a bar: what lies behind is full, and trouble has a glyph of its own.
func (s *Screen) timeline(width int) string {
	t := s.desk.Theme
	from, to := s.replay.Span()
	span := max(to.Sub(from), time.Second)
	column := func(at time.Time) int { return int(int64(width-1) * int64(at.Sub(from)) / int64(span)) }
	bad := make([]bool, width)
	for _, at := range s.troubles {
		bad[min(max(column(at), 0), width-1)] = true
	}
	here := min(max(column(s.replay.At()), 0), width-1)
	if s.replay.Done() == 0 {
		here = 0
	}
	line := t.Line(width)
	for i := range width {
		switch {
		case i == here:
			line.Put(t.Cursor, "|")
		case bad[i]:
			line.Put(t.Tone(rollout.ToneBad), "x")
		case i < here:
			line.Put(t.Accent, "=")
		default:
			line.Put(t.Dim, "-")
		}
	}
	return line.String()
}

func (s *Screen) timeLine(width int) string {
	t, d := s.desk.Theme, s.desk
	from, to := s.replay.Span()
	state := "paused"
	if s.playing {
		state = "playing"
	}
	line := t.Line(width).Put(t.Strong, d.DayAndSecond(s.replay.At())).
		Put(t.Normal, fmt.Sprintf("  %s at %sx  event %s of %s", state, part.Number(speeds[s.speed]), part.Number(s.replay.Done()), part.Number(s.replay.Len())))
	if s.full {
		line.Put(t.Tone(rollout.ToneMissed), "  (there was room for no more)")
	}
	return line.End(t.Dim, d.Day(from)+" – "+d.Day(to)).String()
}

// eventLine says what just happened, or, when the cursor is elsewhere, nothing of it: the grid shows that.
func (s *Screen) eventLine(width int) string {
	t := s.desk.Theme
	seq, words := s.replay.Words()
	line := t.Line(width)
	if seq > 0 {
		line.Put(t.Dim, fmt.Sprintf("entry %d  ", seq))
	}
	return line.Put(t.Normal, words).String()
}
