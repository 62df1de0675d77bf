package rollouts

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/screen/desk"
)

// lastStart is until when the slowest kind of server that still waits for the window at hand can start and yet be through before it
// closes; zero when nobody waits, or no window is left.
func lastStart(policy *rollout.Policy, r *engine.RolloutView) time.Time {
	w := desk.CurrentWindow(r)
	if w == nil {
		return time.Time{}
	}
	longest, known := time.Duration(0), map[inventory.Build]bool{}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Window != w.ID || known[c.Before] || !notStarted(c.Delivery) {
			continue
		}
		known[c.Before] = true
		base := rollout.Advertisement{Before: c.Before}
		longest = max(longest, policy.ExpectedOn(c.Before, r.Durations[base.Base()]))
	}
	if longest == 0 {
		return time.Time{}
	}
	return w.Closes.Add(-longest - policy.RestartReserve - policy.CheckReserve)
}
