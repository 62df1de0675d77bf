package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
)

// WidenRelease adds an update to a release, or takes back one that was dropped and is repaired. A plan that was frozen before is void.
type WidenRelease struct {
	Release, KB, Reason string
}

func (WidenRelease) Action() string { return "release.widen" }

type releaseWidened struct {
	Release   string                 `json:"release"`
	Update    approval.ReleaseUpdate `json:"update"`
	Amendment approval.Amendment     `json:"amendment"`
}

func init() {
	offer((*Engine).widenRelease, approval.Lead)
	register("release.widened",
		func(e releaseWidened) string { return e.Release },
		func(e releaseWidened) string { return e.Update.KB + " added: " + e.Amendment.Reason },
		func(s *state, e releaseWidened, _ time.Time) error {
			r, err := s.releases[e.Release].Widen(e.Update, e.Amendment)
			if err == nil {
				s.putRelease(r)
			}
			return err
		})
}

func (e *Engine) createRelease(actor approval.Actor, c CreateRelease, now time.Time) (string, error) {
	b, ok := e.state.bulletins[c.Bulletin]
	switch {
	case c.ID == "":
		return "", fmt.Errorf("a release needs an id such as 2026-11-security")
	case !ok:
		return "", fmt.Errorf("bulletin %q is not in the catalogue: %s", c.Bulletin, known(slices.Sorted(maps.Keys(e.state.bulletins))))
	}
	if _, ok := e.state.releases[c.ID]; ok {
		return "", fmt.Errorf("release %s exists already", c.ID)
	}
	category, err := approval.ParseCategory(c.Category)
	if err != nil {
		return "", err
	}
	release := approval.Release{ID: c.ID, Title: c.Title, Bulletin: b.ID, Owner: actor.Name, Created: now, Phase: approval.Identify, Category: category.Name, Rev: 1}
	var beside []catalog.Update // packages of other vendors, which no month's bulletin holds
	for _, kb := range c.Updates {
		if _, ok := b.Find(kb); !ok {
			_, u, _ := e.findUpdate(kb, "")
			if !u.IsPackage() {
				return "", fmt.Errorf("%s holds no %s for Windows Server", b.ID, kb)
			}
			beside = append(beside, u)
		}
		if d, decided := e.state.dossiers[kb].Decided(); decided && !d.Relevant {
			return "", approval.Clash("%s was decided not to be relevant by %s: %s", kb, d.By, d.Why)
		}
	}
	for _, u := range b.Updates {
		if member, ok := e.member(u, slices.Contains(c.Updates, u.KB), len(c.Updates) > 0); ok {
			release.Updates = append(release.Updates, member)
		}
	}
	for _, u := range beside {
		if member, ok := e.member(u, true, true); ok {
			member.Bulletin = u.Bulletin
			release.Updates = append(release.Updates, member)
		}
	}
	if len(c.Updates) == 0 {
		release.Updates = append(release.Updates, e.carried(release)...)
	}
	evidence := approval.Evidence{Notification: b.ID, Affects: len(release.Updates) > 0}
	if err := approval.Leave(release.ID, approval.Assess, evidence); err != nil {
		return "", fmt.Errorf("no server's scan offers an update of %s: sweep facts and scan first, or name the updates (%w)", b.ID, err)
	}
	e.must(releaseCreated{release}, actor, c.Reason, now)
	for _, u := range release.Updates {
		e.decided(u, actor, now)
	}
	return fmt.Sprintf("release %s holds %s", release.ID, strings.Join(release.Active(), ", ")), nil
}

// member decides whether an update of a bulletin goes into a release: named updates do, and without names those that a server needs.
func (e *Engine) member(u catalog.Update, wanted, named bool) (approval.ReleaseUpdate, bool) {
	if named && !wanted {
		return approval.ReleaseUpdate{}, false
	}
	dossier := e.state.dossiers[u.KB]
	if d, decided := dossier.Decided(); decided && !d.Relevant {
		return approval.ReleaseUpdate{}, false
	}
	missing := e.missing(u)
	if missing == 0 && !wanted {
		return approval.ReleaseUpdate{}, false
	}
	u = dossier.Rated(u)
	return approval.ReleaseUpdate{KB: u.KB, Severity: u.Severity, Exploited: u.Exploited, Missing: missing, Why: whyIn(u, missing)}, true
}

