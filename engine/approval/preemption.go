package approval

import "time"

// Preemption is an emergency that holds a change of lower priority back.
type Preemption struct {
	By     string    `json:"by"` // the emergency's change request
	Actor  string    `json:"actor"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// MayPreempt refuses to hold others back for what is no authorised emergency.
func (c Change) MayPreempt() error {
	switch {
	case c.Priority != Emergency:
		return Clash("%s has priority %s: only an emergency pre-empts others", c.ID, c.Priority)
	case c.State != Authorised && c.State != Approved:
		return Clash("%s is %s: an emergency pre-empts others once it is authorised", c.ID, c.State)
	}
	return nil
}

// Preempt holds the change back for an emergency. What runs finishes; nobody new starts until it is released.
func (c Change) Preempt(emergency Change, actor Actor, reason string, now time.Time) (Change, error) {
	if err := emergency.MayPreempt(); err != nil {
		return c, err
	}
	switch {
	case c.ID == emergency.ID || !emergency.Priority.Above(c.Priority):
		return c, Clash("%s has priority %s: an emergency pre-empts only what is less urgent", c.ID, c.Priority)
	case c.Held != nil:
		return c, Clash("%s is held back for %s by %s already: %s", c.ID, c.Held.By, c.Held.Actor, c.Held.Reason)
	case c.State.Ended():
		return c, Clash("%s is %s: there is nothing to hold back", c.ID, c.State)
	}
	c.Held = &Preemption{By: emergency.ID, Actor: actor.Name, At: now, Reason: reason}
	c.Rev++
	return c, nil
}

// Unhold lets a change that was held back go on.
func (c Change) Unhold() (Change, error) {
	if c.Held == nil {
		return c, Clash("%s is not held back", c.ID)
	}
	c.Held = nil
	c.Rev++
	return c, nil
}
