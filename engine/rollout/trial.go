package rollout

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// TrialStage is how far a pilot server is in proving that its updates can be removed.
type TrialStage string

const (
	TrialRemoving     TrialStage = "removing"     // an uninstall job is ordered, or what it did is being looked at
	TrialReinstalling TrialStage = "reinstalling" // what was taken away is installed again
	TrialDone         TrialStage = "done"
)

// Trial is the proof that updates can be removed, on a pilot server: they are taken away once, their absence is seen, and they are
// installed again, so that the pilot ends with them. Nil is a server that has not come so far.
type Trial struct {
	Stage    TrialStage        `json:"stage"`
	Trying   []string          `json:"trying,omitempty"`
	Removed  []string          `json:"removed,omitempty"`   // they were proven gone
	Kept     map[string]string `json:"kept,omitempty"`      // they were tried, and stay: why
	NotTried map[string]string `json:"not_tried,omitempty"` // why
	Proven   inventory.Build   `json:"proven,omitzero"`     // the build with which the server had its updates before
	Restarts int               `json:"restarts,omitempty"`  // ordered before the present stage
}

// tries tells that the server is in a stage of its trial.
func (ad *Advertisement) tries(stage TrialStage) bool {
	return ad.Trial != nil && ad.Trial.Stage == stage
}

// Answers tells that the trial says of each of some updates whether it can be removed.
func (t *Trial) Answers(updates []string) bool {
	return t != nil && t.Stage == TrialDone && !slices.ContainsFunc(updates, func(kb string) bool {
		_, kept := t.Kept[kb]
		return !kept && !slices.Contains(t.Removed, kb)
	})
}

// doing are the updates that the next job of an advertisement is about.
func (ad *Advertisement) doing() []string {
	if ad.tries(TrialRemoving) {
		return ad.Trial.Trying
	}
	return ad.Updates
}

// restartsNow counts the restarts that were ordered for the present stage.
func (ad *Advertisement) restartsNow() int {
	if ad.Trial == nil {
		return ad.Restarts
	}
	return ad.Restarts - ad.Trial.Restarts
}

// TrialTime is how long a trial of removal takes on a server, planned like an installation: an update is taken away and installed again, each
// with its restart, and looked at.
func (p Policy) TrialTime(b inventory.Build, took []int) time.Duration {
	return 2*(p.ExpectedOn(b, took)+p.RestartReserve) + p.CheckReserve
}

// trialTime is what a forecast adds for the trial of a server that is due to prove that its updates can be removed; none for others.
func (p Policy) trialTime(plan *Plan, ad *Advertisement, took []int) time.Duration {
	if !p.plansTrial(plan, ad) {
		return 0
	}
	return p.TrialTime(ad.Before, took)
}

// plansTrial tells that a server is due to prove that its updates can be removed, if its window has the time.
func (p Policy) plansTrial(plan *Plan, ad *Advertisement) bool {
	return ad.Prove && ad.Trial == nil && p.PilotRemovals > 0 && !plan.Emergency && !plan.Removal && len(plan.triable(ad.Updates)) > 0
}

// triable are the updates of which nothing says beforehand that they stay.
func (p *Plan) triable(updates []string) (list []string) {
	for _, kb := range updates {
		if p.stays(kb) == "" {
			list = append(list, kb)
		}
	}
	return list
}

// stays says why an update is known not to be removable; empty when it may be.
func (p *Plan) stays(kb string) string {
	if i := slices.IndexFunc(p.Updates, func(u PlannedUpdate) bool { return u.KB == kb }); i >= 0 {
		return p.Updates[i].Stays
	}
	return ""
}

// staysFor is why an update stays by what the catalogue says of it.
func staysFor(u catalog.Update, pack *catalog.Package) string {
	switch {
	case u.Removable == "no":
		return "the catalogue has it as one that cannot be removed"
	case pack != nil && !pack.CanRemove():
		return "nobody described what removes it"
	}
	return ""
}

// begin starts the trial of a pilot server whose updates were just proven, or says why it is not tried. Nil is that there is none to begin.
func (s Scene) begin(ad *Advertisement, v *Verification) (t *Trial, order bool) {
	if !ad.Prove || ad.Trial != nil || s.Plan.Removal || len(ad.Updates) == 0 {
		return nil, false
	}
	t = &Trial{Stage: TrialDone, NotTried: map[string]string{}, Proven: v.Build, Restarts: ad.Restarts}
	why := s.untimely(ad)
	for _, kb := range ad.Updates {
		reason := s.Plan.stays(kb)
		if reason == "" {
			reason = why
		}
		if reason == "" && len(t.Trying) >= s.Policy.PilotRemovals {
			reason = fmt.Sprintf("the policy has %d updates of a server tried", s.Policy.PilotRemovals)
		}
		if reason == "" {
			t.Trying = append(t.Trying, kb)
		} else {
			t.NotTried[kb] = reason
		}
	}
	if len(t.Trying) > 0 {
		t.Stage = TrialRemoving
	}
	return t, len(t.Trying) > 0
}

// untimely says why nothing is tried on a server now; empty when it may be.
func (s Scene) untimely(ad *Advertisement) string {
	w, _ := s.Plan.Window(ad.Window)
	need := s.Policy.TrialTime(ad.Before, s.Took[ad.Base()])
	switch {
	case s.Policy.PilotRemovals <= 0:
		return "the policy has no removal tried"
	case s.Plan.Emergency:
		return "an emergency does not wait for it"
	case s.Stop:
		return "nothing new is started now"
	case !s.timeLeft(ad, need):
		return fmt.Sprintf("window %s closes in %s, and it takes %s", w.ID, minutes(max(0, w.Closes.Sub(s.Now))), minutes(need))
	}
	return ""
}

