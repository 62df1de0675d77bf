package procedure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// look is one way to show the month.
type look int

const (
	tasks look = iota
	checklist
	chart
	looks
)

var lookNames = [looks]string{"tasks", "the lead's checklist", "chart"}

// Screen implements desk.Screen, desk.Finder and desk.Returner.
type Screen struct {
	desk   *desk.Desk
	look   look
	cycle  string // the month in front; empty is the current one
	list   part.List
	checks part.List
	bars   part.List
	lines  []procedure.Line
	check  []procedure.Check
	gantt  procedure.Gantt
	scale  part.Scale // of the newest drawing of the chart
	begun  bool       // the cursor stands on what is most urgent
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d}
	s.list.Columns = []part.Column{{Title: "#", Width: 3, Right: true}, {Title: "State", Width: 9}, {Title: "Due", Width: 16}, {Title: "Who", Width: 19, From: wide},
		{Title: "Task", Width: 24, Grow: 3}, {Title: "Evidence, or what to do", Width: 20, Grow: 3, From: wide}}
	s.list.Cell = s.taskCell
	s.checks.Columns = []part.Column{{Title: "#", Width: 3, Right: true}, {Title: "State", Width: 9}, {Title: "Due", Width: 16}, {Title: "Task", Width: 24, Grow: 3},
		{Title: "Result", Width: 16, Grow: 3}}
	s.checks.Cell = s.checkCell
	return s
}

// stateTones colour the states of tasks; each is written out as a word too.
var stateTones = map[procedure.State]rollout.Tone{
	procedure.Waiting: rollout.ToneFaint, procedure.Open: rollout.ToneActive, procedure.Overdue: rollout.ToneBad,
	procedure.Done: rollout.ToneGood, procedure.Skipped: rollout.ToneExcluded,
}

// stateWord is the state with a sign where it is loud.
func stateWord(s procedure.State) string {
	if s == procedure.Overdue {
		return "! overdue"
	}
	return string(s)
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Procedure" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		s.take()
	}
	return nil
}

// take keeps what the month in front shows now.
func (s *Screen) take() {
	p, now := &s.desk.Current.Procedure, s.desk.Current.At
	s.lines, s.check, s.gantt = nil, nil, procedure.Gantt{}
	if s.cycle == "" || s.cycle == p.Current {
		s.lines, s.check, s.gantt = p.Tasks, p.Checklist, p.Gantt
	} else if c, ok := s.at(); ok {
		s.lines, s.check, s.gantt = c.Lines(now), c.Checklist(now), c.Gantt(now)
	}
	lines, check, bars := s.lines, s.check, s.gantt.Bars
	s.list.Set(len(lines), func(row int) string { return strconv.Itoa(lines[row].Task) })
	s.checks.Set(len(check), func(row int) string { return strconv.Itoa(check[row].Line) })
	s.bars.Set(len(bars), func(row int) string { return bars[row].Title })
	if !s.begun && len(lines) > 0 {
		s.begun = true
		s.toUrgent()
	}
}

// toUrgent puts the cursor on the first task that is overdue, or else the first that is open.
func (s *Screen) toUrgent() {
	for _, state := range []procedure.State{procedure.Overdue, procedure.Open} {
		if i := slices.IndexFunc(s.lines, func(l procedure.Line) bool { return l.State == state }); i >= 0 {
			s.list.Select(strconv.Itoa(s.lines[i].Task))
			return
		}
	}
}

// at is the month in front.
func (s *Screen) at() (procedure.Cycle, bool) {
	p := &s.desk.Current.Procedure
	id := s.cycle
	if id == "" {
		id = p.Current
	}
	i := slices.IndexFunc(p.Cycles, func(c procedure.Cycle) bool { return c.ID == id })
	if i < 0 {
		return procedure.Cycle{}, false
	}
	return p.Cycles[i], true
}

func (s *Screen) taskCell(row, column int) (part.Ink, string) {
	t, l := s.desk.Theme, &s.lines[row]
	switch column {
	case 0:
		return t.Dim, strconv.Itoa(l.Task)
	case 1:
		return t.Tone(stateTones[l.State]), stateWord(l.State)
	case 2:
		return t.Dim, s.desk.Day(l.Due)
	case 3:
		return t.Accent, string(l.Who)
	case 4:
		return t.Normal, l.Title
	default:
		if l.ToDo != "" {
			return t.Tone(rollout.ToneBad), l.ToDo
		}
		return t.Dim, l.Evidence()
	}
}

func (s *Screen) checkCell(row, column int) (part.Ink, string) {
	t, c := s.desk.Theme, &s.check[row]
	switch column {
	case 0:
		return t.Dim, strconv.Itoa(c.Line)
	case 1:
		return t.Tone(stateTones[c.State]), stateWord(c.State)
	case 2:
		return t.Dim, s.desk.Day(c.Due)
	case 3:
		return t.Normal, c.Title
	default:
		return t.Dim, c.Result
	}
}

