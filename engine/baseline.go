package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// MakeBaseline names the updates that every server of a class must have: those given, or everything that was applied to Prod by the
	// end of a quarter.
	MakeBaseline struct {
		Name, Class, Quarter string
		Updates              []string
		Reason               string
	}
	// ExemptFromBaseline lets servers stay away from a baseline until a time.
	ExemptFromBaseline struct {
		Baseline string
		Servers  []inventory.ServerID
		Until    time.Time
		Reason   string
	}
	// StampBaseline writes a baseline into the registry of the servers that have reached it; none named is all of its class.
	StampBaseline struct {
		Baseline string
		Servers  []inventory.ServerID
		Reason   string
	}
)

func (MakeBaseline) Action() string       { return "baseline.make" }
func (ExemptFromBaseline) Action() string { return "baseline.exempt" }
func (StampBaseline) Action() string      { return "baseline.stamp" }

type (
	baselineMade     struct{ inventory.Baseline }
	baselineExempted struct {
		Baseline  string               `json:"baseline"`
		Servers   []inventory.ServerID `json:"servers"`
		Exemption inventory.Exclusion  `json:"exemption"`
	}
	serverStamped struct {
		Server inventory.ServerID `json:"server"`
		Sweep  int                `json:"sweep"`
		Stamp  inventory.Stamp    `json:"stamp"`
		Before inventory.Stamp    `json:"before"`
	}
)

func (s *state) putBaseline(b inventory.Baseline) {
	s.baselines[b.Name] = b
	s.mark("baseline", b.Name)
}

func init() {
	offer((*Engine).makeBaseline, approval.Lead, approval.Administrator)
	offer((*Engine).exemptFromBaseline, approval.Lead).limit = entryWeight
	offer((*Engine).stampBaseline, approval.Lead, approval.Administrator).limit = entryWeight
	keep("baseline", (*state).putBaseline, func(s *state, id string) any { return s.baselines[id] })
	nouns = append(nouns, noun{show: (*Engine).showBaselines})
	register("baseline.made",
		func(e baselineMade) string { return e.Name },
		func(e baselineMade) string {
			return count(len(e.Updates), "update") + " for " + cmp.Or(e.Class, "every managed server")
		},
		func(s *state, e baselineMade, _ time.Time) error { s.putBaseline(e.Baseline); return nil })
	register("baseline.exempted",
		func(e baselineExempted) string { return e.Baseline },
		func(e baselineExempted) string {
			return fmt.Sprintf("%s exempt %s", count(len(e.Servers), "server"), untilWords(e.Exemption.Until))
		},
		func(s *state, e baselineExempted, _ time.Time) error {
			b, ok := s.baselines[e.Baseline]
			if !ok {
				return fmt.Errorf("baseline %s is not known", e.Baseline)
			}
			for _, id := range e.Servers {
				b = b.Exempt(id, e.Exemption)
			}
			s.putBaseline(b)
			return nil
		})
	stamped := register("server.stamped",
		func(e serverStamped) string { return string(e.Server) },
		func(e serverStamped) string { return "baseline " + e.Stamp.Name + " stands in its registry" },
		func(s *state, e serverStamped, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) {
				server.StampSweep = e.Sweep
				if server.Facts != nil {
					facts := *server.Facts
					facts.Baseline = e.Stamp
					server.Facts = &facts
				}
			})
		})
	stamped.change = func(e any) (string, string) { return e.(serverStamped).Before.Name, e.(serverStamped).Stamp.Name }
}

// yardstick is what servers are measured with beside a baseline. It never changes once it is made, so that views may share it.
type yardstick struct {
	approved []inventory.BaselineUpdate // of releases that a change request was approved for
	foreign  map[string]bool            // updates of the catalogue that no build proves and no release brings
}

func (s *state) measure() *yardstick {
	if s.yardstick != nil {
		return s.yardstick
	}
	y := &yardstick{foreign: map[string]bool{}}
	for _, b := range s.bulletins {
		for _, u := range b.Updates {
			if len(asBaseline(u).Fixed) == 0 {
				y.foreign[u.KB] = true
			}
		}
	}
	for _, release := range s.releases {
		for _, kb := range release.Active() {
			delete(y.foreign, kb)
		}
	}
	for _, c := range s.changes {
		if c.State != approval.Approved && c.State != approval.Authorised {
			continue
		}
		release := s.releases[c.Release]
		if release.Undoes != "" {
			continue // it takes updates away
		}
		for _, u := range s.bulletins[release.Bulletin].Updates {
			if slices.Contains(release.Active(), u.KB) {
				y.approved = append(y.approved, asBaseline(u))
			}
		}
	}
	s.yardstick = y
	return y
}

// asBaseline is an update of the catalogue as a baseline holds it.
func asBaseline(u catalog.Update) inventory.BaselineUpdate {
	b := inventory.BaselineUpdate{KB: u.KB, Bulletin: u.Bulletin}
	for _, p := range u.Products {
		if !p.Build.IsZero() && !slices.Contains(b.Fixed, p.Build) {
			b.Fixed = append(b.Fixed, p.Build)
		}
	}
	return b
}