// orderTrial orders the next job of a trial.
func (s Scene) orderTrial(ad *Advertisement, t *Trial, kind JobKind, cause string) *Moved {
	m := ad.move(Running, cause)
	m.Trial, m.JobKind, m.Job = t, kind, JobID(ad, kind)
	m.Deadline = s.Now.Add(s.Policy.InstallTime)
	return m
}

// tried judges the end of a trial's uninstall job. What the job says is not enough: evidence follows.
func (s Scene) tried(ad *Advertisement, c Contact, j *Job) (*Moved, Contact) {
	t, o := ad.Trial.clone(), *j.Outcome
	for _, r := range o.Removals {
		switch r.Verdict {
		case NotRemovable:
			t.Kept[r.KB] = r.KB + " could not be removed"
			if r.Failure != nil {
				t.Kept[r.KB] += ": " + r.Failure.Error()
			}
		case NotInstalled:
			t.Kept[r.KB] = "the server has no package by which it could be removed"
		case NotReached:
			t.NotTried[r.KB] = "the job was stopped before"
		}
	}
	if len(o.Removals) == 0 {
		words := "the job was cancelled on the server"
		if o.Failure != nil {
			words = "the job failed: " + o.Failure.Error()
		}
		for _, kb := range t.Trying {
			t.NotTried[kb] = words
		}
	}
	m := ad.move(Verifying, "the trial of removal has ended: reading what it did")
	m.Deadline = s.Now.Add(s.Policy.VerifyTime)
	if o.RestartRequired {
		m = ad.move(RestartPending, "taken away to prove that it can be; a restart is required")
		m.Boot, m.Compliance = j.BootTime, AwaitsRestart
	}
	m.Trial = t
	return m, c.fresh(s.Now)
}

// goneAgain judges what a server shows after a trial of removal: what is gone is installed again, at once and though a halt lets nobody new
// start, for the pilot must not end without it. Only what nobody approves any more stays away.
func (s Scene) goneAgain(ad *Advertisement, c Contact, v *Verification) (*Moved, Contact) {
	for _, p := range v.RestartWait {
		if p.Blocks && ad.restartsNow() < s.Policy.MaxRestarts {
			owed := ad.move(RestartPending, "the removal wants another restart")
			owed.Boot = v.BootTime
			return owed, c.fresh(s.Now)
		}
	}
	t := ad.Trial.clone()
	for _, kb := range t.Trying {
		_, kept := t.Kept[kb]
		_, skipped := t.NotTried[kb]
		switch present := s.proven(kb, v.Build, v.Present); {
		case !present:
			delete(t.Kept, kb)
			delete(t.NotTried, kb)
			t.Removed = append(t.Removed, kb)
		case !kept && !skipped:
			t.Kept[kb] = fmt.Sprintf("it is still on the server after its removal: its build is %s", v.Build)
		}
	}
	t.Restarts = ad.Restarts
	if len(t.Removed) == 0 {
		t.Stage = TrialDone
		check := ad.move(Verifying, "nothing could be taken away: its evidence is read again")
		check.Deadline, check.Trial = s.Now.Add(s.Policy.VerifyTime), t
		return check, c.fresh(s.Now)
	}
	t.Stage = TrialReinstalling
	if s.Withdrawn || !s.timeLeft(ad, s.Policy.ExpectedOn(ad.Before, s.Took[ad.Base()])+s.Policy.RestartReserve+s.Policy.CheckReserve) {
		m := s.left(ad, t)
		m.After = v.Build
		return m, c
	}
	return s.orderTrial(ad, t, JobInstall, list(t.Removed)+" is proven gone, and is installed again"), c.fresh(s.Now)
}

// left fails a pilot server that could not get back what was taken from it: a person finds it another window.
func (s Scene) left(ad *Advertisement, t *Trial) *Moved {
	why := "the window has no time to install it again: retry it in a later one"
	if s.Withdrawn {
		why = "its change request no longer allows to install it again"
	}
	m := ad.fail(outOfTime("PD-NOT-REINSTALLED", list(t.Removed)+" was taken away to prove that it can be, and "+why, ClassBusy), "trial")
	m.Trial, m.Unlock, m.Compliance = t, true, Missing
	return m
}

// unsent handles a job that never reached its server and may not start now.
func (s Scene) unsent(ad *Advertisement, c Contact) (*Moved, Contact) {
	switch {
	case ad.tries(TrialRemoving):
		return s.abandoned(ad), c.fresh(s.Now)
	case ad.tries(TrialReinstalling):
		return s.left(ad, ad.Trial), c
	}
	return s.unstarted(ad, "the host never got the job, and now it may not start"), c.fresh(s.Now)
}

// abandoned ends a trial whose uninstall job never reached the server and may not start now.
func (s Scene) abandoned(ad *Advertisement) *Moved {
	t := ad.Trial.clone()
	for _, kb := range t.Trying {
		t.NotTried[kb] = "the server never got the job, and now it may not start"
	}
	t.Stage = TrialDone
	m := ad.move(Verifying, "its removal is not tried: its evidence is read again")
	m.Deadline, m.Trial = s.Now.Add(s.Policy.VerifyTime), t
	return m
}

// clone is a copy that may be changed.
func (t *Trial) clone() *Trial {
	next := *t
	next.Removed = slices.Clone(t.Removed)
	next.Kept, next.NotTried = map[string]string{}, map[string]string{}
	for kb, why := range t.Kept {
		next.Kept[kb] = why
	}
	for kb, why := range t.NotTried {
		next.NotTried[kb] = why
	}
	return &next
}
