package engine

import (
	"cmp"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Outlooks plays the windows of a change request's rollouts and says what may be expected: before approval of the plan, afterwards of what
// is open. Only those rings are looked at that have something left. A ceiling of 0 is each rollout's own. It costs up to a
// second for ten thousand servers, so it is the reader who asks for it and not the loop.
func (v *View) Outlooks(change ChangeView, ceiling int) []rollout.Outlook {
	if change.Plan == nil {
		return nil
	}
	p := rollout.Prospect{Now: v.At, Plan: change.Plan, Policy: rollout.DefaultPolicy(), Took: map[string][]int{}, Experience: map[string]int{}, Seed: rollout.SeedOf(change.ID)}
	if v.Policy.Experience > 0 {
		p.Policy = v.Policy
	}
	opened := map[rollout.Ring]RolloutView{}
	for _, r := range v.Rollouts {
		if r.Rollout.Release == change.Release {
			for base, n := range r.Verified {
				p.Experience[base] += n
			}
			for base, list := range r.Durations {
				p.Took[base] = append(p.Took[base], list...)
			}
		}
		if r.Change == change.ID && r.PlanHash == change.PlanHash {
			opened[r.Ring] = r
		}
	}
	planned := v.planned(change)
	var list []rollout.Outlook
	for _, ring := range rollout.AllRings {
		p.Ring, p.Open, p.Ceiling, p.Plan = ring, planned[ring], cmp.Or(ceiling, change.Plan.Ceiling), change.Plan
		r, ok := opened[ring]
		if ok {
			p.Open, p.Ceiling, p.Plan = nil, cmp.Or(ceiling, r.Ceiling), change.Plan.With(r.Added)
			for _, ad := range r.Advertisements {
				if !ad.Delivery.Final() && !ad.Declined() {
					p.Open = append(p.Open, ad)
				}
			}
		}
		if len(p.Open) > 0 {
			list = append(list, p.Look())
		}
		if !ok {
			p = p.After(p.Open)
		}
	}
	return list
}

// planned are a plan's servers as they would be advertised, by ring.
func (v *View) planned(change ChangeView) map[rollout.Ring][]*rollout.Advertisement {
	known := make(map[inventory.ServerID]*inventory.Server, len(v.Servers))
	for i := range v.Servers {
		known[v.Servers[i].ID] = &v.Servers[i]
	}
	return change.Plan.Planned(func(id inventory.ServerID) *inventory.Server { return known[id] }, func(id inventory.ServerID) bool {
		_, out := change.Exclusions[string(id)]
		return out
	})
}
