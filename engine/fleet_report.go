package engine

import (
	"time"

	"patchdeck/engine/report"
)

// Work gathers what was asked for and done in all months, for the reports about installations. Months are those of a zone.
func (v *View) Work(zone *time.Location) report.Work {
	w := report.Work{At: v.At, Zone: zone, Servers: v.Servers, Bulletins: v.Bulletins, Releases: v.Releases}
	for _, c := range v.Changes {
		w.Requests = append(w.Requests, report.Requested{Change: c.Change, Plan: c.Plan})
	}
	for _, r := range v.Rollouts {
		w.Runs = append(w.Runs, report.Run{Rollout: r.Rollout, Advertisements: r.Advertisements})
	}
	return w
}

// Allowed gathers everything that lets a server be without something.
func (v *View) Allowed() report.Allowed {
	a := report.Allowed{At: v.At, Servers: v.Servers, Exemptions: v.Exemptions}
	for _, b := range v.Baselines {
		a.Baselines = append(a.Baselines, b.Baseline)
	}
	for _, c := range v.Collections {
		a.Collections = append(a.Collections, c.Collection)
	}
	for _, c := range v.Changes {
		a.Changes = append(a.Changes, c.Change)
	}
	return a
}
