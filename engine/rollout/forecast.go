package rollout

import (
	"slices"
	"time"
)

// Forecast plays the rest of a rollout through its windows: the open servers take the places of each window one after the other, each
// for its expected time, and a server that does not fit a window tries its next one. It says when the last server that fits is
// done, how many fit, and how many will not.
func Forecast(now time.Time, plan *Plan, r *Rollout, open []*Advertisement, policy Policy, took map[string][]int) (done time.Time, fits, willNot int) {
	waiting := slices.Clone(open)
	for _, w := range plan.Windows {
		if w.Ring != r.Ring || !now.Before(w.Closes) {
			continue
		}
		places := make([]time.Time, max(1, r.Ceiling))
		for i := range places {
			places[i] = latest(w.Opens, now)
		}
		var left []*Advertisement
		for _, ad := range waiting {
			need := policy.ExpectedOn(ad.Before, took[base(ad.Before)]) + policy.RestartReserve + policy.CheckReserve
			first := earliest(places)
			end := places[first].Add(need)
			if ad.Delivery.Status().Started {
				end = latest(now, ad.Started.Add(need)) // it runs already, whatever the window says
			} else if !slices.Contains(ad.Windows, w.ID) || end.After(w.Closes) {
				left = append(left, ad)
				continue
			}
			places[first] = end
			fits++
			done = latest(done, end)
		}
		waiting = left
	}
	return done, fits, len(waiting)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(times []time.Time) int {
	best := 0
	for i, t := range times {
		if t.Before(times[best]) {
			best = i
		}
	}
	return best
}
