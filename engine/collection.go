package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// CreateCollection saves a question about the inventory under a name.
	CreateCollection struct {
		Name, Title, Owner, Query string
		Members                   []inventory.ServerID
		Reference                 bool
		Reason                    string
	}
	// AddToCollection makes servers members whatever its query says.
	AddToCollection struct {
		Name    string
		Servers []inventory.ServerID
		Reason  string
	}
	// ExcludeFromCollection leaves servers out, until a time or for good.
	ExcludeFromCollection struct {
		Name    string
		Servers []inventory.ServerID
		Until   time.Time
		Reason  string
	}
	// RemoveFromCollection takes back what was said of servers by name: membership or exclusion.
	RemoveFromCollection struct {
		Name    string
		Servers []inventory.ServerID
		Reason  string
	}
	// DeleteCollection forgets a collection. Plans that were made from it stay as they are.
	DeleteCollection struct{ Name, Reason string }
)

func (CreateCollection) Action() string      { return "collection.create" }
func (AddToCollection) Action() string       { return "collection.add" }
func (ExcludeFromCollection) Action() string { return "collection.exclude" }
func (RemoveFromCollection) Action() string  { return "collection.remove" }
func (DeleteCollection) Action() string      { return "collection.delete" }

// Events of collections. A change holds what was changed and not the collection, which may be long.
type (
	collectionCreated struct{ inventory.Collection }
	collectionAdded   struct {
		Name    string               `json:"name"`
		Servers []inventory.ServerID `json:"servers"`
	}
	collectionExcluded struct {
		Name      string               `json:"name"`
		Servers   []inventory.ServerID `json:"servers"`
		Exclusion inventory.Exclusion  `json:"exclusion"`
	}
	collectionRemoved struct {
		Name    string               `json:"name"`
		Servers []inventory.ServerID `json:"servers"`
	}
	collectionDeleted struct {
		Name string `json:"name"`
	}
)

func (s *state) putCollection(c inventory.Collection) {
	s.collections[c.Name] = c
	s.mark("collection", c.Name)
}

// changeCollection applies a change for each of some servers.
func (s *state) changeCollection(name string, servers []inventory.ServerID, change func(inventory.Collection, inventory.ServerID) (inventory.Collection, error)) error {
	c, ok := s.collections[name]
	if !ok {
		return fmt.Errorf("collection %s is not known", name)
	}
	for _, id := range servers {
		var err error
		if c, err = change(c, id); err != nil {
			return err
		}
	}
	s.putCollection(c)
	return nil
}

func init() {
	offer((*Engine).createCollection, approval.Lead, approval.Administrator).limit = entryWeight
	offer((*Engine).addToCollection, approval.Lead, approval.Administrator).limit = entryWeight
	offer((*Engine).excludeFromCollection, approval.Lead).limit = entryWeight
	offer((*Engine).removeFromCollection, approval.Lead).limit = entryWeight
	offer((*Engine).deleteCollection, approval.Lead)
	keep("collection", (*state).putCollection, func(s *state, id string) any {
		if c, ok := s.collections[id]; ok {
			return c
		}
		return nil
	})
	nouns = append(nouns, noun{show: func(e *Engine, v *View, now time.Time) {
		for _, c := range sortedValues(e.state.collections, func(c inventory.Collection) string { return c.Name }) {
			v.Collections = append(v.Collections, CollectionView{c, sync.OnceValues(func() (inventory.Selection, error) { return c.Select(v.Servers, now) })})
		}
	}})
	registerCollections()
}

