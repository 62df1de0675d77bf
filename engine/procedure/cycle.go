package procedure

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/rollout"
)

// Cycle is one run of the procedure: a month around its Patch Tuesday, or a change request with a run of its own.
type Cycle struct {
	ID      string           `json:"id"`    // "2026-11", or "2026-11-CHG-12" beside the month's own
	Month   string           `json:"month"` // "2026-11"
	DayZero calendar.Date    `json:"day_zero"`
	Zone    string           `json:"zone"`             // in which its days were counted
	Change  string           `json:"change,omitempty"` // the change request whose windows it follows
	Folded  bool             `json:"folded,omitempty"`
	Began   time.Time        `json:"began"`
	Windows []rollout.Window `json:"windows,omitempty"`
	Accept  time.Time        `json:"accept_by,omitzero"`
	Entries []Entry          `json:"entries"` // the timetable, one for each task
	Marks   map[int]Marked   `json:"marks,omitempty"`
	Rev     int              `json:"rev"`
}

// Marked is what happened to one task.
type Marked struct {
	Ticks []Tick `json:"ticks,omitempty"`
	// Hand tells that a person undid a tick: the engine leaves the task to people.
	Hand bool `json:"hand,omitempty"`
	// Told is how many of its deadlines passed unanswered and stand in the trail.
	Told int `json:"told,omitempty"`
}

// Tick says that a task is done or skipped, once or for good.
type Tick struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Seen    bool      `json:"seen,omitempty"` // by the engine; Note is its evidence
	Skipped bool      `json:"skipped,omitempty"`
	Note    string    `json:"note"`
	Through int       `json:"through"` // how many of the task's times are answered with it
}

// Plan gives a cycle its timetable, or another one, made from a basis. A deadline that moves out of the past counts anew.
func (c Cycle) Plan(b Basis, change string, now time.Time) Cycle {
	c.DayZero, c.Zone, c.Began, c.Folded = b.DayZero, b.Zone.String(), b.Began, b.Folded
	c.Windows, c.Accept, c.Change, c.Entries = b.Windows, b.AcceptBy, change, Timetable(b)
	marks := maps.Clone(c.Marks)
	for task, m := range marks {
		m.Told = min(m.Told, c.passed(task, now))
		marks[task] = m
	}
	c.Marks = marks
	c.Rev++
	return c
}

func (c Cycle) entry(task int) Entry { return c.Entries[task-1] }

// passed counts a task's deadlines before an instant.
func (c Cycle) passed(task int, now time.Time) int {
	n := 0
	for _, due := range c.entry(task).Due {
		if now.After(due) {
			n++
		}
	}
	return n
}

// answered counts a task's times that are done or skipped.
func (c Cycle) answered(task int) int {
	ticks := c.Marks[task].Ticks
	if len(ticks) == 0 {
		return 0
	}
	last, times := ticks[len(ticks)-1], len(c.entry(task).Due)
	if last.Skipped {
		return times // for good, however many times there come to be
	}
	return min(last.Through, times)
}

// State is where a task stands now, and when it is due next; due is its last time when it is finished.
func (c Cycle) State(task int, now time.Time) (s State, due time.Time) {
	e, n := c.entry(task), c.answered(task)
	if n == len(e.Due) {
		if ticks := c.Marks[task].Ticks; ticks[len(ticks)-1].Skipped {
			return Skipped, e.Last()
		}
		return Done, e.Last()
	}
	due = e.Due[n]
	opens := e.From
	if n > 0 {
		opens = e.Due[n-1]
	}
	switch {
	case now.After(due):
		return Overdue, due
	case now.Before(opens):
		return Waiting, due
	}
	return Open, due
}

// Finished tells that every task is done or skipped.
func (c Cycle) Finished() bool {
	for _, t := range Tasks {
		if c.answered(t.Number) < len(c.entry(t.Number).Due) {
			return false
		}
	}
	return true
}

// next is the tick that answers a task now: its next time, and all that passed.
func (c Cycle) next(task int, t Tick) Tick {
	t.Through = max(c.answered(task)+1, c.passed(task, t.At))
	if t.Skipped {
		t.Through = len(c.entry(task).Due)
	}
	return t
}

