package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/procedure"
)

func (t *tree) procedure() *cobra.Command {
	return t.noun("procedure", "The month's 31 tasks: what is due, who does it, what completed it",
		t.procedureList(), t.procedureShow(), t.procedureDone(), t.procedureSkip(), t.procedureReopen(), t.procedureGantt(), t.procedureChecklist())
}

// monthHint says where months come from.
const monthHint = "no month has begun yet: one begins six days before Patch Tuesday, once there are servers"

// findCycle gives the cycle with an id, or the current one.
func (c *call) findCycle(id string) (procedure.Cycle, error) {
	p := c.view().Procedure
	if id == "" {
		id = p.Current
	}
	i := slices.IndexFunc(p.Cycles, func(cycle procedure.Cycle) bool { return strings.EqualFold(cycle.ID, id) })
	switch {
	case len(p.Cycles) == 0:
		return procedure.Cycle{}, fmt.Errorf("%s", monthHint)
	case i < 0:
		return procedure.Cycle{}, fmt.Errorf("there is no month %q: see patchdeck procedure list", cut(id, 40))
	}
	return p.Cycles[i], nil
}

// cycleArgument gives the cycle that the first argument names, or the current one.
func (c *call) cycleArgument() (procedure.Cycle, error) {
	if len(c.args) == 0 {
		return c.findCycle("")
	}
	return c.findCycle(c.args[0])
}

func (t *tree) procedureList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the months, newest first", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, m := range c.view().Procedure.Months {
			if c.json {
				if err := c.object(m); err != nil {
					return err
				}
				continue
			}
			next := "-"
			if m.Next != nil {
				next = fmt.Sprintf("%s task %d", c.when(m.Next.Due), m.Next.Task)
			}
			rows = append(rows, []string{m.ID, m.DayZero, orDash(m.Change), fmt.Sprintf("%d of %d", m.Done, m.Tasks), strconv.Itoa(m.Skipped), strconv.Itoa(m.Overdue), next})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"MONTH", 24}, {"PATCH TUESDAY", 0}, {"FOLLOWS", 12}, {"DONE", 0}, {"SKIPPED", 0}, {"OVERDUE", 0}, {"NEXT DEADLINE", 0}}, rows, monthHint)
	}})
}

// taskLine is one task in JSON.
type taskLine struct {
	Cycle string `json:"cycle"`
	procedure.Line
}

func (t *tree) procedureShow() *cobra.Command {
	var state string
	states := []string{string(procedure.Waiting), string(procedure.Open), string(procedure.Overdue), string(procedure.Done), string(procedure.Skipped)}
	command := t.verb(verb{
		use: "show [MONTH]", short: "Show the tasks of a month; left out, the current one", args: cobra.MaximumNArgs(1), reads: always,
		run: func(c *call) error {
			if state != "" {
				if err := oneOf("state", state, states...); err != nil {
					return err
				}
			}
			cycle, err := c.cycleArgument()
			if err != nil {
				return err
			}
			var rows [][]string
			for _, line := range cycle.Lines(c.view().At) {
				if state != "" && string(line.State) != state {
					continue
				}
				if c.json {
					if err := c.object(taskLine{cycle.ID, line}); err != nil {
						return err
					}
					continue
				}
				words := line.Evidence()
				if line.State == procedure.Overdue {
					words = line.ToDo
				}
				rows = append(rows, []string{strconv.Itoa(line.Task), string(line.State), c.when(line.Due), string(line.Who), line.Title, words})
			}
			if c.json {
				return nil
			}
			if err := c.line("%s, Patch Tuesday %s%s", cycle.Title(), cycle.DayZero, following(cycle)); err != nil {
				return err
			}
			return c.table([]column{{"#", 0}, {"STATE", 0}, {"DUE", 0}, {"WHO", 0}, {"TASK", 60}, {"EVIDENCE, OR WHAT TO DO", 80}}, rows, "no task of the month is "+state)
		},
	})
	command.Flags().StringVar(&state, "state", "", "only tasks that are "+strings.Join(states, ", "))
	return command
}

func following(c procedure.Cycle) string {
	words := ""
	if c.Change != "" {
		words = ", follows the windows of " + c.Change
	}
	if c.Folded {
		words += ", folded"
	}
	return words
}

// monthFlag adds the month that a verb works on.
func monthFlag(command *cobra.Command, month *string) {
	command.Flags().StringVar(month, "month", "", "the month, for instance 2026-11; left out, the current one")
}

// onTask makes a verb that works on one task of a month.
func (t *tree) onTask(v verb, check func() error, order func(cycle string, task int) engine.Command) *cobra.Command {
	var month string
	v.args = cobra.ExactArgs(1)
	v.run = func(c *call) error {
		number, err := strconv.Atoi(c.args[0])
		if _, known := procedure.TaskOf(number); err != nil || !known {
			return wrongUsage("there is no task %q: use 1 to %d, see patchdeck procedure show", cut(c.args[0], 20), len(procedure.Tasks))
		}
		if err := check(); err != nil {
			return err
		}
		cycle, err := c.findCycle(month)
		if err != nil {
			return err
		}
		return c.do(order(cycle.ID, number))
	}
	command := t.verb(v)
	monthFlag(command, &month)
	return command
}

