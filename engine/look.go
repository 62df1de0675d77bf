package engine

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// look decides what time and the state alone call for: windows that close, silence that grows too long, restarts and starts that
// may happen now, stops, and the ends of rollouts, acceptance and sweeps.
func (e *Engine) look(now time.Time) {
	for _, number := range slices.Sorted(maps.Keys(e.state.index.sweeps)) {
		e.lookAtSweep(e.state.sweeps[number], now)
	}
	if e.options.Duty == SweepsOnly {
		return
	}
	e.hearSilence(now)
	for _, id := range e.openRollouts() {
		e.lookAtRollout(id, now)
	}
	for _, change := range slices.Sorted(maps.Keys(e.state.changes)) {
		e.lookAtAcceptance(e.state.changes[change], now)
	}
	e.wake = time.Time{}
	e.lookAtNouns(now)
}

// hearSilence counts who is silent. When that begins or ends to look like trouble of our own, what staged servers owe changes.
func (e *Engine) hearSilence(now time.Time) {
	ours := e.troubleIsOurs()
	e.silent = e.contacts.silentInARow(now)
	if e.troubleIsOurs() == ours {
		return
	}
	for _, id := range e.openRollouts() {
		for _, ad := range e.state.adsOf[id] {
			if e.state.ads[ad].Delivery == rollout.Staged {
				e.touch(ad)
			}
		}
	}
}

func (e *Engine) troubleIsOurs() bool { return e.silent >= e.options.Policy.ConsoleFailures }

// openRollouts lists the rollouts that are not closed, in the order in which they were opened.
func (e *Engine) openRollouts() []string { return e.state.index.open }

func (e *Engine) lookAtSweep(sweep sweepState, now time.Time) {
	if e.state.index.sweeps[sweep.Number].left > 0 {
		return
	}
	e.must(sweepEnded{Number: sweep.Number, Trouble: e.state.index.sweeps[sweep.Number].trouble}, engineActor, "", now)
	for _, id := range sweep.Servers {
		e.contacts.drop(sweepKey(sweep, id))
	}
}

// must records an event of the engine's own; it fits the state it was made from, so an error is a mistake in the program.
func (e *Engine) must(event any, actor approval.Actor, reason string, now time.Time) {
	if err := e.record(event, actor, reason, now); err != nil {
		panic(fmt.Sprintf("engine: %v", err))
	}
}

func (e *Engine) scene(r *rollout.Rollout, now time.Time) rollout.Scene {
	return rollout.Scene{Now: now, Plan: e.state.planOf(r), Policy: e.options.Policy, Stop: e.gate(r, now) != "",
		Withdrawn: !e.state.changes[r.Change].Unlocks(r.Ring == rollout.Pilot), Unready: e.unready(r),
		Dropped: e.dropped(r.Release), Took: e.took(r.Release)}
}

func (e *Engine) lookAtRollout(id string, now time.Time) {
	if e.clockTrouble() != "" {
		return // deadlines and windows mean nothing while the time is not known
	}
	scene := e.scene(e.state.rollouts[id], now)
	e.closeWindows(id, scene)
	e.gather()
	for _, adID := range e.due(id) {
		ad := e.state.ads[adID]
		if ad.Delivery.Final() {
			continue
		}
		contact := e.contacts.at(adID)
		if m, after := scene.Expire(ad, contact); m != nil {
			e.move(m, after, now)
			continue
		}
		if ad.Delivery == rollout.RestartPending {
			scene.Held, scene.Seats = e.holder(ad.Cluster), e.seats(ad.Server, nil)
			if m := scene.Restart(ad); m != nil {
				e.move(m, rollout.Contact{Asked: true, Heard: contact.Heard}, now)
			}
		}
	}
	e.admit(id, now)
	e.closeRollout(id, now)
}

