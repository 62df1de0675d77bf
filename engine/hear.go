package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// hear judges a host's reply and records what follows from it.
func (e *Engine) hear(r hostReport, now time.Time) {
	e.calls--
	delete(e.inFlight, r.key)
	e.stale = true
	e.touch(r.key)
	if _, tidying := e.tidy[r.key]; tidying {
		delete(e.tidy, r.key) // once is enough: what stays behind is a folder
		return
	}
	if r.sweep != 0 {
		e.hearSweep(r, now)
		return
	}
	ad := e.state.ads[r.reply.Step.Ad]
	if ad == nil {
		return
	}
	if r.reply.Facts != nil && r.reply.Step.Do == rollout.Preflight {
		e.must(factsRead{Server: ad.Server, Facts: *r.reply.Facts}, engineActor, "", now)
	}
	scene := e.scene(e.state.rollouts[ad.Rollout], now)
	m, contact := scene.Answer(ad, e.contacts.at(ad.ID), r.reply)
	if m != nil {
		e.move(m, contact, now)
		return
	}
	e.contacts.put(ad.ID, contact)
}

// sweepTries is how often a sweep asks one server before it names the trouble and goes on.
const sweepTries = 3

func sweepKey(sweep sweepState, server inventory.ServerID) string {
	return fmt.Sprintf("%s/%s", sweep.id(), server)
}

// sweepErrand is the call that a sweep owes to a server.
func (e *Engine) sweepErrand(sweep sweepState, id inventory.ServerID) (d errand, owed bool) {
	server, ok := e.state.servers[id]
	if !ok || sweep.done(*server) {
		return errand{}, false
	}
	key := sweepKey(sweep, id)
	c := e.contacts.at(key)
	step := rollout.Step{Server: id, Do: rollout.ReadFacts}
	switch sweep.Kind {
	case SweepHealth:
		step.Do = rollout.Preflight
	case SweepStamp:
		step.Do, step.Stamp = rollout.WriteStamp, sweep.Stamp
	case SweepScan:
		step.Do, step.JobKind, step.Job = rollout.StartJob, rollout.JobScan, sweep.scanJob(id, c.Good+1)
		step.Deadline = sweep.Ordered.Add(e.options.Policy.InstallTime)
		if c.Told {
			step.Do, step.After = rollout.AskJob, c.Seq
		}
	}
	return errand{key: key, sweep: sweep.Number, step: step, due: c.Next}, true
}

// hearSweep judges a server's answer within a sweep. Good counts the scan jobs that ended badly; Silent the calls without an answer.
func (e *Engine) hearSweep(r hostReport, now time.Time) {
	sweep, ok := e.state.sweeps[r.sweep]
	server := e.state.servers[r.reply.Step.Server]
	if !ok || server == nil || sweep.done(*server) {
		return
	}
	c := e.contacts.at(r.key)
	switch {
	case r.reply.Err != nil:
		if c.Silent++; c.Silent == 1 {
			c.Since = now
		}
		c.Network = r.reply.Err.Class == rollout.ClassNetwork
		c.Next = now.Add(e.options.Policy.RetryFirst)
		if c.Silent >= sweepTries || !r.reply.Err.Retry && !c.Network {
			e.trouble(sweep, server.ID, r.reply.Err, now)
		}
	case r.reply.Stamped != nil:
		e.must(serverStamped{Server: server.ID, Sweep: sweep.Number, Stamp: sweep.Stamp, Before: *r.reply.Stamped}, engineActor, "", now)
	case r.reply.Health != nil:
		e.must(factsRead{Server: server.ID, Facts: *r.reply.Facts}, engineActor, "", now)
		e.must(healthOf(server.ID, sweep.Number, r.reply.Health, now), engineActor, "", now)
	case r.reply.Facts != nil:
		c.Heard, c.Silent = now, 0
		e.must(factsRead{Server: server.ID, Sweep: sweep.Number, Facts: *r.reply.Facts}, engineActor, "", now)
	case r.reply.Job != nil:
		c.Heard, c.Silent, c.Told = now, 0, true
		c.Next = now.Add(e.options.Policy.Poll)
		c = e.hearScan(sweep, server.ID, c, *r.reply.Job, now)
	}
	e.contacts.put(r.key, c)
}

// hearScan judges the state of a scan job.
func (e *Engine) hearScan(sweep sweepState, server inventory.ServerID, c rollout.Contact, j rollout.Job, now time.Time) rollout.Contact {
	again := func(words string) rollout.Contact {
		if c.Good++; c.Good >= sweepTries {
			e.trouble(sweep, server, &rollout.Failure{Class: rollout.ClassProtocol, Words: words}, now)
		}
		c.Told, c.Next = false, now.Add(e.options.Policy.RetryDelay)
		return c
	}
	switch {
	case j.State == rollout.JobAbsent || j.State == rollout.JobLost:
		return again("the scan job vanished from the server")
	case j.State != rollout.JobFinished || j.Outcome == nil:
		return c
	case j.Outcome.Failure != nil:
		return again("scan: " + j.Outcome.Failure.Error())
	}
	e.tidyUp(server, j.ID)
	e.must(serverScanned{Server: server, Sweep: sweep.Number, Scan: inventory.Scan{At: now, Job: j.ID, Offered: j.Outcome.Offered}}, engineActor, "", now)
	return c
}

// tidyUp has a scan job removed from its host.
func (e *Engine) tidyUp(server inventory.ServerID, job string) {
	key := "tidy/" + job
	e.tidy[key] = errand{key: key, step: rollout.Step{Server: server, Do: rollout.RemoveJobs, Jobs: []string{job}}}
	e.touch(key)
}

func (e *Engine) trouble(sweep sweepState, server inventory.ServerID, why *rollout.Failure, now time.Time) {
	e.must(serverTrouble{Server: server, Kind: sweep.Kind, Class: why.Class, Sweep: sweep.Number, Words: why.Error()}, engineActor, "", now)
}