// missing counts the servers that need an update.
func (e *Engine) missing(u catalog.Update) int {
	n, judge := 0, catalog.NewJudge(u)
	for _, s := range e.state.servers {
		if judge(*s).Verdict == catalog.Missing {
			n++
		}
	}
	return n
}

// decided records the relevance decision that stands behind an update of a release, unless one was recorded before.
func (e *Engine) decided(u approval.ReleaseUpdate, actor approval.Actor, now time.Time) {
	if _, already := e.state.dossiers[u.KB].Decided(); !already {
		e.must(relevanceRecorded{KB: u.KB, Decision: catalog.Decision{Relevant: true, Why: u.Why, By: actor.Name, At: now}}, actor, u.Why, now)
	}
}

// whyIn is the relevance decision of an update of a release.
func whyIn(u catalog.Update, missing int) string {
	switch {
	case missing == 0 && u.IsPackage():
		return "named by the lead; its rule finds it missing nowhere yet"
	case missing == 0:
		return "named by the lead; no scan offers it yet"
	case u.IsPackage():
		return fmt.Sprintf("its rule finds it missing on %d servers", missing)
	}
	return fmt.Sprintf("the scan of %d servers offers it", missing)
}

// carriedMonths is how far back a quarterly run looks for updates that waited for it.
const carriedMonths = 3

// carried lists the updates of earlier bulletins that waited for this quarterly run: they passed in Dev, Prod still needs them, and
// nothing newer replaces them.
func (e *Engine) carried(release approval.Release) (list []approval.ReleaseUpdate) {
	month := e.runMonth(release)
	released := e.state.bulletins[release.Bulletin].Released
	var known []catalog.Update
	for _, b := range e.state.bulletins {
		known = append(known, b.Updates...)
	}
	superseded := catalog.Superseded(known)
	for _, id := range slices.Sorted(maps.Keys(e.state.releases)) {
		earlier := e.state.releases[id]
		from := e.state.bulletins[earlier.Bulletin].Released
		if !e.accepted(id) || !from.Before(released) || from.Before(released.AddDate(0, -carriedMonths, 0)) {
			continue
		}
		for _, u := range e.updatesOf(earlier) {
			rule := approval.PolicyFor(u.Severity)
			taken := slices.ContainsFunc(append(release.Updates, list...), func(have approval.ReleaseUpdate) bool { return have.KB == u.KB })
			if taken || superseded[u.KB] != "" || rule.ProdNow(from.In(e.options.Zone).Month()) || !rule.ProdNow(month) {
				continue
			}
			if member, ok := e.member(u, false, false); ok {
				held, _ := earlier.Holds(u.KB)
				member.Bulletin = cmp.Or(held.Bulletin, earlier.Bulletin)
				member.Why = fmt.Sprintf("passed in Dev with %s and waited for the quarter; %s", earlier.ID, member.Why)
				list = append(list, member)
			}
		}
	}
	return list
}

// accepted tells that a change request of a release passed acceptance in Dev.
func (e *Engine) accepted(release string) bool {
	for id, c := range e.state.changes {
		if a := e.state.acceptance[id]; c.Release == release && a.Closed && len(e.openBlocks(c)) == 0 {
			return true
		}
	}
	return false
}

func (e *Engine) dropUpdate(actor approval.Actor, c DropUpdate, now time.Time) (string, error) {
	release, err := e.reasonedRelease(c.Release, c.Reason)
	if err != nil {
		return "", err
	}
	amendment := approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}
	after, err := release.Drop(c.KB, amendment)
	if err != nil {
		return "", err
	}
	if len(after.Active()) == 0 {
		return "", approval.Clash("%s is the last update of %s: reject the change request or close the rollout instead", c.KB, c.Release)
	}
	e.must(updateDropped{Release: c.Release, KB: c.KB, Amendment: amendment}, actor, c.Reason, now)
	e.narrowUpdates(actor, c, now)
	return fmt.Sprintf("%s dropped from %s", c.KB, c.Release), nil
}

