package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/pilot"
)

// Make makes the report of a night. It fails when the records do not belong together, when the trail is not whole, or when the numbers
// do not add up.
func Make(in Input) (Night, error) {
	m, err := gather(in)
	if err != nil {
		return Night{}, fmt.Errorf("no report of %s: %w", in.Change.ID, err)
	}
	if err := m.readTrail(); err != nil {
		return Night{}, fmt.Errorf("no report of %s: %w", in.Change.ID, err)
	}
	servers, err := m.servers()
	if err != nil {
		return Night{}, fmt.Errorf("no report of %s: %w", in.Change.ID, err)
	}
	n := m.night(servers)
	if err := n.conserved(); err != nil {
		return Night{}, err
	}
	cleanAll(&n)
	return n, nil
}

// night puts the report together; what is told last builds on what was counted first.
func (m *maker) night(servers []Server) Night {
	in := m.in
	n := Night{Schema: Schema, Title: cmp.Or(in.Title, in.Release.Title, in.Release.ID), Generated: in.Now.UTC(), Zone: in.Zone.String(), zone: in.Zone,
		Servers: servers, Halted: m.haltedBy() != nil,
		Audit: Audit{Entries: in.Head.Seq, Head: in.Head.String(), Verify: "patchdeck audit verify"},
		StopRule: StopRule{Failure: in.Policy.FailureScore, Success: in.Policy.SuccessScore, Warn: in.Policy.Warn,
			Halt: in.Policy.Halt}}
	n.Totals = m.totals(servers)
	n.Over = n.Totals.Pending == 0 && len(m.ads) > 0
	n.Release = Release{ID: in.Release.ID, Title: in.Release.Title, Bulletin: in.Release.Bulletin, Owner: in.Release.Owner,
		Phase: in.Release.Phase, Created: in.Release.Created.UTC()}
	n.Change, n.Plan, n.Updates = m.change(), m.plan(), m.updates(servers)
	n.Acceptance, n.Amendments = m.acceptance(), m.amendments()
	n.Decisions, n.Denials, n.Denied = m.decisions(), append([]Denial{}, m.journal.denials...), m.journal.denied
	n.Rings, n.Windows, n.Groups, n.Proofs = m.rings(servers), m.windows(servers), groups(servers), proofs(servers)
	n.Stops, n.Failures = m.stops(), m.failureGroups(servers)
	n.Patterns = patterns(servers)
	n.Headline = m.headline(&n)
	n.Needs = m.needs(&n)
	return n
}

func (m *maker) totals(servers []Server) Totals {
	t := Totals{Servers: len(servers)}
	for _, s := range servers {
		t.count(s)
		if s.CountedAs == AccountUnplanned {
			t.Unplanned++
		}
		if ad := m.ads[s.ID]; ad != nil && !ad.Delivery.Final() {
			t.Pending++
		}
	}
	return t
}

func (m *maker) change() Change {
	c := m.in.Change
	change := Change{ID: c.ID, State: c.State, Priority: c.Priority, Deadline: c.Deadline.UTC(), ConfirmBy: c.ConfirmBy.UTC(),
		Signatures: []Signature{signature("submitted", c.Submitted)}}
	for _, s := range []struct {
		step string
		by   *approval.Signature
	}{{"authorised", c.Authority}, {"approved", c.Board}, {"rejected", c.Rejection}} {
		if s.by != nil {
			change.Signatures = append(change.Signatures, signature(s.step, *s.by))
		}
	}
	return change
}

func signature(step string, s approval.Signature) Signature {
	return Signature{Step: step, By: s.By, Role: s.Role, At: s.At.UTC(), Reason: s.Reason}
}

func (m *maker) plan() Plan {
	p := Plan{Hash: m.in.Plan.Hash, Emergency: m.in.Plan.Emergency, Ceiling: m.in.Plan.Ceiling, AcceptBy: m.in.Plan.AcceptBy.UTC(), Findings: []string{}}
	for _, f := range m.in.Plan.Findings {
		p.Findings = append(p.Findings, f.Words)
	}
	return p
}

func (m *maker) updates(servers []Server) []Update {
	list := make([]Update, 0, len(m.in.Release.Updates))
	for _, u := range m.in.Release.Updates {
		line := Update{KB: u.KB, Severity: u.Severity, Exploited: u.Exploited, Why: u.Why, CVEs: []string{}, Products: []Product{}}
		if u.Dropped != nil {
			line.Dropped = &Signed{By: u.Dropped.By, At: u.Dropped.At.UTC(), Reason: u.Dropped.Reason}
		}
		if known, ok := m.in.Bulletin.Find(u.KB); ok {
			line.CVEs, line.Restart = append(line.CVEs, known.CVEs...), known.Restart
			for _, p := range known.Products {
				line.Products = append(line.Products, Product{p.Name, p.FixedBuild})
			}
		}
		for _, s := range servers {
			if slices.Contains(s.Updates, u.KB) {
				line.Planned++
				if s.CountedAs == AccountSucceeded {
					line.Succeeded++
				}
			}
		}
		list = append(list, line)
	}
	return list
}

func (m *maker) acceptance() Acceptance {
	a := Acceptance{State: "not open", Deadline: m.in.Acceptance.Deadline.UTC(), Results: []AcceptanceResult{}}
	switch {
	case m.in.Acceptance.Closed:
		a.State = "closed"
	case m.in.Acceptance.Results != nil:
		a.State = "open"
	}
	for _, application := range slices.Sorted(maps.Keys(m.in.Acceptance.Results)) {
		answer := m.in.Acceptance.Results[application]
		a.Results = append(a.Results, AcceptanceResult{Application: application, Result: string(cmp.Or(answer.Result, pilot.Pending)),
			By: answer.By, At: answer.At.UTC(), Note: answer.Note})
	}
	return a
}

// amendments lists what was taken out of the approved plan, and put back, in the order in which it happened.
func (m *maker) amendments() []Amendment {
	list := []Amendment{}
	amended := func(what, id string, a approval.Amendment) {
		name := id
		for known := range m.planned {
			if string(known) == id {
				name = m.nameOf(known).Name
			}
		}
		list = append(list, Amendment{what, id, name, Signed{a.By, a.At.UTC(), a.Reason}})
	}
	for id, a := range m.in.Change.Exclusions {
		amended("server excluded", id, a)
	}
	for _, r := range m.in.Change.Returns {
		amended("server excluded", r.Server, r.Excluded)
		amended("exclusion taken back", r.Server, r.Back)
	}
	for _, u := range m.in.Release.Updates {
		if u.Dropped != nil {
			list = append(list, Amendment{"update dropped", u.KB, u.KB, Signed{u.Dropped.By, u.Dropped.At.UTC(), u.Dropped.Reason}})
		}
	}
	slices.SortFunc(list, func(a, b Amendment) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Object, b.Object)) })
	return list
}

func (m *maker) decisions() []Decision {
	list := make([]Decision, 0, len(m.journal.decisions))
	for _, d := range m.journal.decisions {
		list = append(list, *d)
	}
	return list
}
