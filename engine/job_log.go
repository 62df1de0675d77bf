package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// MostJobLines bounds what one reading of a job's log gives. A longer log is read in pieces: after the last line that is known.
const MostJobLines = 200

// JobLog is a piece of the log of a server's newest host job.
type JobLog struct {
	Job   string // its name on the host; empty when none was ordered yet
	Kind  rollout.JobKind
	Lines []rollout.JobLine
}

// JobLog asks an advertisement's host for the progress of its newest job, from the line after the given one on. It is read beside the
// loop and never stored.
func (e *Engine) JobLog(ctx context.Context, actor approval.Actor, ad string, after int) (JobLog, error) {
	const action = "inventory.sweep" // whoever may read a server
	if !May(actor, action) {
		return JobLog{}, approval.NeedsRole(actor, "to read a server", RolesFor(action)...)
	}
	view := e.View()
	found := advertisement(view, ad)
	if found == nil {
		return JobLog{}, fmt.Errorf("advertisement %q is not known", ad)
	}
	log := JobLog{Job: found.Job, Kind: found.JobKind}
	if found.Job == "" || found.JobCleaned {
		return log, nil // the host has nothing, or nothing any more
	}
	for i := range view.Servers {
		if s := &view.Servers[i]; s.ID == found.Server {
			lines, err := e.options.Fleet.JobLog(ctx, targetOf(s), found.Job, max(after, 0), MostJobLines)
			log.Lines = lines[:min(len(lines), MostJobLines)]
			return log, err
		}
	}
	return JobLog{}, fmt.Errorf("server %s is not in the inventory", found.Server)
}

// advertisement finds one among the rollouts of a view; nil when there is none.
func advertisement(view *View, id string) *rollout.Advertisement {
	for i := range view.Rollouts {
		ads := view.Rollouts[i].Advertisements
		if at, found := slices.BinarySearchFunc(ads, id, func(ad *rollout.Advertisement, id string) int { return cmp.Compare(ad.ID, id) }); found {
			return ads[at]
		}
	}
	return nil
}
