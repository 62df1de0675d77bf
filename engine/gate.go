package engine

import (
	"fmt"
	"slices"
	"strings"
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

// hold is why nobody of a rollout may start now, and the commands of which each ends it. Both are empty when somebody may.
type hold struct {
	why  string
	todo []string
}

func holds(format string, args ...any) hold { return hold{why: fmt.Sprintf(format, args...)} }

// until adds a command that ends the hold, as a person types it; words in quotes are theirs to choose.
func (h hold) until(format string, args ...any) hold {
	h.todo = append(h.todo, "patchdeck "+fmt.Sprintf(format, args...))
	return h
}

// gate says why nobody of a rollout may start now; it is asked again in the very step that would start somebody. Within a turn of the loop
// the answer is kept as long as nothing changed.
func (e *Engine) gate(r *rollout.Rollout, now time.Time) string { return e.held(r, now).why }

func (e *Engine) held(r *rollout.Rollout, now time.Time) hold {
	at := turn{now, e.state.index.version, e.silent}
	if e.gates.at != at {
		e.gates.at, e.gates.of = at, map[string]hold{}
	}
	h, known := e.gates.of[r.ID]
	if !known {
		h = e.findGate(r, now)
		e.gates.of[r.ID] = h
	}
	return h
}

// gates are the answers of gate within one turn, by rollout.
type gates struct {
	at turn
	of map[string]hold
}

// turn is what the answers of one turn of the loop follow from.
type turn struct {
	now     time.Time
	version uint64
	silent  int
}

func (e *Engine) findGate(r *rollout.Rollout, now time.Time) hold {
	change := e.state.changes[r.Change]
	switch {
	case r.State == rollout.Halted:
		return holds("halted: %s", r.Stop.Reason).until(`rollout resume %s --reason "..."`, r.ID)
	case r.State == rollout.Paused:
		return holds("paused: %s", r.Stop.Reason).until(`rollout resume %s --reason "..."`, r.ID)
	case r.State == rollout.Closed:
		return holds("closed")
	case change.PlanHash != r.PlanHash:
		return holds("its plan is no longer the one of %s", change.ID)
	case change.Held != nil:
		return holds("%s is held back for the emergency %s: %s", change.ID, change.Held.By, change.Held.Reason).until(`change release %s --reason "..."`, change.ID)
	case !change.Unlocks(r.Ring == rollout.Pilot):
		return holds("%s is %s", change.ID, change.State)
	}
	if why := e.standstill(); why != "" {
		return hold{why: why}
	}
	if h := e.haltedBefore(r); h.why != "" {
		return h
	}
	if n := e.silent; n >= e.options.Policy.ConsoleFailures {
		return holds("%d servers in a row do not answer: the trouble may be on our side", n)
	}
	if r.Ring == rollout.Prod {
		return e.acceptanceGate(change, now)
	}
	return hold{}
}

// haltedBefore says that an earlier ring of the same change was halted, by the stop rule or a person, and nobody resumed it: who resumes
// it, or overrides the halt, answers for the rings after it.
func (e *Engine) haltedBefore(r *rollout.Rollout) hold {
	for _, o := range e.state.rollouts {
		if o.Change != r.Change || slices.Index(rollout.Rings, o.Ring) >= slices.Index(rollout.Rings, r.Ring) || o.Stop == nil {
			continue
		}
		if o.Stop.To == rollout.Halted && !e.state.changes[o.Change].Overridden(o.ID, o.Stop.At) {
			h := holds("%s (%s) was halted: %s", o.ID, o.Ring, o.Stop.Reason).until(`rollout override %s --reason "..."`, o.ID)
			if o.State == rollout.Halted {
				h = h.until(`rollout resume %s --reason "..."`, o.ID)
			}
			return h
		}
	}
	return hold{}
}

// acceptanceGate holds Prod back until acceptance is closed, and while a failed test has no answer. An emergency waits for its pilot
// instead.
func (e *Engine) acceptanceGate(change approval.Change, now time.Time) hold {
	if change.Priority == approval.Emergency {
		return e.pilotGate(change, now)
	}
	a := e.state.acceptance[change.ID]
	if blocks := e.openBlocks(change); len(blocks) > 0 {
		h := holds("acceptance failed for %s: drop the update, exclude the servers, or record a workaround", strings.Join(blocks, ", "))
		if len(blocks) == 1 {
			h = h.until(`acceptance workaround %s %q "..."`, change.ID, blocks[0]).orDrop(e, change, a.Results[blocks[0]].Update)
		}
		return h
	}
	if failed := e.openMinimum(change); len(failed) > 0 {
		h := holds("minimum test failed: %s of %s on %s (%s): drop the update, exclude the server, or record a workaround", failed[0].Test, failed[0].Update,
			e.nameOf(inventory.ServerID(failed[0].Server)), failed[0].Words)
		return h.until(`acceptance workaround %s %s "..."`, change.ID, failed[0].Update).orDrop(e, change, failed[0].Update)
	}
	if !a.Closed && now.Before(e.state.plans[change.PlanHash].AcceptBy) {
		return holds("acceptance is open until %s", e.state.plans[change.PlanHash].AcceptBy.In(e.options.Zone).Format("2 Jan 15:04"))
	}
	return hold{}
}

// orDrop adds the command that drops an update, where that leaves the release another one.
func (h hold) orDrop(e *Engine, change approval.Change, kb string) hold {
	if active := e.state.releases[change.Release].Active(); len(active) < 2 || !slices.Contains(active, kb) {
		return h
	}
	return h.until(`release drop %s %s --reason "..."`, change.Release, kb)
}

// openBlocks lists the applications whose failed test nobody has answered: by dropping an update afterwards, by excluding all of its
// Prod servers, or by a recorded workaround.
func (e *Engine) openBlocks(change approval.Change) []string {
	a := e.state.acceptance[change.ID]
	return slices.DeleteFunc(a.Blocks(), func(app string) bool {
		for _, u := range e.state.releases[change.Release].Updates {
			if u.Dropped != nil && !u.Dropped.At.Before(a.Results[app].At) {
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
func (e *Engine) pilotGate(change approval.Change, now time.Time) hold {
	for _, r := range e.state.rollouts {
		if r.Change != change.ID || r.Ring != rollout.Pilot {
			continue
		}
		if r.State != rollout.Closed {
			return holds("the pilot is not through yet")
		}
		c := e.counts(r.ID)
		if c[rollout.Succeeded] == c.Targeted() {
			continue
		}
		later := ""
		for _, id := range e.state.adsOf[r.ID] {
			if ad := e.state.ads[id]; ad.Delivery.Unfinished() && len(e.windowsLeft(r, ad.Server, now)) == 0 {
				later = " --window now"
			}
		}
		return holds("the pilot verified %d of its %d servers", c[rollout.Succeeded], c.Targeted()).until(`rollout retry %s --unfinished%s --reason "..."`, r.ID, later)
	}
	return hold{}
}

// clockTrouble says that the clock cannot be trusted; a clock that can tell implements Suspect.
func (e *Engine) clockTrouble() string {
	if c, ok := e.options.Clock.(interface{ Suspect() string }); ok {
		return c.Suspect()
	}
	return ""
}
