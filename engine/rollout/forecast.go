package rollout

import (
	"container/heap"
	"slices"
	"time"
)

// Forecast plays the rest of a rollout through its windows: the open servers take the places of each window one after the other, each
// for its expected time, and a server that does not fit a window tries its next one. It says when the last server that fits is
// done, how many fit, and how many will not.
func Forecast(now time.Time, plan *Plan, r *Rollout, open []*Advertisement, policy Policy, took map[string][]int) (done time.Time, fits, willNot int) {
	expected := map[string]time.Duration{} // by base build
	waiting := make([]guest, 0, len(open))
	for _, ad := range open {
		base := ad.Base()
		if _, known := expected[base]; !known {
			expected[base] = policy.ExpectedOn(ad.Before, took[base]) + policy.RestartReserve + policy.CheckReserve
		}
		waiting = append(waiting, guest{ad, expected[base]})
	}
	for _, w := range plan.Windows {
		if w.Ring != r.Ring || !now.Before(w.Closes) {
			continue
		}
		places := make(places, max(1, r.Ceiling))
		for i := range places {
			places[i] = latest(w.Opens, now)
		}
		left := waiting[:0]
		for _, g := range waiting {
			end := places[0].Add(g.need)
			if g.Delivery.Status().Started {
				end = latest(now, g.Started.Add(g.need)) // it runs already, whatever the window says
			} else if end.After(w.Closes) || !slices.Contains(g.Windows, w.ID) {
				left = append(left, g)
				continue
			}
			if trial := policy.trialTime(plan, g.Advertisement, took[g.Base()]); !end.Add(trial).After(w.Closes) {
				end = end.Add(trial) // which a window without the time leaves out
			}
			places[0] = end
			heap.Fix(places, 0)
			fits++
			done = latest(done, end)
		}
		waiting = left
	}
	return done, fits, len(waiting)
}

// guest is a server that waits for a place, and how long it will need it.
type guest struct {
	*Advertisement
	need time.Duration
}

// places says when each place of a window is free, the first one at the top.
type places []time.Time

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i].Before(p[j]) }
func (p places) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p places) Push(any)           {}
func (p places) Pop() any           { return nil }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
