package desk

import (
	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// Live is the index of the rollout that a person most likely wants to see: one with an open window before one that is still to
// run, the newest among equals; the newest of all when every one is closed. It is -1 when there is none.
func Live(view *engine.View) int {
	best, rank := -1, 0
	for i := range view.Rollouts {
		r := 1
		if v := &view.Rollouts[i]; IsOpen(v) {
			r = 2
			if w := CurrentWindow(v); w != nil && w.Contains(view.At) {
				r = 3
			}
		}
		if r >= rank {
			best, rank = i, r
		}
	}
	return best
}

// IsOpen tells that the rollout is not over, whether it runs or is held.
func IsOpen(r *engine.RolloutView) bool { return r.State != rollout.Closed }

// CurrentWindow is the rollout's open window, or the next one; nil when all are closed.
func CurrentWindow(r *engine.RolloutView) *engine.WindowView {
	if r.Current < 0 || r.Current >= len(r.Windows) {
		return nil
	}
	return &r.Windows[r.Current]
}
