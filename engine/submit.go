package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// through tells that nothing of a change request is going on any more.
func (e *Engine) through(c approval.Change) bool {
	return (c.State == approval.Approved || c.State == approval.Completed) && e.ranOut(c.ID)
}

// ranOut tells that a change request opened rollouts and all of them are closed.
func (e *Engine) ranOut(change string) bool {
	opened := 0
	for _, r := range e.state.rollouts {
		if r.Change == change {
			if r.State != rollout.Closed {
				return false
			}
			opened++
		}
	}
	return opened > 0
}

// liveChange gives the change request that a release has at present: one on which something may still be decided or started.
func (e *Engine) liveChange(release string) *approval.Change {
	var newest *approval.Change
	for id, c := range e.state.changes {
		if c.Release == release && !c.State.Ended() && (newest == nil || byNumber(id, newest.ID) > 0) {
			newest = &c
		}
	}
	return newest
}

// submitChange freezes a plan for a release and asks the authority for it.
func (e *Engine) submitChange(actor approval.Actor, c SubmitChange, now time.Time) (string, error) {
	change, plan, err := e.draftRequest(actor, c, now)
	if err != nil {
		return "", err
	}
	return e.freeze(actor, change, plan, c.Reason, now), nil
}

// draftRequest is the change request that a command asks for, with its plan; nothing is recorded yet.
func (e *Engine) draftRequest(actor approval.Actor, c SubmitChange, now time.Time) (change approval.Change, plan rollout.Plan, err error) {
	release, ok := e.state.releases[c.Release]
	if !ok {
		return change, plan, unknownRelease(e, c.Release)
	}
	if change, err = e.draftChange(actor, release, c, now); err != nil {
		return change, plan, err
	}
	if plan, err = e.draftPlan(release, change, c, now); err != nil {
		return change, plan, err
	}
	change.Timetable = approval.Fit(change.Timetable, courseOf(&plan), change.Priority)
	change.PlanHash = plan.Hash
	return change, plan, nil
}

// freeze records a change request with its plan.
func (e *Engine) freeze(actor approval.Actor, change approval.Change, plan rollout.Plan, reason string, now time.Time) string {
	header := plan
	header.Assignments = nil
	e.must(planFrozen{header}, actor, reason, now)
	for part := range slices.Chunk(plan.Assignments, 5*chunk) {
		e.must(planAssigned{Hash: plan.Hash, Assignments: part}, actor, reason, now)
	}
	e.must(changeSubmitted{change}, actor, reason, now)
	e.supersede(change, actor, now)
	e.must(releasePhase{Release: change.Release, Phase: approval.Evaluate}, actor, reason, now)
	words := fmt.Sprintf("%s submitted: %s, plan %.12s for %d servers in %d windows", change.ID, change.Priority, plan.Hash, len(plan.Assignments), len(plan.Windows))
	if prod := courseOf(&plan).Prod; change.Deadline.Before(prod.Opens) {
		words += fmt.Sprintf("; priority %s asks to be through by %s, and the first window of Prod begins %s", change.Priority, e.clock(change.Deadline), e.clock(prod.Opens))
	}
	return words
}

// clock shows an instant as the clocks where the servers stand do.
func (e *Engine) clock(at time.Time) string { return at.In(e.options.Zone).Format("Mon 2 Jan 15:04") }

// courseOf is when the windows of a plan are, by ring.
func courseOf(p *rollout.Plan) approval.Course {
	c := approval.Course{AcceptBy: p.AcceptBy}
	for _, w := range p.Windows {
		s := map[rollout.Ring]*approval.Stretch{rollout.Pilot: &c.Pilot, rollout.Dev: &c.Dev}[w.Ring]
		if s == nil {
			s = &c.Prod // a roll-back has one ring for all
		}
		if s.Opens.IsZero() || w.Opens.Before(s.Opens) {
			s.Opens = w.Opens
		}
		s.Closes = maxTime(s.Closes, w.Closes)
	}
	return c
}

