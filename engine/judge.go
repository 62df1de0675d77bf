package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// What is seen of a server is judged at once: its findings open and close with the facts, the scan or the trouble that shows them.

func init() {
	nouns = append(nouns, noun{follow: (*Engine).followInventory})
}

// followInventory judges what was seen of a server, and audits a sweep that is through.
func (e *Engine) followInventory(event any, actor approval.Actor, now time.Time) {
	switch m := event.(type) {
	case factsRead:
		e.judge(m.Server, seenBy(m.Sweep), now)
	case serverScanned:
		e.judge(m.Server, seenBy(m.Sweep), now)
	case serverHealth:
		s := e.state.servers[m.Server]
		if s != nil && s.Unmanaged == "" {
			e.settle(e.state.openFindings(m.Server), s.Unhealthy(), func(f inventory.Finding) bool { return f.Kind == inventory.ClientHealth },
				fmt.Sprintf("sweep-%d", m.Sweep), engineActor, "", now)
		}
	case serverTrouble:
		if m.Kind == SweepFacts || m.Kind == SweepHealth {
			e.judgeSilence(m, now)
		}
	case sweepEnded:
		e.audit(e.state.sweeps[m.Number], now)
	case serversImported:
		for _, s := range m.Servers {
			if s.Unmanaged != "" {
				e.closeFindings([]inventory.ServerID{s.ID}, "the server is not managed", actor, now)
			}
		}
	case bulletinImported, releaseCreated, updateDropped, changeDecided:
		e.state.yardstick = nil
	}
}

func seenBy(sweep int) string {
	if sweep == 0 {
		return "its facts"
	}
	return inventory.AuditID(sweep)
}

// judgeSilence opens what the trouble of a server means: it is off the network, or it cannot be read.
func (e *Engine) judgeSilence(m serverTrouble, now time.Time) {
	s := e.state.servers[m.Server]
	if s == nil || s.Unmanaged != "" {
		return
	}
	o := inventory.Observation{Kind: inventory.Unreadable, Subject: s.Name, Server: s.ID, Words: fmt.Sprintf("%s port %d: %s", s.Address, s.Port, s.Trouble)}
	if !s.OffSince.IsZero() {
		o.Kind = inventory.OffNetwork
	}
	e.settle(e.state.openFindings(s.ID), []inventory.Observation{o}, func(f inventory.Finding) bool {
		return f.Kind == inventory.Unreadable || f.Kind == inventory.OffNetwork
	}, inventory.AuditID(m.Sweep), engineActor, "", now)
}

// judgedKinds are the findings that the facts and the scan of a server can show.
var judgedKinds = []inventory.FindingKind{inventory.Unreadable, inventory.OffNetwork, inventory.Violation, inventory.BelowLine, inventory.AboveLine,
	inventory.Recurrence, inventory.CatchUp}

// judge compares a server with the standards, its baselines, what it once had, and the releases that are through.
func (e *Engine) judge(id inventory.ServerID, evidence string, now time.Time) {
	s := e.state.servers[id]
	if s == nil || s.Facts == nil || s.Unmanaged != "" {
		return
	}
	var seen []inventory.Observation
	for _, standard := range e.state.standards.Standards {
		if o, broken := e.state.checkStandard(standard, *s); broken {
			seen = append(seen, o)
		}
	}
	seen = append(seen, e.lost(s)...)
	seen = append(seen, e.owed(s, now)...)
	for _, b := range e.state.currentBaselines() {
		if !e.state.filters.selects(b.Class, *s) {
			continue
		}
		switch standing := e.stand(b, s, now); standing.Place {
		case inventory.Below:
			seen = append(seen, inventory.Observation{Kind: inventory.BelowLine, Subject: s.Name, Rule: b.Name, Server: id,
				Words: fmt.Sprintf("%s; cause: %s", standing.Why, standing.Cause)})
		case inventory.Above:
			seen = append(seen, inventory.Observation{Kind: inventory.AboveLine, Subject: s.Name, Rule: b.Name, Server: id, Words: standing.Why})
		}
	}
	e.settle(e.state.openFindings(id), seen, func(f inventory.Finding) bool { return slices.Contains(judgedKinds, f.Kind) }, evidence, engineActor, "", now)
}

// checkStandard tells whether a server breaks a standard. Servers about which the rule cannot be asked break it too: nobody knows.
func (s *state) checkStandard(standard inventory.Standard, server inventory.Server) (o inventory.Observation, broken bool) {
	if !s.filters.selects(standard.Applies, server) {
		return o, false
	}
	rule, why := s.filters.compiled(standard.Rule), "the rule can no longer be read"
	if rule != nil {
		holds, err := rule.Match(server)
		if err == nil && holds {
			return o, false
		}
		if why = ""; err != nil {
			why = err.Error()
		}
	}
	return standard.Violated(server, why), true
}

