package engine

import (
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// UpdateView is one update with everything that is recorded of it and how the servers stand to it.
type UpdateView struct {
	catalog.Combined
	Dossier  catalog.Dossier  `json:"dossier"`
	Lineage  catalog.Lineage  `json:"lineage"`
	Standing catalog.Standing `json:"standing"`
	Releases []string         `json:"releases"` // that hold it
	// DaysAvailable are the days from the bulletin to the first attack, DaysTaken those to the end of the last Prod rollout with it; -1 is
	// that there was none.
	DaysAvailable int `json:"days_available"`
	DaysTaken     int `json:"days_taken"`
}

// Look gathers one update from a snapshot. It judges the update on every server, so it is for one update at a time.
func (v *View) Look(kb string) (UpdateView, bool) {
	all := catalog.Combine(v.Bulletins)
	i := slices.IndexFunc(all, func(c catalog.Combined) bool { return c.KB == kb })
	if i < 0 {
		return UpdateView{}, false
	}
	updates := make([]catalog.Update, len(all))
	for i, c := range all {
		updates[i] = c.Update
	}
	u := UpdateView{Combined: all[i], Dossier: v.Dossiers[kb], Lineage: catalog.LineageOf(updates, kb), Releases: []string{}}
	u.Update = u.Dossier.Rated(u.Update)
	approved := v.approvedFor(kb)
	u.Standing = catalog.Count(u.Update, v.Servers, func(id inventory.ServerID) bool { return approved[id] })
	var through time.Time
	for _, r := range v.Releases {
		if held, ok := r.Holds(kb); !ok || held.Dropped != nil {
			continue
		}
		u.Releases = append(u.Releases, r.ID)
		for _, run := range v.Rollouts {
			if run.Rollout.Release == r.ID && run.Ring == rollout.Prod && run.State == rollout.Closed && run.Ended.After(through) {
				through = run.Ended
			}
		}
	}
	u.DaysAvailable, u.DaysTaken = catalog.Days(u.Released, u.Dossier.FirstAttack()), catalog.Days(u.Released, through)
	return u, true
}

// approvedFor are the servers to which an approved plan gives an update.
func (v *View) approvedFor(kb string) map[inventory.ServerID]bool {
	servers := map[inventory.ServerID]bool{}
	for _, c := range v.Changes {
		if c.Plan == nil || !c.Unlocks(false) && (c.State != approval.Approved || c.Held == nil) {
			continue
		}
		for _, a := range c.Plan.Assignments {
			if _, out := c.Exclusions[string(a.Server)]; !out && slices.Contains(a.Updates, kb) {
				servers[a.Server] = true
			}
		}
	}
	return servers
}
