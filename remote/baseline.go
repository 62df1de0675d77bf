package remote

import (
	"context"
	"regexp"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// stamp is a baseline as the scripts write it.
type stamp struct {
	Name string `json:"name"`
	Date string `json:"date"`
}

// stampResult is the result of the script baseline.
type stampResult struct {
	Baseline *stamp `json:"baseline"`
	Before   *stamp `json:"before"`
}

type baselineParameters struct {
	Baseline string `json:"baseline"`
	Date     string `json:"date"`
}

var baselineForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$`)

// StampBaseline writes the baseline into the server's registry and gives the one that stood there before.
func (f *Fleet) StampBaseline(ctx context.Context, target engine.Target, baseline inventory.Stamp) (before inventory.Stamp, err error) {
	if !baselineForm.MatchString(baseline.Name) {
		return inventory.Stamp{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-BASELINE",
			Words: "a baseline is named with 1 to 64 letters, digits, dots, blanks, hyphens and underscores, not " + clean(baseline.Name, 80)}
	}
	var result stampResult
	if err := f.call(ctx, target, "baseline", baselineParameters{baseline.Name, baseline.Date.UTC().Format(hostTime)}, &result); err != nil {
		return inventory.Stamp{}, err
	}
	var c check
	if result.Baseline == nil || result.Baseline.Name != baseline.Name {
		c.refuse("baseline", "is not the one that was to be stamped")
	}
	before = result.Before.believe()
	if c.err != nil {
		return inventory.Stamp{}, protocolFailure(c.err)
	}
	return before, nil
}

// believe takes over what anybody may have written into the registry: a name that is none, or a date that is none, stays empty.
func (r *stamp) believe() inventory.Stamp {
	if r == nil || !baselineForm.MatchString(r.Name) {
		return inventory.Stamp{}
	}
	var c check
	return inventory.Stamp{Name: r.Name, Date: c.maybeTime("date", r.Date)}
}
