package engine

import (
	"slices"
	"strings"
	"time"

	"patchdeck/engine/rollout"
)

// docket is what the loop still has to look at in one rollout.
type docket struct {
	look       pile     // advertisements that changed, or whose time has come, since they were last looked at
	applicants []string // servers that are due to be read for the first time, by id: they share the places for staging

	given   []string  // the applicants that have a place
	givenOf [2]uint64 // and the state of the records and of the list from which that follows
	changed uint64    // grows with each change of applicants

	lines lines // what its servers fetch over slow lines

	asked    question  // what admission was last decided from
	askedAt  time.Time // and when
	nextTime time.Time // when time alone changes its answer
}

// question is everything but time that admission depends on.
type question struct {
	version, flips uint64
	gate           string
}

func (e *Engine) docket(id string) *docket {
	d := e.dockets[id]
	if d == nil {
		d = &docket{}
		e.dockets[id] = d
	}
	return d
}

// gather notes whatever changed since the last time: conversations, advertisements, servers and sweeps.
func (e *Engine) gather() {
	for _, key := range e.contacts.take() {
		e.touch(key)
	}
	changed := e.state.index.take()
	for _, id := range changed.ads {
		e.touch(id)
	}
	for _, id := range changed.shown {
		for ad := range e.state.index.on[id] {
			e.board(e.state.ads[ad].Rollout).dirty.add(ad)
		}
	}
	e.roster.dirty = append(e.roster.dirty, changed.servers...)
	for _, number := range changed.sweeps {
		if sweep := e.state.sweeps[number]; sweep.Ended.IsZero() {
			for _, id := range sweep.Servers {
				e.touch(sweepKey(sweep, id))
			}
		}
	}
}

// touch has a conversation looked at again: by time's rules, for what is owed, and for what is shown.
func (e *Engine) touch(key string) {
	e.touched.add(key)
	if ad := e.state.ads[key]; ad != nil {
		e.board(ad.Rollout).dirty.add(key)
		if e.state.rollouts[ad.Rollout].State != rollout.Closed {
			e.docket(ad.Rollout).look.add(key)
		}
	}
}

// touchAll looks at everything again: at the start, and after a clock that went back.
func (e *Engine) touchAll() {
	for number := range e.state.index.sweeps {
		for id := range e.state.index.sweeps[number].servers {
			e.touch(sweepKey(e.state.sweeps[number], id))
		}
	}
	for _, id := range e.state.index.open {
		for _, ad := range e.state.adsOf[id] {
			e.touch(ad)
		}
	}
	for ad := range e.state.away {
		e.touch(ad)
	}
}

// apply puts a server among the applicants of its rollout, or takes it out.
func (d *docket) apply(ad string, wants bool) {
	i, found := slices.BinarySearch(d.applicants, ad)
	switch {
	case wants && !found:
		d.applicants = slices.Insert(d.applicants, i, ad)
		d.changed++
	case !wants && found:
		d.applicants = slices.Delete(d.applicants, i, i+1)
		d.changed++
	}
}

// admitted are the applicants for whom there is a place.
func (e *Engine) admitted(id string, d *docket) []string {
	if of := [2]uint64{e.state.index.version + 1, d.changed}; d.givenOf != of {
		d.given, d.givenOf = e.giveStages(id, d), of
	}
	return d.given
}

func (e *Engine) giveStages(id string, d *docket) []string {
	r := e.state.rollouts[id]
	if r.State != rollout.Active || !e.state.changes[r.Change].Unlocks(r.Ring == rollout.Pilot) {
		return nil
	}
	places := e.options.Policy.StageLimit - e.state.index.tally(id).counts[rollout.Staging]
	unready := e.unready(r)
	left := map[string]int{} // places of each site that were not given away yet
	var list []string
	for _, ad := range d.applicants {
		if len(list) >= places {
			break
		}
		site := e.state.ads[ad].Site
		if unready[strings.ToLower(site)] != "" {
			continue
		}
		if _, counted := left[site]; !counted {
			left[site] = e.options.Policy.SiteStages - e.state.index.transfers[site]
		}
		if e.options.Policy.SiteStages > 0 && left[site] <= 0 {
			continue
		}
		left[site]--
		list = append(list, ad)
	}
	return list
}

// sweepOf reads the key of a conversation within a sweep.
func (e *Engine) sweepOf(key string) (sweep sweepState, server string, ok bool) {
	name, server, ok := strings.Cut(key, "/")
	if !ok {
		return sweepState{}, "", false
	}
	for number := range e.state.index.sweeps {
		if sweep = e.state.sweeps[number]; sweep.id() == name {
			return sweep, server, true
		}
	}
	return sweepState{}, "", false
}
