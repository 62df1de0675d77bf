package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/notice"
	"patchdeck/engine/procedure"
)

// tellTasks writes the notices of tasks whose deadline passed, one for each party that they belong to. They stand in the same commit as the event that
// tells of the deadline, and that comes once: so does the notice.
func (e *Engine) tellTasks(cycle procedure.Cycle, overdue []overdueTask, now time.Time) {
	if e.options.Notices.Templates == nil {
		return
	}
	var parties []procedure.Party
	of := map[procedure.Party][]int{}
	for _, task := range overdue {
		if _, due := cycle.State(task.Task, now); notice.Late(due, now) || !cycle.Untold(task.Task) {
			continue // too long ago to be news, or told with an earlier deadline of the same task
		}
		if of[task.Who] == nil {
			parties = append(parties, task.Who)
		}
		of[task.Who] = append(of[task.Who], task.Task)
	}
	for _, party := range parties {
		first := of[party][0]
		_, due := cycle.State(first, now)
		m := e.matters()[e.state.changes[cycle.Change].Release]
		n := notice.Notice{ID: fmt.Sprintf("N-%d", len(e.state.outbox.notices)+1), Kind: notice.Tasks, Release: m.Release.ID, Change: cycle.Change, At: now, By: engineActor.Name,
			Key: notice.Key(notice.Tasks, fmt.Sprintf("%s/%d/%d", cycle.ID, first, due.Unix()))}
		if e.state.outbox.byKey[n.Key] != "" {
			continue // a person reopened the task, and it is late for the same deadline
		}
		facts := e.noticeFacts(notice.Due{Kind: notice.Tasks, Key: n.Key}, m, nil, now)
		e.taskFacts(&facts, cycle, party, of[party], now)
		e.print(&n, facts, n.By, "")
		var groups []notice.Group
		for _, role := range procedure.Parties[party] {
			groups = append(groups, notice.Group(role))
		}
		to := e.options.Notices.Book.For(notice.Tasks, nil, groups...)
		n.Copies = len(to)
		e.compose(n, to, engineActor, now)
	}
}

// taskFacts adds tasks of a cycle that are overdue: those named, or all.
func (e *Engine) taskFacts(f *notice.Facts, cycle procedure.Cycle, party procedure.Party, only []int, now time.Time) {
	if cycle.ID == "" {
		return
	}
	f.Cycle, f.Party = notice.Text(cycle.Title()), notice.Text(party)
	if party == procedure.Vendor {
		f.Party = "vendor contact, for whom the lead acts"
	}
	for _, task := range procedure.Tasks {
		state, due := cycle.State(task.Number, now)
		if only == nil && state == procedure.Overdue || slices.Contains(only, task.Number) {
			f.Tasks = append(f.Tasks, notice.TaskFacts{Number: task.Number, Title: notice.Text(task.Title), ToDo: notice.Text(task.Late), Due: notice.MomentIn(due, e.options.Zone)})
		}
	}
	roles := procedure.Parties[party]
	if party == procedure.Everybody || len(roles) == 0 {
		return
	}
	f.Persons = notice.Texts(approval.Responsible(e.people(), roles[0], true))
}

// cycleAbout is the cycle that follows a matter's change request; the zero one while none does.
func (e *Engine) cycleAbout(m notice.Matter) procedure.Cycle {
	if m.Change == nil {
		return procedure.Cycle{}
	}
	return e.state.cycles[e.state.cycleOf[m.Change.ID]]
}
