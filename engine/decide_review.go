package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
)

// Events of reviews and quarters.
type (
	reviewRecorded struct{ procedure.Review }
	actionAdded    struct{ procedure.Action }
	actionsCarried struct {
		Cycle   string   `json:"cycle"`
		Actions []string `json:"actions"`
	}
	actionFinished struct {
		Action string            `json:"action"`
		Done   procedure.Closing `json:"done"`
	}
	questionAnswered struct {
		Quarter  string           `json:"quarter"`
		Question string           `json:"question"`
		Answer   procedure.Answer `json:"answer"`
	}
	outsideListed   struct{ procedure.Source }
	outsideReviewed struct{ procedure.Source }
)

func registerReviews() {
	register("review.held",
		func(e reviewRecorded) string { return e.Cycle },
		func(e reviewRecorded) string { return e.Summary },
		func(s *state, e reviewRecorded, _ time.Time) error { s.putReview(e.Review); return nil })
	register("review.action",
		func(e actionAdded) string { return e.ID },
		func(e actionAdded) string { return fmt.Sprintf("%s until %s: %s", e.Owner, e.Due, e.Words) },
		func(s *state, e actionAdded, _ time.Time) error { s.putAction(e.Action); return nil })
	register("review.carried",
		func(e actionsCarried) string { return e.Cycle },
		func(e actionsCarried) string { return strings.Join(e.Actions, ", ") + " go on into " + e.Cycle },
		func(s *state, e actionsCarried, _ time.Time) error {
			for _, id := range e.Actions {
				s.putAction(s.actions[id].Carry(e.Cycle))
			}
			return nil
		})
	register("review.finished",
		func(e actionFinished) string { return e.Action },
		func(e actionFinished) string { return e.Done.Note },
		func(s *state, e actionFinished, _ time.Time) error {
			a, err := s.actions[e.Action].Finish(e.Done)
			if err == nil {
				s.putAction(a)
			}
			return err
		})
	register("review.answered",
		func(e questionAnswered) string { return e.Quarter },
		func(e questionAnswered) string { return e.Question + ": " + e.Answer.Words },
		func(s *state, e questionAnswered, _ time.Time) error {
			answers := maps.Clone(s.quarter[e.Quarter].Answers)
			if answers == nil {
				answers = map[string]procedure.Answer{}
			}
			answers[e.Question] = e.Answer
			s.putQuestionnaire(procedure.Questionnaire{Quarter: e.Quarter, Answers: answers})
			return nil
		})
	register("outside-source.listed",
		func(e outsideListed) string { return e.Name },
		func(e outsideListed) string {
			if e.Gone {
				return "taken off the list"
			}
			return "on the list: " + e.Address
		},
		func(s *state, e outsideListed, _ time.Time) error { s.putOutside(e.Source); return nil })
	register("outside-source.reviewed",
		func(e outsideReviewed) string { return e.Name },
		func(e outsideReviewed) string { return e.Reviewed + ": " + e.Verdict },
		func(s *state, e outsideReviewed, _ time.Time) error { s.putOutside(e.Source); return nil })
}

// Commands of reviews and quarters.
type (
	// HoldReview records a month's change review meeting; held again, it replaces what was said.
	HoldReview struct {
		Cycle     string
		Summary   string
		Attendees []string
		Answers   map[string]string // by the keys of procedure.ReviewQuestions
	}
	// AddAction records what a review wants done, by whom and until when.
	AddAction struct {
		Cycle, Words, Owner string
		Due                 calendar.Date
	}
	// FinishAction ends an action with a note.
	FinishAction struct{ ID, Note string }
	// AnswerQuestion answers one of procedure.QuarterlyQuestions.
	AnswerQuestion struct{ Quarter, Question, Words string }
	// ListOutsideSource puts an outside source on the list, or changes it.
	ListOutsideSource struct{ Name, Address, Why string }
	// DropOutsideSource takes an outside source off the list, with a reason.
	DropOutsideSource struct{ Name, Reason string }
	// ReviewOutsideSource says what a quarter's review of a source found.
	ReviewOutsideSource struct{ Quarter, Name, Verdict string }
)

func (HoldReview) Action() string          { return "review.hold" }
func (AddAction) Action() string           { return "review.act" }
func (FinishAction) Action() string        { return "review.finish" }
func (AnswerQuestion) Action() string      { return "review.answer" }
func (ListOutsideSource) Action() string   { return "outside-source.list" }
func (DropOutsideSource) Action() string   { return "outside-source.drop" }
func (ReviewOutsideSource) Action() string { return "outside-source.review" }

func offerReviews() {
	offer((*Engine).holdReview, approval.Lead)
	offer((*Engine).addAction, tickers...)
	offer((*Engine).finishAction, tickers...)
	offer((*Engine).answerQuestion, approval.Lead, approval.Security)
	offer((*Engine).listOutside, approval.Security, approval.Lead)
	offer((*Engine).dropOutside, approval.Security, approval.Lead)
	offer((*Engine).reviewOutside, approval.Security)
}

func (e *Engine) holdReview(actor approval.Actor, c HoldReview, now time.Time) (string, error) {
	if _, ok := e.state.cycles[c.Cycle]; !ok {
		return "", e.noCycle(c.Cycle)
	}
	r := procedure.Review{Cycle: c.Cycle, By: actor.Name, At: now, Summary: c.Summary, Attendees: c.Attendees, Answers: c.Answers}
	if err := r.Check(); err != nil {
		return "", err
	}
	e.must(reviewRecorded{r}, actor, "", now)
	return fmt.Sprintf("the review of %s is recorded; %d of %d questions are answered", c.Cycle, len(c.Answers), len(procedure.ReviewQuestions)), nil
}

