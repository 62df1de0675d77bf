package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/procedure"
)

// proceedings are the records of the monthly procedure: cycles with their tasks, and what reviews and quarters hold.
type proceedings struct {
	cycles  map[string]procedure.Cycle
	cycleOf map[string]string // by change request: the cycle that follows its windows
	reviews map[string]procedure.Review
	actions map[string]procedure.Action
	quarter map[string]procedure.Questionnaire
	outside map[string]procedure.Source
	turn    int // grows when any of them changes
}

func newProceedings() proceedings {
	p := proceedings{cycles: map[string]procedure.Cycle{}, cycleOf: map[string]string{}, reviews: map[string]procedure.Review{},
		actions: map[string]procedure.Action{}, quarter: map[string]procedure.Questionnaire{}, outside: map[string]procedure.Source{}}
	for _, s := range procedure.FirstSources {
		p.outside[s.Name] = s
	}
	return p
}

func (s *state) putCycle(c procedure.Cycle) {
	s.cycles[c.ID] = c
	if c.Change != "" {
		s.cycleOf[c.Change] = c.ID
	}
	s.changedProceedings("cycle", c.ID)
}

func (s *state) putReview(r procedure.Review) {
	s.reviews[r.Cycle] = r
	s.changedProceedings("review", r.Cycle)
}

func (s *state) putAction(a procedure.Action) {
	s.actions[a.ID] = a
	s.changedProceedings("action", a.ID)
}

func (s *state) putQuestionnaire(q procedure.Questionnaire) {
	s.quarter[q.Quarter] = q
	s.changedProceedings("questionnaire", q.Quarter)
}

func (s *state) putOutside(source procedure.Source) {
	s.outside[source.Name] = source
	s.changedProceedings("outside-source", source.Name)
}

func (s *state) changedProceedings(kind, id string) {
	s.turn++
	s.mark(kind, id)
}

func init() {
	keep("cycle", (*state).putCycle, func(s *state, id string) any { return s.cycles[id] })
	keep("review", (*state).putReview, func(s *state, id string) any { return s.reviews[id] })
	keep("action", (*state).putAction, func(s *state, id string) any { return s.actions[id] })
	keep("questionnaire", (*state).putQuestionnaire, func(s *state, id string) any { return s.quarter[id] })
	keep("outside-source", (*state).putOutside, func(s *state, id string) any { return s.outside[id] })
	registerProcedure()
	registerReviews()
	offerProcedure()
	offerReviews()
	nouns = append(nouns, noun{look: (*Engine).lookAtProcedure, show: (*Engine).showProcedure, needs: (*Engine).needsOfProcedure})
}

// Events of the procedure.
type (
	cycleBegun struct{ procedure.Cycle }
	// cycleScheduled gives a cycle the timetable of a change request's windows.
	cycleScheduled struct {
		procedure.Cycle
	}
	taskTicked struct {
		Cycle string          `json:"cycle"`
		Task  int             `json:"task"`
		From  procedure.State `json:"from"`
		Tick  procedure.Tick  `json:"tick"`
	}
	taskReopened struct {
		Cycle string          `json:"cycle"`
		Task  int             `json:"task"`
		From  procedure.State `json:"from"`
	}
	tasksOverdue struct {
		Cycle string        `json:"cycle"`
		Tasks []overdueTask `json:"tasks"`
	}
)

// overdueTask is what the trail says of a deadline that passed.
type overdueTask struct {
	Task int             `json:"task"`
	Who  procedure.Party `json:"who"`
	ToDo string          `json:"what_to_do"`
	Told string          `json:"told"` // who gets it now
}

func registerProcedure() {
	register("procedure.begun",
		func(e cycleBegun) string { return e.ID },
		func(e cycleBegun) string {
			return fmt.Sprintf("%s begins, %d tasks around %s", e.Title(), len(e.Entries), e.DayZero)
		},
		func(s *state, e cycleBegun, _ time.Time) error { s.putCycle(e.Cycle); return nil })
	register("procedure.scheduled",
		func(e cycleScheduled) string { return e.ID },
		func(e cycleScheduled) string {
			return fmt.Sprintf("follows the %d windows of %s", len(e.Windows), e.Change)
		},
		func(s *state, e cycleScheduled, _ time.Time) error { s.putCycle(e.Cycle); return nil })
	done := register("procedure.done",
		func(e taskDone) string { return e.Cycle },
		func(e taskDone) string { return fmt.Sprintf("task %d is done: %s", e.Task, e.Tick.Note) },
		func(s *state, e taskDone, _ time.Time) error { return s.tick(taskTicked(e)) })
	done.change = func(e any) (string, string) { return string(e.(taskDone).From), string(procedure.Done) }
	skipped := register("procedure.skipped",
		func(e taskSkipped) string { return e.Cycle },
		func(e taskSkipped) string { return fmt.Sprintf("task %d is skipped: %s", e.Task, e.Tick.Note) },
		func(s *state, e taskSkipped, _ time.Time) error { return s.tick(taskTicked(e)) })
	skipped.change = func(e any) (string, string) { return string(e.(taskSkipped).From), string(procedure.Skipped) }
	register("procedure.reopened",
		func(e taskReopened) string { return e.Cycle },
		func(e taskReopened) string { return fmt.Sprintf("task %d is open again", e.Task) },
		func(s *state, e taskReopened, _ time.Time) error {
			return s.changeCycle(e.Cycle, func(c procedure.Cycle) procedure.Cycle { return c.Reopen(e.Task) })
		})
	register("procedure.overdue",
		func(e tasksOverdue) string { return e.Cycle },
		overdueWords,
		func(s *state, e tasksOverdue, at time.Time) error {
			var tasks []int
			for _, t := range e.Tasks {
				tasks = append(tasks, t.Task)
			}
			return s.changeCycle(e.Cycle, func(c procedure.Cycle) procedure.Cycle { return c.Tell(tasks, at) })
		})
}

// taskDone and taskSkipped are ticks under their names in the trail.
type (
	taskDone    taskTicked
	taskSkipped taskTicked
)

func overdueWords(e tasksOverdue) string {
	words := ""
	for i, t := range e.Tasks {
		if i > 0 {
			words += "; "
		}
		words += fmt.Sprintf("task %d of the %s goes to %s", t.Task, t.Who, t.Told)
	}
	return words
}

func (s *state) tick(e taskTicked) error {
	return s.changeCycle(e.Cycle, func(c procedure.Cycle) procedure.Cycle { return c.Tick(e.Task, e.Tick) })
}

func (s *state) changeCycle(id string, change func(procedure.Cycle) procedure.Cycle) error {
	c, ok := s.cycles[id]
	if !ok {
		return fmt.Errorf("the cycle %s is not known", id)
	}
	s.putCycle(change(c))
	return nil
}
