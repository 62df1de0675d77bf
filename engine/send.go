package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// errand is a call that is due, with what it is for.
type errand struct {
	key   string // contact: advertisement id, sweep and server, or what is tidied up
	sweep int
	step  rollout.Step
	due   time.Time
}

// place is an errand's place among those to send, when calls are short.
type place struct {
	urgency int
	due     time.Time
	key     string
}

func (p place) before(other place) bool {
	return cmp.Or(p.urgency-other.urgency, p.due.Compare(other.due), strings.Compare(p.key, other.key)) < 0
}

// send starts the calls that are due, oldest first, as far as places for calls are left, and notes when to look again.
func (e *Engine) send(ctx context.Context, hosts *sync.WaitGroup, now time.Time) {
	e.gather()
	for _, key := range e.touched.take() {
		e.schedule(key, now)
	}
	if e.options.Duty == FullDuty {
		e.callApplicants(now)
	}
	for e.calls < e.options.Calls && len(e.errands.items) > 0 { // while it is full, an answer will bring us back
		key := e.errands.pop().key
		delete(e.queued, key)
		d, _, owed := e.errandOf(key, now)
		switch {
		case !owed || e.inFlight[key]:
		case d.due.After(now):
			e.schedule(key, now)
		default:
			e.start(ctx, hosts, d)
		}
	}
	e.asleep = maxTime(e.nextDue(now), now.Add(e.options.Tick))
}

// start makes a call beside the loop; its answer comes back as a report.
func (e *Engine) start(ctx context.Context, hosts *sync.WaitGroup, d errand) {
	e.calls++
	e.inFlight[d.key] = true
	change := ""
	target := targetOf(e.state.serverOf(d.step.Server))
	target.Sought = e.sought()
	if ad := e.state.ads[d.step.Ad]; ad != nil {
		r := e.state.rollouts[ad.Rollout]
		change = r.Change
		plan := e.state.planOf(r)
		if d.step.JobKind == rollout.JobUninstall || d.step.Do == rollout.AskRemovable {
			d.step.Removals = plan.Removals(d.step.Updates, ad.Before)
		}
		if d.step.Do == rollout.StartJob {
			d.step.Packages, d.step.Files = plan.Packages(d.step.Updates), e.filesFor(ad, plan)
		}
		target.Sought = e.soughtFor(plan)
	}
	hosts.Go(func() {
		r := hostReport{key: d.key, sweep: d.sweep, reply: e.call(ctx, target, d.step, change)}
		select {
		case e.inputs <- r:
		case <-ctx.Done():
		}
	})
}

