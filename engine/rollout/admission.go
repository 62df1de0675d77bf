package rollout

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/inventory"
)

// Admission is everything that decides who may start now in one rollout.
type Admission struct {
	Scene
	Rollout *Rollout
	// Ready are the rollout's servers that wait to be admitted; those that may not yet, or whose window is not open, are passed over.
	// In order of their ids.
	Ready []*Advertisement
	// Load is who is in work in this rollout.
	Load Load
	// Locks maps a cluster to the advertisement that holds it, over all rollouts.
	Locks map[string]string
	// Seats says what a server takes of its availability groups; it is asked again after each start. It may be nil.
	Seats func(server inventory.ServerID, starting map[string]int) Seats
	// Busy maps a server to the rollout that works on it, over all rollouts: one server has one job at a time.
	Busy map[inventory.ServerID]string
	// Unfit maps a cluster to a member that is not well, in words: its peers must wait.
	Unfit map[string]string
	// Experience counts the release's verified successes by base build, over all its rollouts.
	Experience map[string]int
	// Forced are servers that a person starts ahead of their turn: the ramp does not hold them back. Everything else does.
	Forced map[string]bool
	// Quiet leaves out why servers wait: most of the time only the moves are asked for.
	Quiet bool
	// Gate says why nobody of this rollout may start ("" when they may): not approved, acceptance open, paused, clock jumped.
	Gate string

	planned map[inventory.Build]time.Duration // expected times, computed once
}

// Admitted is what Admit decided: transitions to running, and for each server that must wait, why.
type Admitted struct {
	Moves []*Moved
	Waits map[string]string // by advertisement
}

// Admit decides who starts now. Shortest expected first; each start takes its cluster's lock in the same transition.
func (a Admission) Admit() Admitted {
	out := Admitted{Waits: map[string]string{}}
	a.planned = map[inventory.Build]time.Duration{}
	running := a.Load.clone()
	starting := map[string]int{} // members of each group that this admission lets go
	locks := maps.Clone(a.Locks)
	if locks == nil {
		locks = map[string]string{}
	}
	for _, ad := range a.candidates() {
		w, _ := a.openFor(ad)
		var seats Seats
		why := a.refuse(ad, w, running, locks)
		if why == "" && a.Seats != nil {
			if seats = a.Seats(ad.Server, starting); !seats.free(ad) {
				why = seats.Full
			}
		}
		if why != "" {
			if !a.Quiet {
				out.Waits[ad.ID] = why
			}
			continue
		}
		m := ad.move(Running, "admitted in window "+w.ID)
		m.Window, m.Lock, m.Seats = w.ID, ad.Cluster, seats.Groups
		for _, group := range seats.Groups {
			starting[group]++
		}
		if len(ad.Duties) > 0 {
			m.Drain, m.Deadline = Draining, a.Now.Add(a.Policy.DrainTime)
		} else {
			m.orderInstall(ad, a.Scene)
		}
		out.Moves = append(out.Moves, m)
		running.Add(ad, 1)
		if ad.Cluster != "" {
			locks[ad.Cluster] = ad.ID
		}
	}
	return out
}

// orderInstall orders the installation itself, or the removal: the intent and the job's name become durable in one transition.
func (m *Moved) orderInstall(ad *Advertisement, s Scene) {
	m.JobKind = s.Plan.work()
	m.Job = JobID(ad, m.JobKind)
	m.Deadline = s.Now.Add(s.Policy.InstallTime)
}

// candidates are the servers that could start, shortest expected time first, and among equals in the order of Ready.
func (a Admission) candidates() []*Advertisement {
	var times []time.Duration
	groups := map[time.Duration][]*Advertisement{} // by expected time
	for _, ad := range a.Ready {
		ready := ad.Delivery == Staged || ad.Delivery == Retrying && !a.Now.Before(ad.RetryAt)
		ready = ready && ad.Drain == InService && !ad.Stopping
		if _, open := a.openFor(ad); ready && open {
			expected := a.expected(ad.Before)
			if groups[expected] == nil {
				times = append(times, expected)
			}
			groups[expected] = append(groups[expected], ad)
		}
	}
	slices.Sort(times)
	list := make([]*Advertisement, 0, len(a.Ready))
	for _, expected := range times {
		list = append(list, groups[expected]...)
	}
	return list
}

func (a Admission) openFor(ad *Advertisement) (Window, bool) {
	for _, id := range ad.Windows {
		if w, ok := a.Plan.Window(id); ok && w.Contains(a.Now) {
			return w, true
		}
	}
	return Window{}, false
}

// Full tells that nobody on a base build can be admitted in a window now, whoever it is.
func (a Admission) Full(w Window, base string) bool {
	return a.Gate != "" || a.Load.Total >= a.ceiling(w) || len(a.Forced) == 0 && a.Load.ByBase[base] >= a.Ramp(w, base)
}

