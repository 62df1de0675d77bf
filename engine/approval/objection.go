package approval

import (
	"fmt"
	"slices"
	"time"
)

// Objectors are the roles that may object to a change request.
var Objectors = []Role{Support, Security, TechnologyOwner}

// ObjectionState says whether an objection still blocks.
type ObjectionState string

const (
	Open      ObjectionState = "open"
	Answered  ObjectionState = "answered"
	Overruled ObjectionState = "overruled"
)

// Objection is somebody's reason why a change should not happen as asked. It blocks what would unlock Prod until it is closed.
type Objection struct {
	Number int            `json:"number"` // from 1, in the order in which they were raised
	By     string         `json:"by"`
	At     time.Time      `json:"at"`
	Reason string         `json:"reason"`
	State  ObjectionState `json:"state"`
	Closed *Signature     `json:"closed,omitempty"` // who answered or overruled it, and what they said
}

// mostObjections bounds the list of one change request.
const mostObjections = 50

// OpenObjections lists the objections that still block.
func (c Change) OpenObjections() []Objection {
	return slices.DeleteFunc(slices.Clone(c.Objections), func(o Objection) bool { return o.State != Open })
}

// Object adds an objection. It is possible until the board has met.
func (c Change) Object(actor Actor, reason string, now time.Time) (Change, error) {
	switch {
	case !actor.Has(Objectors...):
		return c, NeedsRole(actor, "to object to "+c.ID, Objectors...)
	case !slices.Contains([]State{Submitted, Authorised, Returned}, c.State):
		return c, Clash("%s is %s: objections are possible until the board has met. Report what fails as an acceptance result, or ask the lead to pause", c.ID, c.State)
	case len(c.Objections) >= mostObjections:
		return c, Clash("%s has %d objections already: answer some of them first", c.ID, len(c.Objections))
	}
	c.Objections = append(slices.Clip(c.Objections), Objection{Number: len(c.Objections) + 1, By: actor.Name, At: now, Reason: reason, State: Open})
	c.Rev++
	return c, nil
}

// Settle closes an objection: the lead answers it, or who decides on the change overrules it. Nobody settles their own.
func (c Change) Settle(number int, state ObjectionState, actor Actor, reason string, now time.Time) (Change, error) {
	roles := map[ObjectionState][]Role{Answered: {Lead}, Overruled: {Authority, Board}}[state]
	i := slices.IndexFunc(c.Objections, func(o Objection) bool { return o.Number == number })
	switch {
	case roles == nil:
		return c, fmt.Errorf("an objection is answered or overruled, not %q", state)
	case !actor.Has(roles...):
		return c, NeedsRole(actor, fmt.Sprintf("to settle an objection as %s", state), roles...)
	case i < 0:
		return c, fmt.Errorf("%s has no objection %d: it has %d", c.ID, number, len(c.Objections))
	case c.Objections[i].State != Open:
		was := c.Objections[i]
		return c, Clash("objection %d of %s was %s by %s already: %s", number, c.ID, was.State, was.Closed.By, was.Closed.Reason)
	case c.Objections[i].By == actor.Name:
		return c, Refuse("%s raised objection %d and cannot settle it: another person must", actor.Name, number)
	}
	role := roles[slices.IndexFunc(roles, func(r Role) bool { return actor.Has(r) })]
	c.Objections = slices.Clone(c.Objections)
	c.Objections[i].State = state
	c.Objections[i].Closed = &Signature{By: actor.Name, Role: role, At: now, Reason: reason}
	c.Rev++
	return c, nil
}
