package engine

import (
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// Gantt is a release as bars over time: its approval, each ring with its windows, and acceptance between them. Of a ring and a window the
// progress is the share of the targeted servers that are verified, whatever the clock says.
func (v *View) Gantt(change ChangeView) procedure.Gantt {
	g := procedure.Gantt{Cycle: change.Release, Now: v.At}
	if change.Plan == nil {
		return g
	}
	counts := v.windowCounts(change)
	g.Add(v.approvalBar(change))
	for _, ring := range append(append([]rollout.Ring{}, rollout.Rings...), rollout.Rollback) {
		var whole procedure.Bar
		var windows []procedure.Bar
		sum := rollout.Counts{}
		for _, w := range change.Plan.Windows {
			if w.Ring != ring {
				continue
			}
			for d, n := range counts[w.ID] {
				sum[d] += n
			}
			b := procedure.Bar{Window: w.ID, Ring: ring, Title: w.ID, State: stateAt(w.Opens, w.Closes, v.At), From: w.Opens, To: w.Closes, Progress: verifiedPercent(counts[w.ID])}
			if windows = append(windows, b); whole.Title == "" {
				whole = procedure.Bar{Ring: ring, Title: string(ring), From: b.From}
			}
			if b.To.After(whole.To) {
				whole.To = b.To
			}
		}
		if whole.Title == "" {
			continue
		}
		if ring == rollout.Prod && !change.Plan.AcceptBy.IsZero() {
			g.Add(v.acceptanceBar(change, g.To))
		}
		whole.State, whole.Progress = stateAt(whole.From, whole.To, v.At), verifiedPercent(sum)
		g.Add(whole)
		for _, b := range windows {
			g.Add(b)
		}
	}
	return g
}

// windowCounts are the counts of a change request's windows, of those that a rollout has opened.
func (v *View) windowCounts(change ChangeView) map[string]rollout.Counts {
	counts := map[string]rollout.Counts{}
	for i := range v.Rollouts {
		if r := &v.Rollouts[i]; r.Change == change.ID && r.PlanHash == change.PlanHash {
			for _, w := range r.Windows {
				counts[w.ID] = w.Counts
			}
		}
	}
	return counts
}

// verifiedPercent is rounded down: 100 means everybody.
func verifiedPercent(c rollout.Counts) int {
	if n := c.Targeted(); n > 0 {
		return 100 * c[rollout.Succeeded] / n
	}
	return 0
}

func stateAt(from, to, now time.Time) procedure.State {
	switch {
	case !now.Before(to):
		return procedure.Done
	case !now.Before(from):
		return procedure.Open
	}
	return procedure.Waiting
}

// approvalBar lasts from the request to the board's word; while that is owed, to the first window that needs it.
func (v *View) approvalBar(change ChangeView) procedure.Bar {
	b := procedure.Bar{Title: "approval", From: change.Submitted.At, State: procedure.Done, Progress: 100}
	if change.Board != nil {
		b.To = change.Board.At
		return b
	}
	for _, w := range change.Plan.Windows {
		if w.Ring != rollout.Pilot && (b.To.IsZero() || w.Opens.Before(b.To)) {
			b.To = w.Opens
		}
	}
	if b.To.Before(b.From) {
		b.To = b.From
	}
	if b.State, b.Progress = procedure.Open, 0; change.State == approval.Authorised {
		b.Progress = 50
	}
	if !v.At.Before(b.To) {
		b.State = procedure.Overdue
	}
	return b
}

// acceptanceBar lasts from the end of what was before Prod to the moment when silence counts as no issues.
func (v *View) acceptanceBar(change ChangeView, from time.Time) procedure.Bar {
	b := procedure.Bar{Title: "acceptance", From: from, To: change.Plan.AcceptBy}
	if b.From.After(b.To) {
		b.From = b.To
	}
	if b.State = stateAt(b.From, b.To, v.At); change.Acceptance.Closed {
		b.State = procedure.Done
	}
	if b.State == procedure.Done {
		b.Progress = 100
	}
	return b
}
