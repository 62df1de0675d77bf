package rollout

import (
	"slices"
	"time"

	"patchdeck/engine/inventory"
)

// Reply is a host's answer to a step, or why there is none. Exactly one of the pointers is set, but for Preflight, which has two, and
// RemoveJobs, whose success has none.
type Reply struct {
	Step         Step
	Err          *Failure
	Facts        *inventory.Facts
	Health       *Health // beside Facts, after a preflight
	Handed       *Handed
	Removable    *Removable
	Job          *Job
	Restarted    *Restarted
	Verification *Verification
	Stamped      *inventory.Stamp // what stood there before
}

// Scene is what an answer is judged against.
type Scene struct {
	Now       time.Time
	Plan      *Plan
	Policy    Policy
	Stop      bool // the rollout's rule, a person or the change request stops new starts
	Withdrawn bool // the change request does not allow the rollout any more: not even what a trial took away comes back
	// Dropped are updates that were taken out of the release after the plan was frozen.
	Dropped map[string]bool
	// Unready maps a site, in lower case, to why its servers wait for its content.
	Unready map[string]string
	// Held is the advertisement that holds the lock of the cluster at hand ("" when nobody does); only Restart asks.
	Held string
	// Seats are those of the server at hand in its availability groups; only Restart asks.
	Seats Seats
	// Took are the release's measured durations in seconds, by base build: who is admitted and who may still be given its order are
	// judged by the same times.
	Took map[string][]int
}

// Answer judges a host's reply: the transition that follows, if any, and the contact after it. A reply to a step of an
// earlier state is dropped: what it says was true of another attempt.
func (s Scene) Answer(ad *Advertisement, c Contact, r Reply) (moved *Moved, after Contact) {
	if r.Step.Rev != ad.Rev {
		return nil, c
	}
	c.Tried = s.Now
	if r.Err != nil {
		return s.noAnswer(ad, c, r)
	}
	c.Heard, c.Silent, c.Trouble, c.Network = s.Now, 0, "", false
	if ad.Delivery == Unknown {
		back := ad.move(ad.Was, "the server answers again")
		back.Deadline = s.Now.Add(s.Policy.VerifyTime)
		switch {
		case ad.Drain == Draining:
			back.Deadline = s.Now.Add(s.Policy.DrainTime)
		case ad.Was == Running:
			back.Deadline = latest(ad.Started.Add(s.Policy.InstallTime), s.Now.Add(s.Policy.SilentAfter))
		}
		return back, Contact{Asked: c.Asked, Told: c.Told, Heard: s.Now, Next: s.Now, Seq: c.Seq}
	}
	if r.Step.Do == Probe {
		c.Next = s.Now.Add(s.Policy.RetryMost)
		return nil, c
	}
	switch {
	case r.Facts != nil:
		return s.facts(ad, c, r.Facts, r.Health)
	case r.Removable != nil:
		m := ad.move(ad.Delivery, "whether its updates could be removed was asked")
		m.Removable = r.Removable
		return m, c.fresh(s.Now)
	case r.Handed != nil:
		return s.handed(ad, c, r)
	case r.Job != nil && ad.Stopping:
		return s.stopping(ad, c, r.Job)
	case r.Job != nil:
		return s.job(ad, c, r)
	case r.Restarted != nil:
		c.Asked, c.Told = true, true
		c.Next = s.Now.Add(s.Policy.ReadyPoll)
		return nil, c
	case r.Verification != nil && ad.Delivery == Restarting:
		return s.restarting(ad, c, r.Verification)
	case r.Verification != nil:
		return s.verifying(ad, c, r.Verification)
	case r.Step.Do == RemoveJobs:
		cleaned := ad.move(ad.Delivery, "the host's job folders are gone")
		cleaned.Cleaned = true
		return cleaned, c
	}
	return nil, c
}

// noAnswer handles an error in place of an answer: after a start the host must be asked; a refusal that no repetition mends
// is a failure; anything else is tried again after a pause.
func (s Scene) noAnswer(ad *Advertisement, c Contact, r Reply) (*Moved, Contact) {
	if c.Silent == 0 {
		c.Since = s.Now
	}
	c.Silent++
	c.Trouble, c.Network = r.Err.Words, r.Err.Class == ClassNetwork
	c.Next = s.Now.Add(s.Policy.pause(c.Silent))
	c.Good = 0
	if r.Step.Do == StartJob || r.Step.Do == OrderRestart {
		c.Asked = false
	}
	if r.Step.Do == RemoveJobs {
		return nil, c
	}
	if ad.Drain == Draining {
		if !r.Err.Retry && r.Err.Class != ClassNetwork && r.Err.Class != ClassProtocol {
			return s.notDrained(ad, r.Err), c
		}
		return nil, c
	}
	if ad.Drain == Returning {
		return nil, c // it is asked until it has everything back, or a person says so
	}
	refused := (r.Err.Class == ClassAccess || r.Err.Class == ClassConfig) && !r.Err.Retry
	if refused && (ad.Delivery == NotReceived || ad.Delivery == Staging) {
		return ad.fail(r.Err, "the server refused"), c
	}
	if ad.Delivery == Restarting && r.Err.Class == ClassNetwork {
		c.Next, c.Network = s.Now.Add(s.Policy.ReadyPoll), false // silence is what a restart looks like: it is no trouble of the road
	}
	return nil, c
}

