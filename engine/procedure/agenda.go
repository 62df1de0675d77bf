package procedure

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine/rollout"
)

// Kind is what an appointment is about.
type Kind string

const (
	WindowKind     Kind = "window"
	TaskKind       Kind = "task"
	AcceptanceKind Kind = "acceptance"
	DeadlineKind   Kind = "deadline"
)

// Appointment is one thing of the schedule with its place in time. Its UID stays the same as long as the thing exists, so that a calendar
// which reads the schedule again moves it instead of keeping both.
type Appointment struct {
	UID      string       `json:"uid"`
	Kind     Kind         `json:"kind"`
	Cycle    string       `json:"cycle,omitempty"`
	Title    string       `json:"title"`
	Words    string       `json:"words,omitempty"`
	Who      Party        `json:"who,omitempty"`
	Window   string       `json:"window,omitempty"`
	Ring     rollout.Ring `json:"ring,omitempty"`
	From     time.Time    `json:"from"`
	To       time.Time    `json:"to"` // the same as From for a moment
	Revision int          `json:"revision"`
}

// uidDomain makes the ids of patchdeck's appointments its own among those of others.
const uidDomain = "@patchdeck"

// uid names an appointment for good.
func uid(parts ...string) string { return strings.ToLower(strings.Join(parts, ".")) + uidDomain }

// Agenda is the schedule of a cycle: its windows, the end of acceptance, and the deadlines of its tasks.
func (c Cycle) Agenda() []Appointment {
	var list []Appointment
	for _, w := range c.Windows {
		list = append(list, Appointment{UID: uid(c.ID, "window", w.ID), Kind: WindowKind, Cycle: c.ID, Window: w.ID, Ring: w.Ring, From: w.Opens, To: w.Closes,
			Title: fmt.Sprintf("Maintenance window %s (%s)", w.ID, w.Ring), Words: c.Title() + ": " + string(w.Kind) + " window", Revision: c.Rev})
	}
	if !c.Accept.IsZero() {
		list = append(list, Appointment{UID: uid(c.ID, "acceptance"), Kind: AcceptanceKind, Cycle: c.ID, Who: Support, From: c.Accept, To: c.Accept,
			Title: "Acceptance results are due", Words: c.Title() + ": no response counts as no issues", Revision: c.Rev})
	}
	for _, task := range Tasks {
		e := c.entry(task.Number)
		for n, due := range e.Due {
			id := uid(c.ID, fmt.Sprintf("task-%d", task.Number))
			if n > 0 { // the first keeps its name, however many follow
				id = uid(c.ID, fmt.Sprintf("task-%d-%d", task.Number, n+1))
			}
			from := due
			if task.Rule.From != task.Rule.By {
				from = e.From
			}
			list = append(list, Appointment{UID: id, Kind: TaskKind, Cycle: c.ID, Who: task.Who, From: from, To: due, Revision: c.Rev,
				Title: fmt.Sprintf("%d %s", task.Number, task.Title), Words: c.Title() + ", " + string(task.Who) + ". When it is overdue: " + task.Late})
		}
	}
	return list
}

// ChangeDeadline is when a change request must be through, as an appointment.
func ChangeDeadline(change, priority string, due time.Time, revision int) Appointment {
	return Appointment{UID: uid(change, "deadline"), Kind: DeadlineKind, Title: change + " must be through", Words: "priority " + priority, From: due, To: due, Revision: revision}
}