// due lists, in order, the advertisements of a rollout for which time or a change may have decided something. Who owes a restart, or is being
// drained, is always among them: what they may do depends on windows, stops and the locks of others.
func (e *Engine) due(id string) []string {
	d, tally := e.docket(id), e.state.index.tally(id)
	list := d.look.take()
	for ad := range tally.owing {
		list = append(list, ad)
	}
	for ad := range tally.draining {
		list = append(list, ad)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// move records a transition with its score, keeps the contact that follows it, and lets the stop rule look.
func (e *Engine) move(m *rollout.Moved, after rollout.Contact, now time.Time) {
	r := e.state.rollouts[m.Rollout]
	e.options.Policy.Complete(r, e.state.ads[m.Ad], m)
	e.must(*m, engineActor, "", now)
	if m.To.Final() && !m.From.Final() {
		after = rollout.Contact{Heard: after.Heard} // what is left to do is tidying; silence until now does not count against it
	}
	e.contacts.put(m.Ad, after)
	e.prove(m, now)
	r = e.state.rollouts[m.Rollout]
	if w, ok := e.options.Policy.Warning(r, m.Window); ok {
		e.must(w, engineActor, "", now)
		r = e.state.rollouts[m.Rollout]
	}
	if stop, ok := e.options.Policy.Judge(r, m.Window); ok {
		e.must(stop, engineActor, stop.Reason, now)
	}
}

func (e *Engine) closeWindows(id string, scene rollout.Scene) {
	r := e.state.rollouts[id]
	for _, w := range scene.Plan.Windows {
		if w.Ring != r.Ring || scene.Now.Before(w.Closes) || slices.Contains(r.ClosedWindows, w.ID) {
			continue
		}
		for _, adID := range e.state.adsOf[id] {
			if m := scene.CloseWindow(e.state.ads[adID], e.contacts.at(adID), w.ID); m != nil {
				e.move(m, e.contacts.at(adID), scene.Now)
			}
		}
		e.must(rollout.WindowClosed{Rollout: id, Window: w.ID, Counts: e.counts(id)}, engineActor, "", scene.Now)
	}
}

// counts is the account of a rollout; the caller may keep it.
func (e *Engine) counts(id string) rollout.Counts { return maps.Clone(e.state.index.tally(id).counts) }

func (e *Engine) nameOf(id inventory.ServerID) string {
	if s := e.state.serverOf(id); s != nil {
		return s.Name
	}
	return string(id)
}

// closeRollout ends a rollout whose advertisements are all final and cleaned up, or whose clean-up got no answer.
func (e *Engine) closeRollout(id string, now time.Time) {
	r := e.state.rollouts[id]
	tally := e.state.index.tally(id)
	if r.State == rollout.Closed || tally.counts.Open() > 0 {
		return
	}
	for adID := range tally.untidy {
		if e.contacts.at(adID).Silent < cleanupTries {
			return
		}
	}
	e.must(rollout.Stopped{Rollout: id, From: r.State, To: rollout.Closed, Rule: "done", By: engineActor.Name,
		Reason: "every advertisement has its final status"}, engineActor, "", now)
	for _, adID := range e.state.adsOf[id] {
		e.contacts.drop(adID)
	}
	delete(e.dockets, id)
}

// cleanupTries bounds the calls that remove what finished jobs left on a host, and how long a rollout waits for servers that do not return
// to service: they are asked on after it.
const cleanupTries = 3

// lookAtAcceptance opens acceptance when Dev is through, and closes it at its deadline.
func (e *Engine) lookAtAcceptance(change approval.Change, now time.Time) {
	plan := e.state.plans[change.PlanHash]
	if change.State != approval.Approved || plan == nil || plan.AcceptBy.IsZero() || e.clockTrouble() != "" {
		return
	}
	a, open := e.state.acceptance[change.ID]
	switch {
	case !open && (e.devThrough(change.ID) || !now.Before(plan.AcceptBy)):
		e.must(acceptanceOpened{Change: change.ID, Applications: plan.Applications(e.serverValues(), rollout.Pilot, rollout.Dev),
			Deadline: plan.AcceptBy, Plans: e.planRevisions()}, engineActor, "", now)
	case open && !a.Closed && !now.Before(a.Deadline):
		e.must(acceptanceClosed{Change: change.ID}, engineActor, "", now)
	}
}

func (e *Engine) devThrough(change string) bool {
	for _, r := range e.state.rollouts {
		if r.Change == change && r.Ring != rollout.Prod && r.State != rollout.Closed {
			return false
		}
	}
	return true
}

func (e *Engine) serverValues() map[inventory.ServerID]inventory.Server {
	values := make(map[inventory.ServerID]inventory.Server, len(e.state.servers))
	for id, s := range e.state.servers {
		values[id] = *s
	}
	return values
}

// spread gives each advertisement its place in a span of time, the same after a restart.
func spread(id string, over time.Duration) time.Duration {
	if over <= 0 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return time.Duration(h.Sum32()) % over
}
