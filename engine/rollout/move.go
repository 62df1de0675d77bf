package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// move starts a transition of the advertisement.
func (ad *Advertisement) move(to Delivery, cause string) *Moved {
	return &Moved{Ad: ad.ID, Rollout: ad.Rollout, Server: ad.Server, From: ad.Delivery, To: to, Cause: cause}
}

// fail is the transition to failed. It scores when an installation had started and the failure speaks against the update; an
// unknown that ran out of time scores too. The lock stays: only a check that finds the server well gives it back,
// and a failure before the installation never took one.
func (ad *Advertisement) fail(failure *Failure, during string) *Moved {
	m := ad.move(Failed, during+" failed")
	f := *failure
	f.Retry = false
	m.Failure, m.Compliance = &f, HasFailed
	started := ad.Delivery.Status().Started && ad.Drain != Draining
	if started && (f.Class == ClassPatch || f.Class == ClassRestart || ad.Delivery == Unknown) {
		m.Scores = &ScoreStep{Window: ad.Window}
	}
	if ad.Delivery == Running {
		m.Unlock = true // the host itself reported the failure: it is up, and nothing was restarted
	}
	return m
}

// score fills in what a transition does to the stop rule's score of its window.
func (p Policy) score(r *Rollout, m *Moved) {
	switch {
	case m.To == Failed && m.Scores != nil:
		m.Scores.From = r.Scores[m.Scores.Window]
		m.Scores.To = m.Scores.From + p.FailureScore
	case m.To == Succeeded && m.From != Succeeded:
		from := r.Scores[m.Window]
		if to := max(0, from-p.SuccessScore); to != from {
			m.Scores = &ScoreStep{Window: m.Window, From: from, To: to}
		}
	}
}

// Complete fills in what a transition costs or earns in its rollout's score. It is called right before the transition is applied, so
// that several in one batch build on each other.
func (p Policy) Complete(r *Rollout, ad *Advertisement, m *Moved) {
	if m.Window == "" {
		m.Window = ad.Window
	}
	p.score(r, m)
}

func list(words []string) string {
	const most = 5
	if len(words) > most {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
	}
	return strings.Join(words, ", ")
}

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }

// outOfTime is the failure of a server whose time ran out.
func outOfTime(code, words string, class Class) *Failure {
	return &Failure{Class: class, Code: code, Words: words}
}

// Expire finds what time alone changes: silence makes a started server unknown, and a second deadline makes it failed. A deadline counts
// only when the host was asked after it: what passed while this process was down or stalled says nothing about the host.
func (s Scene) Expire(ad *Advertisement, c Contact) (*Moved, Contact) {
	if len(ad.Windows) == 0 && !ad.Delivery.Final() {
		if m := s.outOfWindows(ad, c); m != nil {
			return m, c
		}
	}
	past := !ad.Deadline.IsZero() && c.Tried.After(ad.Deadline) && !c.Tried.After(s.Now)
	answers := c.Silent == 0
	silent := c.Silent > 0 && s.Now.Sub(c.Since) > s.Policy.SilentAfter
	if ad.Drain == Draining && ad.Delivery != Unknown {
		return s.expireDrain(ad, c, past, silent), c
	}
	switch ad.Delivery {
	case Unknown:
		if past && !answers {
			return s.lost(ad), c
		}
	case Running:
		if past && answers {
			return ad.stillRunning(s.Policy), c
		}
		if past || silent {
			return s.unknown(ad), c
		}
	case Restarting:
		if past && answers {
			return s.notReady(ad, "PD-NOT-RESTARTED", "it answers, but did not restart and become ready in time"), c
		}
		if past {
			return s.unknown(ad), c
		}
	case Verifying:
		if past && answers {
			return s.notReady(ad, "PD-NOT-READY", "it answers, but its servicing does not come to an end"), c
		}
		if past || silent {
			return s.unknown(ad), c
		}
	case Staging:
		if past {
			m := ad.fail(outOfTime("PD-STAGE-TIMEOUT", fmt.Sprintf("staging was not done after %v", s.Policy.InstallTime), ClassSource), "staging")
			m.StopJob = true
			return m, c
		}
	}
	return nil, c
}

