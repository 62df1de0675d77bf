package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/procedure"
)

// ProcedureView is the monthly procedure as readers see it: the months, the current one in full, and what reviews and quarters hold.
type ProcedureView struct {
	Months    []procedure.Summary // newest first
	Current   string              // id of the cycle that is being worked in; empty before the first
	Tasks     []procedure.Line    // of the current cycle
	Checklist []procedure.Check
	Gantt     procedure.Gantt
	Next      *procedure.Deadline // the next one of any cycle
	Cycles    []procedure.Cycle   // newest first: what the others show is computed from them

	Reviews   []procedure.Review // newest first
	Actions   []procedure.Action // by number
	Quarterly []procedure.Questionnaire
	Sources   []procedure.Source // by name, without those that are off the list
}

// ganttStep is how long the bars of a Gantt chart may lag behind the clock.
const ganttStep = time.Minute

// showProcedure adds the procedure to a snapshot. What is shown is kept until a record or the time changes it.
func (e *Engine) showProcedure(v *View, now time.Time) {
	m := &e.month
	if m.shown == nil || m.turn != e.state.turn || !now.Before(m.until) || now.Before(m.shown.Gantt.Now) {
		m.shown, m.until = e.makeProcedureView(now)
		m.turn = e.state.turn
	}
	v.Procedure = *m.shown
}

func (e *Engine) makeProcedureView(now time.Time) (shown *ProcedureView, until time.Time) {
	p := ShowCycles(slices.Collect(maps.Values(e.state.cycles)), now)
	until = now.Add(ganttStep)
	for _, c := range p.Cycles {
		if turn := c.Turn(now); !turn.IsZero() && turn.Before(until) {
			until = turn
		}
	}
	p.Reviews = slices.SortedFunc(maps.Values(e.state.reviews), func(a, b procedure.Review) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Cycle, b.Cycle))
	})
	p.Actions = slices.SortedFunc(maps.Values(e.state.actions), func(a, b procedure.Action) int { return byNumber(a.ID, b.ID) })
	p.Quarterly = slices.SortedFunc(maps.Values(e.state.quarter), func(a, b procedure.Questionnaire) int { return strings.Compare(b.Quarter, a.Quarter) })
	for _, name := range slices.Sorted(maps.Keys(e.state.outside)) {
		if s := e.state.outside[name]; !s.Gone {
			p.Sources = append(p.Sources, s)
		}
	}
	return &p, until
}

// ShowCycles is what readers see of cycles at an instant: the list of months, and the one that people work in in full.
func ShowCycles(cycles []procedure.Cycle, now time.Time) ProcedureView {
	p := ProcedureView{Cycles: slices.Clone(cycles)}
	slices.SortFunc(p.Cycles, func(a, b procedure.Cycle) int {
		return cmp.Or(strings.Compare(b.Month, a.Month), b.Began.Compare(a.Began), strings.Compare(a.ID, b.ID))
	})
	for _, c := range p.Cycles {
		s := c.Summary(now)
		p.Months = append(p.Months, s)
		if s.Next != nil && (p.Next == nil || s.Next.Due.Before(p.Next.Due)) {
			p.Next = s.Next
		}
	}
	if current, ok := currentCycle(p.Cycles, now); ok {
		p.Current, p.Tasks, p.Checklist, p.Gantt = current.ID, current.Lines(now), current.Checklist(now), current.Gantt(now)
	}
	p.Gantt.Now = now
	return p
}

// currentCycle is the one that people work in: a folded one while its windows are not over, else the newest month of its own.
func currentCycle(newestFirst []procedure.Cycle, now time.Time) (procedure.Cycle, bool) {
	for _, c := range newestFirst {
		if c.Folded && now.Before(c.Entries[27-1].Last()) {
			return c, true
		}
	}
	for _, c := range newestFirst {
		if c.ID == c.Month {
			return c, true
		}
	}
	return procedure.Cycle{}, false
}
