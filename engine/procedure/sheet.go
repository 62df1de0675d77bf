package procedure

import "time"

// Line is one task of a cycle as people see it.
type Line struct {
	Task     int         `json:"task"`
	Who      Party       `json:"who"`
	Title    string      `json:"title"`
	Auto     bool        `json:"auto"`
	BuildsOn []int       `json:"builds_on,omitempty"`
	State    State       `json:"state"`
	From     time.Time   `json:"from"`
	Due      time.Time   `json:"due"` // the next time, or the last one when it is finished
	Times    []time.Time `json:"times,omitempty"`
	Ticks    []Tick      `json:"ticks,omitempty"`
	Hand     bool        `json:"hand,omitempty"`       // reopened: the engine leaves it to people
	ToDo     string      `json:"what_to_do,omitempty"` // when it is overdue
	Told     string      `json:"told,omitempty"`       // who gets it then
}

// Evidence is what completed the task: what the engine saw, or somebody's note.
func (l Line) Evidence() string {
	if len(l.Ticks) == 0 {
		return ""
	}
	return l.Ticks[len(l.Ticks)-1].Note
}

// Lines are the tasks of a cycle now, in the order of their numbers.
func (c Cycle) Lines(now time.Time) []Line {
	lines := make([]Line, 0, len(Tasks))
	for _, task := range Tasks {
		e, m := c.entry(task.Number), c.Marks[task.Number]
		line := Line{Task: task.Number, Who: task.Who, Title: task.Title, Auto: task.Auto, BuildsOn: task.BuildsOn, From: e.From, Ticks: m.Ticks, Hand: m.Hand}
		line.State, line.Due = c.State(task.Number, now)
		if len(e.Due) > 1 {
			line.Times = e.Due
		}
		if line.State == Overdue {
			line.ToDo, line.Told = task.Late, task.Who.Secondary()
		}
		lines = append(lines, line)
	}
	return lines
}

// Summary is a cycle in the list of months.
type Summary struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	DayZero string    `json:"day_zero"`
	Change  string    `json:"change,omitempty"`
	Folded  bool      `json:"folded,omitempty"`
	Began   time.Time `json:"began"`
	Ends    time.Time `json:"ends"` // the last deadline
	Done    int       `json:"done"`
	Skipped int       `json:"skipped"`
	Overdue int       `json:"overdue"`
	Tasks   int       `json:"tasks"`
	Next    *Deadline `json:"next,omitempty"`
}

// Summary counts a cycle's tasks now.
func (c Cycle) Summary(now time.Time) Summary {
	s := Summary{ID: c.ID, Title: c.Title(), DayZero: c.DayZero.String(), Change: c.Change, Folded: c.Folded, Began: c.Began, Tasks: len(Tasks)}
	for _, task := range Tasks {
		if last := c.entry(task.Number).Last(); last.After(s.Ends) {
			s.Ends = last
		}
		switch state, _ := c.State(task.Number, now); state {
		case Done:
			s.Done++
		case Skipped:
			s.Skipped++
		case Overdue:
			s.Overdue++
		}
	}
	if next, ok := c.Next(now); ok {
		s.Next = &next
	}
	return s
}