// stillRunning fails a server whose installation takes too long. The host is at work, so its lock stays.
func (ad *Advertisement) stillRunning(p Policy) *Moved {
	m := ad.fail(outOfTime("PD-TIMEOUT", fmt.Sprintf("the installation was still running after %v", p.InstallTime), ClassPatch), "install")
	m.Unlock = false
	return m
}

// notReady fails a server that answers and does not get ready: a hard failure, like one that does not come back.
func (s Scene) notReady(ad *Advertisement, code, words string) *Moved {
	m := ad.fail(outOfTime(code, words, ClassRestart), "restart")
	m.Hard = true
	return m
}

func (s Scene) unknown(ad *Advertisement) *Moved {
	m := ad.move(Unknown, "contact lost while "+string(ad.Delivery))
	m.Was, m.Compliance, m.Deadline = ad.Delivery, UnknownCompliance, s.Now.Add(s.Policy.LostAfter)
	return m
}

// lost fails an unknown server at its second deadline. One that never came back from its restart is a hard failure.
func (s Scene) lost(ad *Advertisement) *Moved {
	if ad.Drain == Draining {
		return s.notDrained(ad, outOfTime("PD-LOST-CONTACT", fmt.Sprintf("no answer for %v", s.Policy.LostAfter), ClassNetwork))
	}
	if ad.Was == Restarting || ad.Was == Verifying {
		m := ad.fail(outOfTime("PD-NOT-BACK", fmt.Sprintf("not back from its restart %v after it was due", s.Policy.LostAfter), ClassRestart), "restart")
		m.Hard = true
		return m
	}
	return ad.fail(outOfTime("PD-LOST-CONTACT", fmt.Sprintf("no answer for %v after the installation started", s.Policy.LostAfter), ClassNetwork), "install")
}

// Restart decides whether a server that owes a restart may do it now: only inside a window of its own that has the reserve left, so
// that the server is back before it closes.
func (s Scene) Restart(ad *Advertisement) *Moved {
	if ad.Delivery != RestartPending {
		return nil
	}
	w, open := s.openWindow(ad, s.Policy.RestartReserve)
	free := (s.Held == "" || s.Held == ad.ID) && s.Seats.free(ad)
	if len(ad.Duties) > 0 && (ad.Drain != Drained || !open) {
		return s.drainForRestart(ad, w, open, free)
	}
	if !open || !free {
		return nil
	}
	m := ad.move(Restarting, "restart ordered in window "+w.ID)
	m.Window = w.ID
	m.RestartID, m.Deadline, m.Lock = RestartName(ad), s.Now.Add(s.Policy.RestartTime), ad.Cluster
	m.Seats = s.Seats.Groups
	return m
}

const restartOwedCode = "PD-RESTART-OWED"

// restartOwed is the failure of a server whose last window closed while its restart was still owed.
func restartOwed() *Failure {
	return &Failure{Class: ClassBusy, Code: restartOwedCode,
		Words: "installed, but its last window closed before it could restart: restart it in its next window"}
}

// CloseWindow decides what the end of a window means for one advertisement: the window leaves its list, and what has no
// window left and has not started ends.
func (s Scene) CloseWindow(ad *Advertisement, c Contact, window string) *Moved {
	if ad.Delivery.Final() || !slices.Contains(ad.Windows, window) {
		return nil
	}
	left := slices.DeleteFunc(slices.Clone(ad.Windows), func(id string) bool { return id == window })
	if len(left) == 0 {
		if m := s.outOfWindows(ad, c); m != nil {
			m.LastWindow = true
			return m
		}
	}
	m := ad.move(ad.Delivery, "window "+window+" closed")
	m.Windows, m.LastWindow, m.Was = left, len(left) == 0, ad.Was
	return m
}

