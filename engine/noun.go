package engine

import (
	"context"
	"sync"
	"time"

	"patchdeck/engine/approval"
)

// noun is what one noun of the engine does by itself, beside its commands (offer), events (register) and records (keep).
type noun struct {
	// look decides what time and the state call for, with the engine's full duty. It returns when to look again if nothing else
	// happens before; the zero time is never.
	look func(e *Engine, now time.Time) time.Time
	// follow decides what follows at once from an event of another noun; what it records is made durable together with it.
	follow func(e *Engine, event any, actor approval.Actor, now time.Time)
	// send begins the calls that were ordered, after the orders became durable. The answer of a call comes back as an input.
	send func(e *Engine, start func(call func(context.Context) heard))
	// show adds the noun to a snapshot; what it shares there never changes afterwards.
	show func(e *Engine, v *View, now time.Time)
	// needs names what waits for a person, after show of all nouns.
	needs func(e *Engine, v *View, now time.Time, add addNeed)
}

// heard is the answer of a call that a noun began: the loop takes it in before it decides.
type heard interface {
	hear(e *Engine, now time.Time)
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

// sendForNouns begins the calls that nouns ordered.
func (e *Engine) sendForNouns(ctx context.Context, calls *sync.WaitGroup) {
	start := func(call func(context.Context) heard) {
		calls.Go(func() {
			select {
			case e.inputs <- call(ctx):
			case <-ctx.Done():
			}
		})
	}
	for _, n := range nouns {
		if n.send != nil {
			n.send(e, start)
		}
	}
}