// facts judges the first reading of a server: nothing to do, not fit, or ready to be staged.
func (s Scene) facts(ad *Advertisement, c Contact, f *inventory.Facts, h *Health) (*Moved, Contact) {
	need := s.missing(ad, f.Build, f.Updates)
	switch {
	case len(need) == 0 && ad.Attempts > 0:
		check := ad.move(Verifying, "an earlier attempt brought the update after all: reading the evidence")
		check.Deadline = s.Now.Add(s.Policy.VerifyTime)
		return check, c.fresh(s.Now)
	case len(need) == 0 && len(ad.Updates) > 0:
		return s.nothingDue(ad, f), c
	case len(need) == 0:
		none := ad.move(NotApplicable, "no update of the release applies to this server")
		none.Compliance, none.Before = DoesNotApply, f.Build
		return none, c
	case f.RestartBlocks() && ad.Attempts > 0:
		owed := ad.move(RestartPending, "the restart of an earlier attempt is still owed")
		owed.Boot, owed.Compliance, owed.Duties = f.BootTime, AwaitsRestart, DutiesOf(f, ad.Cluster)
		return owed, c.fresh(s.Now)
	case f.RestartBlocks():
		c.Trouble = "waits for a restart that something else asked for: " + f.PendingRestart[0].Reason
		c.Next = s.Now.Add(s.Policy.RetryMost)
		return nil, c
	}
	switch why := s.Policy.unfit(f, h); {
	case why != nil && why.Retry:
		c.Trouble, c.Next = why.Words, s.Now.Add(s.Policy.RetryMost)
		return nil, c
	case why != nil:
		failed := ad.fail(why, "preflight")
		failed.Before = f.Build
		return failed, c
	}
	if s.Plan.Removal {
		ready := ad.move(Staged, "reached and fit: there is nothing to fetch")
		ready.Before, ready.Boot, ready.Compliance = f.Build, f.BootTime, Compliant
		ready.Services, ready.Updates, ready.Duties = f.Running(), need, DutiesOf(f, ad.Cluster)
		return ready, c.fresh(s.Now)
	}
	staging := ad.move(Staging, "reached and fit")
	staging.Job, staging.JobKind = JobID(ad, JobStage), JobStage
	staging.Deadline = s.Now.Add(s.Policy.InstallTime)
	staging.Before, staging.Boot, staging.Compliance = f.Build, f.BootTime, Missing
	staging.Services, staging.Updates, staging.Duties = f.Running(), need, DutiesOf(f, ad.Cluster)
	return staging, c.fresh(s.Now)
}

// missing lists the plan's updates for this server that its build and its list of updates do not prove; in a roll-back, those that they
// still do.
func (s Scene) missing(ad *Advertisement, build inventory.Build, present []string) []string {
	var need []string
	candidates := ad.Updates
	if len(candidates) == 0 {
		for _, u := range s.Plan.Updates {
			if _, ok := s.Plan.Fixed(u.KB, build); ok {
				candidates = append(candidates, u.KB)
			}
		}
	}
	for _, kb := range candidates {
		if !s.Dropped[kb] && !slices.Contains(ad.Without, kb) && s.proven(kb, build, present) == s.Plan.Removal {
			need = append(need, kb)
		}
	}
	return need
}

// proven tells whether an update is on a server: by the build where the update has one for it, else by its presence.
func (s Scene) proven(kb string, build inventory.Build, present []string) bool {
	if fixed, ok := s.Plan.Fixed(kb, build); ok {
		return build.AtLeast(fixed)
	}
	for _, p := range present {
		if p == kb {
			return true
		}
	}
	return false
}

// job judges what a host says of the current job.
func (s Scene) job(ad *Advertisement, c Contact, r Reply) (*Moved, Contact) {
	j := r.Job
	if j.ID != ad.Job {
		return nil, c
	}
	c.Asked = true
	c.Next = s.Now.Add(s.Policy.Poll)
	switch j.State {
	case JobAbsent:
		c.Told, c.Next = false, s.Now
		if ad.Delivery == Running && !s.MayStart(ad) {
			return s.unsent(ad, c)
		}
		return nil, c
	case JobRegistered, JobRunning:
		c.Told = true
		c.Percent, c.Phase, c.KB, c.Seq = j.Percent, j.Phase, j.KB, j.Seq
		return nil, c
	case JobLost:
		if ad.Delivery == Staging {
			return s.restage(ad, &Failure{Class: ClassBusy, Code: "PD-LOST", Words: "the server restarted during staging", Retry: true}, c)
		}
		check := ad.move(Verifying, "the server restarted under the job: reading what it did")
		check.Failure = &Failure{Class: ClassBusy, Code: cutOffCode, Words: "the server restarted under the job", Retry: true}
		check.Deadline = s.Now.Add(s.Policy.VerifyTime)
		return check, c.fresh(s.Now)
	case JobFinished:
		if j.Outcome == nil {
			return nil, c
		}
		if ad.Delivery == Staging {
			return s.staged(ad, c, *j.Outcome)
		}
		return s.installed(ad, c, j)
	}
	return nil, c
}

