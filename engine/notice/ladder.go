package notice

import (
	"time"

	"patchdeck/engine/approval"
)

// Rung is one step of the ladder that a server climbs which is still without a release after the release is through.
type Rung struct {
	Name   string
	After  time.Duration // the end of Prod
	Owners bool          // who owns the servers gets it
	Groups []Group       // and these
	ToDo   string
}

// Ladder is climbed rung by rung, as long as servers are behind: each rung of a change request is told once.
var Ladder = []Rung{
	{"owner", 0, true, nil, "find out why, mend it, and say in which window it may be caught up"},
	{"service owner", 3 * 24 * time.Hour, false, []Group{support, Technology}, "decide with the owner when the service can spare the server"},
	{"patch lead", 7 * 24 * time.Hour, false, []Group{lead}, "give them windows of their own, or exempt them with a reason and an end"},
	{"board", 14 * 24 * time.Hour, false, []Group{Group(approval.Board)}, "decide what becomes of servers that stay vulnerable"},
}

// Climb gives the rung that is due a time after Prod ended, of those that were not told; ok is false when none is. A rung is not told when it is so
// late that it would only confuse, or when a higher one is due. next is how long after the end of Prod another is due.
func Climb(since time.Duration, told func(Rung) bool) (rung Rung, next time.Duration, ok bool) {
	for _, r := range Ladder {
		switch {
		case since < r.After:
			return rung, r.After, ok
		case since-r.After < stale && !told(r):
			rung, ok = r, true
		default:
			ok = false
		}
	}
	return rung, 0, ok
}