// draftChange is the change request that a command asks for, before its plan is made.
func (e *Engine) draftChange(actor approval.Actor, release approval.Release, c SubmitChange, now time.Time) (approval.Change, error) {
	if live := e.liveChange(release.ID); live != nil && live.ID != c.inPlaceOf && !e.through(*live) {
		return approval.Change{}, approval.Clash("%s asks for %s already: it must be rejected, withdrawn or through first", live.ID, release.ID)
	}
	evidence := e.evidence(release, now)
	evidence.Requested = true
	if err := approval.Leave(release.ID, approval.Identify, evidence); err != nil || release.Phase == approval.Closed {
		return approval.Change{}, cmp.Or(err, approval.Clash("%s is closed: create another release", release.ID))
	}
	category, err := approval.ParseCategory(cmp.Or(c.Category, release.Category))
	if err != nil {
		return approval.Change{}, err
	}
	if c.Ceiling < 0 || c.Ceiling > rollout.MostAtOnce {
		return approval.Change{}, fmt.Errorf("ceiling %d: use 0 (as proposed) to %d", c.Ceiling, rollout.MostAtOnce)
	}
	request, err := approval.Request{}.With(c.Request)
	if err != nil {
		return approval.Change{}, err
	}
	worst, exploited := release.Worst()
	proposal := approval.Propose(worst, exploited, c.Criteria)
	switch {
	case release.CatchesUp != "":
		proposal = approval.Proposal{Priority: approval.High, Steps: []string{"a catch-up is High: the others have it already"}}
	case release.Undoes != "":
		proposal = approval.Proposal{Priority: approval.High, Steps: []string{"a roll-back is High: what it removes does harm"}}
	}
	priority := cmp.Or(c.Priority, e.asked(release.ID), proposal.Priority)
	change := approval.Change{ID: fmt.Sprintf("CHG-%d", len(e.state.changes)+1), Release: release.ID, State: approval.Submitted, Rev: 1,
		Submitted: approval.Signature{By: actor.Name, Role: approval.Lead, At: now, Reason: c.Reason}, Request: request, Collections: c.Collections, Asked: c.Ceiling,
		First: &approval.Assessment{Priority: priority, Category: category.Name, Criteria: c.Criteria, Proposed: &proposal, By: actor.Name, At: now, Reason: c.Reason},
	}.WithPriority(priority)
	change.Timetable = approval.Timetable(category, priority, now)
	return change, nil
}

// asked is the priority for which the team sent a release's change request back, if that is what its last one came to.
func (e *Engine) asked(release string) approval.Priority {
	var last approval.Change
	for id, c := range e.state.changes {
		if c.Release == release && (last.ID == "" || byNumber(id, last.ID) > 0) {
			last = c
		}
	}
	if last.State == approval.Returned && last.Team != nil {
		return last.Team.Priority
	}
	return ""
}

