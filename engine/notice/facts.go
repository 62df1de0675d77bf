package notice

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// mostText bounds one value in a notice, in characters.
const mostText = 300

// Text is what people or servers wrote. Printed it is one line without anything that could command a terminal, turn the reading
// direction, or begin another line or header.
type Text string

// String gives the text as it may stand in a notice.
func (t Text) String() string { return line(string(t), mostText) }

// line makes one bounded printable line.
func line(s string, most int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = n > 0
			continue
		}
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			continue
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		if n >= most {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// Texts makes a list of texts.
func Texts(list []string) []Text {
	texts := make([]Text, len(list))
	for i, s := range list {
		texts[i] = Text(s)
	}
	return texts
}

// Moment is an instant as the clocks in the fleet's zone show it.
type Moment struct {
	at time.Time
}

// MomentIn is an instant in a zone; the zero time is a moment that is not given.
func MomentIn(at time.Time, zone *time.Location) Moment {
	if at.IsZero() {
		return Moment{}
	}
	return Moment{at.In(zone)}
}

// Given tells that there is such a moment.
func (m Moment) Given() bool { return !m.at.IsZero() }

// String gives day, time and zone: "Tue 10 Nov 2026 21:00 GMT".
func (m Moment) String() string {
	if m.at.IsZero() {
		return "not set"
	}
	return m.at.Format("Mon 2 Jan 2006 15:04 MST")
}

// Span is a time from one moment to another, in the fewest words: "Tue 10 Nov 2026 21:00 to 23:00 GMT".
func Span(from, to Moment) Text {
	const day, clock = "Mon 2 Jan 2006 15:04", "15:04"
	switch {
	case !from.Given() || !to.Given() || from.at.Format("MST") != to.at.Format("MST"): // the clocks change in between
		return Text(from.String() + " to " + to.String())
	case from.at.Format(time.DateOnly) == to.at.Format(time.DateOnly):
		return Text(from.at.Format(day) + " to " + to.at.Format(clock+" MST"))
	}
	return Text(from.at.Format(day) + " to " + to.at.Format("Mon "+clock+" MST"))
}

// Facts are everything that a template may print. Parts that a matter does not have are empty.
type Facts struct {
	At         Moment
	Release    ReleaseFacts
	Change     ChangeFacts
	Updates    []UpdateFacts
	Dropped    []DroppedFacts
	Restart    Text // what to expect of all updates together: "yes", "maybe", "no" or "unknown"
	Windows    []WindowFacts
	Servers    int // in the plan
	Acceptance AcceptanceFacts
	Rollout    RolloutFacts // the one that the notice is about
	Rings      []RolloutFacts
	Failures   []FailureFacts
	Unlisted   int // failures beyond those listed
	Overdue    []Text
	Cycle      Text        // the month of the procedure
	Party      Text        // to whom the tasks belong
	ToDo       Text        // what they do about it
	Persons    []Text      // who they are, by the users file
	Tasks      []TaskFacts // that are not done in time
	Incidents  []IncidentFacts
	Measures   []MeasureFacts // that were approved
}

type (
	// ReleaseFacts is the release.
	ReleaseFacts struct{ ID, Title, Owner, Bulletin, Phase Text }
	// ChangeFacts is its change request.
	ChangeFacts struct {
		ID, Priority, State, Plan, By, Reason Text
		Emergency                             bool
		Deadline, ConfirmBy                   Moment
	}
	// UpdateFacts is one update that is still in the release.
	UpdateFacts struct {
		KB, Severity, Restart Text
		Exploited             bool
		Servers               int // whose scan offered it
	}
	// TaskFacts is one task of the month that is overdue.
	TaskFacts struct {
		Number      int
		Title, ToDo Text
		Due         Moment
	}
	// DroppedFacts is an update that was taken out.
	DroppedFacts struct{ KB, By, Reason Text }
	// WindowFacts is one window of the plan that is not over.
	WindowFacts struct {
		ID, Ring, Kind Text
		Opens, Closes  Moment
		Time           Text // from when to when, in the fewest words
		Servers        int  // whose first window it is
	}
	// AcceptanceFacts is what application support found.
	AcceptanceFacts struct {
		Deadline                               Moment
		Pending, Passed, Failed, Silent, Lived []Text // Lived: failed, with a workaround
	}
	// RolloutFacts is a rollout with its counts.
	RolloutFacts struct {
		ID, Ring, State, Reason, By Text
		At                          Moment // of the stop
		Counts                      CountFacts
	}
	// CountFacts is the account of a rollout: the targeted servers are the sum of the others but Excluded.
	CountFacts struct {
		Targeted, Succeeded, Failed, Unreachable, Missed, NotStarted, Open, Excluded int
	}
	// FailureFacts is one server that failed or was not reached.
	FailureFacts struct{ Server, Status, Why, Code, Incident Text }
	// MeasureFacts is one server whose account is to be disabled, or which is to be isolated, with who wants that.
	MeasureFacts struct{ ID, Server, Behind, AskedBy, Reason, ApprovedBy, Executive Text }
	// IncidentFacts is one incident.
	IncidentFacts struct {
		ID, Title, Server, State, Owner Text
		Opened                          Moment
		Times                           int
	}
)

// Account tells what became of the servers, leaving out what happened to none: "14 of 21 servers succeeded, 2 failed".
func (c CountFacts) Account() string {
	words := fmt.Sprintf("%d of %d servers succeeded", c.Succeeded, c.Targeted)
	if c.Targeted == 1 {
		words = fmt.Sprintf("%d of 1 server succeeded", c.Succeeded)
	}
	for _, of := range []struct {
		n     int
		words string
	}{{c.Failed, "failed"}, {c.Unreachable, "not reached"}, {c.Missed, "missed their window"}, {c.NotStarted, "not started"}, {c.Open, "still to come"}, {c.Excluded, "excluded"}} {
		if of.n > 0 {
			words += fmt.Sprintf(", %d %s", of.n, of.words)
		}
	}
	return words
}
