package remote

import (
	"context"
	"regexp"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// Baseline is the stamp on a server of what it has reached. The zero Baseline is a server without one.
type Baseline struct {
	Name string
	Date time.Time
}

type baselineResult struct {
	Name string `json:"name"`
	Date string `json:"date"`
}

// stampResult is the result of the script baseline.
type stampResult struct {
	Baseline *baselineResult `json:"baseline"`
	Before   *baselineResult `json:"before"`
}

type baselineParameters struct {
	Baseline string `json:"baseline"`
	Date     string `json:"date"`
}

var baselineForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$`)

// StampBaseline writes the baseline into the server's registry and gives the one that stood there before.
func (f *Fleet) StampBaseline(ctx context.Context, target engine.Target, baseline Baseline) (before Baseline, err error) {
	if !baselineForm.MatchString(baseline.Name) {
		return Baseline{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-BASELINE",
			Words: "a baseline is named with 1 to 64 letters, digits, dots, blanks, hyphens and underscores, not " + clean(baseline.Name, 80)}
	}
	var result stampResult
	if err := f.call(ctx, target, "baseline", baselineParameters{baseline.Name, baseline.Date.UTC().Format(hostTime)}, &result); err != nil {
		return Baseline{}, err
	}
	var c check
	if result.Baseline == nil || result.Baseline.Name != baseline.Name {
		c.refuse("baseline", "is not the one that was to be stamped")
	}
	before = result.Before.believe()
	if c.err != nil {
		return Baseline{}, protocolFailure(c.err)
	}
	return before, nil
}

// Baseline reads the stamp out of the server's facts.
func (f *Fleet) Baseline(ctx context.Context, target engine.Target) (Baseline, error) {
	var result struct {
		Baseline *baselineResult `json:"baseline"`
	}
	if err := f.call(ctx, target, "facts", struct{}{}, &result); err != nil {
		return Baseline{}, err
	}
	return result.Baseline.believe(), nil
}

// believe takes over what anybody may have written into the registry: a name that is none, or a date that is none, stays empty.
func (r *baselineResult) believe() Baseline {
	if r == nil || !baselineForm.MatchString(r.Name) {
		return Baseline{}
	}
	var c check
	return Baseline{Name: r.Name, Date: c.maybeTime("date", r.Date)}
}
