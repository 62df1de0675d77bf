package engine

import (
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// ResubmitChange withdraws a change request whose windows are over, or that came to nothing, and asks for its release anew: with the same
// request, for the same servers, in the windows of the schedule that are to come.
type ResubmitChange struct {
	Change                          string
	OverrideAudit, OverrideClusters string
	Reason                          string
}

func (ResubmitChange) Action() string { return "change.resubmit" }

func init() { offer((*Engine).resubmitChange, approval.Lead) }

// overdueSteps are the decisions that mean nothing when all windows of the plan are over.
var overdueSteps = []string{"authorise", "approve", "reject"}

// refuseStale refuses a decision on a plan whose windows are all over. The board confirms an emergency afterwards, whenever its windows were.
func (e *Engine) refuseStale(change approval.Change, step string, now time.Time) error {
	confirms := change.Priority == approval.Emergency && change.State == approval.Authorised
	if confirms || !slices.Contains(overdueSteps, step) || !e.windowsOver(change, now) {
		return nil
	}
	return approval.Clash("all windows of %s are over since %s, so to %s it starts nobody: patchdeck change resubmit %s --reason \"...\" asks for it anew in windows to come, patchdeck change withdraw %s --reason \"...\" gives it up",
		change.ID, e.clock(e.lastWindow(change)), step, change.ID, change.ID)
}

// windowsOver tells that a change request has a plan, and that none of its windows is left.
func (e *Engine) windowsOver(change approval.Change, now time.Time) bool {
	last := e.lastWindow(change)
	return !last.IsZero() && !now.Before(last)
}

// lastWindow is when the last window of a change request's plan closes; zero when it has none.
func (e *Engine) lastWindow(change approval.Change) (last time.Time) {
	if plan := e.state.plans[change.PlanHash]; plan != nil {
		for _, w := range plan.Windows {
			last = maxTime(last, w.Closes)
		}
	}
	return last
}

func (e *Engine) resubmitChange(actor approval.Actor, c ResubmitChange, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	if change.State == approval.Completed || e.through(change) {
		return "", approval.Clash("%s is through: what it left is caught up in windows of its own: patchdeck release catch-up %s --reason \"...\"", change.ID, change.Release)
	}
	if live := e.liveChange(change.Release); live != nil && live.ID != change.ID {
		return "", approval.Clash("%s asks for %s already, in place of %s", live.ID, change.Release, change.ID)
	}
	var withdrawn *approval.Change
	if !change.State.Ended() {
		after, err := change.Step("withdraw", actor, "", c.Reason, now)
		if err != nil {
			return "", err
		}
		withdrawn = &after
	}
	next, plan, err := e.draftRequest(actor, e.again(change, c, now), now)
	if err != nil {
		return "", err
	}
	words := ""
	if withdrawn != nil {
		withdrawn.Successor = next.ID
		e.must(changeDecided{Step: "withdraw", From: change.State, Change: *withdrawn}, actor, c.Reason, now)
		words = e.endChange(*withdrawn, actor, c.Reason, now) + "; "
	}
	words += e.freeze(actor, next, plan, c.Reason, now)
	return words + "; its first window begins " + e.clock(plan.Windows[0].Opens), nil
}

// again is the command that asks for a change request's release once more.
func (e *Engine) again(change approval.Change, c ResubmitChange, now time.Time) SubmitChange {
	s := SubmitChange{Release: change.Release, Priority: change.Priority, Ceiling: change.Asked, Collections: change.Collections, OverrideAudit: c.OverrideAudit,
		OverrideClusters: c.OverrideClusters, Request: change.Request, Shift: true, Reason: c.Reason, inPlaceOf: change.ID}
	if change.First != nil {
		s.Category, s.Criteria = change.First.Category, change.First.Criteria
	}
	if change.Team != nil && change.Team.Category != "" {
		s.Category, s.Criteria = change.Team.Category, change.Team.Criteria
	}
	plan := e.state.plans[change.PlanHash]
	if plan == nil {
		return s
	}
	s.Offers = plan.Offers
	if !plan.Enforce.IsZero() {
		s.Enforce = now.Add(plan.Enforce.Sub(change.Submitted.At)) // the same grace
	}
	if len(e.options.Schedule) == 0 {
		s.Windows, s.AcceptBy = later(plan, e.options.Zone, now)
	}
	return s
}

// later are the windows of a plan so many days later that all are to come, by the clocks where the servers stand: whole weeks, and single days for
// an emergency.
func later(plan *rollout.Plan, zone *time.Location, now time.Time) (windows []rollout.Window, acceptBy time.Time) {
	step := 7
	if plan.Emergency {
		step = 1
	}
	days := 0
	move := func(at time.Time) time.Time { return at.In(zone).AddDate(0, 0, days).UTC() }
	for move(plan.Windows[0].Opens).Before(now) {
		days += step
	}
	for _, w := range plan.Windows {
		length := w.Closes.Sub(w.Opens)
		w.Opens = move(w.Opens)
		w.Closes = w.Opens.Add(length)
		windows = append(windows, w)
	}
	if !plan.AcceptBy.IsZero() {
		acceptBy = move(plan.AcceptBy)
	}
	return windows, acceptBy
}
