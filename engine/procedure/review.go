package procedure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
)

// Question is one question of a list that people answer.
type Question = approval.Question

// ReviewQuestions are what the review after a deployment answers.
var ReviewQuestions = approval.ReviewQuestions

// QuarterlyQuestions are what the procedure as a whole answers each quarter.
var QuarterlyQuestions = []Question{
	{Key: "people", Words: "Are there enough people for the month, also when the primaries are away?"},
	{Key: "awareness", Words: "Do owners, support and management know the policy and the procedure?"},
	{Key: "skills", Words: "Do those who run it have the skills, and were they kept up?"},
	{Key: "change", Words: "Did every update go through the formal change and release process?"},
	{Key: "emergency", Words: "Is the emergency process known, and was it tried?"},
	{Key: "testing", Words: "Does testing find what would hurt in Prod?"},
	{Key: "hours", Words: "How many hours did the quarter's patching take, and when in the day?"},
	{Key: "roles", Words: "Does every role have a primary and a secondary person?"},
	{Key: "ratio", Words: "How many servers are there for each administrator?"},
	{Key: "tools", Words: "Do the tools do what is needed?"},
	{Key: "coverage", Words: "How many servers are managed, and why are the others not?"},
}

// keysOf lists the keys of questions.
func keysOf(questions []Question) string {
	var keys []string
	for _, q := range questions {
		keys = append(keys, q.Key)
	}
	return strings.Join(keys, ", ")
}

// checkAnswers refuses answers to questions that nobody asks, and empty ones.
func checkAnswers(questions []Question, answers map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		if !slices.ContainsFunc(questions, func(q Question) bool { return q.Key == key }) {
			return fmt.Errorf("there is no question %.40q: answer %s", key, keysOf(questions))
		}
		if strings.TrimSpace(answers[key]) == "" {
			return fmt.Errorf("the answer to %q is empty", key)
		}
	}
	return nil
}

// Review is a change review meeting: once a cycle, and held again it replaces what it says.
type Review struct {
	Cycle     string            `json:"cycle"`
	By        string            `json:"by"`
	At        time.Time         `json:"at"`
	Attendees []string          `json:"attendees,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	Summary   string            `json:"summary"`
}

// Check refuses a review that says nothing, or answers what was not asked.
func (r Review) Check() error {
	if strings.TrimSpace(r.Summary) == "" {
		return fmt.Errorf("a review needs a summary: what was found, in a sentence or more")
	}
	return checkAnswers(ReviewQuestions, r.Answers)
}

// Action is what a review decided to do, by whom and until when. It carries forward to each next month until it is done.
type Action struct {
	ID      string        `json:"id"`    // "ACT-3"
	Cycle   string        `json:"cycle"` // whose review asked for it
	Words   string        `json:"words"`
	Owner   string        `json:"owner"`
	Due     calendar.Date `json:"due"`
	By      string        `json:"by"`
	At      time.Time     `json:"at"`
	Carried []string      `json:"carried,omitempty"` // cycles into which it was carried since
	Done    *Closing      `json:"done,omitempty"`
	Rev     int           `json:"rev"`
}

// Closing is how an action ended.
type Closing struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// ActionState is where an action stands.
type ActionState string

const (
	ActionOpen    ActionState = "open"
	ActionOverdue ActionState = "overdue"
	ActionDone    ActionState = "done"
)

// ActionTransitions is the whole machine of an action.
var ActionTransitions = []struct {
	From, To ActionState
	By       string
	Step     string
	Meaning  string
}{
	{ActionOpen, ActionOverdue, "time", "", "its day is over; it stands among what waits for people"},
	{ActionOpen, ActionOpen, "engine", "carry", "a new month begins: it is carried forward"},
	{ActionOverdue, ActionOverdue, "engine", "carry", "a new month begins: it is carried forward"},
	{ActionOpen, ActionDone, "person", "finish", "done, with a note"},
	{ActionOverdue, ActionDone, "person", "finish", "done late, with a note"},
}

// Check refuses an action without words, owner or date.
func (a Action) Check() error {
	switch {
	case strings.TrimSpace(a.Words) == "":
		return fmt.Errorf("an action needs words: what is to be done")
	case strings.TrimSpace(a.Owner) == "":
		return fmt.Errorf("an action needs an owner")
	case a.Due.IsZero():
		return fmt.Errorf("an action needs a date until which it is done")
	}
	return nil
}

// State is where an action stands on a day.
func (a Action) State(today calendar.Date) ActionState {
	switch {
	case a.Done != nil:
		return ActionDone
	case a.Due.Before(today):
		return ActionOverdue
	}
	return ActionOpen
}

// Finish closes an action.
func (a Action) Finish(c Closing) (Action, error) {
	if a.Done != nil {
		return a, approval.Clash("%s was done already by %s: %s", a.ID, a.Done.By, a.Done.Note)
	}
	a.Done = &c
	a.Rev++
	return a, nil
}

// Carry takes an open action into another cycle.
func (a Action) Carry(cycle string) Action {
	a.Carried = append(slices.Clip(a.Carried), cycle)
	a.Rev++
	return a
}

// In tells whether an action belongs to a cycle: asked for there, or carried into it.
func (a Action) In(cycle string) bool { return a.Cycle == cycle || slices.Contains(a.Carried, cycle) }
