package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// roster is the inventory as views show it: one list, ordered by name, that views share until a server changes.
type roster struct {
	servers []inventory.Server
	at      map[inventory.ServerID]int
	names   uint64 // of the index, when the order was made
	dirty   []inventory.ServerID
}

func (e *Engine) showServers() []inventory.Server {
	r, all := &e.roster, e.state.servers
	switch {
	case len(r.servers) != len(all) || r.names != e.state.index.names:
		r.names, r.at = e.state.index.names, make(map[inventory.ServerID]int, len(all))
		r.servers = make([]inventory.Server, 0, len(all))
		for _, s := range all {
			r.servers = append(r.servers, *s)
		}
		slices.SortFunc(r.servers, func(a, b inventory.Server) int {
			return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.ID), string(b.ID)))
		})
		for i := range r.servers {
			r.at[r.servers[i].ID] = i
		}
	case len(r.dirty) > 0:
		r.servers = slices.Clone(r.servers)
		for _, id := range r.dirty {
			r.servers[r.at[id]] = *all[id]
		}
	}
	r.dirty = r.dirty[:0]
	return r.servers
}

// shelf keeps the lists of papers that views share until one of them changes.
type shelf struct {
	bulletins kept[catalog.Bulletin]
	releases  kept[approval.Release]
	changes   kept[ChangeView]
}

// kept is a list as last shown, and what it was made from.
type kept[T any] struct {
	list []T
	made uint64
}

// get makes the list anew when a record of one of the kinds changed.
func (k *kept[T]) get(s *state, make func() []T, kinds ...string) []T {
	made := uint64(1)
	for _, kind := range kinds {
		made += s.index.versions[kind]
	}
	if k.made != made {
		k.list, k.made = make(), made
	}
	return k.list
}

func (k *shelf) show(s *state, v *View) {
	v.Bulletins = k.bulletins.get(s, func() []catalog.Bulletin {
		return slices.SortedFunc(maps.Values(s.bulletins), func(a, b catalog.Bulletin) int {
			return cmp.Or(b.Released.Compare(a.Released), strings.Compare(a.ID, b.ID))
		})
	}, "bulletin")
	v.Releases = k.releases.get(s, func() []approval.Release {
		return slices.SortedFunc(maps.Values(s.releases), func(a, b approval.Release) int {
			return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
		})
	}, "release")
	v.Changes = k.changes.get(s, func() (list []ChangeView) {
		for _, id := range slices.SortedFunc(maps.Keys(s.changes), byNumber) {
			c := s.changes[id]
			list = append(list, ChangeView{Change: c, Plan: s.plans[c.PlanHash], Acceptance: s.acceptance[id], Minimum: s.minimum[id]})
		}
		return list
	}, "change", "plan", "plan-part", "acceptance", "minimum")
}
