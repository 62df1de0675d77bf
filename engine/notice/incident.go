package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// IncidentState is where an incident stands.
type IncidentState string

const (
	Open     IncidentState = "open"
	Resolved IncidentState = "resolved"
)

// Incident is something wrong with a server, or with the work, that somebody has to look at.
type Incident struct {
	ID      string             `json:"id"` // "INC-118"
	Title   string             `json:"title"`
	Class   string             `json:"class,omitempty"` // of the failure, or what could not be read: "facts", "scan"
	Code    string             `json:"code,omitempty"`  // of the newest failure
	Server  inventory.ServerID `json:"server,omitempty"`
	Release string             `json:"release,omitempty"`
	Links   []string           `json:"links,omitempty"` // ids of rollouts, change requests, servers and incidents that it belongs to
	State   IncidentState      `json:"state"`
	Owner   string             `json:"owner,omitempty"`
	By      string             `json:"by"` // "engine", or who opened it
	Opened  time.Time          `json:"opened"`
	Raised  time.Time          `json:"raised"` // opened, or opened again
	Last    time.Time          `json:"last"`   // seen last
	Times   int                `json:"times"`  // seen so often
	// Resolution is what ended it; it stays readable after it was opened again.
	Resolution *Resolution `json:"resolution,omitempty"`
	Rev        int         `json:"rev"`
}

// Resolution says what ended an incident.
type Resolution struct {
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Words    string    `json:"words"`
	Evidence bool      `json:"evidence,omitempty"` // the engine saw on the server that it is over
}

// Cause tells one incident of the engine's from another: the same server with the same class of trouble in the same release is the
// same incident, however often it is seen.
type Cause struct {
	Server  inventory.ServerID
	Class   string
	Release string
}

// Cause is the incident's.
func (i Incident) Cause() Cause { return Cause{i.Server, i.Class, i.Release} }

// Classes of trouble outside a rollout: what of a server could not be read.
const (
	ClassFacts = "facts"
	ClassScan  = "scan"
)

// IncidentSteps is the whole machine of an incident.
var IncidentSteps = []struct {
	From, To IncidentState
	Step     string
	Meaning  string
}{
	{"", Open, "open", "by a person, or by the engine for a failed server or one that cannot be read"},
	{Open, Open, "recur", "the engine saw the same again: counted and linked, not opened twice"},
	{Open, Open, "assign", "somebody takes it"},
	{Open, Open, "link", "it belongs to a rollout, a change request, a server or another incident"},
	{Open, Resolved, "resolve", "by a person with what was done, or by the engine on evidence of the server"},
	{Resolved, Open, "reopen", "by a person with a reason, or by the engine when it saw the same again"},
	{Resolved, Resolved, "link", "also afterwards"},
}

// Find tells of what became of a server in a rollout what is an incident: it failed, or could not be reached.
func Find(m rollout.Moved) (class, code, title string, ok bool) {
	if m.From == m.To || m.To != rollout.Failed && m.To != rollout.Unreachable {
		return "", "", "", false
	}
	class, title = string(rollout.ClassNetwork), m.Cause
	if m.Failure != nil {
		class, code, title = string(m.Failure.Class), m.Failure.Code, m.Failure.Error()
	}
	return class, code, line(title, mostWords), true
}

// Sighting is trouble as the engine saw it.
type Sighting struct {
	Cause
	Code, Title string
	Links       []string
}

// See is what a sighting makes of the incident that its cause has, or of none: its id stays, or is the given one.
func See(was *Incident, id string, s Sighting, now time.Time) (after Incident, step string) {
	if was == nil {
		return Incident{ID: id, Title: s.Title, Class: s.Class, Code: s.Code, Server: s.Server, Release: s.Release, Links: s.Links, State: Open,
			By: engineName, Opened: now, Raised: now, Last: now, Times: 1, Rev: 1}, "open"
	}
	after, step = *was, "recur"
	if was.State == Resolved {
		step, after.Raised = "reopen", now
	}
	after.State, after.Title, after.Code, after.Last = Open, s.Title, s.Code, now
	after.Times++
	after.Links = join(was.Links, s.Links)
	after.Rev++
	return after, step
}