// lost names the updates that a server had and misses again: its build fell, or its scan offers what was verified on it.
func (e *Engine) lost(s *inventory.Server) (seen []inventory.Observation) {
	recurs := func(rule, format string, args ...any) {
		seen = append(seen, inventory.Observation{Kind: inventory.Recurrence, Subject: s.Name, Rule: rule, Server: s.ID, Words: fmt.Sprintf(format, args...)})
	}
	if build := s.Facts.Build; build.SameBase(s.Reached) && !build.AtLeast(s.Reached) && !e.beingTakenBack(s.ID) {
		recurs("build", "it was at build %s and is at %s", s.Reached, build)
	}
	if s.Scan == nil {
		return seen
	}
	for _, r := range e.state.rollouts {
		ad := e.state.ads[rollout.AdvertisementID(r.ID, s.ID)]
		if r.Ring == rollout.Rollback || ad == nil || ad.Delivery != rollout.Succeeded || !s.Scan.At.After(ad.Since) {
			continue
		}
		for _, kb := range ad.Updates {
			if s.Scan.Offers(kb) && !e.takenBack(s.ID, kb, ad.Since) {
				recurs(kb, "%s was verified in %s, and its scan offers it again", kb, r.ID)
			}
		}
	}
	return seen
}

// takenBack tells that a roll-back took an update from a server after a time: it is not missed by mistake.
func (e *Engine) takenBack(id inventory.ServerID, kb string, after time.Time) bool {
	for _, r := range e.state.rollouts {
		if r.Ring != rollout.Rollback {
			continue
		}
		ad := e.state.ads[rollout.AdvertisementID(r.ID, id)]
		if ad != nil && ad.Delivery == rollout.Succeeded && ad.Since.After(after) && slices.Contains(ad.Updates, kb) {
			return true
		}
	}
	return false
}

// beingTakenBack tells that a roll-back is at work on a server.
func (e *Engine) beingTakenBack(id inventory.ServerID) bool {
	for _, r := range e.state.rollouts {
		if ad := e.state.ads[rollout.AdvertisementID(r.ID, id)]; r.Ring == rollout.Rollback && ad != nil && ad.Attempts > 0 && !ad.Delivery.Final() {
			return true
		}
	}
	return false
}

// owed names the updates of releases that are through, which a server misses: it is to be caught up.
func (e *Engine) owed(s *inventory.Server, now time.Time) (seen []inventory.Observation) {
	for _, release := range e.state.releases {
		if release.Undoes != "" || release.CatchesUp != "" || !e.prodThrough(release.ID) {
			continue
		}
		var missing []string
		updates := e.updatesOf(release)
		withheld := e.withheld(release, updates, false)
		for _, u := range updates {
			if catalog.Relevant(u, *s).Verdict == catalog.Missing && withheld(u.KB, *s) == "" && !e.takenBack(s.ID, u.KB, time.Time{}) {
				missing = append(missing, u.KB)
			}
		}
		if len(missing) > 0 && !e.declined(release.ID, s.ID) && !e.leftOut(release.ID, s.ID, now) {
			seen = append(seen, inventory.Observation{Kind: inventory.CatchUp, Subject: s.Name, Rule: release.ID, Server: s.ID,
				Words: fmt.Sprintf("release %s is through, and it misses %s", release.ID, strings.Join(missing, ", ")),
				Todo:  fmt.Sprintf("give it a window: patchdeck release catch-up %s --reason \"...\"; or exclude it with a reason", release.ID)})
		}
	}
	slices.SortFunc(seen, func(a, b inventory.Observation) int { return cmp.Compare(a.Rule, b.Rule) })
	return seen
}

// prodThrough tells that a release went to Prod and nothing of it is open.
func (e *Engine) prodThrough(release string) bool {
	went := false
	for _, r := range e.state.rollouts {
		if r.Release == release {
			if r.State != rollout.Closed {
				return false
			}
			went = went || r.Ring == rollout.Prod
		}
	}
	return went
}

// declined tells that a release was optional for a server, and that nobody asked for it there.
func (e *Engine) declined(release string, id inventory.ServerID) bool {
	for _, r := range e.state.rollouts {
		if ad := e.state.ads[rollout.AdvertisementID(r.ID, id)]; r.Release == release && ad != nil && ad.Declined() {
			return true
		}
	}
	return false
}

// leftOut tells that somebody decided that a server does not get a release.
func (e *Engine) leftOut(release string, id inventory.ServerID, now time.Time) bool {
	for _, c := range e.state.changes {
		if c.Release != release {
			continue
		}
		if _, excluded := c.Exclusions[string(id)]; excluded {
			return true
		}
		if p := e.state.plans[c.PlanHash]; p != nil && slices.ContainsFunc(p.Excluded, func(o rollout.Omission) bool { return o.Server == id && e.stillExempt(o.Exemption, now) }) {
			return true
		}
	}
	return false
}
