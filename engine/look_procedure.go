package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// monthLook is what the loop remembers of its last look at the procedure, so that a look at which nothing happened costs nothing.
type monthLook struct {
	seen  uint64    // events recorded until then
	wake  time.Time // when time alone changes something
	shown *ProcedureView
	turn  int       // of the proceedings that are shown
	until time.Time // as long as what is shown holds
}

const (
	// leadDays is how long before Patch Tuesday a month begins.
	leadDays = 6
	// tailTime is how long after its last deadline an unfinished cycle is still looked at.
	tailTime = 45 * 24 * time.Hour
	// foldedWithin is how soon after its submission Prod opens in a change request whose month is folded.
	foldedWithin = 24 * time.Hour
)

// lookAtProcedure begins months, follows change requests, completes tasks by what is seen, and tells of what is overdue.
func (e *Engine) lookAtProcedure(now time.Time) time.Time {
	if e.clockTrouble() != "" {
		return now.Add(time.Minute) // deadlines mean nothing while the time is not known
	}
	if e.recorded() == e.month.seen && now.Before(e.month.wake) {
		return e.month.wake
	}
	e.month.wake = now.Add(24 * time.Hour)
	e.beginMonth(now)
	for _, id := range slices.SortedFunc(maps.Keys(e.state.changes), byNumber) {
		e.follow(e.state.changes[id], now)
	}
	for _, id := range slices.Sorted(maps.Keys(e.state.cycles)) {
		e.lookAtCycle(id, now)
	}
	e.month.seen = e.recorded()
	return e.month.wake
}

// recorded counts all events, durable or not.
func (e *Engine) recorded() uint64 { return e.head.Seq + uint64(len(e.batch)) }

func (e *Engine) lookAgainBy(at time.Time) {
	if !at.IsZero() && at.Before(e.month.wake) {
		e.month.wake = at
	}
}

// beginMonth begins the month around the next Patch Tuesday, from six days before it until its Prod windows open. A console that holds no
// server yet has nothing to patch.
func (e *Engine) beginMonth(now time.Time) {
	month := calendar.MonthOf(calendar.DateOf(now, e.options.Zone))
	from := month.PatchTuesday().Add(-leadDays).At(0, e.options.Zone)
	if now.Before(from) {
		e.lookAgainBy(from)
		return
	}
	if _, begun := e.state.cycles[month.String()]; begun || len(e.state.servers) == 0 {
		return
	}
	basis := e.standardBasis(month, from)
	if prod := procedure.Timetable(basis)[26-1].Due[0]; !now.Before(prod) {
		return // begun now, it would only be overdue
	}
	basis.Began = now
	cycle := procedure.Cycle{ID: month.String(), Month: month.String()}.Plan(basis, "", now)
	e.begin(cycle, now)
}

// standardBasis is the month by the configured windows.
func (e *Engine) standardBasis(month calendar.Month, began time.Time) procedure.Basis {
	b := procedure.Basis{DayZero: month.PatchTuesday(), Zone: e.options.Zone, Began: began}
	noon := b.DayZero.At(calendar.ClockAt(12, 0), e.options.Zone)
	for _, spec := range e.options.Schedule {
		if w, err := spec.Resolve(noon, e.options.Zone); err == nil && spec.Kind != rollout.EmergencyWindow {
			b.Windows = append(b.Windows, w)
		}
	}
	return b
}

// begin records a new cycle, and carries the open actions of earlier reviews into it.
func (e *Engine) begin(c procedure.Cycle, now time.Time) {
	e.must(cycleBegun{c}, engineActor, "", now)
	if c.ID != c.Month {
		return
	}
	var open []string
	for _, id := range slices.SortedFunc(maps.Keys(e.state.actions), byNumber) {
		if a := e.state.actions[id]; a.Done == nil && !a.In(c.ID) {
			open = append(open, id)
		}
	}
	if len(open) > 0 {
		e.must(actionsCarried{Cycle: c.ID, Actions: open}, engineActor, "", now)
	}
}

// live tells whether a change request is on its way.
func live(c approval.Change) bool {
	return c.State == approval.Submitted || c.State == approval.Authorised || c.State == approval.Approved
}

