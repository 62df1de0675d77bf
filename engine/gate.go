package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// dropped are the updates that were taken out of a release.
func (e *Engine) dropped(release string) map[string]bool {
	var kbs map[string]bool
	for _, u := range e.state.releases[release].Updates {
		if u.Dropped != nil {
			if kbs == nil {
				kbs = map[string]bool{}
			}
			kbs[u.KB] = true
		}
	}
	return kbs
}

// holder is the advertisement that holds a cluster's lock, or "".
func (e *Engine) holder(cluster string) string {
	if cluster == "" {
		return ""
	}
	for id := range e.state.index.holders[cluster] {
		return id
	}
	return ""
}

// gate says why nobody of a rollout may start now; it is asked again in the very step that would start somebody. Within a turn of the loop
// the answer is kept as long as nothing changed.
func (e *Engine) gate(r *rollout.Rollout, now time.Time) string {
	at := turn{now, e.state.index.version, e.silent}
	if e.gates.at != at {
		e.gates.at, e.gates.of = at, map[string]string{}
	}
	why, known := e.gates.of[r.ID]
	if !known {
		why = e.findGate(r, now)
		e.gates.of[r.ID] = why
	}
	return why
}

// gates are the answers of gate within one turn, by rollout.
type gates struct {
	at turn
	of map[string]string
}

// turn is what the answers of one turn of the loop follow from.
type turn struct {
	now     time.Time
	version uint64
	silent  int
}

func (e *Engine) findGate(r *rollout.Rollout, now time.Time) string {
	change := e.state.changes[r.Change]
	switch {
	case r.State == rollout.Halted:
		return "halted: " + r.Stop.Reason
	case r.State == rollout.Paused:
		return "paused: " + r.Stop.Reason
	case r.State == rollout.Closed:
		return "closed"
	case change.PlanHash != r.PlanHash:
		return "its plan is no longer the one of " + change.ID
	case change.Held != nil:
		return fmt.Sprintf("%s is held back for the emergency %s: %s", change.ID, change.Held.By, change.Held.Reason)
	case !change.Unlocks(r.Ring == rollout.Pilot):
		return change.ID + " is " + string(change.State)
	}
	if why := e.standstill(); why != "" {
		return why
	}
	if why := e.haltedBefore(r); why != "" {
		return why
	}
	if n := e.silent; n >= e.options.Policy.ConsoleFailures {
		return fmt.Sprintf("%d servers in a row do not answer: the trouble may be on our side", n)
	}
	if r.Ring == rollout.Prod {
		return e.acceptanceGate(change, now)
	}
	return ""
}

// haltedBefore says that an earlier ring of the same change was halted, by the stop rule or a person, and nobody resumed it: who resumes
// it, or overrides the halt, answers for the rings after it.
func (e *Engine) haltedBefore(r *rollout.Rollout) string {
	for _, o := range e.state.rollouts {
		if o.Change != r.Change || slices.Index(rollout.Rings, o.Ring) >= slices.Index(rollout.Rings, r.Ring) || o.Stop == nil {
			continue
		}
		if o.Stop.To == rollout.Halted && !e.state.changes[o.Change].Overridden(o.ID, o.Stop.At) {
			return fmt.Sprintf("%s (%s) was halted: %s", o.ID, o.Ring, o.Stop.Reason)
		}
	}
	return ""
}

// acceptanceGate holds Prod back until acceptance is closed, and while a failed test has no answer. An emergency waits for its pilot
// instead.
func (e *Engine) acceptanceGate(change approval.Change, now time.Time) string {
	if change.Priority == approval.Emergency {
		return e.pilotGate(change)
	}
	a := e.state.acceptance[change.ID]
	if blocks := e.openBlocks(change); len(blocks) > 0 {
		return fmt.Sprintf("acceptance failed for %v: drop the update, exclude the servers, or record a workaround", blocks)
	}
	if failed := e.openMinimum(change); len(failed) > 0 {
		return fmt.Sprintf("minimum test failed: %s of %s on %s (%s): drop the update, exclude the server, or record a workaround", failed[0].Test, failed[0].Update,
			e.nameOf(inventory.ServerID(failed[0].Server)), failed[0].Words)
	}
	if !a.Closed && now.Before(e.state.plans[change.PlanHash].AcceptBy) {
		return "acceptance is open until " + e.state.plans[change.PlanHash].AcceptBy.In(e.options.Zone).Format("2 Jan 15:04")
	}
	return ""
}

// openBlocks lists the applications whose failed test nobody has answered: by dropping an update afterwards, by excluding all of its
// Prod servers, or by a recorded workaround.
func (e *Engine) openBlocks(change approval.Change) []string {
	a := e.state.acceptance[change.ID]
	return slices.DeleteFunc(a.Blocks(), func(app string) bool {
		for _, u := range e.state.releases[change.Release].Updates {
			if u.Dropped != nil && u.Dropped.At.After(a.Results[app].At) {
				return true
			}
		}
		runs := 0
		for _, assigned := range e.state.plans[change.PlanHash].Assignments {
			s := e.state.servers[assigned.Server]
			_, excluded := change.Exclusions[string(assigned.Server)]
			if assigned.Ring == rollout.Prod && !excluded && s != nil && slices.Contains(s.Applications, app) {
				runs++
			}
		}
		return runs == 0
	})
}

// pilotGate holds the windows of an emergency back until its pilot has verified the update.
func (e *Engine) pilotGate(change approval.Change) string {
	for _, r := range e.state.rollouts {
		if r.Change != change.ID || r.Ring != rollout.Pilot {
			continue
		}
		if r.State != rollout.Closed {
			return "the pilot is not through yet"
		}
		if c := e.counts(r.ID); c[rollout.Succeeded] < c.Targeted() {
			return fmt.Sprintf("the pilot verified %d of its %d servers: retry the others, or submit another plan", c[rollout.Succeeded], c.Targeted())
		}
	}
	return ""
}

// clockTrouble says that the clock cannot be trusted; a clock that can tell implements Suspect.
func (e *Engine) clockTrouble() string {
	if c, ok := e.options.Clock.(interface{ Suspect() string }); ok {
		return c.Suspect()
	}
	return ""
}
