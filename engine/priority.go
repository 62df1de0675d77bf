package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

type (
	// AssessChange is the team's word on a change request's priority and category: it agrees with the initiator, or changes them.
	AssessChange struct {
		Change   string
		Priority approval.Priority // none: as the rules propose with these criteria
		Category string
		Criteria []approval.Criterion
		Reason   string
	}
	// Preempt holds changes back for an emergency. None named are all that are less urgent and rolling.
	Preempt struct {
		Change string
		Over   []string
		Reason string
	}
	// ReleaseHold lets a change that an emergency holds back go on before the emergency is through.
	ReleaseHold struct {
		Change, Reason string
	}
	// OverrideHalt lets the rings after a halted rollout go on although nobody resumed it.
	OverrideHalt struct {
		Rollout, Reason string
	}
)

func (AssessChange) Action() string { return "change.priority" }
func (Preempt) Action() string      { return "change.preempt" }
func (ReleaseHold) Action() string  { return "change.release" }
func (OverrideHalt) Action() string { return "rollout.override" }

func init() {
	offer((*Engine).assessChange, approval.Lead, approval.Security, approval.Authority)
	offer((*Engine).preempt, approval.Lead, approval.OnCall, approval.Authority)
	offer((*Engine).releaseHold, approval.Lead, approval.OnCall, approval.Authority)
	offer((*Engine).overrideHalt, approval.Lead, approval.Authority, approval.Board)
	nouns = append(nouns, noun{look: (*Engine).lookAtHolds, needs: (*Engine).needsOfChanges})
}

func (e *Engine) assessChange(actor approval.Actor, c AssessChange, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	if c.Category == "" && change.First != nil {
		c.Category = change.First.Category
	}
	category, err := approval.ParseCategory(c.Category)
	if err != nil {
		return "", err
	}
	worst, exploited := e.state.releases[change.Release].Worst()
	proposal := approval.Propose(worst, exploited, c.Criteria)
	if c.Priority == "" {
		c.Priority = proposal.Priority
	}
	after, moved, err := change.Assess(approval.Assessment{Priority: c.Priority, Category: category.Name, Criteria: c.Criteria, Proposed: &proposal,
		By: actor.Name, At: now, Reason: c.Reason})
	if err != nil {
		return "", err
	}
	if moved {
		e.must(changeDecided{Step: "priority", From: change.State, Change: after}, actor, c.Reason, now)
		return fmt.Sprintf("priority %s takes other windows than the plan has; %s. Submit %s again", c.Priority, e.endChange(after, actor, c.Reason, now), after.Release), nil
	}
	after.Timetable = approval.Timetable(category, c.Priority, after.Submitted.At)
	if plan := e.state.plans[after.PlanHash]; plan != nil {
		after.Timetable = approval.Fit(after.Timetable, courseOf(plan), c.Priority)
	}
	return e.amend(after, actor, c.Reason, now, "%s has priority %s, %s: due by %s", after.ID, after.Priority, category.Name,
		after.Deadline.In(e.options.Zone).Format("2006-01-02 15:04")), nil
}

// preempt holds back what is named, or everything less urgent that is rolling: all or nothing.
func (e *Engine) preempt(actor approval.Actor, c Preempt, now time.Time) (string, error) {
	emergency, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	if err := emergency.MayPreempt(); err != nil {
		return "", err
	}
	over := slices.Compact(slices.SortedFunc(slices.Values(c.Over), byNumber))
	if len(over) == 0 {
		over = e.rolling(emergency)
	}
	if len(over) == 0 {
		return "", approval.Clash("nothing less urgent than %s is rolling", emergency.ID)
	}
	var held []approval.Change
	for _, id := range over {
		change, ok := e.state.changes[id]
		if !ok {
			return "", unknownChange(e, id)
		}
		after, err := change.Preempt(emergency, actor, c.Reason, now)
		if err != nil {
			return "", err
		}
		held = append(held, after)
	}
	for _, after := range held {
		e.amend(after, actor, c.Reason, now, "%s is held back for the emergency %s", after.ID, emergency.ID)
	}
	return fmt.Sprintf("%s pre-empts %s: nobody new starts there, what runs finishes; they go on when it is through", emergency.ID, strings.Join(over, ", ")), nil
}