// selected is the number of the task under the cursor, 0 when there is none. A line of the checklist stands for the first of its
// tasks that is not finished.
func (s *Screen) selected() int {
	switch s.look {
	case tasks:
		if row, ok := s.list.Selected(); ok {
			return s.lines[row].Task
		}
	case checklist:
		row, ok := s.checks.Selected()
		if !ok {
			return 0
		}
		for _, number := range s.check[row].Tasks {
			if !s.lines[number-1].State.Finished() {
				return number
			}
		}
		return s.check[row].Tasks[0]
	case chart:
		if row, ok := s.bars.Selected(); ok {
			return s.gantt.Bars[row].Task
		}
	}
	return 0
}

func (s *Screen) line(number int) *procedure.Line {
	if number < 1 || number > len(s.lines) {
		return nil
	}
	return &s.lines[number-1]
}

// Find implements desk.Finder: a need about the procedure carries the month's id.
func (s *Screen) Find(id string) bool {
	id, task, _ := strings.Cut(id, "/")
	if !slices.ContainsFunc(s.desk.Current.Procedure.Cycles, func(c procedure.Cycle) bool { return c.ID == id }) {
		return false
	}
	s.cycle, s.look = id, tasks
	s.take()
	if task != "" {
		s.list.Select(task)
	} else {
		s.toUrgent()
	}
	return true
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t := s.desk.Theme
	c, ok := s.at()
	if !ok {
		return []string{t.Text(t.Title, width, "Procedure"), "", t.Text(t.Dim, width, "no month has begun: it begins by itself six days before Patch Tuesday")}
	}
	sum := c.Summary(s.desk.Current.At)
	head := t.Line(width).Put(t.Title, "Procedure of "+c.Title()).Space(2)
	head.Put(t.Normal, fmt.Sprintf("%d of %d done", sum.Done+sum.Skipped, sum.Tasks))
	if sum.Overdue > 0 {
		head.Put(t.Tone(rollout.ToneBad), fmt.Sprintf("  ! %d overdue", sum.Overdue))
	}
	head.End(t.Dim, fmt.Sprintf("%s · %s", lookNames[s.look], part.Count(len(s.desk.Current.Procedure.Cycles), "month", "months")))
	lines := []string{head.String(), s.nextWords(width, sum)}
	if s.look == chart {
		return append(lines, s.drawChart(width, height-2)...)
	}
	full := s.inFull(width)
	return append(append(lines, s.inFront().Render(t, width, height-2-len(full))...), full...)
}

// wide is from which width on the list has room for the evidence, or what to do.
const wide = 100

// inFull writes what a narrow list cuts of the line under the cursor: always as many lines, so that nothing jumps.
func (s *Screen) inFull(width int) []string {
	if width >= wide {
		return nil
	}
	words := ""
	if row, ok := s.inFront().Selected(); ok {
		switch s.look {
		case tasks:
			l := &s.lines[row]
			words = l.Title + ". " + cmp.Or(l.ToDo, l.Evidence())
		case checklist:
			words = s.check[row].Title + ". " + s.check[row].Result
		}
	}
	const lines = 2
	full := append(part.Wrap(words, width-6), make([]string, lines)...)[:lines]
	for i, l := range full {
		full[i] = s.desk.Theme.Line(width).Space(6).Put(s.desk.Theme.Dim, l).String()
	}
	return full
}

func (s *Screen) nextWords(width int, sum procedure.Summary) string {
	t := s.desk.Theme
	if sum.Next == nil {
		return t.Text(t.Dim, width, "no deadline lies ahead")
	}
	n := sum.Next
	return t.Line(width).Put(t.Dim, fmt.Sprintf("next: task %d, %s, %s (in %s)", n.Task, n.Who, s.desk.Day(n.Due), s.desk.Left(n.Due))).String()
}

// chartLabel is how many columns the names of bars take.
const chartLabel = 24

