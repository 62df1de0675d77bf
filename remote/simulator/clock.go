package simulator

import "time"

// clock turns wall time into fleet time: epoch + speed x (wall - started). Everything that a server shows or does is
// stamped with fleet time.
type clock struct {
	epoch   time.Time
	started time.Time
	speed   float64
	wall    func() time.Time
}

// now is the fleet time of this moment, in UTC. Stamps carry milliseconds: what is finer has no meaning here.
func (c clock) now() time.Time {
	passed := c.wall().Sub(c.started)
	return c.epoch.Add(time.Duration(float64(passed) * c.speed)).UTC().Truncate(time.Millisecond)
}

// until is how much wall time is left before the fleet reaches the moment t; never negative.
func (c clock) until(t time.Time) time.Duration {
	left := float64(t.Sub(c.now())) / c.speed
	return time.Duration(max(left, 0))
}
