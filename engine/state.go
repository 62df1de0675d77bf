package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

type serverRecord = inventory.Server

// state is everything durable, in memory. Only the loop writes it. Values behind pointers are never changed once they
// are in: a change puts a new value, so that views may share them.
type state struct {
	servers    map[inventory.ServerID]*inventory.Server
	bulletins  map[string]catalog.Bulletin
	releases   map[string]approval.Release
	changes    map[string]approval.Change
	acceptance map[string]pilot.Acceptance
	dossiers   map[string]catalog.Dossier // by KB: what people recorded of an update
	plans      map[string]*rollout.Plan
	rollouts   map[string]*rollout.Rollout
	ads        map[string]*rollout.Advertisement
	adsOf      map[string][]string // ids by rollout, in order
	away       map[string]bool     // advertisements whose server is not in service
	byHand     map[string]bool     // advertisements of servers that people have yet to patch, or said that they did without proof
	groups     groups
	sweeps     map[int]sweepState
	minimum    map[string]pilot.Minimum  // by change request
	testPlans  map[string]pilot.TestPlan // by application
	parts      map[string][]int          // by plan: how many assignments each of its records holds
	played     map[string]playedPlan     // by rollout: its plan with the windows that were added; not stored
	outbox     outbox
	incidents  incidents
	policy     map[string]string // by which settings rollouts were led last; nil is the default
	estate                       // what the inventory remembers beside its servers

	proceedings
	index index

	dirty map[recordKey]bool
}

type recordKey struct{ kind, id string }

func newState() *state {
	return &state{
		servers: map[inventory.ServerID]*inventory.Server{}, bulletins: map[string]catalog.Bulletin{},
		releases: map[string]approval.Release{}, changes: map[string]approval.Change{}, acceptance: map[string]pilot.Acceptance{},
		dossiers: map[string]catalog.Dossier{},
		plans:    map[string]*rollout.Plan{}, rollouts: map[string]*rollout.Rollout{}, ads: map[string]*rollout.Advertisement{},
		adsOf: map[string][]string{}, away: map[string]bool{}, byHand: map[string]bool{}, groups: newGroups(), minimum: map[string]pilot.Minimum{}, testPlans: map[string]pilot.TestPlan{}, sweeps: map[int]sweepState{}, parts: map[string][]int{}, played: map[string]playedPlan{},
		outbox: newOutbox(), incidents: newIncidents(), estate: newEstate(), proceedings: newProceedings(),
		index: newIndex(), dirty: map[recordKey]bool{},
	}
}

func (s *state) mark(kind, id string) {
	s.dirty[recordKey{kind, id}] = true
	s.index.version++
	s.index.versions[kind]++
}

// putServer keeps a server where it belongs: in the inventory, or among those that left it.
func (s *state) putServer(v inventory.Server) {
	was := s.servers[v.ID]
	in, out := s.servers, s.retired
	if v.Retired != nil {
		in, out = out, in
	}
	delete(out, v.ID)
	in[v.ID] = &v
	s.index.server(v.ID, was, s.servers[v.ID])
	s.account(v.ID, was, s.servers[v.ID])
	s.mark("server", string(v.ID))
}
func (s *state) putBulletin(v catalog.Bulletin) {
	s.bulletins[v.ID] = v
	s.mark("bulletin", v.ID)
}
func (s *state) putRelease(v approval.Release) { s.releases[v.ID] = v; s.mark("release", v.ID) }
func (s *state) putChange(v approval.Change)   { s.changes[v.ID] = v; s.mark("change", v.ID) }
func (s *state) putAcceptance(change string, v pilot.Acceptance) {
	s.acceptance[change] = v
	s.mark("acceptance", change)
}
func (s *state) putPlan(v rollout.Plan) { s.plans[v.Hash] = &v; s.mark("plan", v.Hash) }
func (s *state) putRollout(v rollout.Rollout) {
	s.index.rollout(s.rollouts[v.ID], &v)
	s.rollouts[v.ID] = &v
	s.mark("rollout", v.ID)
}
func (s *state) putSweep(v sweepState) {
	s.sweeps[v.Number] = v
	s.tallySweep(v)
	s.mark("sweep", v.id())
}
func (s *state) putAd(v rollout.Advertisement) {
	was, ok := s.ads[v.ID]
	if !ok {
		at, _ := slices.BinarySearch(s.adsOf[v.Rollout], v.ID)
		s.adsOf[v.Rollout] = slices.Insert(s.adsOf[v.Rollout], at, v.ID)
	}
	if v.Drain == rollout.InService {
		delete(s.away, v.ID)
	} else {
		s.away[v.ID] = true
	}
	if v.Hand.Done() {
		delete(s.byHand, v.ID)
	} else {
		s.byHand[v.ID] = true
	}
	s.groups.seat(s.ads[v.ID], &v)
	s.ads[v.ID] = &v
	s.index.advertisement(was, &v)
	s.mark("advertisement", v.ID)
}

