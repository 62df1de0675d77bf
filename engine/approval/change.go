package approval

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// State is where a change request stands.
type State string

const (
	Submitted  State = "submitted"     // waits for the change authority
	Authorised State = "authorised"    // the pilot is unlocked; waits for the board
	Approved   State = "approved"      // the plan with this hash is unlocked for Dev and Prod
	Returned   State = "changes asked" // another plan must be submitted
	Rejected   State = "rejected"
	Withdrawn  State = "withdrawn"
	Void       State = "void"       // the release was widened after the plan was frozen: it must be submitted again
	Superseded State = "superseded" // a later change request took its place
	Completed  State = "completed"  // the rollout is over and reviewed
)

// Signature is one person's decision on a change request.
type Signature struct {
	By     string    `json:"by"`
	Role   Role      `json:"role"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Change is a change request: it asks to deploy a release by a frozen plan.
type Change struct {
	ID       string    `json:"id"` // "CHG-12"
	Release  string    `json:"release"`
	State    State     `json:"state"`
	Priority Priority  `json:"priority"`
	Deadline time.Time `json:"deadline"`
	// Latest is when it must be through at the very latest; zero is never.
	Latest    time.Time  `json:"latest,omitzero"`
	PlanHash  string     `json:"plan_hash"`
	Submitted Signature  `json:"submitted"`
	Authority *Signature `json:"authority,omitempty"`
	Board     *Signature `json:"board,omitempty"`
	Rejection *Signature `json:"rejection,omitempty"`
	// Ending is who asked for changes, withdrew, voided, superseded or completed it, and why; State says which.
	Ending *Signature `json:"ending,omitempty"`
	// ConfirmBy is when the board's confirmation of an emergency is due; zero for other priorities.
	ConfirmBy time.Time `json:"confirm_by,omitzero"`
	// Exclusions are servers taken out after the plan was frozen, by server id.
	Exclusions map[string]Amendment `json:"exclusions,omitempty"`
	// Returns are exclusions that were taken back, oldest first.
	Returns []Return `json:"returns,omitempty"`

	Request    Request     `json:"request,omitzero"`
	First      *Assessment `json:"first_assessment,omitempty"` // the initiator's
	Team       *Assessment `json:"team_assessment,omitempty"`  // agreed or changed by the team; settles the priority
	Timetable  []Milestone `json:"timetable,omitempty"`
	Objections []Objection `json:"objections,omitempty"`
	// Held is set while an emergency holds the change back.
	Held *Preemption `json:"held,omitempty"`
	// Overrides are halted rollouts that no longer hold the rings after them back, by rollout id.
	Overrides map[string]Signature `json:"overrides,omitempty"`
	// Collections are whom the plan was made for, and Asked is the ceiling that was asked for: none is the whole inventory, 0 as proposed.
	Collections []string `json:"collections,omitempty"`
	Asked       int      `json:"asked_ceiling,omitempty"`
	// Successor is the change request that took this one's place.
	Successor string `json:"successor,omitempty"`
	Rev       int    `json:"rev"`
}

// Transition is one line of the change request's table of states.
type Transition struct {
	From, To State
	By       Role // who may take the step
	Step     string
	Meaning  string
	// Awaited is a decision that the change request waits for; other steps happen when somebody has a reason.
	Awaited bool
	// Plan tells that who decides names the plan that they read.
	Plan bool
	// Others tells that neither the submitter nor who signed before may take the step.
	Others bool
	// Unlocks tells that the step may unlock Prod; open objections block it.
	Unlocks func(Change) bool
}

func always(Change) bool { return true }

func isEmergency(c Change) bool { return c.Priority == Emergency }

// Transitions is the whole machine. Submitting makes a change request; nothing leads out of rejected, withdrawn, superseded and
// completed. The role engine takes its steps when a person changes something else: the release, or its next change request.
var Transitions = []Transition{
	{Submitted, Authorised, Authority, "authorise", "unlocks the pilot; an emergency's windows too, once its pilot is verified", true, true, true, isEmergency},
	{Submitted, Rejected, Authority, "reject", "nothing starts", true, true, false, nil},
	{Submitted, Returned, Authority, "ask", "another plan must be submitted; nothing starts", false, true, false, nil},
	{Authorised, Approved, Board, "approve", "unlocks Dev and Prod for exactly this plan; confirms an emergency", true, true, true, always},
	{Authorised, Rejected, Board, "reject", "nothing new starts; what runs finishes", true, true, false, nil},
	{Authorised, Returned, Board, "ask", "another plan must be submitted; nothing new starts, what runs finishes", false, true, false, nil},
	{Submitted, Withdrawn, Lead, "withdraw", "nothing starts", false, false, false, nil},
	{Authorised, Withdrawn, Lead, "withdraw", "nothing new starts; what runs finishes", false, false, false, nil},
	{Approved, Withdrawn, Lead, "withdraw", "nothing new starts; what runs finishes", false, false, false, nil},
	{Returned, Withdrawn, Lead, "withdraw", "the release is not asked for again", false, false, false, nil},
	{Void, Withdrawn, Lead, "withdraw", "the release is not asked for again", false, false, false, nil},
	{Submitted, Void, Machine, "void", "the release was widened: another plan must be submitted", false, false, false, nil},
	{Authorised, Void, Machine, "void", "the release was widened: nothing new starts, another plan must be submitted", false, false, false, nil},
	{Approved, Void, Machine, "void", "the release was widened: nothing new starts, another plan must be submitted", false, false, false, nil},
	{Returned, Superseded, Machine, "supersede", "its successor was submitted", false, false, false, nil},
	{Void, Superseded, Machine, "supersede", "its successor was submitted", false, false, false, nil},
	{Approved, Completed, Machine, "complete", "its rollouts are over and the review is done", false, false, false, nil},
	{Authorised, Completed, Machine, "complete", "its rollouts are over and the review is done", false, false, false, nil},
}

// EmergencyConfirmation is how long the board has to confirm an emergency after its authorisation (design: 24 hours).
const EmergencyConfirmation = 24 * time.Hour

// Step decides one transition: the change request after it, or why it is refused. planHash is the plan that the person saw; a
// decision on another plan than the current one is refused, so that nobody approves what they did not read.
func (c Change) Step(step string, actor Actor, planHash, reason string, now time.Time) (Change, error) {
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Step == step && t.From == c.State })
	if i < 0 {
		return c, Clash("%s is %s%s: to %s it is not possible now", c.ID, c.State, c.by(), step)
	}
	t := Transitions[i]
	if !actor.Has(t.By) {
		return c, NeedsRole(actor, fmt.Sprintf("to %s %s", step, c.ID), t.By)
	}
	if (t.Plan || planHash != "") && planHash != c.PlanHash {
		return c, Clash("%s now has the plan %.12s, not %.12s: look at it again before you decide", c.ID, c.PlanHash, planHash)
	}
	if t.Others {
		if actor.Name == c.Submitted.By {
			return c, Refuse("%s submitted %s and cannot %s it: another person must", actor.Name, c.ID, step)
		}
		if c.Authority != nil && actor.Name == c.Authority.By {
			return c, Refuse("%s authorised %s and cannot %s it as well: another person must", actor.Name, c.ID, step)
		}
	}
	if t.Unlocks != nil && t.Unlocks(c) {
		if open := c.OpenObjections(); len(open) > 0 {
			return c, Clash("%s has an open objection by %s (number %d: %s): it must be answered or overruled before you %s it",
				c.ID, open[0].By, open[0].Number, open[0].Reason, step)
		}
	}
	c.sign(t, &Signature{By: actor.Name, Role: t.By, At: now, Reason: reason})
	return c, nil
}

// sign puts a decision where it belongs.
func (c *Change) sign(t Transition, s *Signature) {
	switch t.To {
	case Authorised:
		c.Authority = s
		if c.Priority == Emergency {
			c.ConfirmBy = s.At.Add(EmergencyConfirmation)
		}
		if c.Team == nil { // who authorises without another word agrees with the initiator
			c.Team = &Assessment{Priority: c.Priority, By: s.By, At: s.At, Reason: "agreed with the authorisation"}
			if c.First != nil {
				c.Team.Category, c.Team.Criteria = c.First.Category, c.First.Criteria
			}
		}
	case Approved:
		c.Board = s
	case Rejected:
		c.Rejection = s
	default:
		c.Ending = s
	}
	if t.To.Ended() {
		c.Held = nil
	}
	c.State = t.To
	c.Rev++
}

// by names who took the newest step, for who comes second.
func (c Change) by() string {
	s := c.Ending
	switch c.State {
	case Submitted:
		s = &c.Submitted
	case Authorised:
		s = c.Authority
	case Approved:
		s = c.Board
	case Rejected:
		s = c.Rejection
	}
	if s == nil || s.By == "" {
		return ""
	}
	return " by " + s.By
}

// Ended tells that nothing of a change request in this state may start any more.
func (s State) Ended() bool { return s != Submitted && s != Authorised && s != Approved }

// CameToNothing tells that a change request in this state does not deploy anything; Completed ended well.
func (s State) CameToNothing() bool { return s.Ended() && s != Completed }

// Awaits gives the decisions that a change request in this state waits for.
func (s State) Awaits() []Transition {
	return slices.DeleteFunc(slices.Clone(Transitions), func(t Transition) bool { return t.From != s || !t.Awaited })
}

// Unlocks tells whether servers of a ring may start under this change request now.
func (c Change) Unlocks(pilot bool) bool {
	switch {
	case c.Held != nil:
		return false
	case c.State == Approved:
		return true
	case c.State == Authorised:
		return pilot || c.Priority == Emergency
	default:
		return false
	}
}

// ConfirmationOverdue tells that an emergency still lacks the board's word after its time.
func (c Change) ConfirmationOverdue(now time.Time) bool {
	return c.Priority == Emergency && c.State == Authorised && !c.ConfirmBy.IsZero() && now.After(c.ConfirmBy)
}

// Assess records what the team thinks of the priority: it agrees with the initiator or changes it. moved tells that the plan no longer
// fits, because emergency windows are others than the month's; the change request then goes back for another plan.
func (c Change) Assess(a Assessment) (after Change, moved bool, err error) {
	if c.State != Submitted && c.State != Authorised {
		return c, false, Clash("%s is %s%s: its priority is settled", c.ID, c.State, c.by())
	}
	if a.By == c.Submitted.By {
		return c, false, Refuse("%s submitted %s and set its first priority: another person of the team must review it", a.By, c.ID)
	}
	moved = (a.Priority == Emergency) != (c.Priority == Emergency)
	c.Team = &a
	c.Rev++
	if moved {
		c.State, c.Held = Returned, nil
		c.Ending = &Signature{By: a.By, At: a.At, Reason: "priority " + string(a.Priority) + " takes other windows: " + a.Reason}
		return c, true, nil
	}
	c.setPriority(a.Priority)
	return c, false, nil
}

// setPriority sets the deadlines that a priority brings, counted from the submission.
func (c *Change) setPriority(p Priority) {
	c.Priority = p
	c.Deadline, c.Latest = p.Term().Due.From(c.Submitted.At), p.Term().Latest.From(c.Submitted.At)
}

// WithPriority gives the change request with a first priority and the deadlines that it brings.
func (c Change) WithPriority(p Priority) Change { c.setPriority(p); return c }

// Exclude records that a server was taken out after the plan was frozen. It keeps the approval.
func (c Change) Exclude(server string, a Amendment) (Change, error) {
	if was, ok := c.Exclusions[server]; ok {
		return c, Clash("%s was excluded from %s by %s already: %s", server, c.ID, was.By, was.Reason)
	}
	c.Exclusions = with(c.Exclusions, server, a)
	c.Rev++
	return c, nil
}

// Return is an exclusion that was taken back.
type Return struct {
	Server   string    `json:"server"`
	Excluded Amendment `json:"excluded"`
	Back     Amendment `json:"back"`
}

// Include takes the exclusion of a server back: the plan holds it again, as it was approved. It keeps the approval.
func (c Change) Include(server string, a Amendment) (Change, error) {
	was, ok := c.Exclusions[server]
	if !ok {
		return c, Clash("%s is not excluded from %s", server, c.ID)
	}
	c.Exclusions = maps.Clone(c.Exclusions)
	delete(c.Exclusions, server)
	c.Returns = append(slices.Clip(c.Returns), Return{server, was, a})
	c.Rev++
	return c, nil
}

// Overridden tells that a rollout's halt no longer holds the rings after it back. A later halt does again.
func (c Change) Overridden(rollout string, halted time.Time) bool {
	s, ok := c.Overrides[rollout]
	return ok && !s.At.Before(halted)
}

// Override records that a rollout that was halted at an instant no longer holds the rings after it back.
func (c Change) Override(rollout string, halted time.Time, s Signature) (Change, error) {
	if c.Overridden(rollout, halted) {
		was := c.Overrides[rollout]
		return c, Clash("the halt of %s was overridden by %s already: %s", rollout, was.By, was.Reason)
	}
	c.Overrides = with(c.Overrides, rollout, s)
	c.Rev++
	return c, nil
}

// with gives a map with one more entry and leaves the map of before as it was.
func with[V any](m map[string]V, key string, value V) map[string]V {
	next := maps.Clone(m)
	if next == nil {
		next = map[string]V{}
	}
	next[key] = value
	return next
}
