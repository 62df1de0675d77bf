package remote

import (
	"context"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// removableResult is the result of the script removable.
type removableResult struct {
	Updates []struct {
		KB       string   `json:"kb"`
		Packages []string `json:"packages"`
	} `json:"updates"`
	Time string `json:"time"`
}

// Removable says which of the updates a server has a package for by which they could be removed. That a package is permanent shows only
// when its removal is tried.
func (f *Fleet) Removable(ctx context.Context, target engine.Target, removals []rollout.Removal) (rollout.Removable, error) {
	var result removableResult
	if err := f.call(ctx, target, "removable", manifestOf(removals), &result); err != nil {
		return rollout.Removable{}, err
	}
	answer, err := result.believe(removals)
	if err != nil {
		return rollout.Removable{}, protocolFailure(err)
	}
	return answer, nil
}

// believe checks that every update that was asked about is answered once, and no other.
func (r *removableResult) believe(asked []rollout.Removal) (rollout.Removable, error) {
	const mostPackages = 20
	var c check
	var answer rollout.Removable
	c.time("time", r.Time)
	if len(r.Updates) != len(asked) {
		c.refuse("updates", "do not answer what was asked")
		return answer, c.err
	}
	for i, u := range r.Updates {
		if u.KB != asked[i].KB {
			c.refuse("updates", "do not answer what was asked")
		}
		c.list("packages", len(u.Packages), mostPackages)
		if len(u.Packages) > 0 {
			answer.Yes = append(answer.Yes, asked[i].KB)
		} else {
			answer.No = append(answer.No, asked[i].KB)
		}
	}
	return answer, c.err
}