func (s *state) changeServer(id inventory.ServerID, change func(*serverRecord)) error {
	was := s.serverOf(id)
	if was == nil {
		return fmt.Errorf("server %s is not in the inventory", id)
	}
	next := *was
	change(&next)
	next.Rev++
	s.putServer(next)
	return nil
}

func (s *state) changeRollout(id string, change func(rollout.Rollout) rollout.Rollout) error {
	was, ok := s.rollouts[id]
	if !ok {
		return fmt.Errorf("rollout %s is not known", id)
	}
	s.putRollout(change(*was))
	return nil
}

// recordKind says how one kind of record is read into the state and found in it.
type recordKind struct {
	read func(*state, []byte) error
	find func(*state, string) any
}

// recordKinds are all kinds of records by the name under which the store keeps them.
var recordKinds = map[string]recordKind{}

// keep adds a kind of record. Each noun keeps its own beside its events.
func keep[T any](kind string, put func(*state, T), find func(*state, string) any) {
	recordKinds[kind] = recordKind{reader(put), find}
}

func init() {
	keep("server", (*state).putServer, func(s *state, id string) any { return s.serverOf(inventory.ServerID(id)) })
	keep("bulletin", (*state).putBulletin, func(s *state, id string) any { return s.bulletins[id] })
	keep("release", (*state).putRelease, func(s *state, id string) any { return s.releases[id] })
	keep("change", (*state).putChange, func(s *state, id string) any { return s.changes[id] })
	keep("acceptance", func(s *state, a acceptanceRecord) { s.putAcceptance(a.Change, a.Acceptance) }, findAcceptance)
	keep("plan", (*state).putPlan, findPlan)
	keep("plan-part", func(s *state, p planPart) { s.assign(p.Hash, p.Assignments) }, findPart)
	keep("rollout", (*state).putRollout, func(s *state, id string) any { return s.rollouts[id] })
	keep("advertisement", (*state).putAd, func(s *state, id string) any { return s.ads[id] })
	keep("sweep", (*state).putSweep, findSweep)
}

// planPart is one record of a plan's assignments: a plan of any size stays within the size of a record. "plan" is read before its parts.
type planPart struct {
	Hash        string               `json:"hash"`
	Assignments []rollout.Assignment `json:"assignments"`
}

// assign adds assignments to a plan, as a part of their own.
func (s *state) assign(hash string, more []rollout.Assignment) {
	p, ok := s.plans[hash]
	if !ok {
		return
	}
	next := *p
	next.Assignments = append(slices.Clip(next.Assignments), more...)
	s.plans[hash] = &next
	s.parts[hash] = append(s.parts[hash], len(more))
	s.mark("plan-part", fmt.Sprintf("%s-%04d", hash, len(s.parts[hash])-1))
}

func findPlan(s *state, id string) any {
	p := *s.plans[id]
	p.Assignments = nil
	return p
}

func findPart(s *state, id string) any {
	hash, digits, _ := strings.Cut(id, "-")
	n, _ := strconv.Atoi(digits)
	first := 0
	for _, size := range s.parts[hash][:n] {
		first += size
	}
	return planPart{hash, s.plans[hash].Assignments[first : first+s.parts[hash][n]]}
}

type acceptanceRecord struct {
	Change string `json:"change"`
	pilot.Acceptance
}

func findAcceptance(s *state, id string) any { return acceptanceRecord{id, s.acceptance[id]} }

func findSweep(s *state, id string) any {
	var n int
	fmt.Sscanf(id, "sweep-%d", &n)
	return s.sweeps[n]
}

func reader[T any](put func(*state, T)) func(*state, []byte) error {
	return func(s *state, value []byte) error {
		var v T
		if err := json.Unmarshal(value, &v); err != nil {
			return err
		}
		put(s, v)
		return nil
	}
}

// load reads every record of a store.
func load(store Store) (*state, error) {
	s := newState()
	err := store.Load(func(r Record) error {
		kind, ok := recordKinds[r.Kind]
		if !ok {
			return fmt.Errorf("the store holds a record of kind %q, which this version does not know: use the version that wrote it", r.Kind)
		}
		if err := kind.read(s, r.Value); err != nil {
			return fmt.Errorf("record %s/%s is not readable: %w", r.Kind, r.ID, err)
		}
		return nil
	})
	clear(s.dirty)
	return s, err
}

// changed encodes the records that changed since the last call, in a fixed order.
func (s *state) changed() ([]Record, error) {
	keys := make([]recordKey, 0, len(s.dirty))
	for k := range s.dirty {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b recordKey) int { return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.id, b.id)) })
	records := make([]Record, 0, len(keys))
	for _, k := range keys {
		found := recordKinds[k.kind].find(s, k.id)
		if found == nil {
			records = append(records, Record{Kind: k.kind, ID: k.id}) // it was deleted
			continue
		}
		value, err := json.Marshal(found)
		if err != nil {
			return nil, fmt.Errorf("record %s/%s: %w", k.kind, k.id, err)
		}
		records = append(records, Record{Kind: k.kind, ID: k.id, Value: value})
	}
	clear(s.dirty)
	return records, nil
}