func (t *tree) procedureDone() *cobra.Command {
	var note string
	command := t.onTask(verb{use: "done TASK", short: "Tick a task by hand, with a note of what was done"},
		func() error { return needNote(note) },
		func(cycle string, task int) engine.Command {
			return engine.DoTask{Cycle: cycle, Task: task, Note: note}
		})
	command.Flags().StringVar(&note, "note", "", "what was done (required)")
	return command
}

// needNote refuses a tick that says nothing.
func needNote(note string) error {
	if strings.TrimSpace(note) == "" {
		return wrongUsage("a note is missing: give --note \"...\", it stands in the audit trail")
	}
	return nil
}

func (t *tree) procedureSkip() *cobra.Command {
	var reason string
	command := t.onTask(verb{use: "skip TASK", short: "Leave a task out this month, with a reason"},
		func() error { return needReason(reason) },
		func(cycle string, task int) engine.Command {
			return engine.SkipTask{Cycle: cycle, Task: task, Reason: reason}
		})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) procedureReopen() *cobra.Command {
	var reason string
	command := t.onTask(verb{use: "reopen TASK", short: "Undo a task's newest tick, with a reason; the engine leaves it to people then"},
		func() error { return needReason(reason) },
		func(cycle string, task int) engine.Command {
			return engine.ReopenTask{Cycle: cycle, Task: task, Reason: reason}
		})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) procedureChecklist() *cobra.Command {
	return t.verb(verb{use: "checklist [MONTH]", short: "Show the lead's own list of 23 lines with their results", args: cobra.MaximumNArgs(1), reads: always, run: func(c *call) error {
		cycle, err := c.cycleArgument()
		if err != nil {
			return err
		}
		var rows [][]string
		for _, line := range cycle.Checklist(c.view().At) {
			if c.json {
				if err := c.object(line); err != nil {
					return err
				}
				continue
			}
			box := "[ ]"
			if line.State.Finished() {
				box = "[x]"
			}
			rows = append(rows, []string{box, strconv.Itoa(line.Line), string(line.State), c.when(line.Due), line.Title, orDash(line.Result)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"", 0}, {"LINE", 0}, {"STATE", 0}, {"DUE", 0}, {"TASK", 60}, {"RESULT", 60}}, rows, "")
	}})
}

// chartWidth is how many columns the bars of a Gantt chart have.
const chartWidth = 72

func (t *tree) procedureGantt() *cobra.Command {
	return t.verb(verb{use: "gantt [MONTH]", short: "Draw a month's windows and tasks as bars over time", args: cobra.MaximumNArgs(1), reads: always, run: func(c *call) error {
		cycle, err := c.cycleArgument()
		if err != nil {
			return err
		}
		g := cycle.Gantt(c.view().At)
		if c.json {
			return c.object(g)
		}
		return c.printGantt(cycle.Title(), g)
	}})
}

// printGantt draws bars in plain characters.
func (c *call) printGantt(title string, g procedure.Gantt) error {
	if err := c.line("%s, from %s to %s, now %s; = done, - ahead, ! overdue, | now", title, c.when(g.From), c.when(g.To), c.when(g.Now)); err != nil {
		return err
	}
	names, width := c.barNames(g)
	for i, bar := range g.Bars {
		if err := c.line("%s%s %s", names[i], strings.Repeat(" ", width-utf8.RuneCountInString(names[i])), drawBar(g, bar)); err != nil {
			return err
		}
	}
	return nil
}

// barNames are what stands before the bars, and in how many columns: on a terminal as many as leave room for the bars.
func (c *call) barNames(g procedure.Gantt) (names []string, width int) {
	const most = 32
	for _, bar := range g.Bars {
		name := bar.Title
		if bar.Task > 0 {
			name = fmt.Sprintf("%2d %s", bar.Task, bar.Title)
		}
		if name = plain(name); c.columns > 0 {
			name = cut(name, most)
		}
		names, width = append(names, name), max(width, utf8.RuneCountInString(name))
	}
	return names, width
}

// drawBar draws one bar in plain characters, with the present as a line through it.
func drawBar(g procedure.Gantt, bar procedure.Bar) string {
	column := func(at time.Time) int {
		whole := g.To.Sub(g.From)
		if whole <= 0 {
			return 0
		}
		return max(0, min(chartWidth-1, int(float64(chartWidth-1)*float64(at.Sub(g.From))/float64(whole))))
	}
	line := []byte(strings.Repeat(" ", chartWidth))
	first, last := column(bar.From), column(bar.To)
	through := first + (last-first+1)*bar.Progress/100
	for i := first; i <= last; i++ {
		switch {
		case i < through || bar.Task > 0 && bar.State.Finished():
			line[i] = '='
		case bar.State == procedure.Overdue:
			line[i] = '!'
		default:
			line[i] = '-'
		}
	}
	if now := column(g.Now); !g.Now.Before(g.From) && !g.Now.After(g.To) && line[now] == ' ' {
		line[now] = '|'
	}
	return strings.TrimRight(string(line), " ")
}

// months are what MONTH may stand for.
func months(v *engine.View) (list []named) {
	for _, m := range v.Procedure.Months {
		list = append(list, named{m.ID, m.Title})
	}
	return list
}
