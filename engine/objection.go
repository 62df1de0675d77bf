package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
)

type (
	// ObjectToChange raises an objection, until the board has met.
	ObjectToChange struct {
		Change, Reason string
	}
	// SettleObjection answers an objection, or overrules it.
	SettleObjection struct {
		Change string
		Number int
		State  approval.ObjectionState
		Reason string
	}
	// DescribeChange states parts of a request; those that it leaves empty stay.
	DescribeChange struct {
		Change  string
		Request approval.Request
	}
)

func (ObjectToChange) Action() string  { return "change.object" }
func (SettleObjection) Action() string { return "change.settle" }
func (DescribeChange) Action() string  { return "change.describe" }

// changeAmended is a change request after something other than a decision on it. Words say what.
type changeAmended struct {
	Words  string          `json:"words"`
	Change approval.Change `json:"change"`
}

func init() {
	offer((*Engine).object, approval.Objectors...)
	offer((*Engine).settleObjection, approval.Lead, approval.Authority, approval.Board)
	offer((*Engine).describeChange, approval.Lead)
	register("change.amended",
		func(e changeAmended) string { return e.Change.ID },
		func(e changeAmended) string { return e.Words },
		func(s *state, e changeAmended, _ time.Time) error { s.putChange(e.Change); return nil })
}

// amend records a change request after something other than a decision on it.
func (e *Engine) amend(after approval.Change, actor approval.Actor, reason string, now time.Time, format string, args ...any) string {
	words := fmt.Sprintf(format, args...)
	e.must(changeAmended{Words: words, Change: after}, actor, reason, now)
	return words
}

// reasoned finds a change request for a command that takes a reason.
func (e *Engine) reasoned(id, reason string) (approval.Change, error) {
	if err := demandReason(reason); err != nil {
		return approval.Change{}, err
	}
	change, ok := e.state.changes[id]
	if !ok {
		return change, unknownChange(e, id)
	}
	return change, nil
}

func (e *Engine) object(actor approval.Actor, c ObjectToChange, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	after, err := change.Object(actor, c.Reason, now)
	if err != nil {
		return "", err
	}
	return e.amend(after, actor, c.Reason, now, "objection %d to %s is open: it blocks what would unlock Prod", len(after.Objections), after.ID), nil
}

func (e *Engine) settleObjection(actor approval.Actor, c SettleObjection, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	after, err := change.Settle(c.Number, c.State, actor, c.Reason, now)
	if err != nil {
		return "", err
	}
	return e.amend(after, actor, c.Reason, now, "objection %d to %s is %s; %d still open", c.Number, after.ID, c.State, len(after.OpenObjections())), nil
}

func (e *Engine) describeChange(actor approval.Actor, c DescribeChange, now time.Time) (string, error) {
	change, ok := e.state.changes[c.Change]
	switch {
	case !ok:
		return "", unknownChange(e, c.Change)
	case change.State != approval.Submitted:
		return "", approval.Clash("%s is %s: what it states can be changed until it is authorised", change.ID, change.State)
	}
	request, err := change.Request.With(c.Request)
	if err != nil {
		return "", err
	}
	if request == change.Request {
		return "", approval.Clash("%s states that already", change.ID)
	}
	change.Request = request
	change.Rev++
	return e.amend(change, actor, "", now, "%s states it; %d parts are left open", change.ID, len(request.Unsaid())), nil
}
