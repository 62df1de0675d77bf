package rollout

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// Draft is what a plan is made from.
type Draft struct {
	Change, Release string
	Emergency       bool
	ByHand          bool                       // the updates ship as packages, which people install
	Packages        map[string]catalog.Package // by update: those that servers install by themselves
	Removal         bool                       // a roll-back: every server is in the ring Rollback, and the updates that it has are taken away
	Behind          bool                       // every server is in the ring CatchUp: it is behind a release that is through
	Updates         []catalog.Update           // the active updates of the release
	Servers         []inventory.Server
	Pilots          []inventory.ServerID
	// First are servers that get the updates before others of their ring, each with the reason.
	First    map[inventory.ServerID]string
	Windows  []Window
	AcceptBy time.Time
	Ceiling  int // 0: as proposed
	Policy   Policy
	// What the forecast that proposes a ceiling follows from: the time, and the release's measured durations and verified successes by base build.
	Now        time.Time
	Took       map[string][]int
	Experience map[string]int
	Enforce    time.Time // the enforcement date; zero is at once
	Exempt     Exemptions
	Offers     []Offering // its advertisements; an empty list is one that is mandatory for all
	// Offered is how binding it is for a server of Prod, and its enforcement date; nil is mandatory for all, from Enforce on.
	Offered func(inventory.Server) (Offer, time.Time)
	// InPlaceOf maps each standard window to the emergency window that takes the servers of its day; it is empty but in an emergency.
	InPlaceOf map[string]string
	// Withheld says why a server does not get an update that it needs, by policy or by a rule for its class; "" is that it does.
	// Nil withholds nothing.
	Withheld func(kb string, s inventory.Server) string
}

// MakePlan assigns servers to rings and windows. A server keeps the window that its owner chose where the plan has it; others
// go to the least loaded window of their ring and may use every later one. Every server also gets the ring's check window. Servers that need nothing are named beside.
func MakePlan(d Draft) (Plan, error) {
	p := Plan{Change: d.Change, Release: d.Release, Emergency: d.Emergency, ByHand: d.ByHand, Removal: d.Removal, AcceptBy: d.AcceptBy, Enforce: d.Enforce, Offers: d.Offers,
		Windows: slices.SortedFunc(slices.Values(d.Windows), func(a, b Window) int {
			return cmp.Or(a.Opens.Compare(b.Opens), strings.Compare(a.ID, b.ID))
		})}
	for _, u := range d.Updates {
		p.Updates = append(p.Updates, d.planned(u))
	}
	if err := p.checkWindows(); err != nil {
		return Plan{}, err
	}
	var unread []string
	spread := map[string]int{}
	withheld := map[string]int{}
	judges := make([]catalog.Judge, len(d.Updates))
	for i, u := range d.Updates {
		judges[i] = catalog.NewJudge(u)
	}
	clusters := map[string]string{}
	for _, s := range slices.SortedFunc(slices.Values(d.Servers), func(a, b inventory.Server) int { return strings.Compare(a.Name, b.Name) }) {
		need, without, verdict := d.needs(s, judges, withheld)
		switch verdict {
		case catalog.Compliant:
			p.Compliant = append(p.Compliant, s.ID)
			continue
		case catalog.NotApplicable:
			p.NotOffered = append(p.NotOffered, s.ID)
			continue
		case catalog.Unknown:
			unread = append(unread, s.Name)
		}
		ring := d.ring(s)
		terms, keep := d.termsOf(&p, s, ring, need)
		if !keep {
			continue
		}
		s.Window = cmp.Or(terms.window, s.Window)
		windows, chosen, err := p.windowsFor(d, s, ring, terms.from, spread, clusters)
		if err != nil {
			return Plan{}, err
		}
		if s.Cluster != "" {
			key := s.Cluster + "/" + windows[0]
			if peer := clusters[key]; peer != "" {
				p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf(
					"cluster %s: %s and %s share window %s; they take turns", s.Cluster, peer, s.Name, windows[0])})
				if chosen {
					p.Shared = append(p.Shared, fmt.Sprintf("%s and %s of %s in %s", peer, s.Name, s.Cluster, windows[0]))
				}
			}
			clusters[key] = s.Name
		}
		assigned := Assignment{Server: s.ID, Ring: ring, Windows: windows, Updates: need, Without: without}
		if terms.offer != Mandatory {
			assigned.Offer = terms.offer
		}
		if !terms.enforce.Equal(p.Enforce) && ring == Prod {
			assigned.Enforce = terms.enforce
		}
		p.Assignments = append(p.Assignments, assigned)
	}
	for _, why := range slices.Sorted(maps.Keys(withheld)) {
		p.Findings = append(p.Findings, Finding{Words: fmt.Sprintf("%d servers do not get %s", withheld[why], why)})
	}
	if len(unread) > 0 {
		p.Findings = append(p.Findings, Finding{Words: fmt.Sprintf("%d servers were not read and are planned as if they needed everything: %s", len(unread), list(unread))})
	}
	if len(p.Assignments) == 0 && d.Removal {
		return Plan{}, fmt.Errorf("no server has an update of %s any more: there is nothing to roll back", d.Release)
	}
	if len(p.Assignments) == 0 {
		return Plan{}, fmt.Errorf("no server needs an update of %s: %d are compliant, to %d nothing applies", d.Release, len(p.Compliant), len(p.NotOffered))
	}
	p.Ceiling = d.Ceiling
	if p.Ceiling == 0 {
		p.Ceiling = d.propose(&p)
	}
	return p.Seal()
}