func registerCollections() {
	register("collection.created",
		func(e collectionCreated) string { return e.Name },
		func(e collectionCreated) string { return "asks " + cmp.Or(e.Query, "for its named members alone") },
		func(s *state, e collectionCreated, _ time.Time) error { s.putCollection(e.Collection); return nil })
	register("collection.added",
		func(e collectionAdded) string { return e.Name },
		func(e collectionAdded) string { return count(len(e.Servers), "server") + " added by name" },
		func(s *state, e collectionAdded, _ time.Time) error {
			return s.changeCollection(e.Name, e.Servers, func(c inventory.Collection, id inventory.ServerID) (inventory.Collection, error) {
				return c.Add(id), nil
			})
		})
	register("collection.excluded",
		func(e collectionExcluded) string { return e.Name },
		func(e collectionExcluded) string {
			return fmt.Sprintf("%s excluded %s", count(len(e.Servers), "server"), untilWords(e.Exclusion.Until))
		},
		func(s *state, e collectionExcluded, _ time.Time) error {
			return s.changeCollection(e.Name, e.Servers, func(c inventory.Collection, id inventory.ServerID) (inventory.Collection, error) {
				return c.Exclude(id, e.Exclusion), nil
			})
		})
	register("collection.removed",
		func(e collectionRemoved) string { return e.Name },
		func(e collectionRemoved) string { return count(len(e.Servers), "server") + " no longer named" },
		func(s *state, e collectionRemoved, _ time.Time) error {
			return s.changeCollection(e.Name, e.Servers, inventory.Collection.Remove)
		})
	register("collection.deleted",
		func(e collectionDeleted) string { return e.Name },
		func(e collectionDeleted) string { return "deleted" },
		func(s *state, e collectionDeleted, _ time.Time) error {
			delete(s.collections, e.Name)
			s.mark("collection", e.Name)
			return nil
		})
}

// untilWords says how long an exception holds.
func untilWords(until time.Time) string {
	if until.IsZero() {
		return "until somebody ends it"
	}
	return "until " + until.UTC().Format("2006-01-02 15:04 MST")
}

// sortedValues lists the values of a map by a text of theirs.
func sortedValues[K comparable, V any](m map[K]V, by func(V) string) []V {
	return slices.SortedFunc(maps.Values(m), func(a, b V) int { return cmp.Compare(by(a), by(b)) })
}

func (e *Engine) createCollection(actor approval.Actor, c CreateCollection, now time.Time) (string, error) {
	if _, ok := e.state.collections[c.Name]; ok {
		return "", approval.Clash("collection %s exists already: add to it, or delete it first", c.Name)
	}
	if err := e.inInventory(c.Members); err != nil {
		return "", err
	}
	made := inventory.Collection{Name: c.Name, Title: c.Title, Owner: cmp.Or(c.Owner, actor.Name), Query: c.Query, Reference: c.Reference,
		Made: signed(actor, c.Reason, now), Rev: 1}
	if len(c.Members) > 0 {
		made = made.Add(c.Members...)
	}
	if err := made.Check(); err != nil {
		return "", err
	}
	if made.Query == "" && len(made.Members) == 0 {
		return "", fmt.Errorf("collection %s would always be empty: give a query, or name servers", c.Name)
	}
	chosen, err := made.Select(e.state.allServers(), now)
	if err != nil {
		return "", err
	}
	e.must(collectionCreated{made}, actor, c.Reason, now)
	return fmt.Sprintf("collection %s holds %s now", c.Name, count(len(chosen.Members), "server")), nil
}

// inInventory refuses servers that the inventory does not hold.
func (e *Engine) inInventory(ids []inventory.ServerID) error {
	for _, id := range ids {
		if e.state.servers[id] == nil {
			return fmt.Errorf("server %s is not in the inventory", e.nameOf(id))
		}
	}
	return nil
}

func (e *Engine) collection(name string) (inventory.Collection, error) {
	c, ok := e.state.collections[name]
	if !ok {
		return c, fmt.Errorf("collection %q is not known: %s", name, known(slices.Sorted(maps.Keys(e.state.collections))))
	}
	return c, nil
}

func (e *Engine) addToCollection(actor approval.Actor, c AddToCollection, now time.Time) (string, error) {
	if _, err := e.collection(c.Name); err != nil {
		return "", err
	}
	if err := e.someServers(c.Servers); err != nil {
		return "", err
	}
	e.must(collectionAdded{c.Name, c.Servers}, actor, c.Reason, now)
	return fmt.Sprintf("%s added to %s", count(len(c.Servers), "server"), c.Name), nil
}

func (e *Engine) someServers(ids []inventory.ServerID) error {
	if len(ids) == 0 {
		return fmt.Errorf("no server is named")
	}
	return e.inInventory(ids)
}

func (e *Engine) excludeFromCollection(actor approval.Actor, c ExcludeFromCollection, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if _, err := e.collection(c.Name); err != nil {
		return "", err
	}
	if err := e.someServers(c.Servers); err != nil {
		return "", err
	}
	if !c.Until.IsZero() && !c.Until.After(now) {
		return "", fmt.Errorf("the exclusion would have ended already: its end must lie ahead, or be left out")
	}
	exclusion := inventory.Exclusion{Signed: signed(actor, c.Reason, now), Until: c.Until}
	e.must(collectionExcluded{c.Name, c.Servers, exclusion}, actor, c.Reason, now)
	return fmt.Sprintf("%s excluded from %s %s", count(len(c.Servers), "server"), c.Name, untilWords(c.Until)), nil
}

