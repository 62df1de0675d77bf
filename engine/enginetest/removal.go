package enginetest

import (
	"slices"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// uninstall ends a job that takes updates away: one result for each, what is cumulative goes at the restart.
func (w *World) uninstall(id inventory.ServerID, h *host, j *job) {
	stays := &rollout.Failure{Class: rollout.ClassPatch, Code: "0x800F0825", Words: "the package is permanent"}
	j.outcome = rollout.Outcome{Nothing: true}
	for _, r := range j.order.Removals {
		result := rollout.RemovalResult{KB: r.KB, Verdict: rollout.Removed}
		at := slices.Index(h.packages, r.KB)
		switch {
		case h.fate == NoPackage, r.Package == nil && !h.build.AtLeast(h.fixed), r.Package != nil && at < 0:
			result.Verdict = rollout.NotInstalled
		case h.fate == Kept:
			result.Verdict, result.Failure = rollout.NotRemovable, stays
			j.outcome = rollout.Outcome{Failure: stays, Removals: j.outcome.Removals}
		case r.Package != nil:
			h.packages = slices.Delete(h.packages, at, at+1)
		default:
			j.outcome.RestartRequired, h.leaving = true, true
		}
		if result.Verdict == rollout.Removed {
			j.outcome.Nothing, j.outcome.Succeeded = false, j.outcome.Failure == nil
			w.Removals[id] = append(w.Removals[id], j.ends)
		}
		j.outcome.Removals = append(j.outcome.Removals, result)
	}
}