// stopping waits for the end of a job that nobody wants any more.
func (s Scene) stopping(ad *Advertisement, c Contact, j *Job) (*Moved, Contact) {
	if j.State == JobRegistered || j.State == JobRunning {
		c.Phase, c.Next = "its job is being cancelled", s.Now.Add(s.Policy.Poll)
		return nil, c
	}
	m := ad.move(ad.Delivery, "its job has ended on the server")
	m.Stopped, m.Was = true, ad.Was
	return m, c.fresh(s.Now)
}

// MayStart tells whether an admitted server may still be given its install job: nothing stops new starts, and its window has the time.
func (s Scene) MayStart(ad *Advertisement) bool {
	stopped := s.Stop && !ad.tries(TrialReinstalling) || s.Withdrawn // what was taken away comes back, as long as it is approved
	return !stopped && s.timeLeft(ad, s.Policy.ExpectedOn(ad.Before, s.Took[ad.Base()])+s.Policy.RestartReserve+s.Policy.CheckReserve)
}

// MayRestart tells whether a server whose restart was decided may still be given the order.
func (s Scene) MayRestart(ad *Advertisement) bool { return s.timeLeftAnywhere(ad) }

// timeLeft tells whether a reserve fits before the window in which the server was admitted closes.
func (s Scene) timeLeft(ad *Advertisement, reserve time.Duration) bool {
	w, ok := s.Plan.Window(ad.Window)
	return ok && w.Contains(s.Now) && !s.Now.Add(reserve).After(w.Closes)
}

func (s Scene) staged(ad *Advertisement, c Contact, o Outcome) (*Moved, Contact) {
	if o.Succeeded || o.Nothing && o.Failure == nil {
		return ad.move(Staged, "content is on the server"), c.fresh(s.Now)
	}
	failure := o.Failure
	if failure == nil {
		failure = &Failure{Class: ClassBusy, Code: "PD-CANCELLED", Words: "staging was cancelled on the server", Retry: true}
	}
	return s.restage(ad, failure, c)
}

func (s Scene) restage(ad *Advertisement, failure *Failure, c Contact) (*Moved, Contact) {
	if !failure.Retry || ad.Stages-ad.TriedStages >= s.Policy.MaxStages {
		return ad.fail(failure, "staging"), c
	}
	again := ad.move(NotReceived, "staging is tried again")
	again.Failure = failure
	c = c.fresh(s.Now)
	c.Next, c.Trouble = s.Now.Add(s.Policy.RetryDelay), failure.Words
	return again, c
}

// installed judges the end of an install job. Its own word of success is never enough: evidence follows.
func (s Scene) installed(ad *Advertisement, c Contact, j *Job) (*Moved, Contact) {
	o := *j.Outcome
	if ad.tries(TrialRemoving) {
		return s.tried(ad, c, j)
	}
	if m := s.kept(ad, o, j.BootTime); m != nil {
		return m, c.fresh(s.Now)
	}
	switch {
	case (o.Succeeded || o.Nothing) && o.RestartRequired:
		owed := ad.move(RestartPending, "installed; a restart is required")
		owed.Boot, owed.Compliance = j.BootTime, AwaitsRestart
		return owed, c.fresh(s.Now)
	case o.Succeeded || o.Nothing:
		check := ad.move(Verifying, "the job reports success")
		check.Deadline = s.Now.Add(s.Policy.VerifyTime)
		return check, c.fresh(s.Now)
	case o.Cancelled || o.Failure == nil:
		return ad.fail(&Failure{Class: ClassBusy, Code: "PD-CANCELLED", Words: "its work was cancelled on the server"}, string(ad.JobKind)), c
	case o.RestartRequired && !o.Failure.Retry && len(ad.Updates) > 1:
		owed := ad.move(RestartPending, "an update failed; what else was installed takes a restart")
		owed.Boot, owed.Compliance, owed.Failure = j.BootTime, AwaitsRestart, o.Failure
		return owed, c.fresh(s.Now)
	case o.Failure.Class == ClassNotApplicable:
		check := ad.move(Verifying, o.Failure.Words)
		check.Deadline = s.Now.Add(s.Policy.VerifyTime)
		return check, c.fresh(s.Now)
	}
	return s.reattempt(ad, o.Failure, string(ad.JobKind), c)
}

// reattempt gives a failure that passes another install job; others, and the last attempt, fail.
func (s Scene) reattempt(ad *Advertisement, failure *Failure, during string, c Contact) (*Moved, Contact) {
	if !failure.Retry || ad.Attempts-ad.TriedAttempts >= s.Policy.MaxAttempts {
		return ad.fail(failure, during), c
	}
	again := ad.move(Retrying, failure.Words)
	again.Failure, again.RetryAt, again.Unlock = failure, s.Now.Add(s.Policy.RetryDelay), true
	return again, c.fresh(s.Now)
}
