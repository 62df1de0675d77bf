package plan

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen, desk.Finder and desk.Returner.
type Screen struct {
	desk    *desk.Desk
	picker  desk.Picker
	plans   []int // which of the view's change requests have a plan
	days    []day
	row, at int // the window under the cursor
	tally   tally

	look     look // what stands under the calendar
	outlooks desk.Asked[forecast]
}

// look is one of the things that stand under the calendar.
type look int

const (
	atWindow look = iota
	atCapacity
	atGantt
	looks
)

var lookWords = [looks]string{"window", "capacity", "Gantt"}

// New makes the screen.
func New(d *desk.Desk) *Screen { return &Screen{desk: d} }

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Plan" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		s.take()
		if c := s.change(); c != nil {
			return s.outlooks.Follow(s.question(*c))
		}
		return nil
	}
	return s.outlooks.Take(message, s.desk, outlookPace)
}

func (s *Screen) take() {
	v := s.desk.Current
	s.plans = s.plans[:0]
	proposed := 0
	for i := range v.Changes {
		if v.Changes[i].Plan == nil {
			continue
		}
		s.plans = append(s.plans, i)
		if live := desk.Live(v); live >= 0 && v.Rollouts[live].Change == v.Changes[i].ID {
			proposed = len(s.plans) - 1
		}
	}
	plans := s.plans
	s.picker.Set(len(plans), func(i int) string { return v.Changes[plans[i]].ID }, proposed)
	s.show()
}

// change is the change request in front; nil when none has a plan.
func (s *Screen) change() *engine.ChangeView {
	v := s.desk.Current
	if len(s.plans) == 0 || s.plans[s.picker.At()] >= len(v.Changes) || v.Changes[s.plans[s.picker.At()]].Plan == nil {
		return nil // a page may be in front of a view that the screen has not taken yet
	}
	return &v.Changes[s.plans[s.picker.At()]]
}

// show counts the plan in front, once, and puts the cursor on the window that is open or comes next.
func (s *Screen) show() {
	c := s.change()
	if c == nil || c.Plan.Hash == s.tally.hash {
		return
	}
	s.tally, s.days = count(c.Plan, s.clusterOf), days(c.Plan.Windows, s.desk.Zone)
	s.row, s.at = 0, 0
	for row, d := range s.days {
		for at, w := range d.windows {
			if s.desk.Current.At.Before(w.Closes) {
				s.row, s.at = row, at
				return
			}
		}
	}
}

// window is the one under the cursor.
func (s *Screen) window() (rollout.Window, bool) {
	if s.row >= len(s.days) {
		return rollout.Window{}, false
	}
	return s.days[s.row].windows[min(s.at, len(s.days[s.row].windows)-1)], true
}

// server finds a server of the view.
func (s *Screen) server(id inventory.ServerID) *inventory.Server {
	return s.desk.Current.Server(id)
}

func (s *Screen) clusterOf(id inventory.ServerID) string {
	if server := s.server(id); server != nil {
		return server.Cluster
	}
	return ""
}

