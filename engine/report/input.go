package report

import (
	"errors"
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Input is everything that a report is made from: the records of one change request, as they stand at one moment, and the trail up
// to that moment. Make only reads it.
type Input struct {
	Title      string // empty: the release's
	Now        time.Time
	Zone       *time.Location // in which the page shows times; nil is UTC
	Servers    map[inventory.ServerID]inventory.Server
	Bulletin   catalog.Bulletin
	Release    approval.Release
	Change     approval.Change
	Acceptance pilot.Acceptance
	Plan       rollout.Plan
	Rollouts   []rollout.Rollout // of the change request, in the order in which they were opened
	// Advertisements are those of each rollout, by its id.
	Advertisements map[string][]rollout.Advertisement
	// Policy holds the stop rule's numbers; without them the default's.
	Policy rollout.Policy
	// Head is where the trail ended when the records were read; entries after it are left out.
	Head trail.Head
	// Entries gives the trail from its first entry on.
	Entries func(each func(trail.Entry) error) error
	// Advice says what to do about a failure's code, in one sentence; it may be nil, and answers "" for codes that it does not know.
	Advice func(code string) string
}

// maker holds the records by their names while a report is made.
type maker struct {
	in       Input
	rollouts map[string]*rollout.Rollout
	ringOf   map[rollout.Ring]*rollout.Rollout
	ads      map[inventory.ServerID]*rollout.Advertisement
	spans    map[string]Span
	planned  map[inventory.ServerID]bool
	journal  journal
}

// gather puts the records in order and refuses those that do not belong together.
func gather(in Input) (*maker, error) {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	if in.Policy.Halt == 0 {
		in.Policy = rollout.DefaultPolicy()
	}
	if in.Change.PlanHash != in.Plan.Hash {
		return nil, fmt.Errorf("%s asks for plan %.12s, and the plan at hand is %.12s", in.Change.ID, in.Change.PlanHash, in.Plan.Hash)
	}
	m := &maker{in: in, rollouts: map[string]*rollout.Rollout{}, ringOf: map[rollout.Ring]*rollout.Rollout{},
		ads: map[inventory.ServerID]*rollout.Advertisement{}, spans: map[string]Span{}, planned: map[inventory.ServerID]bool{}}
	for _, w := range in.Plan.Windows {
		m.spans[w.ID] = Span{w.ID, w.Opens.UTC(), w.Closes.UTC()}
	}
	if err := m.gatherPlan(); err != nil {
		return nil, err
	}
	return m, m.gatherRollouts()
}

// gatherPlan checks that the plan names each server once, and only windows that it has.
func (m *maker) gatherPlan() error {
	plan := &m.in.Plan
	once := func(id inventory.ServerID) error {
		if m.planned[id] {
			return fmt.Errorf("plan %.12s names the server %s twice", plan.Hash, id)
		}
		m.planned[id] = true
		return nil
	}
	var problems []error
	for _, a := range plan.Assignments {
		problems = append(problems, once(a.Server))
		if len(a.Windows) == 0 {
			problems = append(problems, fmt.Errorf("plan %.12s gives the server %s no window", plan.Hash, a.Server))
		}
		for _, id := range a.Windows {
			if _, ok := m.spans[id]; !ok {
				problems = append(problems, fmt.Errorf("plan %.12s gives the server %s the window %q, which it does not have", plan.Hash, a.Server, id))
			}
		}
	}
	for _, outside := range [][]inventory.ServerID{plan.Compliant, plan.NotOffered} {
		for _, id := range outside {
			problems = append(problems, once(id))
		}
	}
	return firstOf(problems)
}

// gatherRollouts checks that rollouts and advertisements belong to the plan, and that an opened ring lacks nobody.
func (m *maker) gatherRollouts() error {
	for i := range m.in.Rollouts {
		r := &m.in.Rollouts[i]
		switch {
		case r.Change != m.in.Change.ID || r.PlanHash != m.in.Plan.Hash:
			return fmt.Errorf("%s runs plan %.12s of %s, not the one of %s", r.ID, r.PlanHash, r.Change, m.in.Change.ID)
		case m.ringOf[r.Ring] != nil:
			return fmt.Errorf("%s and %s are both rollouts of the ring %s", m.ringOf[r.Ring].ID, r.ID, r.Ring)
		}
		m.rollouts[r.ID], m.ringOf[r.Ring] = r, r
		ads := m.in.Advertisements[r.ID]
		for j := range ads {
			if other := m.ads[ads[j].Server]; other != nil {
				return fmt.Errorf("the server %s has two advertisements, %s and %s", ads[j].Server, other.ID, ads[j].ID)
			}
			m.ads[ads[j].Server] = &ads[j]
		}
	}
	matched := 0
	for _, a := range m.in.Plan.Assignments {
		ad, r := m.ads[a.Server], m.ringOf[a.Ring]
		switch {
		case ad != nil && (r == nil || ad.Rollout != r.ID):
			return fmt.Errorf("%s belongs to %s, and the plan has its server in the ring %s", ad.ID, ad.Rollout, a.Ring)
		case ad == nil && r != nil:
			return fmt.Errorf("%s lacks an advertisement for the server %s of its ring", r.ID, a.Server)
		case ad != nil:
			matched++
		}
	}
	if matched != len(m.ads) {
		return fmt.Errorf("%d advertisements are for servers that the plan does not have", len(m.ads)-matched)
	}
	return nil
}

// firstOf gives the first problem of a list.
func firstOf(problems []error) error {
	for _, err := range problems {
		if err != nil {
			return err
		}
	}
	return nil
}

// errNoEntries says that the trail was left out.
var errNoEntries = errors.New("a report needs the entries of the audit trail, and none were given")

// nameOf names a server for people.
func (m *maker) nameOf(id inventory.ServerID) ServerName {
	if s, ok := m.in.Servers[id]; ok && s.Name != "" {
		return ServerName{id, s.Name}
	}
	return ServerName{id, string(id)}
}

// clock shows an instant inside a sentence.
func (m *maker) clock(at time.Time) string { return at.In(m.in.Zone).Format("2 Jan 15:04") }