// rolling lists the changes below a priority that have a rollout which is not closed.
func (e *Engine) rolling(emergency approval.Change) (ids []string) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.changes), byNumber) {
		c := e.state.changes[id]
		open := slices.ContainsFunc(e.openRollouts(), func(r string) bool { return e.state.rollouts[r].Change == id })
		if open && c.Held == nil && !c.State.Ended() && emergency.Priority.Above(c.Priority) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (e *Engine) releaseHold(actor approval.Actor, c ReleaseHold, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	after, err := change.Unhold()
	if err != nil {
		return "", err
	}
	return e.amend(after, actor, c.Reason, now, "%s goes on", after.ID), nil
}

// lookAtHolds lets changes go on whose emergency is through or came to nothing.
func (e *Engine) lookAtHolds(now time.Time) time.Time {
	var held []string
	for id, c := range e.state.changes {
		if c.Held != nil {
			held = append(held, id)
		}
	}
	slices.SortFunc(held, byNumber)
	for _, id := range held {
		c := e.state.changes[id]
		if by := e.state.changes[c.Held.By]; by.State.Ended() || e.ranOut(by.ID) {
			if after, err := c.Unhold(); err == nil {
				e.amend(after, engineActor, "", now, "%s goes on: the emergency %s is over", after.ID, by.ID)
			}
		}
	}
	return time.Time{}
}

// overrideHalt answers for what an earlier ring showed. Where the stop rule halted, that takes one of those who decide on changes.
func (e *Engine) overrideHalt(actor approval.Actor, c OverrideHalt, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	r := e.state.rollouts[c.Rollout]
	switch {
	case r == nil:
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	case r.Stop == nil || r.Stop.To != rollout.Halted:
		return "", approval.Clash("%s is %s and holds nobody back", r.ID, r.State)
	}
	role := approval.Lead
	if r.Stop.Rule != rollout.RulePerson {
		role = approval.Authority
		if !actor.Has(approval.Authority, approval.Board) {
			return "", approval.NeedsRole(actor, fmt.Sprintf("the stop rule halted %s: to override that", r.ID), approval.Authority, approval.Board)
		}
	}
	for _, held := range []approval.Role{approval.Lead, approval.Authority, approval.Board} {
		if actor.Has(held) {
			role = held
		}
	}
	after, err := e.state.changes[r.Change].Override(r.ID, r.Stop.At, approval.Signature{By: actor.Name, Role: role, At: now, Reason: c.Reason})
	if err != nil {
		return "", err
	}
	return e.amend(after, actor, c.Reason, now, "%s: the halt of %s (%s) no longer holds the rings after it back; %s itself stays halted", after.ID, r.ID, r.Ring, r.ID), nil
}

// needsOfChanges names what is due or overdue by the priorities, what blocks, and what waits for its review.
func (e *Engine) needsOfChanges(v *View, now time.Time, add addNeed) {
	day := func(at time.Time) string { return at.In(e.options.Zone).Format("2 Jan 2006 15:04") }
	for _, c := range v.Changes {
		if c.Held != nil {
			add(false, c.ID, "%s is held back for the emergency %s: it goes on when that is through", c.ID, c.Held.By)
		}
		for _, o := range c.OpenObjections() {
			add(false, c.ID, "%s: objection %d by %s is open (%s): answer it or overrule it", c.ID, o.Number, o.By, o.Reason)
		}
		if c.State == approval.Returned || c.State == approval.Void {
			add(false, c.ID, "%s is %s (%s): submit %s again or withdraw it", c.ID, c.State, c.Ending.Reason, c.Release)
			continue
		}
		if c.State.Ended() || e.through(c.Change) {
			continue
		}
		switch {
		case !c.Latest.IsZero() && now.After(c.Latest):
			add(true, c.ID, "%s (%s) had to be through by %s at the very latest", c.ID, c.Priority, day(c.Latest))
		case now.After(c.Deadline):
			add(true, c.ID, "%s (%s) is overdue since %s", c.ID, c.Priority, day(c.Deadline))
		}
		e.needsOfDecision(c.Change, now, add)
	}
	for _, r := range v.Releases {
		if r.Phase == approval.Deploy && len(approval.Lacking(approval.Deploy, e.evidence(r, now))) == 1 && r.Review == nil {
			add(false, r.ID, "%s waits for its review by %s: what is learnt closes the release", r.ID, r.Owner)
		}
	}
}

// deciders are who a change request waits for in each state, and the date in its timetable for that.
var deciders = map[approval.State]struct {
	role      approval.Role
	milestone string
}{approval.Submitted: {approval.Authority, approval.AuthorisedBy}, approval.Authorised: {approval.Board, approval.ApprovedBy}}

// needsOfDecision names a decision that is late, with who stands in, and a priority that no longer fits what is known.
func (e *Engine) needsOfDecision(c approval.Change, now time.Time, add addNeed) {
	if d, waits := deciders[c.State]; waits && c.ConfirmBy.IsZero() {
		for _, m := range c.Timetable {
			if m.Name == d.milestone && now.After(m.Due) {
				who := strings.Join(approval.Responsible(e.people(), d.role, true), ", ")
				if who == "" {
					who = "nobody of the users file has that role"
				}
				add(true, c.ID, "%s: the word of the %s is overdue since %s (%s)", c.ID, d.role, m.Due.In(e.options.Zone).Format("2 Jan 15:04"), who)
			}
		}
	}
	if c.Board != nil {
		return
	}
	var criteria []approval.Criterion
	known := c.First
	if c.Team != nil {
		known = c.Team
	}
	if known == nil || known.Proposed == nil {
		return
	}
	criteria = known.Criteria
	worst, exploited := e.state.releases[c.Release].Worst()
	if p := approval.Propose(worst, exploited, criteria); p.Priority.Above(known.Proposed.Priority) && p.Priority.Above(c.Priority) {
		add(true, c.ID, "%s has priority %s, and what is known now proposes %s (%s): assess it again", c.ID, c.Priority, p.Priority, strings.Join(p.Steps, "; "))
	}
}

// people are those of the users file, as far as somebody told the engine.
func (e *Engine) people() []approval.Person {
	if e.options.People == nil {
		return nil
	}
	return e.options.People()
}
