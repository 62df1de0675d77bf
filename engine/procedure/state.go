package procedure

import "slices"

// State is where a task stands.
type State string

const (
	Waiting State = "waiting" // its time has not come; it may be done all the same
	Open    State = "open"
	Overdue State = "overdue"
	Done    State = "done" // by the engine, with what it saw, or by hand, with a note
	Skipped State = "skipped"
)

// Finished tells that nothing is to be done any more.
func (s State) Finished() bool { return s == Done || s == Skipped }

// Transition is one line of a task's table of states.
type Transition struct {
	From, To State
	By       string // "time", "engine", "person", "windows" (a change request with other windows)
	Step     string // the verb of a person; the event in the trail is procedure.<step>
	Meaning  string
}

// Transitions is the whole machine of a task. A crash means nothing to it: ticks are durable before anybody sees them, and time and evidence
// are looked at again after a start.
var Transitions = []Transition{
	{Waiting, Open, "time", "", "what it builds on is due, or its span begins"},
	{Open, Overdue, "time", "overdue", "past its deadline: the trail says what to do, and who is told"},
	{Waiting, Done, "engine", "done", "the engine saw what completes it, ahead of its time"},
	{Open, Done, "engine", "done", "the engine saw what completes it"},
	{Overdue, Done, "engine", "done", "late, but the engine saw it"},
	{Open, Waiting, "engine", "done", "this time is done; a task that repeats waits for its next"},
	{Overdue, Waiting, "engine", "done", "late, but this time is done; a task that repeats waits for its next"},
	{Waiting, Done, "person", "done", "ticked with a note, ahead of its time"},
	{Open, Done, "person", "done", "ticked with a note"},
	{Overdue, Done, "person", "done", "late, ticked with a note"},
	{Open, Waiting, "person", "done", "this time is done; a task that repeats waits for its next"},
	{Overdue, Waiting, "person", "done", "late, but this time is done; a task that repeats waits for its next"},
	{Waiting, Skipped, "person", "skip", "not needed this month, with a reason"},
	{Open, Skipped, "person", "skip", "not needed this month, with a reason"},
	{Overdue, Skipped, "person", "skip", "given up, with a reason"},
	{Done, Waiting, "person", "reopen", "a tick undone, with a reason; the engine leaves the task to people from then on"},
	{Done, Open, "person", "reopen", "the same, with its time come"},
	{Done, Overdue, "person", "reopen", "the same, past the deadline"},
	{Skipped, Waiting, "person", "reopen", "needed after all"},
	{Skipped, Open, "person", "reopen", "needed after all, with its time come"},
	{Skipped, Overdue, "person", "reopen", "needed after all, past the deadline"},
	{Waiting, Open, "person", "reopen", "a task that repeats: its newest time is undone"},
	{Waiting, Overdue, "person", "reopen", "the same, past that deadline"},
	{Open, Overdue, "person", "reopen", "the same, past that deadline"},
	{Waiting, Open, "windows", "", "the windows moved, and the deadline with them"},
	{Waiting, Overdue, "windows", "", "the windows moved, and the deadline with them into the past"},
	{Open, Waiting, "windows", "", "the windows moved, and the deadline with them"},
	{Open, Overdue, "windows", "", "the windows moved, and the deadline with them into the past"},
	{Overdue, Waiting, "windows", "", "the windows moved, and the deadline with them"},
	{Overdue, Open, "windows", "", "the windows moved, and the deadline with them"},
	{Waiting, Done, "windows", "", "the windows moved: the times that were answered are all there are"},
	{Open, Done, "windows", "", "the windows moved: the times that were answered are all there are"},
	{Overdue, Done, "windows", "", "the windows moved: the times that were answered are all there are"},
	{Done, Waiting, "windows", "", "the windows moved: a task that repeats has more times than were answered"},
	{Done, Open, "windows", "", "the same, with the time come"},
	{Done, Overdue, "windows", "", "the same, past the deadline"},
}

// Allowed tells whether the table has a step from one state to another by somebody.
func Allowed(from, to State, by string) bool {
	return from == to || slices.ContainsFunc(Transitions, func(t Transition) bool { return t.From == from && t.To == to && t.By == by })
}
