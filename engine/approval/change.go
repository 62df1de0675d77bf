package approval

import (
	"slices"
	"time"
)

// State is where a change request stands.
type State string

const (
	Submitted  State = "submitted"  // waits for the change authority
	Authorised State = "authorised" // the pilot is unlocked; waits for the board
	Approved   State = "approved"   // the plan with this hash is unlocked for Dev and Prod
	Rejected   State = "rejected"
	Void       State = "void" // the plan was widened or moved: it must be submitted again
)

// Priority says how soon a change must be through.
type Priority string

const (
	Emergency Priority = "Emergency" // within 24 hours
	High      Priority = "High"      // within a month
	Medium    Priority = "Medium"
	LowPrio   Priority = "Low"
)

// Deadline is the time that a priority leaves from the submission on.
func (p Priority) Deadline() time.Duration {
	const day = 24 * time.Hour
	switch p {
	case Emergency:
		return day
	case High:
		return 30 * day
	case Medium:
		return 120 * day
	default:
		return 365 * day
	}
}

// Signature is one person's decision on a change request.
type Signature struct {
	By     string    `json:"by"`
	Role   Role      `json:"role"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Change is a change request: it asks to deploy a release by a frozen plan.
type Change struct {
	ID        string     `json:"id"` // "CHG-12"
	Release   string     `json:"release"`
	State     State      `json:"state"`
	Priority  Priority   `json:"priority"`
	Deadline  time.Time  `json:"deadline"`
	PlanHash  string     `json:"plan_hash"`
	Submitted Signature  `json:"submitted"`
	Authority *Signature `json:"authority,omitempty"`
	Board     *Signature `json:"board,omitempty"`
	Rejection *Signature `json:"rejection,omitempty"`
	// ConfirmBy is when the board's confirmation of an emergency is due; zero for other priorities.
	ConfirmBy time.Time `json:"confirm_by,omitzero"`
	// Exclusions are servers taken out after the plan was frozen, by server id.
	Exclusions map[string]Amendment `json:"exclusions,omitempty"`
	Rev        int                  `json:"rev"`
}

// Transition is one line of the change request's table of states.
type Transition struct {
	From, To State
	By       Role // who may take the step
	Step     string
	Meaning  string
}

// Transitions is the whole machine. Submitting makes a change request; nothing leads out of rejected and void.
var Transitions = []Transition{
	{Submitted, Authorised, Authority, "authorise", "unlocks the pilot; an emergency's windows too, once its pilot is verified"},
	{Submitted, Rejected, Authority, "reject", "nothing starts"},
	{Authorised, Approved, Board, "approve", "unlocks Dev and Prod for exactly this plan; confirms an emergency"},
	{Authorised, Rejected, Board, "reject", "nothing new starts; what runs finishes"},
}

// EmergencyConfirmation is how long the board has to confirm an emergency after its authorisation (design: 24 hours).
const EmergencyConfirmation = 24 * time.Hour

// Step decides one transition: the change request after it, or why it is refused. planHash is the plan that the person saw; a
// decision on another plan than the current one is refused, so that nobody approves what they did not read.
func (c Change) Step(step string, actor Actor, planHash, reason string, now time.Time) (Change, error) {
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Step == step && t.From == c.State })
	if i < 0 {
		return c, Clash("%s is %s: to %s it is not possible now", c.ID, c.State, step)
	}
	t := Transitions[i]
	if !actor.Has(t.By) {
		return c, Refuse("to %s %s takes the role %s; %s holds %v", step, c.ID, t.By, actor.Name, actor.RoleNames())
	}
	if planHash != c.PlanHash {
		return c, Clash("%s now has the plan %.12s, not %.12s: look at it again before you decide", c.ID, c.PlanHash, planHash)
	}
	if t.To != Rejected {
		if actor.Name == c.Submitted.By {
			return c, Refuse("%s submitted %s and cannot %s it: another person must", actor.Name, c.ID, step)
		}
		if c.Authority != nil && actor.Name == c.Authority.By {
			return c, Refuse("%s authorised %s and cannot %s it as well: another person must", actor.Name, c.ID, step)
		}
	}
	signature := &Signature{By: actor.Name, Role: t.By, At: now, Reason: reason}
	switch t.To {
	case Authorised:
		c.Authority = signature
		if c.Priority == Emergency {
			c.ConfirmBy = now.Add(EmergencyConfirmation)
		}
	case Approved:
		c.Board = signature
	case Rejected:
		c.Rejection = signature
	}
	c.State = t.To
	c.Rev++
	return c, nil
}

// Unlocks tells whether servers of a ring may start under this change request now.
func (c Change) Unlocks(pilot bool) bool {
	switch c.State {
	case Approved:
		return true
	case Authorised:
		return pilot || c.Priority == Emergency
	default:
		return false
	}
}

// ConfirmationOverdue tells that an emergency still lacks the board's word after its time.
func (c Change) ConfirmationOverdue(now time.Time) bool {
	return c.Priority == Emergency && c.State == Authorised && !c.ConfirmBy.IsZero() && now.After(c.ConfirmBy)
}

// Exclude records that a server was taken out after the plan was frozen. It keeps the approval.
func (c Change) Exclude(server string, a Amendment) (Change, error) {
	if was, ok := c.Exclusions[server]; ok {
		return c, Clash("%s was excluded from %s by %s already: %s", server, c.ID, was.By, was.Reason)
	}
	next := make(map[string]Amendment, len(c.Exclusions)+1)
	for id, was := range c.Exclusions {
		next[id] = was
	}
	next[server] = a
	c.Exclusions = next
	c.Rev++
	return c, nil
}