// Find implements desk.Finder.
func (s *Screen) Find(id string) bool {
	s.take()
	found := s.picker.Pick(id)
	s.show()
	return found
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Plan"
	move := func(rows, windows int) func() part.Cmd { return func() part.Cmd { s.move(rows, windows); return nil } }
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "the servers of the window", Hint: "servers", Group: group, Disabled: func() string {
			if _, ok := s.window(); !ok {
				return "there is no window"
			}
			return ""
		}, Run: func() part.Cmd {
			w, _ := s.window()
			return s.desk.Open(newWindowPage(s, w))
		}},
		{Keys: []string{"up", "k"}, Help: "a day earlier", Group: "Move", Run: move(-1, 0)},
		{Keys: []string{"down", "j"}, Help: "a day later", Group: "Move", Run: move(1, 0)},
		{Keys: []string{"left", "h"}, Help: "the window before", Group: "Move", Run: move(0, -1)},
		{Keys: []string{"right", "l"}, Help: "the window after", Group: "Move", Run: move(0, 1)},
		{Keys: []string{"v"}, Help: "under the calendar: the window, the capacity of all windows, or the release as a Gantt chart", Hint: "view", Group: group,
			Run: func() part.Cmd {
				s.look = (s.look + 1) % looks
				return nil
			}},
		{Keys: []string{"f"}, Help: "what the approvers should know of this plan", Hint: "findings", Group: group, Disabled: func() string {
			if c := s.change(); c == nil || len(c.Plan.Findings) == 0 {
				return "the plan has no findings"
			}
			return ""
		}, Run: func() part.Cmd { return s.desk.Open(&findingsPage{screen: s}) }},
	}
	turns := s.picker.Bindings("plan", group, s.show)
	for i := range turns {
		run := turns[i].Run
		turns[i].Run = func() part.Cmd { return part.Batch(run(), s.ask()) }
	}
	return append(list, turns...)
}

// ask asks for the forecast of a plan that a person turned to.
func (s *Screen) ask() part.Cmd {
	c := s.change()
	if c == nil {
		return nil
	}
	return s.outlooks.Ask(s.question(*c))
}

func (s *Screen) move(rows, windows int) {
	if len(s.days) == 0 {
		return
	}
	s.at = min(s.at, len(s.days[s.row].windows)-1) + windows
	switch {
	case s.at < 0 && s.row > 0:
		s.row--
		s.at = len(s.days[s.row].windows) - 1
	case s.at >= len(s.days[s.row].windows) && s.row < len(s.days)-1:
		s.row++
		s.at = 0
	}
	s.row = min(max(s.row+rows, 0), len(s.days)-1)
	s.at = min(max(s.at, 0), len(s.days[s.row].windows)-1)
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, c := s.desk.Theme, s.change()
	if c == nil {
		return []string{t.Text(t.Title, width, "Plan"), "", t.Text(t.Dim, width, "no change request has a plan yet: submitting a release makes one")}
	}
	head := t.Line(width).Put(t.Title, "Plan of "+c.ID).Put(t.Normal, " "+c.Release+", "+string(c.State)).End(t.Dim, lookWords[s.look]+s.position())
	lines := []string{head.String(), s.summary(width, c), ""}
	calendar := s.calendar(width, c)
	const leastUnder = 11
	room := max(min(len(calendar), height-len(lines)-1-leastUnder), 3)
	lines = append(lines, around(calendar, s.row, room)...)
	lines = append(lines, "")
	lines = append(lines, s.under(width, height-len(lines), c)...)
	return lines[:min(height, len(lines))]
}

// under is what stands under the calendar: what the person looks at, and where there is room all of it.
func (s *Screen) under(width, height int, c *engine.ChangeView) []string {
	const beside, tall = 150, 20
	if height < tall {
		switch s.look {
		case atCapacity:
			return s.drawCapacity(width, height, c)
		case atGantt:
			return s.drawGantt(width, height, c)
		}
		return s.about(width, c)
	}
	lines := append(s.about(width, c), "")
	room := height - len(lines)
	switch {
	case width >= beside:
		left := width * 9 / 20
		return append(lines, s.desk.Theme.Beside(s.drawCapacity(left-1, room, c), left, s.drawGantt(width-left-2, room, c))...)
	case s.look == atGantt:
		return append(lines, s.drawGantt(width, room, c)...)
	}
	return append(lines, s.drawCapacity(width, room, c)...)
}

// position says which of several plans is in front.
func (s *Screen) position() string {
	if s.picker.Len() < 2 {
		return ""
	}
	return " · " + s.picker.Words("plan")
}

