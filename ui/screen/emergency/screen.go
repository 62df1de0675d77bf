package emergency

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen.
type Screen struct {
	desk  *desk.Desk
	holds func() []part.Binding // of the rollout that is shown
	shown func() *engine.RolloutView
	jump  func(id string) part.Cmd
	needs part.List
	track desk.Track // how the window at hand goes
}

// New makes the layout for the rollout that shown gives, with the keys that hold it.
func New(d *desk.Desk, shown func() *engine.RolloutView, holds func() []part.Binding, jump func(id string) part.Cmd) *Screen {
	s := &Screen{desk: d, shown: shown, holds: holds, jump: jump}
	s.needs.Columns = []part.Column{{Width: 1}, {Width: 20, Grow: 1}}
	s.needs.Cell = s.needCell
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Emergency" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		needs := s.desk.Current.Needs
		s.needs.Set(len(needs), func(row int) string { return needs[row].Object + needs[row].Words })
		return s.track.Follow(s.shown())
	case desk.Tracked:
		s.track.Take(m)
	}
	return nil
}

func (s *Screen) needCell(row, column int) (part.Ink, string) {
	t, need := s.desk.Theme, s.desk.Current.Needs[row]
	if column == 1 {
		return t.Normal, need.Words
	}
	if need.Urgent {
		return t.Tone(rollout.ToneBad), "!"
	}
	return t.Dim, "·"
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Emergency"
	open := part.Binding{Keys: []string{"enter"}, Help: "go to what the line is about", Hint: "open", Group: group, Run: func() part.Cmd {
		row, _ := s.needs.Selected()
		return s.jump(s.desk.Current.Needs[row].Object)
	}, Disabled: func() string {
		if s.needs.Len() == 0 {
			return "nothing needs you"
		}
		return ""
	}}
	return append(append(s.holdBindings(), open), s.needs.Moves()...)
}

// counter is one number in large type.
type counter struct {
	word string
	text string
	ink  part.Ink
}

// counters are what a person at 3 a.m. asks, most important first: what went wrong, what is in work, what is done, what is to come, and how
// long there is.
func (s *Screen) counters(r *engine.RolloutView) []counter {
	t, d := s.desk.Theme, s.desk
	var trouble, work, open int
	for status, n := range r.Counts {
		switch {
		case desk.Troubled(status):
			trouble += n
		case status.Status().Started:
			work += n
		case status.Status().Targeted && !status.Final():
			open += n
		}
	}
	bad := t.Normal
	if trouble > 0 {
		bad = t.Tone(rollout.ToneBad)
	}
	list := []counter{
		{"IN TROUBLE", fmt.Sprint(trouble), bad},
		{"in work", fmt.Sprint(work), t.Tone(rollout.ToneActive)},
		{"verified", fmt.Sprint(r.Counts[rollout.Succeeded]), t.Tone(rollout.ToneGood)},
		{"to come", fmt.Sprint(open), t.Normal},
	}
	left, word := "-", "no window left"
	if w := desk.CurrentWindow(r); w != nil {
		to := w.Closes
		word = w.ID + " closes in"
		if !w.Contains(d.Current.At) {
			to, word = w.Opens, w.ID+" opens in"
		}
		minutes := max(0, int(to.Sub(d.Current.At).Minutes()))
		left = fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
		if minutes < 100*60 {
			word += " (h:min)"
		} else {
			left, word = fmt.Sprint(minutes/60/24), word+" days"
		}
	}
	return append(list, counter{word, left, t.Accent})
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, r := s.desk.Theme, s.shown()
	if r == nil {
		return []string{t.Text(t.Title, width, "Emergency"), "", t.Text(t.Dim, width, "no rollout yet")}
	}
	lines := []string{s.title(r, width)}
	lines = append(lines, s.state(r, width)...)
	lines = append(lines, "")
	lines = append(lines, s.large(s.counters(r), width)...)
	lines = append(lines, t.Bar(width, desk.Shares(t, r.Counts)))
	lines = append(append(lines, s.stop(r, width)...), "")
	lines = append(lines, s.charts(r, width, height-len(lines))...)
	return append(lines, s.list(width, height-len(lines))...)
}

// charts show how the window goes where what needs a person keeps most of the room.
func (s *Screen) charts(r *engine.RolloutView, width, room int) []string {
	const least, lines, tall, more = 19, 7, 30, 10
	p, known := s.track.Of(r)
	switch {
	case !known || room < least:
		return nil
	case room >= tall:
		return append(s.desk.Charts(p, width, more), "")
	}
	return append(s.desk.Charts(p, width, lines), "")
}

func (s *Screen) title(r *engine.RolloutView, width int) string {
	t := s.desk.Theme
	line := t.Line(width).Put(t.Title, "EMERGENCY LAYOUT  ").Put(t.Strong, fmt.Sprintf("%s %s", r.ID, r.Ring)).Put(t.Normal, " · "+r.Release)
	return line.End(t.Dim, "esc goes back").String()
}

const counterGap = 3

// large sets the counters side by side, as many as fit, each with its word under it. The last one, the time left, gives way to none: where
// room is short the counters before it stand in small type on a line of their own.
func (s *Screen) large(counters []counter, width int) []string {
	t := s.desk.Theme
	wide := func(c counter) int { return max(part.DigitsWidth(c.text), part.Width(c.word)) }
	room := width
	shown := make([]counter, 0, len(counters))
	var small []string
	for _, i := range priority {
		c := counters[i]
		if wide(c)+counterGap <= room {
			room -= wide(c) + counterGap
			shown = append(shown, c)
		} else {
			small = append(small, c.text+" "+c.word)
		}
	}
	slices.SortFunc(shown, func(a, b counter) int { return place(counters, a) - place(counters, b) })
	lines := make([]string, part.DigitHeight()+1)
	for row := range lines {
		line := t.Line(width)
		for _, c := range shown {
			if row < part.DigitHeight() {
				line.Drawn(t.Digits(c.ink, c.text)[row], part.DigitsWidth(c.text)).Space(wide(c) - part.DigitsWidth(c.text))
			} else {
				line.Column(c.ink, c.word, wide(c))
			}
			line.Space(counterGap)
		}
		lines[row] = line.String()
	}
	if len(small) > 0 {
		lines = append(lines, t.Text(t.Strong, width, "also: "+strings.Join(small, " · ")))
	}
	return lines
}

// priority is the order in which counters get room: trouble, time left, work, verified, to come.
var priority = []int{0, 4, 1, 2, 3}

func place(counters []counter, of counter) int {
	return slices.IndexFunc(counters, func(c counter) bool { return c.word == of.word })
}

// list shows what needs a person, the line under the cursor in full.
func (s *Screen) list(width, height int) []string {
	t, n := s.desk.Theme, s.needs.Len()
	head := t.Line(width).Put(t.Title, "Needs you").End(t.Dim, part.Count(n, "thing", "things")).String()
	if n == 0 {
		return []string{head, t.Text(t.Tone(rollout.ToneGood), width, "nothing")}
	}
	row, _ := s.needs.Selected()
	var full []string
	if words := s.desk.Current.Needs[row].Words; part.Width(part.Clean(words)) > width-4 {
		for _, l := range part.Wrap(words, width-4) {
			full = append(full, t.Line(width).Space(4).Put(t.Dim, l).String())
		}
	}
	const most = 3
	full = full[:min(len(full), most)]
	rows := s.needs.Render(t, width, max(2, height-len(full)))
	return append(append([]string{head}, rows[1:]...), full...)
}
