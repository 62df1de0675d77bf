package engine

import (
	"fmt"
	"sync"
	"time"
)

// FleetClock is the time of a simulated fleet: epoch + speed x (wall - started). Every process that knows the three computes the
// same time from them, also after a restart.
type FleetClock struct {
	Epoch   time.Time
	Started time.Time // wall
	Speed   float64   // simulated seconds a second
}

// Now is the fleet's time.
func (c FleetClock) Now() time.Time {
	return c.Epoch.Add(time.Duration(float64(time.Since(c.Started)) * c.Speed)).UTC()
}

// After fires when the fleet's time has reached at.
func (c FleetClock) After(at time.Time) (<-chan time.Time, func()) {
	return after(time.Duration(float64(at.Sub(c.Now())) / c.Speed))
}

// Fleet gives what a span of the wall's time is on this clock.
func (c FleetClock) Fleet(wall time.Duration) time.Duration {
	return time.Duration(float64(wall) * c.Speed)
}

func after(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(max(0, d))
	return t.C, func() { t.Stop() }
}

// jump is how far the wall clock may move against the monotonic one before it is suspect.
const jump = 5 * time.Minute

// WallClock is the machine's clock. It notices when somebody sets it: while the wall and the monotonic clock disagree by more than
// five minutes, Suspect says so, and nothing new starts or restarts.
type WallClock struct {
	mu    sync.Mutex
	start time.Time // with its monotonic reading
	wall  func() time.Time
}

// NewWallClock trusts the wall clock as it is now.
func NewWallClock() *WallClock {
	return &WallClock{start: time.Now(), wall: func() time.Time { return time.Now().Round(0) }}
}

// Now is the wall's time in UTC.
func (c *WallClock) Now() time.Time { return c.wall().UTC() }

// After fires when at is reached, by the distance that the wall shows now.
func (c *WallClock) After(at time.Time) (<-chan time.Time, func()) {
	return after(min(at.Sub(c.Now()), time.Minute)) // a wall that jumps is noticed within a minute
}

// Suspect says how the wall clock moved, or nothing when it can be trusted.
func (c *WallClock) Suspect() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	moved := c.wall().Sub(c.start.Round(0)) - time.Since(c.start)
	if moved.Abs() <= jump {
		return ""
	}
	return fmt.Sprintf("the clock of this machine moved by %s: nothing new starts until it agrees again; if the new time is right, restart patchdeck", moved.Round(time.Second))
}
