package simulator

import (
	"slices"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// road is the way to a server: open but for the spans in which it is not.
type road struct{ closed []span }

// span is a time in which packets meet something else than WinRM; a zero until never ends.
type span struct {
	from, until time.Time
	reach       wsman.Reach
}

func (s span) holds(t time.Time) bool {
	return !t.Before(s.from) && (s.until.IsZero() || t.Before(s.until))
}

// close adds a span; where spans overlap, the one added last counts.
func (r *road) close(s span) { r.closed = append(r.closed, s) }

// reach tells what a packet meets at the moment now, and forgets the spans before.
func (r *road) reach(now time.Time) wsman.Reach {
	r.closed = slices.DeleteFunc(r.closed, func(s span) bool { return !s.until.IsZero() && !s.until.After(now) })
	for _, s := range slices.Backward(r.closed) {
		if s.holds(now) {
			return s.reach
		}
	}
	return wsman.Answering
}
