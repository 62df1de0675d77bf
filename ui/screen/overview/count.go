package overview

import (
	"cmp"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/screen/desk"
)

// today is a window of an open rollout that touches the present day.
type today struct {
	ring   rollout.Ring
	window *engine.WindowView
}

// todaysWindows lists the windows that open, close or are open on the present day of the fleet's zone, those that are over last.
func todaysWindows(d *desk.Desk) []today {
	year, month, day := d.Current.At.In(d.Zone).Date()
	from, to := time.Date(year, month, day, 0, 0, 0, 0, d.Zone), time.Date(year, month, day+1, 0, 0, 0, 0, d.Zone)
	var windows []today
	for i := range d.Current.Rollouts {
		r := &d.Current.Rollouts[i]
		for j := range r.Windows {
			if w := &r.Windows[j]; w.Opens.Before(to) && w.Closes.After(from) {
				windows = append(windows, today{r.Ring, w})
			}
		}
	}
	slices.SortStableFunc(windows, func(a, b today) int {
		return cmp.Or(cmp.Compare(over(a, d), over(b, d)), a.window.Opens.Compare(b.window.Opens))
	})
	return windows
}

// dayWords names the present day.
func dayWords(d *desk.Desk) string { return d.Current.At.In(d.Zone).Format("Mon 2 Jan") }

func over(w today, d *desk.Desk) int {
	if w.window.Closes.After(d.Current.At) {
		return 0
	}
	return 1
}

// environments are those that a fleet has, in the order of the rings.
var environments = []inventory.Environment{inventory.Dev, inventory.Test, inventory.Prod}

// fleetCounts is how many servers there are where.
type fleetCounts struct {
	servers, unread int
	environments    map[inventory.Environment]int
}

func countFleet(view *engine.View) fleetCounts {
	counts := fleetCounts{servers: len(view.Servers), environments: map[inventory.Environment]int{}}
	for i := range view.Servers {
		counts.environments[view.Servers[i].Environment]++
		if view.Servers[i].Trouble != "" {
			counts.unread++
		}
	}
	return counts
}