func (e *Engine) removeFromCollection(actor approval.Actor, c RemoveFromCollection, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	after, err := e.collection(c.Name)
	if err != nil {
		return "", err
	}
	if len(c.Servers) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	for _, id := range c.Servers {
		if after, err = after.Remove(id); err != nil {
			return "", approval.Clash("%s in %s: %v", e.nameOf(id), c.Name, err)
		}
	}
	e.must(collectionRemoved{c.Name, c.Servers}, actor, c.Reason, now)
	return fmt.Sprintf("%s no longer named in %s", count(len(c.Servers), "server"), c.Name), nil
}

func (e *Engine) deleteCollection(actor approval.Actor, c DeleteCollection, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if _, err := e.collection(c.Name); err != nil {
		return "", err
	}
	e.must(collectionDeleted{c.Name}, actor, c.Reason, now)
	return fmt.Sprintf("collection %s is deleted", c.Name), nil
}

// planned are the servers that a plan is made for, and those that it leaves out on purpose.
type planned struct {
	servers  []inventory.Server
	excluded []rollout.Omission
	findings []rollout.Finding
	first    map[inventory.ServerID]string // who goes before others of the ring, and why
}

// planFor answers the named collections, or takes the whole inventory. Whoever one of them excludes stays out, even as a member of another.
func (e *Engine) planFor(names []string, now time.Time) (p planned, err error) {
	all := e.state.allServers()
	p.first = e.goFirst(all, now)
	in, out := map[inventory.ServerID]bool{}, map[inventory.ServerID]string{}
	for _, name := range names {
		c, err := e.collection(name)
		if err != nil {
			return p, err
		}
		chosen, err := c.Select(all, now)
		if err != nil {
			return p, err
		}
		for _, id := range chosen.Members {
			in[id] = true
		}
		for _, id := range slices.Sorted(maps.Keys(chosen.Excluded)) {
			x := chosen.Excluded[id]
			out[id] = fmt.Sprintf("excluded from collection %s by %s: %s", name, x.By, x.Reason)
		}
		for _, id := range slices.Sorted(maps.Keys(chosen.Undecided)) {
			p.findings = append(p.findings, rollout.Finding{Server: id, Words: "collection " + name + " could not be asked about it: " + chosen.Undecided[id]})
		}
	}
	byHand := 0
	for _, s := range all {
		why, excluded := out[s.ID]
		switch {
		case excluded:
		case len(names) > 0 && !in[s.ID]:
			continue
		case inventory.LeftOut(s):
			excluded, why = true, "not managed: "+s.Unmanaged
		case s.Unmanaged != "":
			byHand++
		}
		if excluded {
			p.excluded = append(p.excluded, rollout.Omission{Server: s.ID, Reason: why})
			continue
		}
		p.servers = append(p.servers, s)
	}
	if byHand > 0 {
		p.findings = append(p.findings, rollout.Finding{Words: count(byHand, "server") + " of the plan are not managed: they are done by hand"})
	}
	if len(p.servers) == 0 && len(names) > 0 {
		return p, fmt.Errorf("the collections %s hold no server that is not excluded", strings.Join(names, ", "))
	}
	return p, nil
}

// goFirst are the members of reference collections, and the servers that were found to miss updates of earlier releases.
func (e *Engine) goFirst(all []inventory.Server, now time.Time) map[inventory.ServerID]string {
	first := map[inventory.ServerID]string{}
	for about := range e.state.findings.openOf {
		for _, f := range e.state.openFindings(about) {
			if f.Kind == inventory.CatchUp || f.Kind == inventory.Recurrence {
				first[f.Server] = "it misses updates of an earlier release"
			}
		}
	}
	for _, c := range sortedValues(e.state.collections, func(c inventory.Collection) string { return c.Name }) {
		if !c.Reference {
			continue
		}
		chosen, err := c.Select(all, now)
		if err != nil {
			continue // its query no longer compiles, which collection show tells
		}
		for _, id := range chosen.Members {
			first[id] = "reference collection " + c.Name
		}
	}
	return first
}
