package engine

import (
	"maps"
	"slices"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// ids is a set of ids.
type ids map[string]struct{}

func (s ids) sorted() []string { return slices.Sorted(maps.Keys(s)) }

// toggle puts an id into the set under a key, or takes it out; no set stays empty.
func toggle[K comparable](sets map[K]ids, key K, id string, in bool) {
	switch {
	case !in:
		delete(sets[key], id)
		if len(sets[key]) == 0 {
			delete(sets, key)
		}
	case sets[key] == nil:
		sets[key] = ids{id: {}}
	default:
		sets[key][id] = struct{}{}
	}
}

// index is what follows from the records and is asked in every turn of the loop, so that a turn costs what changed and not what there is.
// It is kept with every record that is put, and can be computed from the records alone: index_test.go compares the two.
type index struct {
	tallies map[string]*tally          // by rollout
	open    []string                   // rollouts that are not closed, by number
	holders map[string]ids             // advertisements that hold a cluster's lock
	members map[string]ids             // advertisements of a cluster's servers
	working map[inventory.ServerID]ids // started advertisements on a server
	on      map[inventory.ServerID]ids // all advertisements on a server
	unwell  map[string]ids             // servers of a cluster whose last sweep had trouble
	sweeps  map[int]*sweepTally        // that have not ended
	// transfers counts the servers of each site that fetch content, over all rollouts.
	transfers map[string]int

	changes  changes
	version  uint64            // grows with each record
	versions map[string]uint64 // by kind of record
	names    uint64            // grows when a server is new or has another name
}

// changes are records that were put since somebody last took them; one may stand there twice.
type changes struct {
	ads     []string
	servers []inventory.ServerID
	shown   []inventory.ServerID // servers of which cells show something else now
	sweeps  []int
}

// tally is the account of one rollout.
type tally struct {
	counts    rollout.Counts
	load      rollout.Load   // who is in work
	ready     map[bucket]ids // who could start, or try again, in each of its windows
	retrying  ids
	owing     ids         // a restart
	draining  ids         // for an installation or a restart
	untidy    ids         // final, with jobs left on the host
	succeeded []time.Time // when, in order
}

// bucket is what ready servers have in common that decides whether there is room for them: a window and a base build.
type bucket struct{ window, base string }

// sweepTally is the account of a sweep that has not ended.
type sweepTally struct {
	servers       map[inventory.ServerID]struct{}
	left, trouble int
}

func newIndex() index {
	return index{tallies: map[string]*tally{}, holders: map[string]ids{}, members: map[string]ids{}, working: map[inventory.ServerID]ids{},
		on: map[inventory.ServerID]ids{}, unwell: map[string]ids{}, sweeps: map[int]*sweepTally{}, transfers: map[string]int{}, versions: map[string]uint64{}}
}

// take gives what changed since it was last asked.
func (x *index) take() changes {
	c := x.changes
	x.changes = changes{}
	return c
}

func (x *index) tally(id string) *tally {
	t := x.tallies[id]
	if t == nil {
		t = &tally{counts: rollout.Counts{}, ready: map[bucket]ids{}, retrying: ids{}, owing: ids{}, draining: ids{}, untidy: ids{}}
		x.tallies[id] = t
	}
	return t
}

// advertisement takes the place of what an advertisement was; was is nil for a new one.
func (x *index) advertisement(was, is *rollout.Advertisement) {
	if was != nil {
		x.enlist(was, false)
	}
	x.enlist(is, true)
	x.changes.ads = append(x.changes.ads, is.ID)
}

func (x *index) enlist(ad *rollout.Advertisement, in bool) {
	x.tally(ad.Rollout).enlist(ad, in)
	if ad.Delivery == rollout.Staging {
		if in {
			x.transfers[ad.Site]++
		} else if x.transfers[ad.Site]--; x.transfers[ad.Site] == 0 {
			delete(x.transfers, ad.Site)
		}
	}
	toggle(x.on, ad.Server, ad.ID, in)
	if ad.Lock != "" {
		toggle(x.holders, ad.Lock, ad.ID, in)
	}
	if ad.Cluster != "" {
		toggle(x.members, ad.Cluster, ad.ID, in)
	}
	if ad.Delivery.Status().Started {
		toggle(x.working, ad.Server, ad.ID, in)
	}
}

func (t *tally) enlist(ad *rollout.Advertisement, in bool) {
	step := -1
	if in {
		step = 1
	}
	if t.counts[ad.Delivery] += step; t.counts[ad.Delivery] == 0 {
		delete(t.counts, ad.Delivery)
	}
	if ad.Delivery.Status().Started {
		t.load.Add(ad, step)
	}
	mark := func(set ids) {
		if in {
			set[ad.ID] = struct{}{}
		} else {
			delete(set, ad.ID)
		}
	}
	if ad.Drain == rollout.Draining {
		mark(t.draining)
	}
	switch {
	case ad.Delivery == rollout.Staged, ad.Delivery == rollout.Retrying:
		for _, window := range ad.Windows {
			toggle(t.ready, bucket{window, ad.Base()}, ad.ID, in)
		}
		if ad.Delivery == rollout.Retrying {
			mark(t.retrying)
		}
	case ad.Delivery == rollout.RestartPending:
		mark(t.owing)
	case ad.Delivery.Final():
		if _, owed := rollout.Owed(ad, rollout.Contact{}); owed {
			mark(t.untidy)
		}
		if ad.Delivery == rollout.Succeeded {
			t.success(ad.Since, in)
		}
	}
}

func (t *tally) success(at time.Time, in bool) {
	i, found := slices.BinarySearchFunc(t.succeeded, at, time.Time.Compare)
	switch {
	case in:
		t.succeeded = slices.Insert(t.succeeded, i, at)
	case found:
		t.succeeded = slices.Delete(t.succeeded, i, i+1)
	}
}

// since counts the successes after a time.
func (t *tally) since(at time.Time) int {
	i, _ := slices.BinarySearchFunc(t.succeeded, at.Add(1), time.Time.Compare)
	return len(t.succeeded) - i
}

func (x *index) rollout(was, is *rollout.Rollout) {
	if was != nil && (was.State == rollout.Closed) == (is.State == rollout.Closed) {
		return
	}
	open := slices.DeleteFunc(slices.Clone(x.open), func(id string) bool { return id == is.ID })
	if is.State != rollout.Closed {
		open = append(open, is.ID)
		slices.SortFunc(open, byNumber)
	}
	x.open = open // a new list: somebody may be walking through the old one
}

// server takes the place of what a server of the inventory was; nil is one that is not in it.
func (x *index) server(id inventory.ServerID, was, is *inventory.Server) {
	if was == nil || is == nil || was.Name != is.Name {
		x.names++
	}
	for _, s := range []*inventory.Server{was, is} {
		if s != nil && s.Cluster != "" && s.Trouble != "" {
			toggle(x.unwell, s.Cluster, string(id), s == is)
		}
	}
	x.changes.servers = append(x.changes.servers, id)
	x.changes.shown = append(x.changes.shown, id)
}

// account keeps the tallies of running sweeps when a server changes.
func (s *state) account(id inventory.ServerID, was, is *inventory.Server) {
	for number, t := range s.index.sweeps {
		if _, ok := t.servers[id]; ok {
			t.count(s.sweeps[number], was, -1)
			t.count(s.sweeps[number], is, 1)
		}
	}
}

func (t *sweepTally) count(sweep sweepState, server *inventory.Server, step int) {
	switch {
	case server == nil: // nobody asks a server that left the inventory
	case !sweep.done(*server):
		t.left += step
	case server.Trouble != "":
		t.trouble += step
	}
}

// tallySweep counts a sweep that begins, and forgets one that ended.
func (s *state) tallySweep(sweep sweepState) {
	delete(s.index.sweeps, sweep.Number)
	s.index.changes.sweeps = append(s.index.changes.sweeps, sweep.Number)
	if !sweep.Ended.IsZero() {
		return
	}
	t := &sweepTally{servers: make(map[inventory.ServerID]struct{}, len(sweep.Servers))}
	for _, id := range sweep.Servers {
		t.servers[id] = struct{}{}
		t.count(sweep, s.servers[id], 1)
	}
	s.index.sweeps[sweep.Number] = t
}
