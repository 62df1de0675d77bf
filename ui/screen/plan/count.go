package plan

import (
	"cmp"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// day is one row of the calendar: the windows that open on it, six at the most; a fuller day takes several rows.
type day struct {
	at      time.Time // midnight where the servers stand
	windows []rollout.Window
}

// perRow is how many windows stand beside each other: a day of the standard plan.
const perRow = 6

// days groups windows by the day on which they open, in order.
func days(windows []rollout.Window, zone *time.Location) []day {
	windows = slices.Clone(windows)
	slices.SortStableFunc(windows, func(a, b rollout.Window) int { return a.Opens.Compare(b.Opens) })
	var list []day
	for _, w := range windows {
		local := w.Opens.In(zone)
		at := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
		if n := len(list); n > 0 && list[n-1].at.Equal(at) && len(list[n-1].windows) < perRow {
			list[n-1].windows = append(list[n-1].windows, w)
			continue
		}
		list = append(list, day{at, []rollout.Window{w}})
	}
	return list
}

// tally is what a plan gives each window.
type tally struct {
	hash    string
	servers map[string][]inventory.ServerID // by window: those that use it first
	later   map[string]int                  // by window: those that may use it after another one
	clashes map[string][]rollout.Clash      // by window: clusters of which several members are in it
}

func count(p *rollout.Plan, cluster func(inventory.ServerID) string) tally {
	t := tally{hash: p.Hash, servers: map[string][]inventory.ServerID{}, later: map[string]int{}, clashes: map[string][]rollout.Clash{}}
	for _, c := range p.Clashes(cluster) {
		t.clashes[c.Window] = append(t.clashes[c.Window], c)
	}
	for _, a := range p.Assignments {
		for i, w := range a.Windows {
			if i == 0 {
				t.servers[w] = append(t.servers[w], a.Server)
			} else {
				t.later[w]++
			}
		}
	}
	return t
}

// exempt counts the servers that somebody keeps out of their windows, or from some updates.
func exempt(v *engine.View, p *rollout.Plan) int {
	held := map[inventory.ServerID]bool{}
	for _, x := range v.Exemptions {
		if x.Holds(v.At) {
			held[x.Server] = true
		}
	}
	n := 0
	for _, a := range p.Assignments {
		if held[a.Server] {
			n++
		}
	}
	return n
}

// sites counts the servers of a window by site, most first.
func sites(ids []inventory.ServerID, of func(inventory.ServerID) *inventory.Server) (list []siteCount) {
	counts := map[string]int{}
	for _, id := range ids {
		if s := of(id); s != nil {
			counts[s.Site]++
		}
	}
	for site, n := range counts {
		list = append(list, siteCount{site, n})
	}
	slices.SortFunc(list, func(a, b siteCount) int { return cmp.Or(b.servers-a.servers, cmp.Compare(a.site, b.site)) })
	return list
}

type siteCount struct {
	site    string
	servers int
}

// running finds what has become of a window: its counts in the rollout that runs it.
func running(v *engine.View, plan string, window string) (rollout.Counts, *engine.RolloutView) {
	for i := range v.Rollouts {
		r := &v.Rollouts[i]
		if r.PlanHash != plan {
			continue
		}
		for _, w := range r.Windows {
			if w.ID == window {
				return w.Counts, r
			}
		}
	}
	return nil, nil
}
