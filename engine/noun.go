package engine

import "time"

// noun is what one noun of the engine does by itself, beside its commands (offer), events (register) and records (keep).
type noun struct {
	// look decides what time and the state call for, with the engine's full duty. It returns when to look again if nothing else
	// happens before; the zero time is never.
	look func(e *Engine, now time.Time) time.Time
	// show adds the noun to a snapshot; what it shares there never changes afterwards.
	show func(e *Engine, v *View, now time.Time)
	// needs names what waits for a person, after show of all nouns.
	needs func(e *Engine, v *View, now time.Time, add addNeed)
}

// addNeed puts one line on the list of what waits for a person: what is wrong and what to do. Object is the id of what it is about.
type addNeed func(urgent bool, object, format string, args ...any)

var nouns []noun

// lookAtNouns lets every noun decide what is due, and notes when the next of them has to be looked at.
func (e *Engine) lookAtNouns(now time.Time) {
	for _, n := range nouns {
		if n.look != nil {
			e.wakeBy(n.look(e, now))
		}
	}
}

// wakeBy makes the loop look again at a time, if it is the earliest so far. The zero time is never.
func (e *Engine) wakeBy(at time.Time) {
	if !at.IsZero() && (e.wake.IsZero() || at.Before(e.wake)) {
		e.wake = at
	}
}