func (d Draft) planned(u catalog.Update) PlannedUpdate {
	fixed := PlannedUpdate{KB: u.KB}
	p, automatic := d.Packages[u.KB]
	if automatic {
		fixed.Package = &p
	}
	if fixed.Stays = staysFor(u, fixed.Package); automatic {
		return fixed
	}
	for _, product := range u.Products {
		if !product.Build.IsZero() && !slices.Contains(fixed.Fixed, product.Build) {
			fixed.Fixed = append(fixed.Fixed, product.Build)
		}
	}
	return fixed
}

func (p *Plan) checkWindows() error {
	seen := map[string]bool{}
	for _, w := range p.Windows {
		if seen[w.ID] {
			return fmt.Errorf("window %s is in the plan twice", w.ID)
		}
		if !w.Closes.After(w.Opens) {
			return fmt.Errorf("window %s closes before it opens", w.ID)
		}
		seen[w.ID] = true
	}
	return nil
}

// needs says which updates of the release a server needs and gets. Unknown ones get the updates of their own base build at their first
// contact. What is withheld from a server that needs it, or may need it, is counted by its reason.
func (d Draft) needs(s inventory.Server, judges []catalog.Judge, withheld map[string]int) (kbs, without []string, verdict catalog.Verdict) {
	if d.Removal {
		kbs, verdict = d.has(s)
		return kbs, nil, verdict
	}
	verdict = catalog.NotApplicable
	for i, u := range d.Updates {
		judged := judges[i](s).Verdict
		if d.Withheld != nil && (judged == catalog.Missing || judged == catalog.Unknown) {
			if why := d.Withheld(u.KB, s); why != "" {
				withheld[u.KB+": "+why]++
				without = append(without, u.KB)
				continue
			}
		}
		switch judged {
		case catalog.Missing:
			kbs, verdict = append(kbs, u.KB), catalog.Missing
		case catalog.Unknown:
			if verdict != catalog.Missing {
				verdict = catalog.Unknown
			}
		case catalog.Compliant:
			if verdict == catalog.NotApplicable {
				verdict = catalog.Compliant
			}
		}
	}
	return kbs, without, verdict
}

func (d Draft) ring(s inventory.Server) Ring {
	switch {
	case d.Removal:
		return Rollback
	case d.Behind:
		return CatchUp
	case slices.Contains(d.Pilots, s.ID):
		return Pilot
	case d.Emergency:
		return Prod
	default:
		return RingOf(s.Environment)
	}
}

// windowsFor gives a server its windows in order: the one that its owner chose and the check windows after it; or, where the owner
// chose none, the least loaded one and every later window of its ring, so that what one window leaves goes to the next. A server that goes
// first for some reason gets the first window. A window in which a peer of its cluster has its place is the last choice.
// In an emergency the window takes the day's servers, and what it leaves goes to the later ones and the check: nobody waits for an owner.
func (p *Plan) windowsFor(d Draft, s inventory.Server, ring Ring, from time.Time, spread map[string]int, clusters map[string]string) (ids []string, chosen bool, err error) {
	goesFirst := d.First[s.ID]
	var first *Window
	earlier := false
	peer := func(w *Window) bool { return s.Cluster != "" && clusters[s.Cluster+"/"+w.ID] != "" }
	for i := range p.Windows {
		w := &p.Windows[i]
		if w.Ring != ring || w.Kind == Check || w.Opens.Before(from) {
			continue
		}
		if chosen = strings.EqualFold(w.ID, s.Window); chosen || w.ID == d.InPlaceOf[strings.ToUpper(s.Window)] && !peer(w) {
			earlier = first != nil
			first = w
			break
		}
		switch {
		case first == nil || peer(first) && !peer(w):
			first = w
		case goesFirst == "" && spread[w.ID] < spread[first.ID] && peer(w) == peer(first):
			first = w
		}
	}
	if first == nil && !from.IsZero() {
		return nil, false, fmt.Errorf("the schedule has no window of %s after the enforcement date %s", ring, from.Format(time.RFC3339))
	}
	if first == nil {
		return nil, false, fmt.Errorf("the schedule has no window for ring %s, but %s belongs to it", ring, s.Name)
	}
	if goesFirst != "" && earlier {
		p.Findings = append(p.Findings, Finding{Server: s.ID, Words: fmt.Sprintf("should go first (%s), and keeps window %s, which its owner chose", goesFirst, first.ID)})
	}
	spread[first.ID]++
	ids = []string{first.ID}
	for _, w := range p.Windows {
		if w.Ring == ring && (w.Kind == Check || !chosen) && !w.Opens.Before(first.Closes) {
			ids = append(ids, w.ID)
		}
	}
	return ids, chosen, nil
}

// Applications lists the applications that run on the plan's servers of the given rings.
func (p *Plan) Applications(servers map[inventory.ServerID]inventory.Server, rings ...Ring) []string {
	found := map[string]bool{}
	for _, a := range p.Assignments {
		if slices.Contains(rings, a.Ring) {
			for _, app := range servers[a.Server].Applications {
				found[app] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
