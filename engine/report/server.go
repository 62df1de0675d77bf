package report

import (
	"cmp"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// notPlanned is the status of a server that came into the inventory after the plan was frozen.
const notPlanned = "not planned"

// servers tells of every server of the inventory and of the plan, by name.
func (m *maker) servers() ([]Server, error) {
	var list []Server
	for i := range m.in.Plan.Assignments {
		s, err := m.assigned(&m.in.Plan.Assignments[i])
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	for _, id := range m.in.Plan.Compliant {
		s := m.outside(id, string(rollout.NotApplicable), AccountNotApplicable, rollout.Compliant)
		s.Installed, s.Evidence = true, Present
		s.Explanation = "It had every update of the release when the plan was frozen."
		list = append(list, s)
	}
	for _, id := range m.in.Plan.NotOffered {
		s := m.outside(id, string(rollout.NotApplicable), AccountNotApplicable, rollout.DoesNotApply)
		s.Explanation = "No update of the release applies to it."
		list = append(list, s)
	}
	for id := range m.in.Servers {
		if !m.planned[id] {
			s := m.outside(id, notPlanned, AccountUnplanned, rollout.UnknownCompliance)
			s.Explanation = "It came into the inventory after the plan was frozen: it needs a plan of its own."
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Server) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
	})
	return list, nil
}

// described is what the inventory says of a server.
func (m *maker) described(id inventory.ServerID) Server {
	known := m.in.Servers[id]
	s := Server{ID: id, Name: m.nameOf(id).Name, OS: known.OS, Environment: known.Environment, Site: known.Site, Owner: known.Owner,
		Cluster: known.Cluster, Evidence: NotRead}
	if known.Facts != nil {
		s.Before = known.Facts.Build
	}
	return s
}

// outside tells of a server that has no place in a window.
func (m *maker) outside(id inventory.ServerID, status string, account Account, compliance rollout.Compliance) Server {
	s := m.described(id)
	s.Status, s.CountedAs, s.Compliance = status, account, compliance
	return s
}

// assigned tells of a server of the plan, by its advertisement where its ring was opened.
func (m *maker) assigned(a *rollout.Assignment) (Server, error) {
	s := m.described(a.Server)
	s.Ring, s.Updates, s.first = a.Ring, slices.Clone(a.Updates), a.Windows[0]
	for _, id := range a.Windows {
		s.Windows = append(s.Windows, m.spans[id])
	}
	first := m.spans[s.first]
	s.Window = &first
	ad := m.ads[a.Server]
	if ad == nil {
		return m.unopened(s), nil
	}
	account, err := accountFor(ad)
	if err != nil {
		return s, err
	}
	s.CountedAs = account
	m.advertised(&s, ad)
	return s, nil
}

// unopened tells of a server whose ring never began.
func (m *maker) unopened(s Server) Server {
	s.Status, s.CountedAs, s.Targeted = string(rollout.NotStarted), AccountNotStarted, true
	s.Compliance = rollout.Missing
	if len(s.Updates) == 0 {
		s.Compliance = rollout.UnknownCompliance
	}
	if x, ok := m.in.Change.Exclusions[string(s.ID)]; ok {
		s.Status, s.CountedAs, s.Targeted, s.Compliance = string(rollout.Excluded), AccountExcluded, false, rollout.IsExcluded
		s.Exclusion = &Signed{By: x.By, At: x.At.UTC(), Reason: x.Reason}
		s.Explanation = m.excludedWords(s.Exclusion)
		return s
	}
	s.Explanation = m.unopenedWords(s.Ring)
	return s
}

// advertised fills in what became of a server in its rollout.
func (m *maker) advertised(s *Server, ad *rollout.Advertisement) {
	c := m.course(ad)
	s.Rollout, s.Advertisement = ad.Rollout, ad.ID
	s.Status, s.Targeted, s.Compliance = string(ad.Delivery), ad.Delivery.Status().Targeted, ad.Compliance
	if ad.Cluster != "" {
		s.Cluster = ad.Cluster
	}
	if len(ad.Updates) > 0 {
		s.Updates = slices.Clone(ad.Updates)
	}
	if !ad.Before.IsZero() {
		s.Before = ad.Before
	}
	s.After, s.Attempts, s.Restarts, s.Started = ad.After, ad.Attempts, ad.Restarts, c.started
	if w, ok := m.spans[ad.Window]; ok {
		s.Window = &w
	}
	if ad.Delivery.Final() {
		s.Ended = ad.Since.UTC()
	}
	if ad.Delivery != rollout.Succeeded {
		s.Failure = failureOf(ad.Failure)
	}
	if x, ok := m.in.Change.Exclusions[string(ad.Server)]; ok && ad.Delivery == rollout.Excluded {
		s.Exclusion = &Signed{By: x.By, At: x.At.UTC(), Reason: x.Reason}
	} else if ad.Delivery == rollout.Excluded {
		s.Exclusion = &Signed{By: c.by, At: ad.Since.UTC(), Reason: ad.Exclusion}
	}
	s.Evidence = m.evidence(ad)
	s.Installed = s.Evidence == Present
	s.MayBeInstalled = s.Evidence == NotRead && ad.Attempts > 0
	s.Explanation = m.explain(s, ad, c)
}

func failureOf(f *rollout.Failure) *Failure {
	if f == nil {
		return nil
	}
	return &Failure{Class: f.Class, Code: f.Code, Words: f.Words}
}