// stand says where a server stands with a baseline; one below with its cause.
func (y *yardstick) stand(b inventory.Baseline, s *inventory.Server, newest *rollout.Advertisement, now time.Time) inventory.Standing {
	standing := b.Stand(*s, y.approved, func(kb string) bool {
		return y.foreign[kb] && !slices.ContainsFunc(b.Updates, func(u inventory.BaselineUpdate) bool { return u.KB == kb })
	}, now)
	if standing.Place == inventory.Below {
		standing.Cause = causeBelow(newest)
	}
	return standing
}

// causeBelow tells why a server misses updates by what became of its newest advertisement.
func causeBelow(ad *rollout.Advertisement) string {
	switch {
	case ad == nil:
		return "distribution: nothing was advertised to it"
	case ad.Delivery == rollout.Excluded || ad.Compliance == rollout.IsExempt:
		return "exception: " + cmp.Or(ad.Exclusion, "it was taken out")
	case ad.Failure != nil && ad.Failure.Class == rollout.ClassAccess:
		return "permission: " + ad.Failure.Words
	case ad.Delivery == rollout.WindowMissed || ad.Delivery == rollout.NotStarted || ad.Delivery == rollout.Cancelled || !ad.Delivery.Final():
		return fmt.Sprintf("schedule: %s is %s", ad.Rollout, ad.Delivery)
	case ad.Failure != nil:
		return "distribution: " + ad.Failure.Words
	default:
		return fmt.Sprintf("distribution: %s is %s", ad.Rollout, ad.Delivery)
	}
}

func (e *Engine) stand(b inventory.Baseline, s *inventory.Server, now time.Time) inventory.Standing {
	var newest *rollout.Advertisement
	for id := range e.state.rollouts {
		ad := e.state.ads[rollout.AdvertisementID(id, s.ID)]
		if ad != nil && (newest == nil || byNumber(newest.Rollout, ad.Rollout) < 0) {
			newest = ad
		}
	}
	return e.state.measure().stand(b, s, newest, now)
}

func (e *Engine) showBaselines(v *View, now time.Time) {
	if len(e.state.baselines) == 0 {
		return
	}
	y := e.state.measure()
	current := e.state.currentBaselines()
	newest := sync.OnceValue(func() map[inventory.ServerID]*rollout.Advertisement { return newestAds(v) })
	for _, b := range e.state.baselines {
		v.Baselines = append(v.Baselines, BaselineView{Baseline: b,
			Current: slices.ContainsFunc(current, func(c inventory.Baseline) bool { return c.Name == b.Name }),
			Stand: sync.OnceValue(func() []inventory.Standing {
				var list []inventory.Standing
				filters := expressions{} // the loop's are the loop's alone
				for i := range v.Servers {
					if s := &v.Servers[i]; s.Unmanaged == "" && filters.selects(b.Class, *s) {
						list = append(list, y.stand(b, s, newest()[s.ID], now))
					}
				}
				return list
			})})
	}
	slices.SortFunc(v.Baselines, func(a, b BaselineView) int { return cmp.Or(b.Date.Compare(a.Date), cmp.Compare(a.Name, b.Name)) })
}

// newestAds are the newest advertisements of the servers, for the rollouts are in the order in which they were opened.
func newestAds(v *View) map[inventory.ServerID]*rollout.Advertisement {
	newest := map[inventory.ServerID]*rollout.Advertisement{}
	for _, r := range v.Rollouts {
		for _, ad := range r.Advertisements {
			newest[ad.Server] = ad
		}
	}
	return newest
}

// currentBaselines are the newest of each class, by name.
func (s *state) currentBaselines() []inventory.Baseline {
	newest := map[string]inventory.Baseline{}
	for _, b := range s.baselines {
		if was, ok := newest[b.Class]; !ok || cmp.Or(was.Date.Compare(b.Date), was.Made.At.Compare(b.Made.At), cmp.Compare(was.Name, b.Name)) < 0 {
			newest[b.Class] = b
		}
	}
	return sortedValues(newest, func(b inventory.Baseline) string { return b.Name })
}

