package desk

import (
	"time"

	"patchdeck/ui/part"
)

// Asked is an answer that takes too long for the session's loop: it is worked out in a command, one at a time, and again only when some time
// has passed on the wall.
type Asked[T any] struct {
	Answer  T
	Known   bool
	key     any
	asking  bool         // an answer is awaited
	resting bool         // its time is not over
	missed  *question[T] // that was to be asked meanwhile
}

type question[T any] struct {
	key any
	ask func() T
}

// answered brings an answer; rested says that the next question may be asked.
type (
	answered[T any] struct {
		of     *Asked[T]
		answer T
	}
	rested[T any] struct{ of *Asked[T] }
)

// Follow asks when the key is another one than that of the last question and its time is over. Keys are compared with ==.
func (a *Asked[T]) Follow(key any, ask func() T) part.Cmd {
	return a.next(a.asking || a.resting, question[T]{key, ask})
}

// Ask is Follow for a person who wants to see something else now.
func (a *Asked[T]) Ask(key any, ask func() T) part.Cmd {
	return a.next(a.asking, question[T]{key, ask})
}

func (a *Asked[T]) next(wait bool, q question[T]) part.Cmd {
	switch {
	case q.key == a.key:
		a.missed = nil
		return nil
	case wait:
		a.missed = &q
		return nil
	}
	return a.ask(q)
}

func (a *Asked[T]) ask(q question[T]) part.Cmd {
	a.asking, a.missed, a.key = true, nil, q.key
	return func() part.Msg { return answered[T]{a, q.ask()} }
}

// Take keeps an answer, and asks what was missed when the pace allows. Messages of others are left alone.
func (a *Asked[T]) Take(message part.Msg, d *Desk, pace time.Duration) part.Cmd {
	switch m := message.(type) {
	case answered[T]:
		if m.of == a {
			a.Answer, a.Known, a.asking, a.resting = m.answer, true, false, true
			return d.After(pace, rested[T]{a})
		}
	case rested[T]:
		if m.of == a {
			if a.resting = false; a.missed != nil && !a.asking {
				return a.ask(*a.missed)
			}
		}
	}
	return nil
}
