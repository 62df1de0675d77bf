package rollout

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Reopened lets a rollout go on for servers that a person tries again: one that was closed is open again, in the state in which its stop left
// it, and it may get a window beside those of its plan.
type Reopened struct {
	Rollout string  `json:"rollout"`
	From    State   `json:"from"`
	To      State   `json:"to"`
	Window  *Window `json:"window,omitempty"` // that it gets
	Reason  string  `json:"reason"`
}

// Reopen decides what trying servers again does to the rollout as a whole. ok is false when it changes nothing.
func (r *Rollout) Reopen(window *Window, reason string) (event Reopened, ok bool) {
	e := Reopened{Rollout: r.ID, From: r.State, To: r.State, Window: window, Reason: reason}
	if r.State == Closed {
		e.To = Active
		if r.Stop != nil {
			e.To = r.Stop.To // who stopped it is not overruled by trying again
		}
	}
	return e, e.To != e.From || window != nil
}

// Apply folds the reopening of a rollout.
func (e Reopened) Apply(r Rollout) Rollout {
	r.State = e.To
	if e.From == Closed {
		r.Ended = time.Time{}
	}
	if e.Window != nil {
		r.Added = append(slices.Clone(r.Added), *e.Window)
	}
	r.Rev++
	return r
}

// With is the plan as it is played with windows that were added to a rollout of it. The hash stays that of what was approved.
func (p *Plan) With(added []Window) *Plan {
	if len(added) == 0 {
		return p
	}
	next := *p
	next.Windows = append(slices.Clone(p.Windows), added...)
	slices.SortStableFunc(next.Windows, func(a, b Window) int { return cmp.Or(a.Opens.Compare(b.Opens), strings.Compare(a.ID, b.ID)) })
	return &next
}

// Later gives the added window in which an advertisement has its place, if it has one there.
func (ad *Advertisement) Later(added []Window) (id string, ok bool) {
	for _, w := range slices.Backward(added) {
		if ad.Window == w.ID || slices.Contains(ad.Windows, w.ID) {
			return w.ID, true
		}
	}
	return "", false
}
