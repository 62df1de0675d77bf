package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// IncludeInCollection ends the exclusion of servers before its time. Unlike RemoveFromCollection it leaves named members what they are.
type IncludeInCollection struct {
	Name    string
	Servers []inventory.ServerID
	Reason  string
}

func (IncludeInCollection) Action() string { return "collection.include" }

type collectionIncluded struct {
	Name    string               `json:"name"`
	Servers []inventory.ServerID `json:"servers"`
}

func init() {
	offer((*Engine).includeInCollection, approval.Lead).limit = entryWeight
	register("collection.included",
		func(e collectionIncluded) string { return e.Name },
		func(e collectionIncluded) string { return count(len(e.Servers), "server") + " no longer excluded" },
		func(s *state, e collectionIncluded, _ time.Time) error {
			return s.changeCollection(e.Name, e.Servers, inventory.Collection.Include)
		})
}

func (e *Engine) includeInCollection(actor approval.Actor, c IncludeInCollection, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	collection, err := e.collection(c.Name)
	if err != nil {
		return "", err
	}
	servers := slices.Compact(slices.Sorted(slices.Values(c.Servers)))
	if len(servers) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	for _, id := range servers {
		if _, err := collection.Include(id); err != nil {
			return "", approval.Clash("%s in %s: %v", e.nameOf(id), c.Name, err)
		}
	}
	e.must(collectionIncluded{c.Name, servers}, actor, c.Reason, now)
	return fmt.Sprintf("%s no longer excluded from %s", count(len(servers), "server"), c.Name), nil
}
