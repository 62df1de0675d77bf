package rollout

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/calendar"
	"patchdeck/engine/inventory"
)

// Ring is the group of servers that a rollout serves. Each ring has a rollout of its own, run by the same machine.
type Ring string

const (
	Pilot Ring = "pilot"
	Dev   Ring = "Dev"
	Prod  Ring = "Prod"
	// Rollback is the ring of a release that takes updates away again. It is none of the rings that a release goes through.
	Rollback Ring = "Rollback"
	// CatchUp is the ring of servers that are behind a release which is through.
	CatchUp Ring = "Catch-up"
)

// Rings in the order in which a release goes through them.
var Rings = []Ring{Pilot, Dev, Prod}

// RingOf is the ring to which servers of an environment belong, unless they are pilots or an emergency makes them all Prod.
func RingOf(e inventory.Environment) Ring {
	if e == inventory.Prod {
		return Prod
	}
	return Dev
}

// AllRings are those, and the ones beside them.
var AllRings = append(slices.Clone(Rings), Rollback, CatchUp)

// WindowKind tells what a window is for.
type WindowKind string

const (
	Standard        WindowKind = "standard"
	EmergencyWindow WindowKind = "emergency"
	Check           WindowKind = "check" // after the last window: finish what the windows left
)

// WindowSpec is a maintenance window as the configuration has it: a day relative to day 0 of the cycle (Patch Tuesday), a
// local start, and a length.
type WindowSpec struct {
	ID     string
	Ring   Ring
	Kind   WindowKind
	Day    int           // days after day 0
	Start  time.Duration // after local midnight, by the clock on the wall
	Length time.Duration
}

// Window is a maintenance window frozen into a plan as UTC instants. Opens belongs to it, Closes does not.
type Window struct {
	ID     string     `json:"id"`
	Ring   Ring       `json:"ring"`
	Kind   WindowKind `json:"kind"`
	Opens  time.Time  `json:"opens"`
	Closes time.Time  `json:"closes"`
}

// Contains tells whether an instant lies inside the window.
func (w Window) Contains(at time.Time) bool { return !at.Before(w.Opens) && at.Before(w.Closes) }

// Resolve turns a specification into instants for a cycle whose day 0 is the given date, in the zone where the servers stand. The
// start is what a clock on the wall shows, by the calendar's rule for times that the clocks skip or show twice. The length is elapsed
// time, so that a change of the clocks neither shortens nor stretches it.
func (s WindowSpec) Resolve(dayZero time.Time, zone *time.Location) (Window, error) {
	if s.Length <= 0 {
		return Window{}, fmt.Errorf("window %s: its length %v must be more than nothing", s.ID, s.Length)
	}
	opens := calendar.DateOf(dayZero, zone).Add(s.Day).At(s.Start, zone)
	return Window{ID: s.ID, Ring: s.Ring, Kind: s.Kind, Opens: opens, Closes: opens.Add(s.Length)}, nil
}
