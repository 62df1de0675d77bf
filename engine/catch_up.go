package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// CatchUp makes a release for the servers that are behind one that is through: they were off the network, missed their windows or failed. It
// goes through its approvals as any release, and has a ring and windows of its own; nobody is a pilot again.
type CatchUp struct {
	Release string
	Servers []inventory.ServerID // none: all that are behind
	Reason  string
}

func (CatchUp) Action() string { return "release.catch-up" }

func init() {
	offer((*Engine).catchUp, approval.Lead).limit = entryWeight
	nouns = append(nouns, noun{needs: (*Engine).catchUpNeeds})
}

func (e *Engine) catchUp(actor approval.Actor, c CatchUp, now time.Time) (string, error) {
	source, ok := e.state.releases[c.Release]
	if !ok {
		return "", unknownRelease(e, c.Release)
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	switch {
	case source.Undoes != "":
		return "", fmt.Errorf("%s takes updates away: nobody is behind it", source.ID)
	case source.CatchesUp != "":
		source = e.state.releases[source.CatchesUp] // what is still behind is behind the release itself
	}
	if !e.prodThrough(source.ID) {
		return "", approval.Clash("%s is not through yet: its servers still have windows", source.ID)
	}
	behind := e.behind(source, now)
	if len(behind) == 0 {
		return "", approval.Clash("no server is behind %s, or all that are have a window to come", source.ID)
	}
	release := approval.Release{ID: e.freeName(source.ID + "-catch-up"), Title: "Catch-up of " + cmp.Or(source.Title, source.ID), Bulletin: source.Bulletin, Owner: actor.Name,
		Created: now, Phase: approval.Identify, Category: source.Category, CatchesUp: source.ID, Rev: 1}
	named := slices.Compact(slices.Sorted(slices.Values(c.Servers)))
	for _, id := range named {
		if _, is := behind[id]; !is {
			return "", approval.Clash("%s is not behind %s, or has a window to come", e.nameOf(id), source.ID)
		}
	}
	if len(named) == 0 {
		named = slices.Sorted(maps.Keys(behind))
	}
	for _, id := range named {
		release.Servers = append(release.Servers, string(id))
	}
	for _, u := range source.Updates {
		if u.Dropped == nil {
			u.Why = cmp.Or(u.Why, "in "+source.ID)
			release.Updates = append(release.Updates, u)
		}
	}
	e.must(releaseCreated{release}, actor, c.Reason, now)
	return fmt.Sprintf("release %s is for %s: %s. Ask for it: patchdeck change submit %s --reason \"...\"", release.ID, count(len(named), "server"), some(e.whyBehind(named, behind)), release.ID), nil
}

// freeName is a name for a release that no other has.
func (e *Engine) freeName(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, taken := e.state.releases[free]; !taken {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// behind are the managed servers that miss an update of a release that is through, or of which nobody knows because they are off the network, with
// the reason; without those that somebody decided to leave out, and those that have a window to come.
func (e *Engine) behind(release approval.Release, now time.Time) map[inventory.ServerID]string {
	updates := e.updatesOf(release)
	judges := make([]catalog.Judge, len(updates))
	for i, u := range updates {
		judges[i] = catalog.NewJudge(u)
	}
	withheld := e.withheld(release, updates, false)
	last := e.lastOf(release.ID)
	behind := map[inventory.ServerID]string{}
	for id, s := range e.state.servers {
		ad := last[id]
		if s.Unmanaged != "" || ad != nil && !ad.Delivery.Final() || e.leftOut(release.ID, id, now) || e.declined(release.ID, id) {
			continue
		}
		if ad != nil && !ad.Delivery.Unfinished() && (s.Scan == nil || !s.Scan.At.After(ad.Since)) {
			continue // it was verified, and nothing newer says otherwise
		}
		for i, u := range updates {
			verdict := judges[i](*s).Verdict
			unknown := verdict == catalog.Unknown && !s.OffSince.IsZero()
			if verdict != catalog.Missing && !unknown || withheld(u.KB, *s) != "" {
				continue
			}
			if behind[id] = "it was in no window"; ad != nil {
				behind[id] = string(ad.Delivery)
			}
			if !s.OffSince.IsZero() {
				behind[id] = "off the network since " + e.clock(s.OffSince)
			}
			break
		}
	}
	return behind
}

// lastOf is what a release and those that catch up with it did last on each server: what is open counts before what has ended.
func (e *Engine) lastOf(release string) map[inventory.ServerID]*rollout.Advertisement {
	last := map[inventory.ServerID]*rollout.Advertisement{}
	for _, id := range slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber) {
		r := e.state.rollouts[id]
		if r.Release != release && e.state.releases[r.Release].CatchesUp != release {
			continue
		}
		for _, adID := range e.state.adsOf[id] {
			ad := e.state.ads[adID]
			if was := last[ad.Server]; was == nil || was.Delivery.Final() {
				last[ad.Server] = ad
			}
		}
	}
	return last
}

// whyBehind names servers with the reasons for which they are behind.
func (e *Engine) whyBehind(ids []inventory.ServerID, behind map[inventory.ServerID]string) []string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = fmt.Sprintf("%s (%s)", e.nameOf(id), behind[id])
	}
	return words
}

// catchUpWindows are the standard windows of Prod and their check, some whole weeks after those of the release, in the ring of those who catch up:
// a server keeps the window that its owner chose.
func (e *Engine) catchUpWindows(release approval.Release, c SubmitChange, now time.Time) (windows []rollout.Window, err error) {
	chosen := c.Windows
	if len(chosen) == 0 {
		dayZero, err := e.shifted(e.state.bulletins[release.Bulletin].Released, now)
		if err != nil {
			return nil, err
		}
		if chosen, _, err = e.scheduled(dayZero, false, now); err != nil {
			return nil, err
		}
	}
	for _, w := range chosen {
		if w.Ring == rollout.Prod || w.Ring == rollout.CatchUp {
			w.Ring = rollout.CatchUp
			windows = append(windows, w)
		}
	}
	if len(windows) == 0 {
		return nil, fmt.Errorf("the schedule has no window of Prod in which servers could catch up: add windows to the configuration")
	}
	return windows, nil
}

// catchUpNeeds names the releases that servers are behind, by the findings that say so, with what to do.
func (e *Engine) catchUpNeeds(v *View, _ time.Time, add addNeed) {
	behind := map[string]int{}
	for _, f := range v.Findings {
		if f.Open() && f.Kind == inventory.CatchUp {
			behind[f.Rule]++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(behind)) {
		if !slices.ContainsFunc(v.Releases, func(r approval.Release) bool { return r.CatchesUp == id && r.Phase != approval.Closed }) {
			add(false, id, "%s behind %s: patchdeck release catch-up %s --reason \"...\"", count(behind[id], "server"), id, id)
		}
	}
}
