package engine

import (
	"sync"
	"time"

	"patchdeck/engine/rollout"
)

// Track is how the window at hand goes. It is worked out by the first reader that asks, and not by the engine's loop, because it plays the
// window some tens of times; all readers share the answer.
type Track struct {
	progress func() rollout.Progress
}

// NewTrack gives a track with the answer that progress works out, once.
func NewTrack(progress func() rollout.Progress) *Track { return &Track{sync.OnceValue(progress)} }

// Progress gives the answer. It may take some hundredths of a second: a screen asks in a command of its own.
func (t *Track) Progress() rollout.Progress { return t.progress() }

// trackState is what a rollout's track was made for.
type trackState struct {
	window string
	state  rollout.State
	at     time.Time
}

// track gives a rollout's track: the one that views have, until it is a tenth of a step old.
func (e *Engine) track(b *board, r *rollout.Rollout, now time.Time) *Track {
	v := &b.view
	if v.Current < 0 {
		return nil
	}
	w := v.Windows[v.Current].Window
	is := trackState{w.ID, r.State, now}
	if t := b.track; v.Track != nil && t.window == is.window && t.state == is.state && now.Sub(t.at).Abs() < rollout.StepOf(w)/10 {
		return v.Track
	}
	b.track = is
	p := rollout.Prospect{Now: now, Ring: r.Ring, Ceiling: r.Ceiling, Open: v.Advertisements, Policy: e.options.Policy, Took: e.took(r.Release),
		Experience: e.verified(r.Release), Gained: r.WindowVerified[w.ID], Seed: rollout.SeedOf(r.PlanHash)}
	held := r.State != rollout.Active
	return NewTrack(func() rollout.Progress { return p.Progress(w, held) })
}

// verified counts the verified successes of a release, by base build.
func (e *Engine) verified(release string) map[string]int {
	counts := map[string]int{}
	for _, r := range e.state.rollouts {
		if r.Release == release {
			for base, n := range r.Verified {
				counts[base] += n
			}
		}
	}
	return counts
}