func (s *Screen) summary(width int, c *engine.ChangeView) string {
	t, p := s.desk.Theme, c.Plan
	line := t.Line(width).Put(t.Normal, fmt.Sprintf("%s in %s", part.Count(len(p.Assignments), "server", "servers"), part.Count(len(p.Windows), "window", "windows")))
	line.Put(t.Dim, fmt.Sprintf(", at most %d at once", p.Ceiling))
	if n := len(p.Findings); n > 0 {
		line.Put(t.Tone(rollout.ToneMissed), "  ! "+part.Count(n, "finding", "findings"))
	}
	if n := len(s.tally.clashes); n > 0 {
		line.Put(t.Tone(rollout.ToneMissed), "  & "+part.Count(n, "clash", "clashes"))
	}
	if n := len(c.Exclusions) + len(p.Excluded); n > 0 {
		line.Put(t.Dim, fmt.Sprintf("  – %d excluded", n))
	}
	if n := exempt(s.desk.Current, p); n > 0 {
		line.Put(t.Dim, fmt.Sprintf("  %d exempt", n))
	}
	line.End(t.Dim, fmt.Sprintf("plan %.12s", p.Hash))
	return line.String()
}

// about tells of the window under the cursor.
func (s *Screen) about(width int, c *engine.ChangeView) []string {
	w, ok := s.window()
	if !ok {
		return nil
	}
	t := s.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(fmt.Sprintf("Window %s, %s, %s", w.ID, w.Ring, w.Kind), s.when(w))
	ids := s.tally.servers[w.ID]
	var words []string
	for _, site := range sites(ids, s.server) {
		words = append(words, fmt.Sprintf("%s %d", site.site, site.servers))
	}
	takes := part.Count(len(ids), "server", "servers")
	if n := s.tally.later[w.ID]; n > 0 {
		takes += fmt.Sprintf(", %d more that an earlier window may leave over", n)
	}
	sheet.Fact("takes", t.Normal, takes)
	sheet.Fact("sites", t.Normal, strings.Join(words, "  "))
	for _, clash := range s.tally.clashes[w.ID] {
		sheet.Fact("& clash", t.Tone(rollout.ToneMissed), fmt.Sprintf("%s: %s take turns", clash.Cluster, part.Some(s.names(clash.Servers), 4)))
	}
	if f, known := s.expected(); known {
		if o, open := f.windows[w.ID]; open {
			ink := t.Normal
			if short(o) {
				ink = t.Tone(rollout.ToneMissed)
			}
			sheet.Fact("capacity", ink, capacityWords(o))
		}
	}
	if counts, r := running(s.desk.Current, c.Plan.Hash, w.ID); r != nil {
		sheet.Row(func(l *part.Line) {
			l.Column(t.Dim, r.ID, 14)
			for _, status := range rollout.Statuses {
				if n := counts[status.Delivery]; n > 0 {
					glyph, ink := t.Status(status)
					l.Put(ink, fmt.Sprintf("%s %d %s  ", glyph, n, status.Delivery))
				}
			}
		})
		if f := r.Forecast; f.Fits+f.WillNot > 0 && r.State != rollout.Closed {
			ink := t.Normal
			words := fmt.Sprintf("%d servers of %s fit into their windows, done by %s", f.Fits, r.ID, s.desk.Day(f.Done))
			if f.WillNot > 0 {
				ink = t.Tone(rollout.ToneMissed)
				words += fmt.Sprintf("; %d will not fit", f.WillNot)
			}
			sheet.Fact("forecast", ink, words)
		}
	}
	return sheet.Lines
}

// names are what people call servers.
func (s *Screen) names(ids []inventory.ServerID) []string {
	var list []string
	for _, id := range ids {
		if server := s.server(id); server != nil {
			list = append(list, server.Name)
		} else {
			list = append(list, string(id))
		}
	}
	return list
}

func (s *Screen) when(w rollout.Window) string {
	span := s.desk.Day(w.Opens) + " – " + s.desk.Clock(w.Closes)
	switch now := s.desk.Current.At; {
	case now.Before(w.Opens):
		return span + ", opens in " + s.desk.Left(w.Opens)
	case now.Before(w.Closes):
		return span + ", closes in " + s.desk.Left(w.Closes)
	}
	return span + ", closed"
}
