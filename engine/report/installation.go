package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Work is what was asked for and done in all months, as it stands at one moment.
type Work struct {
	At        time.Time
	Zone      *time.Location // whose months are meant; nil is UTC
	Servers   []inventory.Server
	Bulletins []catalog.Bulletin
	Releases  []approval.Release
	Requests  []Requested
	Runs      []Run // in the order in which they were opened
}

// Requested is a change request with its plan; nil when none is frozen.
type Requested struct {
	approval.Change
	Plan *rollout.Plan
}

// Run is a rollout with all its advertisements.
type Run struct {
	rollout.Rollout
	Advertisements []*rollout.Advertisement
}

// How says how an update came to a server.
type How string

const (
	Enforced  How = "enforced"  // by us
	Voluntary How = "voluntary" // by its administrator before we came to it, or because one asked for what was optional
	ByHand    How = "by hand"   // by people, because we do not reach it or its updates are packages; a check proved it
)

// Installation is what became of one release on one server that was to get it. Servers that were excluded or exempt, to which it does not
// apply, or for which it was optional and nobody asked, are none.
type Installation struct {
	Release  *approval.Release
	Change   *approval.Change
	Server   *inventory.Server
	Updates  []string  // that it was to get
	How      How       // empty: it has not been proved to be there
	Verified time.Time // when that was seen; zero where it was not
	Approved time.Time // when its ring was allowed to begin; zero where it was not
	Restarts int       // that we ordered
	Failed   bool      // it ended without the update
}

// Installations lists what became of every release on every server that was to get it: once, with the best that its rollouts reached. Roll-backs
// are no installations.
func (w Work) Installations() []Installation {
	b := &workbook{Work: w, releases: map[string]*approval.Release{}, changes: map[string]*approval.Change{}, servers: map[inventory.ServerID]*inventory.Server{},
		found: map[installationKey]*Installation{}}
	for i := range w.Releases {
		b.releases[w.Releases[i].ID] = &w.Releases[i]
	}
	for i := range w.Requests {
		b.changes[w.Requests[i].ID] = &w.Requests[i].Change
	}
	for i := range w.Servers {
		b.servers[w.Servers[i].ID] = &w.Servers[i]
	}
	for _, run := range w.Runs {
		if run.Ring != rollout.Rollback {
			for _, ad := range run.Advertisements {
				b.advertised(&run.Rollout, ad)
			}
		}
	}
	for _, c := range w.Requests {
		b.planned(c)
	}
	list := make([]Installation, 0, len(b.found))
	for _, i := range b.found {
		if i != nil {
			list = append(list, *i)
		}
	}
	slices.SortFunc(list, func(x, y Installation) int {
		return cmp.Or(x.Release.Created.Compare(y.Release.Created), strings.Compare(x.Release.ID, y.Release.ID), strings.Compare(string(x.Server.ID), string(y.Server.ID)))
	})
	return list
}

// workbook finds the records by their names. What it found is nil for servers that stand outside.
type workbook struct {
	Work
	releases map[string]*approval.Release
	changes  map[string]*approval.Change
	servers  map[inventory.ServerID]*inventory.Server
	found    map[installationKey]*Installation
}

type installationKey struct {
	release string
	server  inventory.ServerID
}

// release gives a release; one that is not known keeps its id.
func (b *workbook) release(id string) *approval.Release {
	if b.releases[id] == nil {
		b.releases[id] = &approval.Release{ID: id}
	}
	return b.releases[id]
}

// change gives a change request, likewise.
func (b *workbook) change(id string) *approval.Change {
	if b.changes[id] == nil {
		b.changes[id] = &approval.Change{ID: id}
	}
	return b.changes[id]
}

// server gives what the inventory says of a server; one that has left it keeps its id.
func (b *workbook) server(id inventory.ServerID) *inventory.Server {
	if b.servers[id] == nil {
		b.servers[id] = &inventory.Server{ID: id, Name: string(id)}
	}
	return b.servers[id]
}

func (b *workbook) advertised(r *rollout.Rollout, ad *rollout.Advertisement) {
	key := installationKey{r.Release, ad.Server}
	was, known := b.found[key]
	i := &Installation{Release: b.release(r.Release), Change: b.change(r.Change), Server: b.server(ad.Server), Updates: ad.Updates,
		Restarts: ad.Restarts, Approved: approvedAt(b.change(r.Change), r.Ring)}
	switch {
	case ad.Delivery == rollout.Excluded, ad.Compliance == rollout.IsExempt, ad.Compliance == rollout.DoesNotApply, ad.Declined() && ad.Enforced() == "":
		if !known {
			b.found[key] = nil
		}
		return
	case ad.Compliance == rollout.InstalledByOthers && ad.Hand != nil:
		i.How, i.Verified = ByHand, ad.Since
	case ad.Enforced() != "":
		i.How, i.Verified = How(ad.Enforced()), ad.Since
	default:
		i.Failed = ad.Delivery.Final()
	}
	if was != nil {
		i.Restarts += was.Restarts
		if was.How != "" { // what was proved first counts
			was.Restarts = i.Restarts
			return
		}
	}
	b.found[key] = i
}

// planned adds the servers of an approved plan whose ring was not opened yet.
func (b *workbook) planned(c Requested) {
	if c.Plan == nil || c.Plan.Removal || c.State != approval.Approved && c.State != approval.Authorised {
		return
	}
	for _, a := range c.Plan.Assignments {
		key := installationKey{c.Release, a.Server}
		if _, known := b.found[key]; known {
			continue
		}
		if _, out := c.Exclusions[string(a.Server)]; !out && a.Offer != rollout.Optional {
			b.found[key] = &Installation{Release: b.release(c.Release), Change: b.change(c.ID), Server: b.server(a.Server), Updates: a.Updates, Approved: approvedAt(&c.Change, a.Ring)}
		}
	}
}

// approvedAt is when a ring of a change request was allowed to begin: the pilot, and all of an emergency, by the authority; the others by the board.
func approvedAt(c *approval.Change, ring rollout.Ring) time.Time {
	by := c.Board
	if ring == rollout.Pilot || c.Priority == approval.Emergency {
		by = c.Authority
	}
	if by == nil {
		return time.Time{}
	}
	return by.At
}

// GroupBy is what installations are put together by.
type GroupBy string

const (
	BySeverity GroupBy = "severity" // of each update; of a release the worst
	ByRelease  GroupBy = "release"
	ByPriority GroupBy = "priority" // of the change request
	BySystem   GroupBy = "os"
	BySite     GroupBy = "site"
	ByOwner    GroupBy = "owner"
)

// of names the group of an installation.
func (g GroupBy) of(i *Installation, severity catalog.Severity) string {
	switch g {
	case BySeverity:
		return SeverityName(severity)
	case ByRelease:
		return i.Release.ID
	case ByPriority:
		return string(i.Change.Priority)
	case BySystem:
		return i.Server.OS
	case BySite:
		return i.Server.Site
	}
	return i.Server.Owner
}

// compare orders the names of groups: severities and priorities as they are ranked, releases as they come, others by name.
func (g GroupBy) compare(a, b string) int {
	rank := func(string) int { return 0 }
	switch g {
	case ByRelease:
		return 0
	case BySeverity:
		rank = func(name string) int {
			return slices.IndexFunc(shownSeverities, func(s catalog.Severity) bool { return SeverityName(s) == name })
		}
	case ByPriority:
		rank = func(name string) int {
			return slices.IndexFunc(approval.Terms, func(t approval.Term) bool { return string(t.Priority) == name })
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}
