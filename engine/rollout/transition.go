package rollout

// Transition is one line of the advertisement's table: who moves it on, why, and what a crash in the old state means.
type Transition struct {
	From, To Delivery
	By       string // "host", "time", "admission", "person"
	Why      string
}

// AfterCrash says, for each state that a crash can meet, what the next start does. States that are not named need nothing: time or a person
// moves them on.
//
// A server that is being drained, or returns to service, is asked that first, whatever its state: see DrainTransitions.
var AfterCrash = map[Delivery]string{
	NotReceived: "the facts are read again",
	Staging:     "the host is asked about the stage job; a job it never heard of is started",
	Running:     "the host is asked about the install job; a job it never heard of is started under the same id, or goes back to staged when it may no longer start",
	Restarting:  "the boot time is read; where it is the old one, the same restart is ordered again, which a host obeys once",
	Verifying:   "the evidence is read again",
	Unknown:     "the host is asked again, as in the state where contact was lost",
}

// Transitions is the whole machine.
var Transitions = []Transition{
	{NotReceived, Staging, "host", "reached and fit: a stage job is ordered"},
	{NotReceived, Staged, "host", "a roll-back: reached and fit, and there is nothing to fetch"},
	{NotReceived, Verifying, "host", "tried again, and an earlier attempt had brought the update"},
	{NotReceived, RestartPending, "host", "tried again, and the restart of an earlier attempt is still owed"},
	{NotReceived, NotApplicable, "host", "everything is installed, or nothing applies"},
	{NotReceived, Failed, "host", "preflight: no room, no new backup, set-up or access; or staging failed until its last window closed"},
	{NotReceived, Unreachable, "time", "no answer before its last window closed"},
	{NotReceived, WindowMissed, "time", "its last window closed while it was not ready"},
	{Staging, Staged, "host", "the content is on the server"},
	{Staging, NotReceived, "host", "staging failed in a way that passes"},
	{Staging, Failed, "host", "staging failed, or took too long"},
	{Staging, WindowMissed, "time", "its last window closed"},
	{Staging, Unreachable, "time", "its last window closed without an answer since this process started"},
	{Staged, Running, "admission", "it takes its lock and is drained; the install job is ordered when it is"},
	{Staged, WindowMissed, "time", "its last window closed"},
	{Running, RestartPending, "host", "installed, or one of several updates failed; a restart is required"},
	{Running, Verifying, "host", "the job ended without a restart, or was cut off: the evidence decides"},
	{Running, Retrying, "host", "the job failed in a way that passes"},
	{Running, Failed, "host", "the job failed; or it ran too long; or the server could not be drained"},
	{Running, Staged, "host", "the host never got the job, or was still being drained, and it may not start now"},
	{Running, NotApplicable, "host", "a roll-back: the server does not let go of the update"},
	{Running, Unknown, "time", "no answer"},
	{Retrying, Running, "admission", "another install job is ordered"},
	{Retrying, Failed, "time", "its last window closed"},
	{RestartPending, Restarting, "time", "its window has room for the restart"},
	{RestartPending, Failed, "time", "its last window closed, or the server could not be drained for its restart"},
	{Restarting, Verifying, "host", "back with a new boot time, servicing idle"},
	{Restarting, RestartPending, "host", "after a crash: not restarted, and its window has no room"},
	{Restarting, Unknown, "time", "not back when it was due"},
	{Restarting, Failed, "time", "it answers, but did not restart in time"},
	{Verifying, Succeeded, "host", "the evidence is there"},
	{Verifying, Running, "host", "a pilot is well: its updates are taken away once to prove that they can be, or are installed again"},
	{Verifying, NotApplicable, "host", "a roll-back: what could be removed is gone, and an update stays"},
	{Verifying, Failed, "host", "the evidence is missing, or a service does not run"},
	{Verifying, RestartPending, "host", "the update wants another restart"},
	{Verifying, Retrying, "host", "the job was cut off and left no update"},
	{Verifying, Unknown, "time", "no answer, or no evidence in time"},
	{Unknown, Running, "host", "it answers again"},
	{Unknown, Restarting, "host", "it answers again"},
	{Unknown, Verifying, "host", "it answers again"},
	{Unknown, Failed, "time", "the second deadline passed"},
	{NotReceived, Excluded, "person", "taken out of the plan"},
	{Staging, Excluded, "person", "taken out of the plan"},
	{Staged, Excluded, "person", "taken out of the plan"},
	{Unreachable, Excluded, "person", "taken out of the plan"},
	{WindowMissed, Excluded, "person", "taken out of the plan"},
	{Cancelled, Excluded, "person", "taken out of the plan"},
	{NotStarted, Excluded, "person", "taken out of the plan"},
	{Failed, Excluded, "person", "taken out of the plan, before any installation"},
	{NotReceived, Cancelled, "person", "skipped; or optional, and nobody asked for it before its last window closed"},
	{Staging, Cancelled, "person", "skipped; or optional, and nobody asked for it"},
	{Staged, Cancelled, "person", "skipped; or optional, and nobody asked for it"},
	{Retrying, Cancelled, "person", "skipped"},
	{Failed, NotApplicable, "person", "said to be done by hand, and a check proves it"},
	{Unreachable, NotApplicable, "person", "said to be done by hand, and a check proves it"},
	{WindowMissed, NotApplicable, "person", "said to be done by hand, and a check proves it"},
	{Cancelled, NotApplicable, "person", "said to be done by hand, and a check proves it"},
	{NotStarted, NotApplicable, "person", "said to be done by hand, and a check proves it"},
	{NotReceived, NotStarted, "person", "the rollout was closed"},
	{Staging, NotStarted, "person", "the rollout was closed"},
	{Staged, NotStarted, "person", "the rollout was closed"},
	{Retrying, NotStarted, "person", "the rollout was closed"},
	{Failed, NotReceived, "person", "tried again"},
	{Unreachable, NotReceived, "person", "tried again"},
	{WindowMissed, NotReceived, "person", "tried again"},
	{Cancelled, NotReceived, "person", "tried again"},
	{Excluded, NotReceived, "person", "its exclusion was taken back"},
	{NotStarted, NotReceived, "person", "tried again"},
	{Staged, NotReceived, "person", "an update was dropped: it is read and staged again"},
	{Staging, NotReceived, "person", "an update was dropped"},
	{Retrying, NotReceived, "person", "an update was dropped"},
	{Retrying, Excluded, "person", "its last update was dropped"},
}

// Allowed tells whether the table has a transition.
func Allowed(from, to Delivery) bool {
	for _, t := range Transitions {
		if t.From == from && t.To == to {
			return true
		}
	}
	return from == to
}