// outOfWindows ends an advertisement that no window is left for; nil while what has started still runs.
func (s Scene) outOfWindows(ad *Advertisement, c Contact) *Moved {
	if ad.Declined() && !ad.Delivery.Status().Started {
		m := ad.move(Cancelled, "it was optional, and nobody asked for it before its last window closed")
		m.StopJob = ad.Delivery == Staging
		return m
	}
	switch ad.Delivery {
	case Running, Restarting, Verifying, Unknown:
		return nil
	case RestartPending:
		failed := ad.fail(restartOwed(), "restart")
		failed.Compliance, failed.Unlock, failed.Scores = AwaitsRestart, true, nil
		return failed
	case NotReceived, Staging, Retrying:
		if ad.unmanaged() {
			m := ad.move(WindowMissed, "nobody said that it was done by hand before its last window closed")
			m.Failure = &Failure{Class: ClassBusy, Code: "PD-BY-HAND", Words: "it is done by hand, and nobody has said that it is done"}
			return m
		}
		if ad.Failure != nil {
			m := ad.fail(ad.Failure, orElse(string(ad.JobKind), "preflight"))
			m.StopJob = ad.Delivery == Staging
			return m
		}
		if c.Heard.IsZero() && (c.Network || c.Silent > 0) {
			m := ad.move(Unreachable, "not reached before its last window closed")
			m.Failure = &Failure{Class: ClassNetwork, Code: "PD-UNREACHABLE", Words: orElse(c.Trouble, "no answer before its last window closed")}
			m.Compliance, m.StopJob = UnknownCompliance, ad.Delivery == Staging
			return m
		}
	}
	m := ad.move(WindowMissed, "its last window closed before it could start")
	m.StopJob = ad.Delivery == Staging
	m.Failure = ad.Failure
	if why := s.Awaits(ad); m.Failure == nil && why != "" {
		m.Failure = &Failure{Class: ClassSource, Code: "PD-SITE", Words: why}
	}
	if m.Failure == nil {
		m.Failure = &Failure{Class: ClassBusy, Code: "PD-WINDOW", Words: orElse(c.Trouble, "there was no time or place for it in its windows")}
	}
	return m
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Narrow takes an advertisement out by a person's word: excluded, skipped, or not started because the rollout was closed.
func (ad *Advertisement) Narrow(to Delivery, reason string) (*Moved, error) {
	st := ad.Delivery.Status()
	if st.Started {
		return nil, fmt.Errorf("it is %s: what has started finishes", ad.Delivery)
	}
	if st.Final && to != Excluded {
		return nil, fmt.Errorf("it is %s already", ad.Delivery)
	}
	if ad.Delivery == Succeeded || ad.Attempts > 0 && to == Excluded {
		return nil, fmt.Errorf("it is %s: an installation was started on it, so it stays in the account", ad.Delivery)
	}
	m := ad.move(to, reason)
	m.StopJob = ad.Delivery == Staging
	if to == Excluded {
		m.Compliance, m.Exclusion = IsExcluded, reason
	}
	return m, nil
}

// Include puts an excluded server back by a person's word. Updates that were dropped meanwhile stay out.
func (ad *Advertisement) Include(windows []string, dropped map[string]bool, reason string) (*Moved, error) {
	left := slices.DeleteFunc(slices.Clone(ad.Updates), func(kb string) bool { return dropped[kb] })
	switch {
	case ad.Delivery != Excluded:
		return nil, fmt.Errorf("it is %s: only excluded servers can be put back", ad.Delivery)
	case len(windows) == 0:
		return nil, fmt.Errorf("it has no window left in the approved plan: a later window needs a plan of its own")
	case len(left) == 0 && len(ad.Updates) > 0:
		return nil, fmt.Errorf("all its updates were dropped from the release: nothing is left to install")
	}
	m := ad.move(NotReceived, "its exclusion was taken back: "+reason)
	m.Windows, m.Reset, m.Compliance = windows, true, Missing
	if len(left) < len(ad.Updates) {
		m.Updates = left
	}
	if len(left) == 0 {
		m.Compliance = UnknownCompliance
	}
	return m, nil
}

// Again puts a failed, unreachable, missed or skipped server back into the rollout by a person's word.
func (ad *Advertisement) Again(windows []string, reason string) (*Moved, error) {
	switch ad.Delivery {
	case Failed, Unreachable, WindowMissed, Cancelled, NotStarted:
	default:
		return nil, fmt.Errorf("it is %s: only failed, unreachable, missed or skipped servers can be tried again", ad.Delivery)
	}
	if len(windows) == 0 {
		return nil, fmt.Errorf("it has no window left in the approved plan: a later window needs a plan of its own")
	}
	m := ad.move(NotReceived, "tried again: "+reason)
	m.Windows, m.Reset, m.Unlock = windows, true, false
	return m, nil
}