// engineName is who acts when the engine does.
const engineName = "engine"

// ByEngine tells that the engine opened it; only those are ended by evidence.
func (i Incident) ByEngine() bool { return i.By == engineName }

// mostLinks bounds what one incident is linked to.
const mostLinks = 100

func join(links, more []string) []string {
	links = slices.Clone(links)
	for _, l := range more {
		if l != "" && !slices.Contains(links, l) && len(links) < mostLinks {
			links = append(links, l)
		}
	}
	return links
}

// Link adds what the incident belongs to.
func (i Incident) Link(to string) (Incident, error) {
	if slices.Contains(i.Links, to) {
		return i, approval.Clash("%s is linked to %s already", i.ID, to)
	}
	if len(i.Links) >= mostLinks {
		return i, fmt.Errorf("%s has %d links already", i.ID, mostLinks)
	}
	i.Links = join(i.Links, []string{to})
	i.Rev++
	return i, nil
}

// Assign gives the incident to somebody.
func (i Incident) Assign(owner string) (Incident, error) {
	owner = line(owner, 64)
	switch {
	case owner == "":
		return i, fmt.Errorf("an owner is missing: name who takes %s", i.ID)
	case i.State != Open:
		return i, approval.Clash("%s is %s: reopen it first", i.ID, i.State)
	case i.Owner == owner:
		return i, approval.Clash("%s has %s already", owner, i.ID)
	}
	i.Owner = owner
	i.Rev++
	return i, nil
}

// Resolve ends the incident with what was done.
func (i Incident) Resolve(r Resolution) (Incident, error) {
	if i.State != Open {
		return i, approval.Clash("%s was resolved by %s already: %s", i.ID, i.Resolution.By, i.Resolution.Words)
	}
	if r.Words = line(r.Words, mostNote); r.Words == "" {
		return i, fmt.Errorf("a resolution is missing: say what ended %s", i.ID)
	}
	i.State, i.Resolution = Resolved, &r
	i.Rev++
	return i, nil
}

// Reopen takes a resolution back.
func (i Incident) Reopen(now time.Time) (Incident, error) {
	if i.State != Resolved {
		return i, approval.Clash("%s is open", i.ID)
	}
	i.State, i.Raised = Open, now
	i.Rev++
	return i, nil
}

// MakeIncident is an incident that a person opens.
func MakeIncident(id, title, class, by string, server inventory.ServerID, links []string, now time.Time) (Incident, error) {
	title = line(title, mostWords)
	if title == "" {
		return Incident{}, fmt.Errorf("a title is missing: say in a line what is wrong")
	}
	class = strings.ToLower(line(class, 40))
	return Incident{ID: id, Title: title, Class: class, Server: server, Links: join(nil, links), State: Open, By: by, Opened: now, Raised: now, Last: now,
		Times: 1, Rev: 1}, nil
}

const (
	// gather is how long incidents are collected before a notice tells of them, and tellAgain how often one goes at the most.
	gather    = 10 * time.Minute
	tellAgain = time.Hour
	// MostListed bounds the servers or incidents that one notice lists.
	MostListed = 50
)

// Untold tells which open incidents of a release a notice should tell of now: those raised since one last told of them. It goes ten
// minutes after the first of them, and at most once an hour. next is when to look again; the zero time is never.
func Untold(open []Incident, told func(id string) time.Time, last, now time.Time) (ids []string, next time.Time) {
	var first time.Time
	for _, i := range open {
		if at := told(i.ID); !at.IsZero() && !at.Before(i.Raised) || now.Sub(i.Raised) > stale {
			continue
		}
		ids = append(ids, i.ID)
		if first.IsZero() || i.Raised.Before(first) {
			first = i.Raised
		}
	}
	if len(ids) == 0 {
		return nil, time.Time{}
	}
	at := first.Add(gather)
	if again := last.Add(tellAgain); !last.IsZero() && again.After(at) {
		at = again
	}
	if now.Before(at) {
		return nil, at
	}
	return ids, time.Time{}
}