// narrowUpdates takes a dropped update out of advertisements that have not started; one that is left with nothing to install is excluded.
func (e *Engine) narrowUpdates(actor approval.Actor, c DropUpdate, now time.Time) {
	for _, id := range e.openRollouts() {
		if e.state.rollouts[id].Release != c.Release {
			continue
		}
		for _, adID := range e.state.adsOf[id] {
			ad := e.state.ads[adID]
			waits := ad.Delivery == rollout.NotReceived || ad.Delivery == rollout.Staging || ad.Delivery == rollout.Staged || ad.Delivery == rollout.Retrying
			if !slices.Contains(ad.Updates, c.KB) || !waits {
				continue // what runs finishes; what is tried again later asks the release
			}
			left := slices.DeleteFunc(slices.Clone(ad.Updates), func(kb string) bool { return kb == c.KB })
			if len(left) == 0 {
				if m, err := ad.Narrow(outside(ad), c.KB+" was dropped: "+c.Reason); err == nil {
					e.must(*m, actor, c.Reason, now)
				}
				continue
			}
			again := rollout.Moved{Ad: ad.ID, Rollout: id, Server: ad.Server, From: ad.Delivery, To: rollout.NotReceived, Cause: c.KB + " was dropped", Updates: left, StopJob: ad.Delivery == rollout.Staging}
			e.must(again, actor, c.Reason, now)
			e.contacts.put(adID, rollout.Contact{})
		}
	}
}

// outside is where a server goes that has nothing left to install: out of the account, unless an installation was started on it.
func outside(ad *rollout.Advertisement) rollout.Delivery {
	if ad.Attempts > 0 {
		return rollout.Cancelled
	}
	return rollout.Excluded
}

// reasonedRelease finds a release for a command that takes a reason.
func (e *Engine) reasonedRelease(id, reason string) (approval.Release, error) {
	if err := demandReason(reason); err != nil {
		return approval.Release{}, err
	}
	release, ok := e.state.releases[id]
	if !ok {
		return release, unknownRelease(e, id)
	}
	return release, nil
}

// widenRelease makes the package a new revision: what was approved is void, and acceptance repeats with the next change request.
func (e *Engine) widenRelease(actor approval.Actor, c WidenRelease, now time.Time) (string, error) {
	release, err := e.reasonedRelease(c.Release, c.Reason)
	if err != nil {
		return "", err
	}
	held, _ := release.Holds(c.KB)
	bulletin, u, ok := e.findUpdate(c.KB, cmp.Or(held.Bulletin, release.Bulletin))
	if !ok {
		return "", fmt.Errorf("the catalogue holds no %s: import its bulletin, or add it by hand", c.KB)
	}
	member, ok := e.member(u, true, true)
	if !ok {
		d, _ := e.state.dossiers[c.KB].Decided()
		return "", approval.Clash("%s was decided not to be relevant by %s: %s", c.KB, d.By, d.Why)
	}
	if bulletin != release.Bulletin {
		member.Bulletin = bulletin
	}
	amendment := approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}
	if _, err := release.Widen(member, amendment); err != nil {
		return "", err
	}
	e.must(releaseWidened{Release: c.Release, Update: member, Amendment: amendment}, actor, c.Reason, now)
	e.decided(member, actor, now)
	words := fmt.Sprintf("%s added to %s, revision %d", c.KB, c.Release, release.Revision+1)
	live := e.liveChange(c.Release)
	if live == nil || live.State == approval.Approved && e.through(*live) {
		return words, nil
	}
	after, err := live.Step("void", onBehalfOf(actor), "", c.KB+" was added: "+c.Reason, now)
	if err != nil {
		return "", err
	}
	e.must(changeDecided{Step: "void", From: live.State, Change: after}, actor, c.Reason, now)
	return words + "; " + e.endChange(after, actor, c.Reason, now), nil
}

// findUpdate finds an update in a bulletin, else in the newest bulletin that names it.
func (e *Engine) findUpdate(kb, first string) (bulletin string, u catalog.Update, ok bool) {
	if u, ok := e.state.bulletins[first].Find(kb); ok {
		return first, u, true
	}
	for _, b := range slices.SortedFunc(maps.Values(e.state.bulletins), func(a, b catalog.Bulletin) int {
		return cmp.Or(b.Released.Compare(a.Released), strings.Compare(a.ID, b.ID))
	}) {
		if u, ok := b.Find(kb); ok {
			return b.ID, u, true
		}
	}
	return "", catalog.Update{}, false
}