// refuse says why a server may not start now, or nothing when it may.
func (a Admission) refuse(ad *Advertisement, w Window, running Load, locks map[string]string) string {
	need := a.expected(ad.Before) + a.Policy.RestartReserve + a.Policy.CheckReserve + a.Policy.drainReserve(ad)
	key := base(ad.Before)
	switch {
	case a.Gate != "":
		return a.Gate
	case ad.Declined():
		return "optional: nobody has asked for it"
	case a.Busy[ad.Server] != "":
		return "another rollout works on it: " + a.Busy[ad.Server]
	case a.Awaits(ad) != "":
		return a.Awaits(ad)
	case a.Now.Add(need).After(w.Closes):
		return a.say("no time left: needs %s, %s closes in %s", minutes(need), w.ID, minutes(w.Closes.Sub(a.Now)))
	case running.Total >= a.ceiling(w):
		return a.say("%d of %d places taken", running.Total, a.ceiling(w))
	case !a.Forced[ad.ID] && running.ByBase[key] >= a.Ramp(w, key):
		return a.say("ramp: %d of %d places for build %s", running.ByBase[key], a.Ramp(w, key), key)
	case a.Policy.SiteLimit > 0 && running.BySite[ad.Site] >= a.Policy.SiteLimit:
		return a.say("site %s: %d of %d places taken", ad.Site, running.BySite[ad.Site], a.Policy.SiteLimit)
	case ad.Cluster == "":
		return ""
	case locks[ad.Cluster] != "" && locks[ad.Cluster] != ad.ID:
		return a.say("cluster %s: %s has its lock", ad.Cluster, locks[ad.Cluster])
	case a.Unfit[ad.Cluster] != "":
		return a.say("cluster %s: %s", ad.Cluster, a.Unfit[ad.Cluster])
	}
	return ""
}

// say words a reason, if anybody wants to know it.
func (a Admission) say(format string, args ...any) string {
	if a.Quiet {
		return "it waits"
	}
	return fmt.Sprintf(format, args...)
}

// ceiling is how many may be in work at once in this window: halved after the stop rule's warning.
func (a Admission) ceiling(w Window) int {
	limit := a.Rollout.Ceiling
	if a.Rollout.Warned[w.ID] {
		limit = max(1, limit/2)
	}
	return limit
}

// Ramp is how many servers of one base build may be in work at once in a window. A release without experience on the build begins at
// one; an experienced one begins at a quarter of the ceiling. Both grow by one with each verified success of the window, on
// whatever build: growing on the same build alone would keep a build that always fails at one server at a time, too slow for
// the stop rule to see it among the successes of the others. An emergency uses its limit at once when the pilot has
// verified the build.
func (a Admission) Ramp(w Window, key string) int {
	grown := 0
	for _, n := range a.Rollout.WindowVerified[w.ID] {
		grown += n
	}
	return a.Policy.ramp(w.Kind, a.Experience[key], grown, a.ceiling(w), a.Rollout.Warned[w.ID])
}

// ramp is how many servers of one base build may be in work at once, after so many successes in the window.
func (p Policy) ramp(kind WindowKind, experience, grown, ceiling int, warned bool) int {
	switch {
	case kind == EmergencyWindow && experience > 0:
		return ceiling
	case experience >= p.Experience:
		return min(ceiling, max(1, ceiling/4)+grown)
	case warned:
		return max(1, min(ceiling, 1+grown)/2)
	default:
		return min(ceiling, 1+grown)
	}
}

// expected is the time that is planned for an installation, without restart and check: the 95th percentile of what was measured in
// this release on the base build, else the policy's default.
func (a Admission) expected(b inventory.Build) time.Duration {
	if d, ok := a.planned[b]; ok {
		return d
	}
	d := a.Policy.ExpectedOn(b, a.Took[base(b)])
	a.planned[b] = d
	return d
}

// ExpectedOn is the time planned for an installation on a server with the given build, from measured seconds where there are enough.
func (p Policy) ExpectedOn(b inventory.Build, took []int) time.Duration {
	if len(took) < p.MinSamples {
		if d, ok := p.Expected[b[2]]; ok {
			return d
		}
		return p.ExpectedDefault
	}
	sorted := slices.Sorted(slices.Values(took))
	return time.Duration(sorted[(len(sorted)*95+99)/100-1]) * time.Second
}

// Load counts the servers in work.
type Load struct {
	Total          int
	ByBase, BySite map[string]int // never with a zero
}

// Add counts an advertisement once more, or once less with a step of -1.
func (l *Load) Add(ad *Advertisement, step int) {
	if l.ByBase == nil {
		l.ByBase, l.BySite = map[string]int{}, map[string]int{}
	}
	l.Total += step
	tick(l.ByBase, ad.Base(), step)
	tick(l.BySite, ad.Site, step)
}

// tick changes a count; no zero stays.
func tick(counts map[string]int, key string, by int) {
	if counts[key] += by; counts[key] == 0 {
		delete(counts, key)
	}
}

func (l Load) clone() Load {
	return Load{Total: l.Total, ByBase: maps.Clone(l.ByBase), BySite: maps.Clone(l.BySite)}
}

func minutes(d time.Duration) string {
	return fmt.Sprintf("%dm", int(d.Round(time.Minute)/time.Minute))
}
