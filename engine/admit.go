package engine

import (
	"maps"
	"slices"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// admit starts whoever may start now. It is decided anew when something that it depends on changed, or its time has come.
func (e *Engine) admit(id string, now time.Time) {
	r, d := e.state.rollouts[id], e.docket(id)
	asked := question{e.state.index.version, e.contacts.flips, e.gate(r, now)}
	if asked == d.asked && !now.Before(d.askedAt) && now.Before(d.nextTime) {
		return
	}
	d.asked, d.askedAt, d.nextTime = asked, now, e.nextAdmission(id, now)
	a := e.admission(r, asked.gate, now)
	var ready []string
	for _, w := range a.Plan.Windows {
		if w.Ring != r.Ring || !w.Contains(now) {
			continue
		}
		for b, set := range e.state.index.tally(id).ready {
			if b.window == w.ID && !a.Full(w, b.base) {
				ready = slices.AppendSeq(ready, maps.Keys(set))
			}
		}
	}
	if len(ready) == 0 {
		return
	}
	a.Quiet = true
	for _, m := range e.withCandidates(a, ready).Admit().Moves {
		e.move(m, rollout.Contact{Asked: true, Heard: e.contacts.at(m.Ad).Heard}, now)
	}
}

// nextAdmission is when time alone may let somebody start: a window opens, or a next attempt is due.
func (e *Engine) nextAdmission(id string, now time.Time) time.Time {
	next := now.Add(time.Hour)
	r := e.state.rollouts[id]
	for _, w := range e.state.planOf(r).Windows {
		if w.Ring == r.Ring {
			sooner(&next, w.Opens, now)
		}
	}
	for ad := range e.state.index.tally(id).retrying {
		sooner(&next, e.state.ads[ad].RetryAt, now)
	}
	return next
}

// admission is what decides who may start in a rollout, without the candidates.
func (e *Engine) admission(r *rollout.Rollout, gate string, now time.Time) rollout.Admission {
	return rollout.Admission{Scene: e.scene(r, now), Rollout: r, Gate: gate, Load: e.state.index.tally(r.ID).load,
		Seats: e.seats, Experience: e.verified(r.Release)}
}

// withCandidates adds those who might start, and what of the other rollouts and of their clusters concerns them.
func (e *Engine) withCandidates(a rollout.Admission, candidates []string) rollout.Admission {
	a.Locks, a.Unfit, a.Busy = map[string]string{}, map[string]string{}, map[inventory.ServerID]string{}
	slices.Sort(candidates)
	for _, id := range slices.Compact(candidates) {
		ad := e.state.ads[id]
		a.Ready = append(a.Ready, ad)
		for other := range e.state.index.working[ad.Server] {
			if by := e.state.ads[other].Rollout; by != a.Rollout.ID {
				a.Busy[ad.Server] = by
			}
		}
		if _, known := a.Unfit[ad.Cluster]; ad.Cluster == "" || known {
			continue
		}
		if holder := e.holder(ad.Cluster); holder != "" {
			a.Locks[ad.Cluster] = holder
		}
		a.Unfit[ad.Cluster] = e.unfit(ad.Cluster)
	}
	return a
}

// measured keeps the answers of took until a rollout changes.
type measured struct {
	made uint64
	of   map[string]map[string][]int
}

// took are the measured durations of a release, in seconds by base build.
func (e *Engine) took(release string) map[string][]int {
	if made := e.state.index.versions["rollout"]; e.measured.of == nil || e.measured.made != made {
		e.measured.made, e.measured.of = made, map[string]map[string][]int{}
	}
	if took, known := e.measured.of[release]; known {
		return took
	}
	took := map[string][]int{}
	e.measured.of[release] = took
	for _, id := range slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber) {
		if r := e.state.rollouts[id]; r.Release == release {
			for key, list := range r.Durations {
				took[key] = append(took[key], list...)
			}
		}
	}
	return took
}

// unfit names a member of a cluster that is not well, in words: its peers must wait. Members outside the plan count too.
func (e *Engine) unfit(cluster string) string {
	for _, id := range e.state.index.unwell[cluster].sorted() {
		s := e.state.servers[inventory.ServerID(id)]
		return s.Name + ": " + s.Trouble
	}
	for _, id := range e.state.index.members[cluster].sorted() {
		ad := e.state.ads[id]
		if e.state.rollouts[ad.Rollout].State != rollout.Closed && (e.contacts.unreached(id) || ad.Delivery == rollout.Unreachable) {
			return e.nameOf(ad.Server) + " does not answer"
		}
	}
	return ""
}

// waits says of everybody in an open window who could start why it does not, and of everybody whose site is not ready.
func (e *Engine) waits(r *rollout.Rollout, now time.Time) map[string]string {
	var candidates []string
	a := e.admission(r, e.gate(r, now), now)
	for _, w := range a.Plan.Windows {
		if w.Ring != r.Ring || !w.Contains(now) {
			continue
		}
		for b, set := range e.state.index.tally(r.ID).ready {
			if b.window == w.ID {
				candidates = slices.AppendSeq(candidates, maps.Keys(set))
			}
		}
	}
	waits := e.withCandidates(a, candidates).Admit().Waits
	if len(a.Unready) > 0 {
		for _, id := range e.state.adsOf[r.ID] {
			if ad := e.state.ads[id]; ad.Delivery == rollout.NotReceived && a.Awaits(ad) != "" {
				waits[id] = a.Awaits(ad)
			}
		}
	}
	return waits
}
