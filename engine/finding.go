package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// CloseFinding ends a finding by hand, with what was done. Evidence that shows it again opens another.
type CloseFinding struct{ Finding, Reason string }

func (CloseFinding) Action() string { return "finding.close" }

// findingsSettled is what one piece of evidence opened and closed. Incidents follow it.
type findingsSettled struct {
	Evidence string              `json:"evidence"`
	Opened   []inventory.Finding `json:"opened,omitempty"`
	Closed   []string            `json:"closed,omitempty"`
}

// findings are in the state by their number, with an index of the open ones.
type findings struct {
	byID    map[string]inventory.Finding
	openOf  map[inventory.ServerID][]string // ids of open findings by server; "" has those about no server
	changes int                             // grows with each change
	shown   []inventory.Finding             // by urgency, as of shownAt
	shownAt int
}

func (s *state) putFinding(f inventory.Finding) {
	all := &s.findings
	all.byID[f.ID] = f
	open := slices.DeleteFunc(slices.Clone(all.openOf[f.Server]), func(id string) bool { return id == f.ID })
	if f.Open() {
		open = append(open, f.ID)
	}
	if all.openOf[f.Server] = open; len(open) == 0 {
		delete(all.openOf, f.Server)
	}
	all.changes++
	s.mark("finding", f.ID)
}

// openFindings lists the open findings about one server, or with "" those about none.
func (s *state) openFindings(server inventory.ServerID) []inventory.Finding {
	var list []inventory.Finding
	for _, id := range s.findings.openOf[server] {
		list = append(list, s.findings.byID[id])
	}
	return list
}

func init() {
	offer((*Engine).closeFinding, approval.Lead, approval.Administrator)
	register("finding.settled",
		func(e findingsSettled) string { return e.Evidence },
		func(e findingsSettled) string {
			return fmt.Sprintf("%s opened, %d closed", count(len(e.Opened), "finding"), len(e.Closed))
		},
		func(s *state, e findingsSettled, at time.Time) error {
			for _, f := range e.Opened {
				s.putFinding(f)
			}
			for _, id := range e.Closed {
				f, ok := s.findings.byID[id]
				if !ok {
					return fmt.Errorf("finding %s is not known", id)
				}
				f.Closed, f.ClosedBy = at, e.Evidence
				s.putFinding(f)
			}
			return nil
		})
	keep("finding", (*state).putFinding, func(s *state, id string) any { return s.findings.byID[id] })
	nouns = append(nouns, noun{show: (*Engine).showFindings, needs: (*Engine).findingNeeds})
}

// findingChunk is how many findings one audit entry holds at the most.
const findingChunk = 200

// settle opens and closes findings by one piece of evidence. Of the open ones it looks at those given; covers tells which the evidence could
// have shown again.
func (e *Engine) settle(open []inventory.Finding, seen []inventory.Observation, covers func(inventory.Finding) bool, evidence string, actor approval.Actor, reason string, now time.Time) (opened, closed int) {
	last := len(e.state.findings.byID)
	next := func() string { last++; return fmt.Sprintf("F-%d", last) }
	begun, over := inventory.Settle(open, seen, covers, evidence, now, next)
	for part := range slices.Chunk(begun, findingChunk) {
		e.must(findingsSettled{Evidence: evidence, Opened: part}, actor, reason, now)
	}
	for part := range slices.Chunk(over, findingChunk) {
		done := findingsSettled{Evidence: evidence}
		for _, f := range part {
			done.Closed = append(done.Closed, f.ID)
		}
		e.must(done, actor, reason, now)
	}
	return len(begun), len(over)
}

// closeFindings ends everything that is open about some servers.
func (e *Engine) closeFindings(servers []inventory.ServerID, evidence string, actor approval.Actor, now time.Time) {
	for _, id := range servers {
		e.settle(e.state.openFindings(id), nil, func(inventory.Finding) bool { return true }, evidence, actor, "", now)
	}
}

func (e *Engine) closeFinding(actor approval.Actor, c CloseFinding, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	f, ok := e.state.findings.byID[c.Finding]
	switch {
	case !ok:
		return "", fmt.Errorf("finding %q is not known: see patchdeck finding list", c.Finding)
	case !f.Open():
		return "", approval.Clash("%s was closed already: %s", f.ID, f.ClosedBy)
	}
	e.must(findingsSettled{Evidence: "closed by " + actor.Name, Closed: []string{f.ID}}, actor, c.Reason, now)
	return f.ID + " is closed; it opens anew if it is seen again", nil
}

func (e *Engine) showFindings(v *View, _ time.Time) {
	all := &e.state.findings
	if all.shown == nil || all.shownAt != all.changes {
		all.shown, all.shownAt = make([]inventory.Finding, 0, len(all.byID)), all.changes
		for _, f := range all.byID {
			all.shown = append(all.shown, f)
		}
		slices.SortFunc(all.shown, inventory.ByUrgency)
	}
	v.Findings = all.shown
}

// findingNeeds names what is grave or overdue in one line each, not finding by finding.
func (e *Engine) findingNeeds(v *View, now time.Time, add addNeed) {
	overdue, grave := 0, map[inventory.FindingKind]int{}
	for _, f := range v.Findings {
		if !f.Open() {
			break // the open ones stand first
		}
		if f.Overdue(now) {
			overdue++
		}
		if f.Severity == inventory.High {
			grave[f.Kind]++
		}
	}
	if overdue > 0 {
		add(true, "", "%s of the inventory past their time: see patchdeck finding list --overdue", count(overdue, "finding"))
	}
	for _, kind := range inventory.FindingKinds() {
		if n := grave[kind]; n > 0 {
			add(false, "", "%s of the inventory: %s; see patchdeck finding list --kind %q", count(n, "finding"), kind, kind)
		}
	}
}
