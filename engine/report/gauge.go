package report

import (
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Gauge holds the updates that servers are measured with: every one of the catalogue that no other replaces and that nobody decided to be
// not relevant.
type Gauge struct {
	Updates    []catalog.Update // as they are rated now
	Replaced   int              // updates of the catalogue that another one makes needless
	Irrelevant int              // updates that somebody decided to be not relevant

	judges  []catalog.Judge
	rulings []catalog.Ruling
}

// NewGauge prepares the updates of bulletins, newest first, with what people recorded of them.
func NewGauge(bulletins []catalog.Bulletin, dossiers map[string]catalog.Dossier) *Gauge {
	combined := catalog.Combine(bulletins)
	all := make([]catalog.Update, len(combined))
	for i, c := range combined {
		all[i] = c.Update
	}
	replaced := catalog.Superseded(all)
	g := &Gauge{}
	for _, u := range all {
		dossier := dossiers[u.KB]
		decision, decided := dossier.Decided()
		switch {
		case replaced[u.KB] != "":
			g.Replaced++
			continue
		case decided && !decision.Relevant:
			g.Irrelevant++
			continue
		}
		u = dossier.Rated(u)
		g.Updates = append(g.Updates, u)
		g.judges = append(g.judges, catalog.NewJudge(u))
		g.rulings = append(g.rulings, dossier.Ruling())
	}
	return g
}

// Judged is where one server stands with the updates of a gauge, by their places. An update in no list does not apply to it.
type Judged struct {
	Compliant []int
	Missing   []int
	Withheld  []int // misses it, and a rule for its class says that it does not get it
	Unknown   []int
	Seen      time.Time // when what is known of it was read; zero is never
	Restart   bool      // it must restart first
}

// Judge finds where a server stands with each update. ad is the newest advertisement that ended on it with evidence, or nil; removal tells that
// it took its updates away.
func (g *Gauge) Judge(s inventory.Server, ad *rollout.Advertisement, removal bool) (j Judged) {
	s, j.Seen = known(s, ad, removal)
	j.Restart = s.Facts != nil && s.Facts.RestartBlocks()
	for i, judge := range g.judges {
		switch judge(s).Verdict {
		case catalog.Compliant:
			j.Compliant = append(j.Compliant, i)
		case catalog.Missing:
			if _, why := g.rulings[i](s); why != "" {
				j.Withheld = append(j.Withheld, i)
			} else {
				j.Missing = append(j.Missing, i)
			}
		case catalog.Unknown:
			j.Unknown = append(j.Unknown, i)
		}
	}
	return j
}

// known gives a server as it is known now, and since when: its facts and its scan, and what a rollout proved on it after they were read.
func known(s inventory.Server, ad *rollout.Advertisement, removal bool) (inventory.Server, time.Time) {
	var seen time.Time
	if s.Facts != nil {
		seen = s.Facts.At
	}
	if ad == nil || ad.Delivery != rollout.Succeeded && ad.Compliance != rollout.InstalledByOthers || !ad.Since.After(seen) || s.Facts == nil {
		return s, seen
	}
	facts := *s.Facts
	facts.PendingRestart = nil
	if !ad.After.IsZero() {
		facts.Build = ad.After
	}
	has := func(kb string) bool { return slices.Contains(ad.Updates, kb) }
	facts.Updates = slices.DeleteFunc(slices.Clone(facts.Updates), has)
	if !removal {
		facts.Updates = append(facts.Updates, ad.Updates...)
	}
	s.Facts = &facts
	if s.Scan != nil && !s.Scan.At.After(ad.Since) {
		scan := *s.Scan
		scan.Offered = slices.DeleteFunc(slices.Clone(scan.Offered), func(o inventory.Offer) bool { return has(o.KB) })
		if removal {
			for _, kb := range ad.Updates {
				scan.Offered = append(scan.Offered, inventory.Offer{KB: kb})
			}
		}
		s.Scan = &scan
	}
	return s, ad.Since
}

// PhaseOf gives the phase of an update: that of the release which is furthest with it, of those that are not closed; Closed where all are, and
// Assess where none holds it.
func PhaseOf(releases []approval.Release) func(kb string) approval.Phase {
	furthest := map[string]int{}
	for _, r := range releases {
		place := slices.Index(phaseOrder, r.Phase)
		for _, u := range r.Updates {
			if u.Dropped == nil && r.Undoes == "" {
				furthest[u.KB] = max(furthest[u.KB], place)
			}
		}
	}
	return func(kb string) approval.Phase { return phaseOrder[furthest[kb]] }
}

// phaseOrder is how far the phases are: an update that is released anew is not closed.
var phaseOrder = []approval.Phase{approval.Assess, approval.Closed, approval.Identify, approval.Evaluate, approval.Deploy}
