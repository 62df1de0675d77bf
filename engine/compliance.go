package engine

import (
	"cmp"
	"sync"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

// gauge remembers where servers stand with the updates of the catalogue, so that a newer view judges only the servers that changed. The readers
// of views share it; the engine's loop never waits for it.
type gauge struct {
	fresh time.Duration // what was read longer ago is stale

	mu       sync.Mutex
	made     uint64 // the catalogue that updates were prepared from
	updates  *report.Gauge
	standing map[inventory.ServerID]judgement
	of       *View // that whole was measured from
	whole    report.Compliance
}

// judgement is where one server stands, and what that follows from.
type judgement struct {
	rev   int
	proof *rollout.Advertisement
	report.Judged
}

// Compliance says where the servers stand with all updates that count, by severity, by phase of the cycle, by system, site, owner, environment
// and collection. It is worked out by the first reader of a view who asks, and only for what changed since the view before; what it returns is
// shared, and changed by nobody. With 10,000 servers it takes some milliseconds, so a screen asks once or twice a second, not for each view.
func (v *View) Compliance() report.Compliance { return v.ComplianceWith(catalog.Unrated) }

// ComplianceWith is Compliance for the updates of a severity and of the more severe ones alone.
func (v *View) ComplianceWith(least catalog.Severity) report.Compliance {
	g := v.gauge
	if g == nil {
		g = newGauge(inventory.DefaultPolicy()) // a view that no engine made
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if least == catalog.Unrated && g.of == v {
		return g.whole
	}
	c := g.measure(v, least)
	if least == catalog.Unrated {
		g.of, g.whole = v, c
	}
	return c
}

func newGauge(p inventory.Policy) *gauge { return &gauge{fresh: p.MaxAge} }

func (g *gauge) measure(v *View, least catalog.Severity) report.Compliance {
	if g.updates == nil || g.made != v.catalogue {
		g.updates, g.made, g.standing = report.NewGauge(v.Bulletins, v.Dossiers), v.catalogue, map[inventory.ServerID]judgement{}
	}
	f := report.Fleet{At: v.At, Fresh: g.fresh, AtLeast: least, Servers: v.Servers, Releases: v.Releases, Exempt: rollout.Exemptions{}}
	for _, x := range v.Exemptions {
		if x.Holds(v.At) {
			f.Exempt[x.Server] = append(f.Exempt[x.Server], x)
		}
	}
	for _, c := range v.Collections {
		held, _ := c.Holds() // one that cannot be answered holds nobody
		f.Collections = append(f.Collections, report.Membership{Name: c.Name, Members: held.Members})
	}
	proofs := v.proofs(v.At.Add(-g.fresh))
	f.Judged = func(place int) report.Judged {
		s := &v.Servers[place]
		j, judged := g.standing[s.ID]
		if p := proofs[s.ID]; !judged || j.rev != s.Rev || j.proof != p.Advertisement {
			j = judgement{s.Rev, p.Advertisement, g.updates.Judge(*s, p.Advertisement, p.removal)}
			g.standing[s.ID] = j
		}
		return j.Judged
	}
	return g.updates.Measure(f)
}

// proof is the newest advertisement that ended with evidence on a server.
type proof struct {
	*rollout.Advertisement
	removal bool
}

// proofs are the newest of each server, of rollouts that were open after a time: what was proved before is stale by now.
func (v *View) proofs(after time.Time) map[inventory.ServerID]proof {
	newest := map[inventory.ServerID]proof{}
	for _, r := range v.Rollouts {
		if r.State == rollout.Closed && r.Ended.Before(after) {
			continue
		}
		for _, ad := range r.Advertisements {
			if ad.Delivery != rollout.Succeeded && ad.Compliance != rollout.InstalledByOthers {
				continue
			}
			if was := newest[ad.Server]; was.Advertisement == nil || cmp.Or(ad.Since.Compare(was.Since), byNumber(ad.Rollout, was.Rollout)) > 0 {
				newest[ad.Server] = proof{ad, r.Ring == rollout.Rollback}
			}
		}
	}
	return newest
}