func (e *Engine) makeBaseline(actor approval.Actor, c MakeBaseline, now time.Time) (string, error) {
	b := inventory.Baseline{Name: cmp.Or(c.Name, c.Quarter), Class: c.Class, Quarter: c.Quarter, Date: now, Made: signed(actor, c.Reason, now), Rev: 1}
	if err := inventory.CheckName("baseline", b.Name); err != nil {
		return "", err
	}
	if _, ok := e.state.baselines[b.Name]; ok {
		return "", approval.Clash("baseline %s exists already: it never changes; make another under a new name", b.Name)
	}
	if c.Class != "" {
		if _, err := inventory.CompileFilter(c.Class); err != nil {
			return "", err
		}
	}
	kbs := c.Updates
	switch {
	case (c.Quarter == "") == (len(c.Updates) == 0):
		return "", fmt.Errorf("give a quarter such as 2026Q4, or name the updates of the baseline")
	case c.Quarter != "":
		from, until, err := inventory.Quarter(c.Quarter, e.options.Zone)
		if err != nil {
			return "", err
		}
		if now.Before(from) {
			return "", fmt.Errorf("the quarter %s has not begun: it begins on %s", c.Quarter, from.Format(time.DateOnly))
		}
		if until.Before(now) {
			b.Date = until
		}
		if kbs = e.appliedToProd(b.Date); len(kbs) == 0 {
			return "", fmt.Errorf("nothing was applied to Prod by %s", b.Date.In(e.options.Zone).Format(time.DateOnly))
		}
	}
	for _, kb := range kbs {
		u, ok := e.state.updateByKB(kb)
		if !ok {
			return "", fmt.Errorf("no bulletin of the catalogue holds %q", kb)
		}
		b.Updates = append(b.Updates, asBaseline(u))
	}
	e.must(baselineMade{b}, actor, c.Reason, now)
	return fmt.Sprintf("baseline %s holds %s", b.Name, count(len(b.Updates), "update")), nil
}

// updateByKB finds an update in the newest bulletin that holds it.
func (s *state) updateByKB(kb string) (found catalog.Update, ok bool) {
	newest := time.Time{}
	for _, b := range s.bulletins {
		for _, u := range b.Updates {
			if u.KB == kb && (!ok || b.Released.After(newest)) {
				found, newest, ok = u, b.Released, true
			}
		}
	}
	return found, ok
}

// appliedToProd lists every update that was verified on a server of Prod by a time.
func (e *Engine) appliedToProd(until time.Time) []string {
	applied := map[string]bool{}
	for id, r := range e.state.rollouts {
		if r.Ring != rollout.Prod {
			continue
		}
		for _, adID := range e.state.adsOf[id] {
			if ad := e.state.ads[adID]; ad.Delivery == rollout.Succeeded && !ad.Since.After(until) {
				for _, kb := range ad.Updates {
					applied[kb] = applied[kb] || !e.takenBack(ad.Server, kb, ad.Since)
				}
			}
		}
	}
	maps.DeleteFunc(applied, func(_ string, still bool) bool { return !still })
	return slices.Sorted(maps.Keys(applied))
}

func (e *Engine) baseline(name string) (inventory.Baseline, error) {
	b, ok := e.state.baselines[name]
	switch {
	case !ok && len(e.state.baselines) == 0:
		return b, fmt.Errorf("there is no baseline yet, so none is called %q: patchdeck baseline make makes one", name)
	case !ok:
		return b, fmt.Errorf("baseline %q is not known: %s", name, known(slices.Sorted(maps.Keys(e.state.baselines))))
	}
	return b, nil
}

func (e *Engine) exemptFromBaseline(actor approval.Actor, c ExemptFromBaseline, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if _, err := e.baseline(c.Baseline); err != nil {
		return "", err
	}
	if err := e.someServers(c.Servers); err != nil {
		return "", err
	}
	if !c.Until.After(now) {
		return "", fmt.Errorf("an exemption needs an end that lies ahead: no server stays away from a baseline for ever")
	}
	exemption := inventory.Exclusion{Signed: signed(actor, c.Reason, now), Until: c.Until}
	e.must(baselineExempted{c.Baseline, c.Servers, exemption}, actor, c.Reason, now)
	for _, id := range c.Servers {
		e.judge(id, "the exemption by "+actor.Name, now)
	}
	return fmt.Sprintf("%s exempt from %s %s", count(len(c.Servers), "server"), c.Baseline, untilWords(c.Until)), nil
}

func (e *Engine) stampBaseline(actor approval.Actor, c StampBaseline, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	b, err := e.baseline(c.Baseline)
	if err != nil {
		return "", err
	}
	if err := e.inInventory(c.Servers); err != nil {
		return "", err
	}
	sweep := sweepState{Number: len(e.state.sweeps) + 1, Kind: SweepStamp, Ordered: now, Stamp: inventory.Stamp{Name: b.Name, Date: b.Date}}
	short := 0
	for _, s := range e.state.managedServers() {
		if len(c.Servers) > 0 && !slices.Contains(c.Servers, s.ID) || !e.state.filters.selects(b.Class, s) {
			continue
		}
		switch e.stand(b, &s, now).Place {
		case inventory.At, inventory.Above:
			sweep.Servers = append(sweep.Servers, s.ID)
		default:
			short++
		}
	}
	if len(sweep.Servers) == 0 {
		return "", approval.Clash("no server has reached %s: %d have not, see patchdeck baseline show %s", b.Name, short, b.Name)
	}
	e.must(sweepOrdered{sweep}, actor, c.Reason, now)
	return fmt.Sprintf("%s: stamping %s on %s; %d have not reached it", sweep.id(), b.Name, count(len(sweep.Servers), "server"), short), nil
}
