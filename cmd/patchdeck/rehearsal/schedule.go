package rehearsal

import (
	"time"

	"patchdeck/engine/rollout"
)

// The folded month: the cycle's order and gates are the real ones, its days are minutes of fleet time. slot is a window after the
// moment at which the change request is submitted.
type slot struct {
	id     string
	ring   rollout.Ring
	kind   rollout.WindowKind
	opens  time.Duration
	length time.Duration
}

// pause between the end of Dev and the first Prod window: applications report what they found.
const acceptanceTime = 10 * time.Minute

var monthly = []slot{
	{"P1", rollout.Pilot, rollout.Standard, 5 * time.Minute, 150 * time.Minute},
	{"D1", rollout.Dev, rollout.Standard, 155 * time.Minute, 140 * time.Minute},
	{"D1CHECK", rollout.Dev, rollout.Check, 295 * time.Minute, 20 * time.Minute},
	{"W1", rollout.Prod, rollout.Standard, 325 * time.Minute, 110 * time.Minute},
	{"W2", rollout.Prod, rollout.Standard, 435 * time.Minute, 110 * time.Minute},
	{"W3", rollout.Prod, rollout.Standard, 545 * time.Minute, 110 * time.Minute},
	{"CHECK", rollout.Prod, rollout.Check, 655 * time.Minute, 70 * time.Minute},
}

var emergency = []slot{
	{"P1", rollout.Pilot, rollout.Standard, 5 * time.Minute, 80 * time.Minute},
	{"E1", rollout.Prod, rollout.EmergencyWindow, 90 * time.Minute, 60 * time.Minute},
	{"E2", rollout.Prod, rollout.EmergencyWindow, 150 * time.Minute, 60 * time.Minute},
	{"E3", rollout.Prod, rollout.EmergencyWindow, 210 * time.Minute, 60 * time.Minute},
	{"E4", rollout.Prod, rollout.EmergencyWindow, 270 * time.Minute, 60 * time.Minute},
	{"CHECK", rollout.Prod, rollout.Check, 330 * time.Minute, 180 * time.Minute},
}

// Schedule gives the windows of a night that begins now, and the end of acceptance (zero for an emergency, which has none).
func Schedule(now time.Time, urgent bool) (windows []rollout.Window, accept time.Time) {
	slots := monthly
	if urgent {
		slots = emergency
	}
	for _, s := range slots {
		opens := now.Add(s.opens)
		windows = append(windows, rollout.Window{ID: s.id, Ring: s.ring, Kind: s.kind, Opens: opens, Closes: opens.Add(s.length)})
		if s.ring == rollout.Dev {
			accept = opens.Add(s.length + acceptanceTime)
		}
	}
	return windows, accept
}

// WindowIDs lists the windows that a server of a demonstration may name.
func WindowIDs() []string {
	var ids []string
	for _, s := range append(append([]slot(nil), monthly...), emergency...) {
		if s.kind != rollout.Check {
			ids = append(ids, s.id)
		}
	}
	return ids
}