// draftPlan freezes who gets what, and when.
func (e *Engine) draftPlan(release approval.Release, change approval.Change, c SubmitChange, now time.Time) (rollout.Plan, error) {
	emergency := change.Priority == approval.Emergency
	windows, acceptBy, err := e.windows(release, c, emergency, now)
	if err != nil {
		return rollout.Plan{}, err
	}
	draft := rollout.Draft{Change: change.ID, Release: release.ID, Emergency: emergency, Windows: windows, AcceptBy: acceptBy,
		Ceiling: c.Ceiling, Now: now, Took: e.took(release.ID), Experience: e.verified(release.ID), Policy: e.options.Policy, Updates: e.updatesOf(release), Removal: release.Undoes != "", Behind: release.CatchesUp != ""}
	if emergency {
		draft.InPlaceOf = inPlaceOf(e.options.Schedule)
	}
	draft.Packages = e.packages(draft.Updates)
	draft.ByHand = doneByHand(draft.Updates, draft.Packages)
	draft.Withheld = e.withheld(release, draft.Updates, emergency)
	if draft.Enforce, err = enforcement(c.Enforce, emergency, now); err != nil {
		return rollout.Plan{}, err
	}
	if draft.Offers, draft.Offered, err = e.offers(c, emergency || draft.Removal, draft.Enforce, now); err != nil {
		return rollout.Plan{}, err
	}
	draft.Exempt = e.exemptions(now)
	draft.Withheld = exempting(draft)
	whom, overridden, err := e.whom(release, c, now)
	if err != nil {
		return rollout.Plan{}, err
	}
	draft.Servers = whom.servers
	choice := pilot.Choose(candidates(draft))
	draft.Pilots, draft.First = choice.Servers, whom.first
	plan, err := rollout.MakePlan(draft)
	if err != nil {
		return plan, err
	}
	plan.Excluded, plan.Findings = append(plan.Excluded, whom.excluded...), append(plan.Findings, whom.findings...)
	if len(plan.Shared) > 0 && strings.TrimSpace(c.OverrideClusters) == "" {
		return plan, approval.Clash("members of a cluster share a window: %s; give one of them another window, or override this with a reason (--override-clusters)", strings.Join(plan.Shared, ", "))
	} else if len(plan.Shared) > 0 {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: "clusters share windows (" + strings.Join(plan.Shared, ", ") + "): " + c.OverrideClusters})
	}
	if overridden != "" {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: overridden})
	}
	plan.Findings = append(append(plan.Findings, e.withoutContinuity(plan)...), e.slowLines(plan, now)...)
	if plan.ByHand {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: "its updates ship as packages: people install them by hand (rollout complete), and their detection shows it"})
	}
	for _, os := range choice.Untested {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: "no server fit for a pilot on " + os + ": it goes to Dev and Prod untested"})
	}
	return plan.Seal()
}

// inPlaceOf gives each standard window of a schedule the emergency window that takes the servers of its whole day, day by day in order.
func inPlaceOf(schedule []rollout.WindowSpec) map[string]string {
	var days []int
	var urgent []string
	for _, w := range schedule {
		switch {
		case w.Kind == rollout.EmergencyWindow:
			urgent = append(urgent, w.ID)
		case w.Ring == rollout.Prod && w.Kind == rollout.Standard:
			days = append(days, w.Day)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	instead := map[string]string{}
	for _, w := range schedule {
		if i, ok := slices.BinarySearch(days, w.Day); ok && w.Ring == rollout.Prod && w.Kind == rollout.Standard && len(urgent) > 0 {
			instead[strings.ToUpper(w.ID)] = urgent[i%len(urgent)]
		}
	}
	return instead
}

// candidates are the servers that a draft gives an update.
func candidates(d rollout.Draft) (list []inventory.Server) {
	if d.Removal || d.ByHand || d.Behind {
		return nil
	}
	judges := make([]catalog.Judge, len(d.Updates))
	for i, u := range d.Updates {
		judges[i] = catalog.NewJudge(u)
	}
	for _, s := range d.Servers {
		for i, judge := range judges {
			if judge(s).Verdict == catalog.Missing && d.Withheld(d.Updates[i].KB, s) == "" {
				list = append(list, s)
				break
			}
		}
	}
	return list
}

// supersede ends the change requests of a release that wait for the one that was submitted now.
func (e *Engine) supersede(by approval.Change, actor approval.Actor, now time.Time) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.changes), byNumber) {
		was := e.state.changes[id]
		if was.Release != by.Release || was.State != approval.Returned && was.State != approval.Void {
			continue
		}
		after, err := was.Step("supersede", onBehalfOf(actor), "", by.ID+" took its place", now)
		if err != nil {
			continue // it ended otherwise
		}
		after.Successor = by.ID
		e.must(changeDecided{Step: "supersede", From: was.State, Change: after}, actor, by.ID+" took its place", now)
	}
}

// onBehalfOf lets the engine take a step that follows from what a person did; the person signs it.
func onBehalfOf(actor approval.Actor) approval.Actor {
	return approval.Actor{Name: actor.Name, Roles: []approval.Role{approval.Machine}, Via: actor.Via}
}
