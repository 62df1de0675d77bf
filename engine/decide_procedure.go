package engine

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/procedure"
)

// Commands of the procedure.
type (
	// DoTask ticks a task of the month by hand, with a note.
	DoTask struct {
		Cycle string
		Task  int
		Note  string
	}
	// SkipTask leaves a task of the month out, with a reason.
	SkipTask struct {
		Cycle  string
		Task   int
		Reason string
	}
	// ReopenTask undoes a task's newest tick, with a reason.
	ReopenTask struct {
		Cycle  string
		Task   int
		Reason string
	}
)

func (DoTask) Action() string     { return "procedure.do" }
func (SkipTask) Action() string   { return "procedure.skip" }
func (ReopenTask) Action() string { return "procedure.reopen" }

// tickers are the roles that own a task of the month.
var tickers = procedure.Parties[procedure.Everybody]

func offerProcedure() {
	offer((*Engine).doTask, tickers...)
	offer((*Engine).skipTask, tickers...)
	offer((*Engine).reopenTask, tickers...)
}

// taskFor finds a task that an actor may tick.
func (e *Engine) taskFor(actor approval.Actor, cycle string, number int) (procedure.Cycle, procedure.Task, error) {
	c, ok := e.state.cycles[cycle]
	task, known := procedure.TaskOf(number)
	switch {
	case !ok:
		return c, task, e.noCycle(cycle)
	case !known:
		return c, task, fmt.Errorf("there is no task %d: use 1 to %d", number, len(procedure.Tasks))
	case !task.Who.May(actor):
		return c, task, approval.NeedsRole(actor, fmt.Sprintf("task %d belongs to the %s: to tick it", number, task.Who), procedure.Parties[task.Who]...)
	}
	return c, task, nil
}

func (e *Engine) doTask(actor approval.Actor, c DoTask, now time.Time) (string, error) {
	if strings.TrimSpace(c.Note) == "" {
		return "", fmt.Errorf("a note is needed: what was done; it goes into the audit trail")
	}
	return e.tickTask(actor, c.Cycle, c.Task, procedure.Tick{By: actor.Name, At: now, Note: c.Note}, now)
}

func (e *Engine) skipTask(actor approval.Actor, c SkipTask, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	return e.tickTask(actor, c.Cycle, c.Task, procedure.Tick{By: actor.Name, At: now, Note: c.Reason, Skipped: true}, now)
}

func (e *Engine) tickTask(actor approval.Actor, id string, number int, tick procedure.Tick, now time.Time) (string, error) {
	cycle, task, err := e.taskFor(actor, id, number)
	if err != nil {
		return "", err
	}
	if tick, err = cycle.Decide(number, tick); err != nil {
		return "", err
	}
	e.must(tickEvent(cycle, number, tick, now), actor, tick.Note, now)
	state, due := e.state.cycles[id].State(number, now)
	if !state.Finished() {
		return fmt.Sprintf("task %d of %s is done for now; it is due again %s", number, id, due.In(e.options.Zone).Format("2 Jan 15:04")), nil
	}
	return fmt.Sprintf("task %d of %s is %s: %s", number, id, state, task.Title), nil
}

// tickEvent is a tick under its name in the trail.
func tickEvent(c procedure.Cycle, task int, tick procedure.Tick, now time.Time) any {
	from, _ := c.State(task, now)
	ticked := taskTicked{Cycle: c.ID, Task: task, From: from, Tick: tick}
	if tick.Skipped {
		return taskSkipped(ticked)
	}
	return taskDone(ticked)
}

func (e *Engine) reopenTask(actor approval.Actor, c ReopenTask, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	cycle, task, err := e.taskFor(actor, c.Cycle, c.Task)
	if err == nil {
		err = cycle.CanReopen(c.Task)
	}
	if err != nil {
		return "", err
	}
	from, _ := cycle.State(c.Task, now)
	e.must(taskReopened{Cycle: c.Cycle, Task: c.Task, From: from}, actor, c.Reason, now)
	state, _ := e.state.cycles[c.Cycle].State(c.Task, now)
	return fmt.Sprintf("task %d of %s is %s: %s", c.Task, c.Cycle, state, task.Title), nil
}