// follow gives a new change request its cycle: the month's own, unless that follows another one already.
func (e *Engine) follow(change approval.Change, now time.Time) {
	if _, follows := e.state.cycleOf[change.ID]; follows || !live(change) {
		return
	}
	plan := e.state.plans[change.PlanHash]
	if plan == nil {
		return
	}
	var opens, closes time.Time
	for _, w := range plan.Windows {
		if w.Ring == rollout.Prod {
			closes = maxTime(closes, w.Closes)
			if opens.IsZero() || w.Opens.Before(opens) {
				opens = w.Opens
			}
		}
	}
	if !now.Before(closes) {
		return // over before anybody looked: there is nothing to lead through
	}
	month := e.monthOf(change)
	cycle, begun := e.state.cycles[month.String()]
	if begun && cycle.Change != "" && (live(e.state.changes[cycle.Change]) || e.isOpen(cycle.Change, rollout.Prod)) {
		cycle, begun = procedure.Cycle{ID: month.String() + "-" + change.ID}, false
	}
	basis := procedure.Basis{DayZero: month.PatchTuesday(), Zone: e.options.Zone, Began: now, Windows: plan.Windows, AcceptBy: plan.AcceptBy,
		Folded: change.Priority == approval.Emergency || opens.Sub(change.Submitted.At) < foldedWithin}
	if begun {
		basis.Began = cycle.Began
		e.must(cycleScheduled{cycle.Plan(basis, change.ID, now)}, engineActor, "", now)
		return
	}
	if cycle.ID == "" {
		cycle.ID = month.String()
	}
	cycle.Month = month.String()
	e.begin(cycle.Plan(basis, change.ID, now), now)
}

// monthOf is the month whose updates a change request brings.
func (e *Engine) monthOf(change approval.Change) calendar.Month {
	released := e.state.bulletins[e.state.releases[change.Release].Bulletin].Released
	if released.IsZero() {
		released = change.Submitted.At
	}
	return calendar.MonthOf(calendar.DateOf(released, calendar.Pacific))
}

// lookAtCycle completes what is seen, and tells once of each deadline that passed.
func (e *Engine) lookAtCycle(id string, now time.Time) {
	c := e.state.cycles[id]
	if now.Sub(c.Entries[len(c.Entries)-1].Last()) > tailTime || c.Finished() {
		return
	}
	s := e.sightOf(c, now)
	for _, number := range c.Left() {
		note, seen := s.completes(number)
		if !seen {
			continue
		}
		c = e.state.cycles[id]
		tick, err := c.Decide(number, procedure.Tick{By: engineActor.Name, At: now, Note: note, Seen: true})
		if err == nil {
			e.must(tickEvent(c, number, tick, now), engineActor, "", now)
			s.cycle = e.state.cycles[id]
		}
	}
	c = e.state.cycles[id]
	var overdue []overdueTask
	for _, number := range c.Late(now) {
		task, _ := procedure.TaskOf(number)
		overdue = append(overdue, overdueTask{Task: number, Who: task.Who, ToDo: task.Late, Told: task.Who.Secondary()})
	}
	if len(overdue) > 0 {
		late := c
		e.must(tasksOverdue{Cycle: id, Tasks: overdue}, engineActor, "", now)
		e.tellTasks(late, overdue, now)
	}
	e.lookAgainBy(e.state.cycles[id].Turn(now))
}

// needsOfProcedure names what is overdue: the tasks of the month one by one, those of other months by their number.
func (e *Engine) needsOfProcedure(v *View, now time.Time, add addNeed) {
	const most = 8
	listed := 0
	for _, line := range v.Procedure.Tasks {
		if line.State != procedure.Overdue {
			continue
		}
		if listed++; listed <= most {
			add(false, v.Procedure.Current, "task %d of %s is overdue since %s (%s, now with %s): %s", line.Task, v.Procedure.Current,
				line.Due.In(e.options.Zone).Format("2 Jan 15:04"), line.Who, line.Told, line.ToDo)
		}
	}
	if listed > most {
		add(false, v.Procedure.Current, "%d more tasks of %s are overdue", listed-most, v.Procedure.Current)
	}
	for _, m := range v.Procedure.Months {
		if m.ID != v.Procedure.Current && m.Overdue > 0 {
			add(false, m.ID, "%s of %s overdue: do them, or skip them with a reason", count(m.Overdue, "task"), m.Title)
		}
	}
	e.needsOfReviews(now, add)
}

// accountOf tells what became of a rollout's servers.
func accountOf(id string, c rollout.Counts) string {
	return fmt.Sprintf("%s: %d targeted, %d succeeded, %d failed, %d unreachable, %d missed their window, %d open", id, c.Targeted(), c[rollout.Succeeded],
		c[rollout.Failed], c[rollout.Unreachable], c[rollout.WindowMissed], c.Open())
}