// urgency sorts calls when places are short: what runs before what waits, sweeps and clean-up last.
func urgency(s rollout.Step) int {
	switch s.Do {
	case rollout.StartJob, rollout.OrderRestart:
		return 0
	case rollout.ReadEvidence, rollout.TakeDuty, rollout.GiveDuty:
		return 1
	case rollout.AskJob, rollout.ReadFacts, rollout.Preflight:
		return 2
	default:
		return 3
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// call makes one call and turns its result into a reply. The fleet bounds its time.
func (e *Engine) call(ctx context.Context, target Target, s rollout.Step, change string) rollout.Reply {
	r := rollout.Reply{Step: s}
	var err error
	switch s.Do {
	case rollout.ReadFacts, rollout.Probe:
		var facts inventory.Facts
		facts, err = e.options.Fleet.Facts(ctx, target)
		facts.At = e.options.Clock.Now()
		r.Facts = &facts
	case rollout.Preflight:
		r.Facts, r.Health, err = e.preflight(ctx, target)
	case rollout.TakeDuty:
		r.Handed, err = pointer(e.options.Fleet.TakeDuty(ctx, target, e.dutyOrder(s, change)))
	case rollout.GiveDuty:
		r.Handed, err = pointer(e.options.Fleet.GiveDuty(ctx, target, e.dutyOrder(s, change)))
	case rollout.AskRemovable:
		r.Removable, err = pointer(e.options.Fleet.Removable(ctx, target, s.Removals))
	case rollout.StopJob:
		r.Job, err = pointer(e.options.Fleet.CancelJob(ctx, target, s.Job))
	case rollout.StartJob:
		r.Job, err = pointer(e.options.Fleet.StartJob(ctx, target, JobOrder{ID: s.Job, Kind: s.JobKind, Change: change, Deadline: s.Deadline, Updates: s.Updates, Removals: s.Removals,
			Packages: s.Packages, Files: s.Files}))
	case rollout.AskJob:
		r.Job, err = pointer(e.options.Fleet.Job(ctx, target, s.Job, s.After))
	case rollout.OrderRestart:
		r.Restarted, err = pointer(e.options.Fleet.Restart(ctx, target, RestartOrder{ID: s.RestartID, BootTime: s.Boot,
			Comment: change + " " + s.RestartID, Countdown: e.options.Policy.Countdown}))
	case rollout.ReadEvidence:
		r.Verification, err = pointer(e.options.Fleet.Verify(ctx, target, s.Updates, s.Services))
	case rollout.WriteStamp:
		r.Stamped, err = pointer(e.options.Fleet.StampBaseline(ctx, target, s.Stamp))
	case rollout.RemoveJobs:
		for _, job := range s.Jobs {
			if err = e.options.Fleet.RemoveJob(ctx, target, job); err != nil {
				break
			}
		}
	}
	if err == nil && (weight(r.Facts) > maxAnswer || weight(r.Job) > maxAnswer) {
		err = &rollout.Failure{Class: rollout.ClassProtocol, Code: "PD-REPLY", Words: "its answer is longer than any server's can be"}
	}
	if err != nil {
		r = rollout.Reply{Step: s}
		r.Err = failureOf(err)
	}
	return r
}

// preflight reads a server and its health. The second call is part of the same conversation: what the first says is worth little alone.
func (e *Engine) preflight(ctx context.Context, target Target) (*inventory.Facts, *rollout.Health, error) {
	facts, err := e.options.Fleet.Facts(ctx, target)
	if err != nil {
		return nil, nil, err
	}
	facts.At = e.options.Clock.Now()
	health, err := e.options.Fleet.Health(ctx, target, rollout.Wanted{Room: e.options.Policy.DiskNeeded})
	return &facts, &health, err
}

func (e *Engine) dutyOrder(s rollout.Step, change string) DutyOrder {
	return DutyOrder{ID: s.DrainID, Duty: s.Duty, Change: change, Length: e.options.Policy.OutOfService()}
}

// maxAnswer bounds what one answer may bring into the audit trail, in bytes.
const maxAnswer = 256 << 10

func pointer[T any](v T, err error) (*T, error) { return &v, err }

// failureOf reads an error of the fleet. One that is no Failure is a mistake on our side: it is shown as it is and asked again.
func failureOf(err error) *rollout.Failure {
	var f *rollout.Failure
	if errors.As(err, &f) {
		return f
	}
	return &rollout.Failure{Class: rollout.ClassProtocol, Code: "PD-INTERNAL", Words: err.Error(), Retry: true}
}

// schedule puts a conversation where it belongs: among the calls to make, or on the agenda for when something about it changes by itself.
func (e *Engine) schedule(key string, now time.Time) {
	d, wake, owed := e.errandOf(key, now)
	if owed && !e.inFlight[key] {
		if d.due.After(now) {
			wake = earlier(wake, d.due)
		} else {
			e.queue(d)
		}
	}
	e.agenda.set(key, wake)
}

// queue puts an errand among those to send, unless it stands there already: what it is then is seen when its turn comes.
func (e *Engine) queue(d errand) {
	p := place{urgency(d.step), d.due, d.key}
	if was, ok := e.queued[d.key]; ok && !p.before(was) {
		return
	}
	e.queued[d.key] = p
	e.errands.push(p)
}

// callApplicants sends for as many of the servers to be read for the first time as there are places for staging.
func (e *Engine) callApplicants(now time.Time) {
	for _, id := range e.openRollouts() {
		for _, ad := range e.admitted(id, e.docket(id)) {
			if _, queued := e.queued[ad]; !queued && !e.inFlight[ad] {
				if d, _, owed := e.errandOf(ad, now); owed {
					e.queue(d)
				}
			}
		}
	}
}

// errandOf gives the call that a conversation owes and when it is due, and the time at which something else about it changes (zero for never).
func (e *Engine) errandOf(key string, now time.Time) (d errand, wake time.Time, owed bool) {
	if ad := e.state.ads[key]; ad != nil {
		return e.adErrand(ad, now)
	}
	if d, ok := e.tidy[key]; ok {
		return d, time.Time{}, true
	}
	if sweep, server, ok := e.sweepOf(key); ok {
		d, owed = e.sweepErrand(sweep, inventory.ServerID(server))
	}
	return d, time.Time{}, owed
}

// nextDue is when something is due next.
func (e *Engine) nextDue(now time.Time) time.Time {
	next := now.Add(time.Hour)
	if at, ok := e.agenda.next(); ok {
		sooner(&next, at, now)
	}
	if e.options.Duty != FullDuty {
		return next
	}
	for _, id := range e.openRollouts() {
		r := e.state.rollouts[id]
		for _, w := range e.state.planOf(r).Windows {
			if w.Ring == r.Ring {
				sooner(&next, w.Opens, now)
				sooner(&next, w.Closes, now)
			}
		}
	}
	for _, c := range e.state.changes {
		sooner(&next, e.state.acceptance[c.ID].Deadline, now)
		if p := e.state.plans[c.PlanHash]; p != nil {
			sooner(&next, p.AcceptBy, now)
		}
	}
	return next
}

// sooner moves next to a time that is still to come and earlier.
func sooner(next *time.Time, at, now time.Time) {
	if at.After(now) && at.Before(*next) {
		*next = at
	}
}

// adErrand is what an advertisement owes to its host.
func (e *Engine) adErrand(ad *rollout.Advertisement, now time.Time) (d errand, wake time.Time, owed bool) {
	r, contact := e.state.rollouts[ad.Rollout], e.contacts.at(ad.ID)
	switch {
	case e.options.Duty != FullDuty:
		return errand{}, time.Time{}, false
	case r.State == rollout.Closed: // it is asked until it has returned to service, or until somebody returns it by hand
		step, owed := rollout.Owed(ad, contact)
		return errand{key: ad.ID, step: step, due: contact.Next}, time.Time{}, owed && e.state.away[ad.ID]
	}
	if late(e.scene(r, now), ad, contact) {
		contact.Asked, contact.Told = false, false // ask instead: a host that never got the order gives the place back
		e.contacts.put(ad.ID, contact)
	}
	wake = e.wakeOf(ad, contact, now)
	step, owed := rollout.Owed(ad, contact)
	if !owed && ad.Delivery == rollout.Staged && e.troubleIsOurs() {
		step.Do, owed = rollout.Probe, true // somebody who can answer must be asked, or nobody would ever start again
	}
	at := contact.Next
	if at.After(now.Add(2 * e.options.Policy.RetryMost)) {
		at = now // no pause is that long: the clock was ahead when it was set
	}
	reads := owed && step.Do == rollout.Preflight
	if reads {
		at = maxTime(at, e.stageAt(ad, e.state.planOf(r)))
	}
	docket := e.docket(r.ID)
	docket.apply(ad.ID, reads && !at.After(now))
	switch {
	case reads && !at.After(now):
		owed = slices.Contains(e.admitted(r.ID, docket), ad.ID)
	case (step.Do == rollout.RemoveJobs || step.Do == rollout.AskRemovable) && contact.Silent >= cleanupTries:
		owed = false
	}
	return errand{key: ad.ID, step: step, due: at}, wake, owed
}

// wakeOf is when time changes something about an advertisement, whatever its host does; zero is never.
func (e *Engine) wakeOf(ad *rollout.Advertisement, c rollout.Contact, now time.Time) (wake time.Time) {
	times := [3]time.Time{ad.Deadline, ad.RetryAt}
	if c.Silent > 0 {
		times[2] = c.Since.Add(e.options.Policy.SilentAfter + 1)
	}
	for _, at := range times {
		if at.After(now) {
			wake = earlier(wake, at)
		}
	}
	return wake
}

// late tells that an order was decided and not sent, and may not be sent now: a stop, a closing window or a full machine came between.
func late(s rollout.Scene, ad *rollout.Advertisement, c rollout.Contact) bool {
	if !c.Asked || c.Told || ad.Drain == rollout.Draining {
		return false
	}
	return ad.Delivery == rollout.Running && !s.MayStart(ad) || ad.Delivery == rollout.Restarting && !s.MayRestart(ad)
}

// stageAt is when staging of a server begins: ahead of its next window, each server at a place of its own.
func (e *Engine) stageAt(ad *rollout.Advertisement, plan *rollout.Plan) time.Time {
	if len(ad.Windows) == 0 {
		return time.Time{}
	}
	w, _ := plan.Window(ad.Windows[0])
	return w.Opens.Add(-e.leadOf(ad) + spread(ad.ID, e.options.Policy.StageSpread))
}
