package rollout

import (
	"maps"
	"slices"
	"time"

	"patchdeck/engine/inventory"
)

// Moved is one transition of an advertisement, with everything that changes by it. Zero fields change nothing.
type Moved struct {
	Ad         string             `json:"ad"`
	Rollout    string             `json:"rollout"`
	Server     inventory.ServerID `json:"server"`
	From       Delivery           `json:"from"`
	To         Delivery           `json:"to"`
	Cause      string             `json:"cause"`
	Compliance Compliance         `json:"compliance,omitempty"`
	Was        Delivery           `json:"was,omitempty"`
	Window     string             `json:"window,omitempty"`
	Windows    []string           `json:"windows,omitempty"`
	LastWindow bool               `json:"last_window,omitempty"` // no window is left
	Lock       string             `json:"lock,omitempty"`
	Seats      []string           `json:"seats,omitempty"`
	Unlock     bool               `json:"unlock,omitempty"`
	Duties     []Duty             `json:"duties,omitempty"`
	Drain      Drain              `json:"drain,omitempty"`
	Returned   bool               `json:"returned,omitempty"` // the server is in service again
	StopJob    bool               `json:"stop_job,omitempty"` // the current job may be under way and is not wanted any more
	Stopped    bool               `json:"stopped,omitempty"`  // it has ended
	Job        string             `json:"job,omitempty"`
	JobKind    JobKind            `json:"job_kind,omitempty"`
	Cleaned    bool               `json:"cleaned,omitempty"` // what finished jobs left on the host is gone
	Deadline   time.Time          `json:"deadline,omitzero"`
	RetryAt    time.Time          `json:"retry_at,omitzero"`
	RestartID  string             `json:"restart_id,omitempty"`
	Boot       time.Time          `json:"boot,omitzero"`
	Services   []string           `json:"services,omitempty"`
	Updates    []string           `json:"updates,omitempty"`
	Before     inventory.Build    `json:"before,omitzero"`
	After      inventory.Build    `json:"after,omitzero"`
	Failure    *Failure           `json:"failure,omitempty"`
	Hard       bool               `json:"hard,omitempty"`
	Removable  *Removable         `json:"removable,omitempty"`
	Trial      *Trial             `json:"trial,omitempty"`
	Scores     *ScoreStep         `json:"score,omitempty"`
	Exclusion  string             `json:"exclusion,omitempty"`
	Hand       *HandWork          `json:"by_hand,omitempty"`
	Asked      *inventory.Signed  `json:"asked,omitempty"` // who asks for an optional update
	Reset      bool               `json:"reset,omitempty"` // a person's retry: the counters of attempts begin anew
}