// drawChart draws windows and tasks as bars over the month.
func (s *Screen) drawChart(width, height int) []string {
	t, g := s.desk.Theme, &s.gantt
	label := min(chartLabel, width/3)
	s.scale = part.Scale{From: g.From, To: g.To, Width: width - 1 - label - 2}
	s.bars.Columns = []part.Column{{Title: "", Width: label}, {Title: "", Width: s.scale.Width}}
	layout := "2"
	if s.scale.Width > 90 {
		layout = "Mon 2"
	}
	lines := []string{t.Line(width).Space(label+3).Drawn(t.Ruler(s.scale, s.desk.Zone, layout), s.scale.Width).String()}
	top, rows := s.bars.Window(height - 1)
	cursor, _ := s.bars.Selected()
	mark := s.bars.Mark(t, width, min(rows, len(g.Bars)-top))
	for row := top; row < min(top+rows, len(g.Bars)); row++ {
		b := &g.Bars[row]
		name, ink := b.Title, t.Normal
		if b.Task != 0 {
			name = fmt.Sprintf("%d %s", b.Task, b.Title)
		}
		line := t.Line(width)
		if row == cursor {
			line.Put(t.Accent, t.Pointer())
			ink = t.Strong
		} else {
			line.Space(1)
		}
		tone := stateTones[b.State]
		if b.Window != "" {
			tone = rollout.ToneStage
		}
		line.Column(ink, name, label).Space(2).Drawn(t.Span(s.scale, part.Span{From: b.From, To: b.To, Done: b.Progress, Ink: t.Tone(tone)}, s.desk.Current.At), s.scale.Width)
		lines = append(lines, mark+line.String())
		mark = ""
	}
	return lines
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Procedure"
	step := func(by int) func() part.Cmd { return func() part.Cmd { s.turn(by); return nil } }
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "the whole task", Hint: "open", Group: group, Disabled: s.noTask, Run: func() part.Cmd {
			return s.desk.Open(&page{screen: s, task: s.selected()})
		}},
		{Keys: []string{"v"}, Help: "tasks, the lead's checklist, or a chart over time", Hint: "view", Group: group, Run: func() part.Cmd {
			s.look = (s.look + 1) % looks
			return nil
		}},
		{Keys: []string{"["}, Help: "the month before", Group: group, Run: step(1)},
		{Keys: []string{"]"}, Help: "the next month", Group: group, Run: step(-1)},
		{Keys: []string{"a"}, Help: "reviews and their actions: hold the month's review, add what it wants done", Hint: "actions", Group: group,
			Run: func() part.Cmd {
				c, _ := s.at()
				return s.desk.Open(newActionsPage(s.desk, c.ID))
			}},
	}
	list = append(list, s.steps(s.selected)...)
	return append(list, s.inFront().Moves()...)
}

func (s *Screen) noTask() string {
	if s.line(s.selected()) == nil {
		return "no task is selected"
	}
	return ""
}

// turn goes through the months, newest first.
func (s *Screen) turn(by int) {
	cycles := s.desk.Current.Procedure.Cycles
	c, ok := s.at()
	if !ok {
		return
	}
	i := slices.IndexFunc(cycles, func(o procedure.Cycle) bool { return o.ID == c.ID }) + by
	s.cycle = cycles[min(max(i, 0), len(cycles)-1)].ID
	s.take()
}

// steps are what a person may do to a task, in the lists and on its page.
func (s *Screen) steps(which func() int) []part.Binding {
	const group = "Procedure"
	finished := func(want bool) func() string {
		return func() string {
			l := s.line(which())
			switch {
			case l == nil:
				return "no task is selected"
			case !l.Who.May(s.desk.Actor):
				return fmt.Sprintf("task %d belongs to %s", l.Task, l.Who)
			case !want && l.State.Finished():
				return fmt.Sprintf("task %d is %s", l.Task, l.State)
			case want && len(l.Ticks) == 0:
				return fmt.Sprintf("task %d was not done yet", l.Task)
			}
			return ""
		}
	}
	ask := func(title, field, verb string, command func(cycle string, task int, words string) engine.Command) func() part.Cmd {
		return func() part.Cmd {
			l := s.line(which())
			c, _ := s.at()
			s.desk.Ask(part.Question{Title: fmt.Sprintf(title, l.Task, c.ID), Says: []string{l.Title}, Verb: verb, Reason: true, Field: field,
				Do: func(words string) part.Cmd { return s.desk.Do(command(c.ID, l.Task, words)) }})
			return nil
		}
	}
	return []part.Binding{
		{Keys: []string{"d"}, Help: "tick the task with a note", Hint: "done", Group: group, Action: engine.DoTask{}.Action(), Disabled: finished(false),
			Run: ask("Tick task %d of %s?", "Note", "Tick", func(cycle string, task int, words string) engine.Command {
				return engine.DoTask{Cycle: cycle, Task: task, Note: words}
			})},
		{Keys: []string{"x"}, Help: "skip the task this month, with a reason", Group: group, Action: engine.SkipTask{}.Action(), Disabled: finished(false),
			Run: ask("Skip task %d of %s?", "", "Skip", func(cycle string, task int, words string) engine.Command {
				return engine.SkipTask{Cycle: cycle, Task: task, Reason: words}
			})},
		{Keys: []string{"u"}, Help: "undo the newest tick; the engine leaves the task to people then", Group: group, Action: engine.ReopenTask{}.Action(), Disabled: finished(true),
			Run: ask("Undo the tick of task %d of %s?", "", "Undo it", func(cycle string, task int, words string) engine.Command {
				return engine.ReopenTask{Cycle: cycle, Task: task, Reason: words}
			})},
	}
}
