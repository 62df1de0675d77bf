package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Spread is how long something took: half took no longer than the median, nine in ten no longer than the ninetieth percentile. Both are times
// that were measured (nearest rank), in hours.
type Spread struct {
	Count  int     `json:"count"`
	Median float64 `json:"median_hours"`
	P90    float64 `json:"p90_hours"`
}

func spreadOf(took []time.Duration) Spread {
	if len(took) == 0 {
		return Spread{}
	}
	slices.Sort(took)
	at := func(percent float64) float64 {
		return took[max(0, int(math.Ceil(percent/100*float64(len(took))))-1)].Hours()
	}
	return Spread{len(took), at(50), at(90)}
}

// PatchTime says how long updates took to be proved on the servers that were to get them: once for each update on each server. What is not
// there yet is in no median: it is open, and held against the deadline like everything else.
type PatchTime struct {
	Name         string `json:"name"`
	Due          int    `json:"due"`           // updates on servers
	FromRelease  Spread `json:"from_release"`  // since the vendor published the update
	FromApproval Spread `json:"from_approval"` // since its ring was allowed to begin; without what was there before
	InTime       int    `json:"in_time"`       // proved by the deadline of the change request's priority
	Late         int    `json:"late"`          // proved after it
	Open         int    `json:"open"`          // not proved, and the deadline is to come
	Overdue      int    `json:"overdue"`       // not proved, and the deadline has passed
	Later        int    `json:"by_later"`      // of those proved: by an update that replaces it, of a later release

	released, approved []time.Duration
}

// InTimePercent is the share that was proved by the deadline, of all whose deadline has passed or that were proved.
func (p PatchTime) InTimePercent() (percent float64, ok bool) {
	return share(p.InTime, p.InTime+p.Late+p.Overdue)
}

// patched is one update on one server.
type patched struct {
	*Installation
	kb                 string
	released, verified time.Time
	later              bool
}

func (p *PatchTime) count(one patched, now time.Time) {
	p.Due++
	deadline := one.Change.Deadline
	switch {
	case one.verified.IsZero() && !deadline.IsZero() && now.After(deadline):
		p.Overdue++
		return
	case one.verified.IsZero():
		p.Open++
		return
	case !deadline.IsZero() && one.verified.After(deadline):
		p.Late++
	default:
		p.InTime++
	}
	if one.later {
		p.Later++
	}
	if !one.released.IsZero() && !one.verified.Before(one.released) {
		p.released = append(p.released, one.verified.Sub(one.released))
	}
	if !one.Approved.IsZero() && !one.verified.Before(one.Approved) {
		p.approved = append(p.approved, one.verified.Sub(one.Approved))
	}
}

func (p *PatchTime) spread() {
	p.FromRelease, p.FromApproval = spreadOf(p.released), spreadOf(p.approved)
	p.released, p.approved = nil, nil
}

// TimesToPatch measures installations by group, with all of them as the last line; none are no lines.
func (w Work) TimesToPatch(list []Installation, by GroupBy) []PatchTime {
	lines := tableLines[PatchTime]{}
	all := PatchTime{Name: allName}
	for _, one := range w.patches(list) {
		p := lines.line(by.of(one.Installation, one.severityOf(one.kb)), func(name string) PatchTime { return PatchTime{Name: name} })
		p.count(one, w.At)
		all.count(one, w.At)
	}
	if all.Due == 0 {
		return []PatchTime{}
	}
	measured := append(lines.inOrder(by), all)
	for i := range measured {
		measured[i].spread()
	}
	return measured
}

// patches takes installations apart into updates on servers. What was never proved by itself counts as proved when an update that replaces it
// was.
func (w Work) patches(list []Installation) []patched {
	released := map[string]time.Time{} // when an update was first published
	var updates []catalog.Update
	for _, b := range w.Bulletins {
		for _, u := range b.Updates {
			at := cmp.Or(u.Released, b.Released)
			if was, known := released[u.KB]; !known || at.Before(was) {
				released[u.KB] = at
			}
			updates = append(updates, u)
		}
	}
	type onServer struct {
		server inventory.ServerID
		kb     string
	}
	first := map[onServer]time.Time{} // when an update was first proved
	for i := range list {
		if v := list[i].Verified; !v.IsZero() {
			for _, kb := range list[i].Updates {
				if was, known := first[onServer{list[i].Server.ID, kb}]; !known || v.Before(was) {
					first[onServer{list[i].Server.ID, kb}] = v
				}
			}
		}
	}
	replacing := map[string][]string{}
	var all []patched
	for i := range list {
		for _, kb := range list[i].Updates {
			one := patched{Installation: &list[i], kb: kb, released: released[kb], verified: list[i].Verified}
			if u, held := one.Release.Holds(kb); held && u.Dropped != nil && one.verified.IsZero() {
				continue // nobody is to get it any more
			}
			if one.verified.IsZero() {
				if _, known := replacing[kb]; !known {
					replacing[kb] = catalog.LineageOf(updates, kb).ReplacedBy
				}
				for _, newer := range replacing[kb] {
					if at, has := first[onServer{one.Server.ID, newer}]; has && (one.verified.IsZero() || at.Before(one.verified)) {
						one.verified, one.later = at, true
					}
				}
			}
			all = append(all, one)
		}
	}
	return all
}