func (e *Engine) noCycle(id string) error {
	if len(e.state.cycles) == 0 {
		return fmt.Errorf("no month has begun yet: one begins %d days before Patch Tuesday, once there are servers", leadDays)
	}
	return fmt.Errorf("month %.40q is not known: %s", id, known(slices.Sorted(maps.Keys(e.state.cycles))))
}

func (e *Engine) addAction(actor approval.Actor, c AddAction, now time.Time) (string, error) {
	if _, ok := e.state.cycles[c.Cycle]; !ok {
		return "", e.noCycle(c.Cycle)
	}
	owner, err := e.person(c.Owner)
	if err != nil {
		return "", err
	}
	a := procedure.Action{ID: fmt.Sprintf("ACT-%d", len(e.state.actions)+1), Cycle: c.Cycle, Words: c.Words, Owner: owner, Due: c.Due, By: actor.Name, At: now, Rev: 1}
	if err := a.Check(); err != nil {
		return "", err
	}
	if today := calendar.DateOf(now, e.options.Zone); a.Due.Before(today) {
		return "", fmt.Errorf("%s is over: name a day from today on", a.Due)
	}
	e.must(actionAdded{a}, actor, "", now)
	return fmt.Sprintf("%s: %s until %s", a.ID, a.Owner, a.Due), nil
}

func (e *Engine) finishAction(actor approval.Actor, c FinishAction, now time.Time) (string, error) {
	a, ok := e.state.actions[c.ID]
	if !ok {
		return "", fmt.Errorf("action %.40q is not known: see patchdeck review actions", c.ID)
	}
	if strings.TrimSpace(c.Note) == "" {
		return "", fmt.Errorf("a note is needed: what was done; it goes into the audit trail")
	}
	done := procedure.Closing{By: actor.Name, At: now, Note: c.Note}
	if _, err := a.Finish(done); err != nil {
		return "", err
	}
	e.must(actionFinished{Action: c.ID, Done: done}, actor, c.Note, now)
	return c.ID + " is done", nil
}

func (e *Engine) answerQuestion(actor approval.Actor, c AnswerQuestion, now time.Time) (string, error) {
	quarter, err := calendar.ParseQuarter(c.Quarter)
	if err == nil {
		err = procedure.CheckAnswer(c.Question, c.Words)
	}
	if err == nil && calendar.DateOf(now, e.options.Zone).Before(quarter.First()) {
		err = fmt.Errorf("%s has not begun", quarter)
	}
	if err != nil {
		return "", err
	}
	e.must(questionAnswered{Quarter: c.Quarter, Question: c.Question, Answer: procedure.Answer{Words: c.Words, By: actor.Name, At: now}}, actor, "", now)
	return fmt.Sprintf("%s of %s is answered; %d questions are open", c.Question, c.Quarter, len(e.state.quarter[c.Quarter].Missing())), nil
}

func (e *Engine) listOutside(actor approval.Actor, c ListOutsideSource, now time.Time) (string, error) {
	source := e.state.outside[c.Name]
	source.Name, source.Address, source.Why, source.By, source.Gone = c.Name, c.Address, c.Why, actor.Name, false
	if err := source.Check(); err != nil {
		return "", err
	}
	e.must(outsideListed{source}, actor, "", now)
	return c.Name + " is on the list of outside sources", nil
}

func (e *Engine) dropOutside(actor approval.Actor, c DropOutsideSource, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	source, ok := e.state.outside[c.Name]
	if !ok {
		return "", e.noOutside(c.Name)
	}
	if source.Gone {
		return "", approval.Clash("%s was taken off the list already", c.Name)
	}
	source.Gone = true
	e.must(outsideListed{source}, actor, c.Reason, now)
	return c.Name + " is off the list", nil
}

func (e *Engine) noOutside(name string) error {
	return fmt.Errorf("there is no source %.80q: see patchdeck review sources", name)
}

func (e *Engine) reviewOutside(actor approval.Actor, c ReviewOutsideSource, now time.Time) (string, error) {
	source, ok := e.state.outside[c.Name]
	if !ok {
		return "", e.noOutside(c.Name)
	}
	quarter, err := calendar.ParseQuarter(c.Quarter)
	if err == nil {
		source, err = source.Review(quarter, c.Verdict)
	}
	if err != nil {
		return "", err
	}
	e.must(outsideReviewed{source}, actor, "", now)
	return fmt.Sprintf("%s is reviewed for %s", c.Name, quarter), nil
}

// needsOfReviews names overdue actions, and what a quarter still lacks shortly before its end.
func (e *Engine) needsOfReviews(now time.Time, add addNeed) {
	today := calendar.DateOf(now, e.options.Zone)
	for _, id := range slices.SortedFunc(maps.Keys(e.state.actions), byNumber) {
		if a := e.state.actions[id]; a.State(today) == procedure.ActionOverdue {
			add(false, a.ID, "%s of %s was due %s: %s", a.ID, a.Owner, a.Due, a.Words)
		}
	}
	quarter := calendar.QuarterOf(today)
	if len(e.state.cycles) == 0 || procedure.QuarterDue(quarter, e.options.Zone).Sub(now) > procedure.QuarterAhead {
		return
	}
	if open := len(e.state.quarter[quarter.String()].Missing()); open > 0 {
		add(false, quarter.String(), "%s of the quarterly questionnaire of %s are not answered", count(open, "question"), quarter)
	}
	unread := 0
	for _, s := range e.state.outside {
		if !s.Gone && s.Reviewed != quarter.String() {
			unread++
		}
	}
	if unread > 0 {
		add(false, quarter.String(), "security has not reviewed %s in %s", count(unread, "outside source"), quarter)
	}
}
