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
	key   string // contact: advertisement id, or sweep and server
	sweep int
	step  rollout.Step
	due   time.Time
}

// send starts the calls that are due, oldest first, as far as places for calls are left, and notes when to look again.
func (e *Engine) send(ctx context.Context, hosts *sync.WaitGroup, now time.Time) {
	due, next := e.errands(now)
	slices.SortFunc(due, func(a, b errand) int {
		return cmp.Or(urgency(a.step)-urgency(b.step), a.due.Compare(b.due), strings.Compare(a.key, b.key))
	})
	for _, d := range due {
		if e.calls >= e.options.Calls {
			break // an answer will bring us back
		}
		e.calls++
		e.inFlight[d.key] = true
		server := e.state.serverOf(d.step.Server)
		change := ""
		if ad := e.state.ads[d.step.Ad]; ad != nil {
			change = e.state.rollouts[ad.Rollout].Change
		}
		target := targetOf(server)
		hosts.Go(func() {
			r := report{key: d.key, sweep: d.sweep, reply: e.call(ctx, target, d.step, change)}
			select {
			case e.inputs <- r:
			case <-ctx.Done():
			}
		})
	}
	e.asleep = maxTime(next, now.Add(e.options.Tick))
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
	case rollout.StopJob:
		r.Job, err = pointer(e.options.Fleet.CancelJob(ctx, target, s.Job))
	case rollout.StartJob:
		r.Job, err = pointer(e.options.Fleet.StartJob(ctx, target, JobOrder{ID: s.Job, Kind: s.JobKind, Change: change, Deadline: s.Deadline, Updates: s.Updates}))
	case rollout.AskJob:
		r.Job, err = pointer(e.options.Fleet.Job(ctx, target, s.Job, s.After))
	case rollout.OrderRestart:
		r.Restarted, err = pointer(e.options.Fleet.Restart(ctx, target, RestartOrder{ID: s.RestartID, BootTime: s.Boot, Comment: change + " " + s.RestartID}))
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

// errands lists the calls that are due now, and the time at which something is due next.
func (e *Engine) errands(now time.Time) (due []errand, next time.Time) {
	next = now.Add(time.Hour)
	consider := func(d errand) {
		if e.inFlight[d.key] {
			return
		}
		if d.due.After(now) {
			if d.due.Before(next) {
				next = d.due
			}
			return
		}
		due = append(due, d)
	}
	for _, sweep := range e.state.sweeps {
		e.sweepErrands(sweep, consider)
	}
	for key, d := range e.tidy {
		d.key = key
		consider(d)
	}
	if e.options.Duty == SweepsOnly {
		return due, next
	}
	for _, id := range e.openRollouts() {
		e.rolloutErrands(id, now, consider, &next)
	}
	e.returnErrands(consider)
	for _, c := range e.state.changes {
		sooner(&next, e.state.acceptance[c.ID].Deadline, now)
		if p := e.state.plans[c.PlanHash]; p != nil {
			sooner(&next, p.AcceptBy, now)
		}
	}
	return due, next
}

// sooner moves next to a time that is still to come and earlier.
func sooner(next *time.Time, at, now time.Time) {
	if at.After(now) && at.Before(*next) {
		*next = at
	}
}

// rolloutErrands lists what the advertisements of a rollout owe, and wakes the loop for its windows and deadlines.
func (e *Engine) rolloutErrands(id string, now time.Time, consider func(errand), next *time.Time) {
	r := e.state.rollouts[id]
	plan := e.state.plans[r.PlanHash]
	for _, w := range plan.Windows {
		if w.Ring == r.Ring {
			sooner(next, w.Opens, now)
			sooner(next, w.Closes, now)
		}
	}
	scene, change := e.scene(r, now), e.state.changes[r.Change]
	staging := 0
	for _, adID := range e.state.adsOf[id] {
		if ad := e.state.ads[adID]; ad.Delivery == rollout.Staging {
			staging++
		}
	}
	for _, adID := range e.state.adsOf[id] {
		ad := e.state.ads[adID]
		sooner(next, ad.Deadline, now)
		sooner(next, ad.RetryAt, now)
		contact := e.contacts.at(adID)
		if contact.Silent > 0 {
			sooner(next, contact.Since.Add(e.options.Policy.SilentAfter+1), now)
		}
		if late(scene, ad, contact) {
			contact.Asked, contact.Told = false, false // ask instead: a host that never got the order gives the place back
			e.contacts.put(adID, contact)
		}
		step, owed := rollout.Owed(ad, contact)
		if !owed && ad.Delivery == rollout.Staged && e.silent >= e.options.Policy.ConsoleFailures {
			step.Do, owed = rollout.Probe, true // somebody who can answer must be asked, or nobody would ever start again
		}
		if !owed {
			continue
		}
		at := contact.Next
		if at.After(now.Add(2 * e.options.Policy.RetryMost)) {
			at = now // no pause is that long: the clock was ahead when it was set
		}
		switch step.Do {
		case rollout.Preflight:
			if r.State != rollout.Active || !change.Unlocks(r.Ring == rollout.Pilot) || staging >= e.options.Policy.StageLimit {
				continue
			}
			at = maxTime(at, e.stageAt(ad, plan))
			if !at.After(now) {
				staging++
			}
		case rollout.RemoveJobs:
			if contact.Silent >= cleanupTries {
				continue
			}
		}
		consider(errand{key: adID, step: step, due: at})
	}
}

// returnErrands lists the servers of closed rollouts that did not return to service yet: they are asked until they have, or until somebody
// returns them by hand.
func (e *Engine) returnErrands(consider func(errand)) {
	for id := range e.state.away {
		ad := e.state.ads[id]
		if e.state.rollouts[ad.Rollout].State != rollout.Closed {
			continue
		}
		if step, owed := rollout.Owed(ad, e.contacts.at(id)); owed {
			consider(errand{key: id, step: step, due: e.contacts.at(id).Next})
		}
	}
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
	return w.Opens.Add(-e.options.Policy.StageLead + spread(ad.ID, e.options.Policy.StageSpread))
}
