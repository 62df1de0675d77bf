package engine

import (
	"cmp"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Total is how many servers of a rollout that have something in common are in which status.
type Total struct {
	Name   string         `json:"name"`
	Counts rollout.Counts `json:"counts"`
}

// TotalsBy are what a rollout's servers are put together by.
var TotalsBy = []string{"window", "collection", "site", "os", "owner", "update"}

// Totals counts a rollout's servers by one of TotalsBy: windows in the order in which they open, others by name. A server counts in every
// collection that holds it, and for every update that it was to get.
func (v *View) Totals(r RolloutView, by string) []Total {
	names := v.namesOf(r, by)
	counts := map[string]rollout.Counts{}
	for i := range r.Cells {
		for _, name := range names(&r.Cells[i]) {
			if counts[name] == nil {
				counts[name] = rollout.Counts{}
			}
			counts[name][r.Cells[i].Delivery]++
		}
	}
	list := make([]Total, 0, len(counts))
	for name, c := range counts {
		list = append(list, Total{name, c})
	}
	opens := map[string]int{}
	if by == "window" {
		for i, w := range r.Windows {
			opens[w.ID] = i
		}
	}
	slices.SortFunc(list, func(a, b Total) int {
		return cmp.Or(cmp.Compare(opens[a.Name], opens[b.Name]), strings.Compare(a.Name, b.Name))
	})
	return list
}

// namesOf gives what names the totals in which a cell counts.
func (v *View) namesOf(r RolloutView, by string) func(*Cell) []string {
	one := func(property func(*Cell) string) func(*Cell) []string {
		return func(c *Cell) []string { return []string{property(c)} }
	}
	switch by {
	case "collection":
		in := map[inventory.ServerID][]string{}
		for _, c := range v.Collections {
			held, _ := c.Holds() // one that cannot be answered holds nobody
			for _, id := range held.Members {
				in[id] = append(in[id], c.Name)
			}
		}
		return func(c *Cell) []string { return in[c.Server] }
	case "update":
		updates := map[string][]string{}
		for _, ad := range r.Advertisements {
			updates[ad.ID] = ad.Updates
		}
		return func(c *Cell) []string { return updates[c.ID] }
	case "site":
		return one(func(c *Cell) string { return c.Site })
	case "os":
		return one(func(c *Cell) string { return c.OS })
	case "owner":
		return one(func(c *Cell) string { return c.Owner })
	}
	return one(func(c *Cell) string { return c.Window })
}