// Decide gives the tick with which somebody does or skips a task.
func (c Cycle) Decide(task int, t Tick) (Tick, error) {
	if c.answered(task) == len(c.entry(task).Due) {
		ticks := c.Marks[task].Ticks
		last := ticks[len(ticks)-1]
		word := "done"
		if last.Skipped {
			word = "skipped"
		}
		return Tick{}, approval.Clash("task %d of %s is %s already, by %s: %s; reopen it to change that", task, c.ID, word, last.By, last.Note)
	}
	return c.next(task, t), nil
}

// mark changes what happened to one task, leaving the cycle of before as it is.
func (c Cycle) mark(task int, change func(*Marked)) Cycle {
	marks := maps.Clone(c.Marks)
	if marks == nil {
		marks = map[int]Marked{}
	}
	m := marks[task]
	change(&m)
	marks[task] = m
	c.Marks = marks
	c.Rev++
	return c
}

// Tick records that a task is done or skipped.
func (c Cycle) Tick(task int, t Tick) Cycle {
	return c.mark(task, func(m *Marked) { m.Ticks = append(slices.Clip(m.Ticks), t) })
}

// CanReopen refuses to reopen what was never ticked.
func (c Cycle) CanReopen(task int) error {
	if len(c.Marks[task].Ticks) == 0 {
		return approval.Clash("task %d of %s has no tick to undo", task, c.ID)
	}
	return nil
}

// Reopen undoes a task's newest tick.
func (c Cycle) Reopen(task int) Cycle {
	return c.mark(task, func(m *Marked) {
		m.Ticks, m.Hand = slices.Clone(m.Ticks[:len(m.Ticks)-1]), true
	})
}

// Late gives the tasks of which a deadline passed that the trail does not tell of yet.
func (c Cycle) Late(now time.Time) []int {
	var late []int
	for _, t := range Tasks {
		passed := c.passed(t.Number, now)
		if passed > c.answered(t.Number) && passed > c.Marks[t.Number].Told {
			late = append(late, t.Number)
		}
	}
	return late
}

// Untold tells that the trail tells of none of the deadlines of a task that are not answered.
func (c Cycle) Untold(task int) bool { return c.Marks[task].Told <= c.answered(task) }

// Tell records that the trail tells of tasks as overdue.
func (c Cycle) Tell(tasks []int, now time.Time) Cycle {
	for _, task := range tasks {
		c = c.mark(task, func(m *Marked) { m.Told = c.passed(task, now) })
	}
	return c
}

// Left lists the tasks that the engine may still complete by what it sees.
func (c Cycle) Left() []int {
	var left []int
	for _, t := range Tasks {
		if !c.Marks[t.Number].Hand && c.answered(t.Number) < len(c.entry(t.Number).Due) {
			left = append(left, t.Number)
		}
	}
	return left
}

// Deadline is a task that comes due.
type Deadline struct {
	Cycle string    `json:"cycle"`
	Task  int       `json:"task"`
	Who   Party     `json:"who"`
	Title string    `json:"title"`
	Due   time.Time `json:"due"`
}

// Next is the next deadline that is not answered; ok is false when none lies ahead.
func (c Cycle) Next(now time.Time) (next Deadline, ok bool) {
	for _, t := range Tasks {
		state, due := c.State(t.Number, now)
		if state.Finished() || state == Overdue || ok && !due.Before(next.Due) {
			continue
		}
		next, ok = Deadline{Cycle: c.ID, Task: t.Number, Who: t.Who, Title: t.Title, Due: due}, true
	}
	return next, ok
}

// Turn is the next instant at which a task's state changes by time alone; zero when none will.
func (c Cycle) Turn(now time.Time) time.Time {
	var turn time.Time
	consider := func(at time.Time) {
		if at.After(now) && (turn.IsZero() || at.Before(turn)) {
			turn = at
		}
	}
	for _, t := range Tasks {
		e := c.entry(t.Number)
		if n := c.answered(t.Number); n < len(e.Due) {
			consider(e.From)
			for _, due := range e.Due[n:] {
				consider(due)
				consider(due.Add(pastDue))
			}
		}
	}
	return turn
}

// pastDue is how long after its deadline a task is looked at as overdue.
const pastDue = time.Second

// Title names the cycle for people.
func (c Cycle) Title() string {
	m, err := calendar.ParseMonth(c.Month)
	name := c.Month
	if err == nil {
		name = fmt.Sprintf("%s %d", m.Month, m.Year)
	}
	if c.ID != c.Month {
		name += ", " + c.Change
	}
	return name
}