// ScoreStep is one step of the stop rule's score, so that anybody can recompute a stop from the trail.
type ScoreStep struct {
	Window string `json:"window"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

// Opened begins a rollout with all its advertisements.
type Opened struct {
	Rollout        Rollout         `json:"rollout"`
	Advertisements []Advertisement `json:"advertisements"`
}

// WindowClosed ends a window, with the account of all advertisements at that moment.
type WindowClosed struct {
	Rollout string `json:"rollout"`
	Window  string `json:"window"`
	Counts  Counts `json:"counts"`
}

// Stopped changes the state of a rollout: paused, halted, running again, or closed.
type Stopped struct {
	Rollout string `json:"rollout"`
	From    State  `json:"from"`
	To      State  `json:"to"`
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
	By      string `json:"by"`
}

// Warned marks a window whose score passed the warning: its concurrency is halved.
type Warned struct {
	Rollout string `json:"rollout"`
	Window  string `json:"window"`
	Score   int    `json:"score"`
}

// Apply folds a transition into its advertisement and its rollout.
func (m Moved) Apply(r Rollout, ad Advertisement, at time.Time) (Rollout, Advertisement) {
	if m.To != m.From {
		ad.Since = at
		ad.Deadline, ad.RetryAt = time.Time{}, time.Time{}
	}
	ad.Delivery, ad.Was = m.To, m.Was
	setIf(&ad.Compliance, m.Compliance)
	setIf(&ad.Window, m.Window)
	setIf(&ad.Before, m.Before)
	setIf(&ad.After, m.After)
	setIf(&ad.Deadline, m.Deadline)
	setIf(&ad.RetryAt, m.RetryAt)
	setIf(&ad.Boot, m.Boot)
	setIf(&ad.Exclusion, m.Exclusion)
	if m.From == Excluded && m.To != Excluded {
		ad.Exclusion = ""
	}
	switch {
	case m.LastWindow:
		ad.Windows = nil // as it is read from the trail, which keeps no empty list
	case len(m.Windows) > 0:
		ad.Windows = m.Windows
	}
	ad = m.applyDrain(ad)
	if m.Hand != nil {
		ad.Hand = m.Hand
	}
	if m.Removable != nil {
		ad.Removable = m.Removable
	}
	if m.Asked != nil {
		ad.Asked = m.Asked
	}
	if m.Trial != nil {
		ad.Trial = m.Trial
	}
	if m.Duties != nil {
		ad.Duties = m.Duties
	}
	if m.Services != nil {
		ad.Services = m.Services
	}
	if m.Updates != nil {
		ad.Updates = m.Updates
	}
	if m.RestartID != "" && m.RestartID != ad.RestartID {
		ad.RestartID = m.RestartID
		ad.Restarts++
	}
	if m.Reset {
		ad.Removable, ad.Trial = nil, nil
		ad.Failure = nil
		if !ad.unmanaged() {
			ad.Hand = nil
		}
		ad.TriedStages, ad.TriedAttempts = ad.Stages, ad.Attempts
	}
	if m.Failure != nil {
		ad.Failure = m.Failure
	}
	if m.To == Succeeded {
		ad.Failure = nil
	}
	ad = m.job(ad, at)
	ad.Rev++
	return m.count(r, ad, at), ad
}

// job folds what a transition says of host jobs.
func (m Moved) job(ad Advertisement, at time.Time) Advertisement {
	ad.Stopping = (ad.Stopping || m.StopJob) && !m.Stopped
	if m.Cleaned {
		ad.Leftover, ad.JobCleaned = nil, true
	}
	if m.Job == "" || m.Job == ad.Job {
		return ad
	}
	ad.Leftover = leftovers(&ad)
	ad.Job, ad.JobKind, ad.JobCleaned = m.Job, m.JobKind, false
	switch m.JobKind {
	case JobStage:
		ad.Stages++
	case JobInstall, JobUninstall:
		if m.Trial != nil {
			ad.TriedAttempts = ad.Attempts // each stage of a trial has attempts of its own
		}
		ad.Attempts++
		ad.Failure = nil
		ad.Started = at
	}
	return ad
}

// count folds a transition into the rollout's counters.
func (m Moved) count(r Rollout, ad Advertisement, at time.Time) Rollout {
	if m.Scores != nil {
		r.Scores = with(r.Scores, m.Scores.Window, m.Scores.To)
	}
	switch {
	case m.From == Running && (m.To == RestartPending || m.To == Verifying) && m.Trial == nil && ad.Trial == nil:
		if took := int(at.Sub(ad.Started).Seconds()); took > 0 {
			key := base(ad.Before)
			r.Durations = with(r.Durations, key, newest(r.Durations[key], took))
		}
	case m.To == Succeeded && m.From != Succeeded:
		key := base(ad.Before)
		r.Verified = with(r.Verified, key, r.Verified[key]+1)
		inWindow := with(r.WindowVerified[ad.Window], key, r.WindowVerified[ad.Window][key]+1)
		r.WindowVerified = with(r.WindowVerified, ad.Window, inWindow)
		r.LastCode, r.SameCode = "", 0
	case m.To == Failed && m.From != Failed:
		if ad.Attempts > 0 {
			r.Failures++
		}
		if m.Hard {
			r.Hard = with(r.Hard, ad.Window, r.Hard[ad.Window]+1)
		}
		if m.Scores == nil && m.Failure != nil && m.Failure.Code != restartOwedCode {
			if m.Failure.Code != r.LastCode {
				r.LastCode, r.SameCode = m.Failure.Code, 0
			}
			r.SameCode++
		}
	}
	r.Rev++
	return r
}

// keptDurations bounds the measured times that a rollout remembers for each base build.
const keptDurations = 50

func newest(list []int, value int) []int {
	list = append(slices.Clone(list), value)
	return list[max(0, len(list)-keptDurations):]
}

// Apply folds the closing of a window.
func (w WindowClosed) Apply(r Rollout) Rollout {
	r.ClosedWindows = append(slices.Clone(r.ClosedWindows), w.Window)
	r.Rev++
	return r
}

// Apply folds a warning.
func (w Warned) Apply(r Rollout) Rollout {
	r.Warned = with(r.Warned, w.Window, true)
	r.Rev++
	return r
}

// Apply folds a change of the rollout's state. Resuming forgets the scores that led to the stop: the person who resumes answers for
// them, and the trail keeps them.
func (s Stopped) Apply(r Rollout, at time.Time) Rollout {
	r.State = s.To
	switch s.To {
	case Active:
		r.Stop, r.Scores, r.Warned, r.Hard = nil, nil, nil, nil
		r.Failures, r.SameCode, r.LastCode = 0, 0, ""
	case Closed:
		r.Ended = at
	default:
		r.Stop = &Stop{By: s.By, At: at, To: s.To, Rule: s.Rule, Reason: s.Reason}
	}
	r.Rev++
	return r
}

func setIf[T comparable](field *T, value T) {
	var zero T
	if value != zero {
		*field = value
	}
}

// with is a copy of the map with one entry changed: states that readers hold never change under them.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := make(map[K]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}
