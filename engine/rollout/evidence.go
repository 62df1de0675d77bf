package rollout

import (
	"fmt"
	"time"
)

// restarting waits for a new boot time, idle servicing and a finished start.
func (s Scene) restarting(ad *Advertisement, c Contact, v *Verification) (*Moved, Contact) {
	c.Next = s.Now.Add(s.Policy.ReadyPoll)
	if sameBoot(v.BootTime, ad.Boot) {
		if !c.Asked {
			c.Asked, c.Told, c.Next = true, false, s.Now // after a crash: it has not restarted; order it, which is safe twice
			if !s.timeLeftAnywhere(ad) {
				return ad.move(RestartPending, "not restarted, and its window has no time for it"), c
			}
		}
		c.Phase = "going down"
		return nil, c
	}
	c.Asked, c.Told = true, true
	if v.Busy || !v.LogonReady {
		c.Phase = "servicing after the restart"
		return nil, c
	}
	back := ad.move(Verifying, "back with a new boot time")
	back.Deadline, back.After = s.Now.Add(s.Policy.VerifyTime), v.Build
	return back, c.fresh(s.Now)
}

// sameBoot compares boot times as Windows reports them: they may differ by a second or two within one boot.
func sameBoot(a, b time.Time) bool { return a.Sub(b).Abs() <= 2*time.Second }

func (s Scene) timeLeftAnywhere(ad *Advertisement) bool {
	_, ok := s.openWindow(ad, s.Policy.RestartReserve)
	return ok
}

// openWindow finds a window of the advertisement that is open now with a reserve left.
func (s Scene) openWindow(ad *Advertisement, reserve time.Duration) (Window, bool) {
	for _, id := range append([]string{ad.Window}, ad.Windows...) {
		if w, ok := s.Plan.Window(id); ok && w.Contains(s.Now) && !s.Now.Add(reserve).After(w.Closes) {
			return w, true
		}
	}
	return Window{}, false
}

// verifying reads the evidence: several good answers in a row, then the build or the KB decides.
func (s Scene) verifying(ad *Advertisement, c Contact, v *Verification) (*Moved, Contact) {
	c.Next = s.Now.Add(s.Policy.ReadyPoll)
	if v.Busy || !v.LogonReady {
		c.Good, c.Phase = 0, "servicing still runs"
		return nil, c
	}
	if c.Good++; c.Good < s.Policy.GoodProbes {
		return nil, c
	}
	if ad.tries(TrialRemoving) {
		return s.goneAgain(ad, c, v)
	}
	missing := s.missing(ad, v.Build, v.Present)
	switch {
	case len(missing) > 0:
		return s.unproven(ad, c, v, missing)
	case len(v.NotRunning) > 0 && s.Now.Before(ad.Deadline.Add(-s.Policy.VerifyTime/2)):
		c.Phase = "waits for services: " + list(v.NotRunning)
		return nil, c
	case len(v.NotRunning) > 0:
		failed := ad.fail(&Failure{Class: ClassRestart, Code: "PD-SERVICE",
			Words: "installed, but these services ran before and do not run now: " + list(v.NotRunning)}, "verify")
		failed.Hard, failed.After = true, v.Build
		return failed, c
	}
	trial, order := s.begin(ad, v)
	if order {
		return s.orderTrial(ad, trial, JobUninstall, "verified on the server; "+list(trial.Trying)+" is taken away once, to prove that it can be"), c.fresh(s.Now)
	}
	done := ad.move(Succeeded, "verified on the server")
	if done.Trial = trial; ad.tries(TrialReinstalling) {
		done.Cause = "verified on the server, after its updates were taken away and installed again"
		done.Trial = ad.Trial.clone()
		done.Trial.Stage = TrialDone
	}
	done.Compliance, done.After, done.Unlock = Compliant, v.Build, true
	if s.Plan.Removal {
		done.Compliance, done.Cause = Missing, "verified on the server: the update is gone"
	}
	return done, c
}

const cutOffCode = "PD-CUT-OFF"

// unproven handles a server that is well but lacks the update: it wants another restart, or the job was cut off, or the
// update was rolled back or never installed.
func (s Scene) unproven(ad *Advertisement, c Contact, v *Verification, missing []string) (*Moved, Contact) {
	for _, p := range v.RestartWait {
		if p.Blocks && ad.restartsNow() < s.Policy.MaxRestarts {
			owed := ad.move(RestartPending, "the update wants another restart")
			owed.Boot = v.BootTime
			return owed, c.fresh(s.Now)
		}
	}
	if s.Plan.Removal {
		return s.stillThere(ad, v, missing), c
	}
	words := fmt.Sprintf("%s is not on the server after the installation: its build is %s", list(missing), v.Build)
	if fixed, ok := s.Plan.Fixed(missing[0], v.Build); ok {
		words += fmt.Sprintf(", the update brings %s (rolled back, or never installed)", fixed)
	}
	failure := &Failure{Class: ClassPatch, Code: "PD-BUILD", Words: words}
	if f := s.undetected(missing[0]); f != nil {
		failure = f
	}
	if ad.Failure != nil && ad.Failure.Code != cutOffCode {
		failure = ad.Failure // the job said why
	}
	if ad.Failure != nil && ad.Failure.Code == cutOffCode {
		// Something else restarted the server under the job: that says nothing about the update.
		m, after := s.reattempt(ad, ad.Failure, "install", c)
		m.Unlock = true
		return m, after
	}
	failed := ad.fail(failure, "verify")
	failed.After, failed.Unlock = v.Build, true // the server is up and well: its cluster may go on
	return failed, c
}
