package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
)

// scope is whom a plan touches: its servers by environment and by owner. It is counted once a plan.
type scope struct {
	hash         string
	environments []share
	owners       []share
}

// share is how many servers of a plan have something in common.
type share struct {
	name  string
	count int
}

// of counts a plan's servers.
func (s *scope) of(c *engine.ChangeView, view *engine.View) *scope {
	if s.hash == c.Plan.Hash {
		return s
	}
	known := make(map[inventory.ServerID]*inventory.Server, len(view.Servers))
	for i := range view.Servers {
		known[view.Servers[i].ID] = &view.Servers[i]
	}
	environments, owners := map[string]int{}, map[string]int{}
	for _, a := range c.Plan.Assignments {
		environment, owner := "not in the inventory any more", "nobody known"
		if server := known[a.Server]; server != nil {
			environment = string(server.Environment)
			owner = cmp.Or(server.Owner, "no owner")
		}
		environments[environment]++
		owners[owner]++
	}
	*s = scope{hash: c.Plan.Hash, environments: shares(environments), owners: shares(owners)}
	return s
}

// shares orders counts, the largest first.
func shares(counts map[string]int) []share {
	var list []share
	for name, count := range counts {
		list = append(list, share{name, count})
	}
	slices.SortFunc(list, func(a, b share) int { return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.name, b.name)) })
	return list
}

// affected writes whom the change request touches.
func (s *Screen) affected(sheet *part.Sheet, c *engine.ChangeView) {
	if c.Plan == nil {
		return
	}
	scope := s.scope.of(c, s.desk.Current)
	sheet.Head("Affected servers", part.Number(len(c.Plan.Assignments)))
	for _, line := range []struct {
		label string
		list  []share
	}{{"environments", scope.environments}, {"owners", scope.owners}} {
		const most = 12
		var words []string
		for _, share := range line.list[:min(len(line.list), most)] {
			words = append(words, fmt.Sprintf("%s %s", share.name, part.Number(share.count)))
		}
		if more := len(line.list) - most; more > 0 {
			words = append(words, part.Count(more, "more", "more"))
		}
		sheet.Fact(line.label, sheet.Theme.Normal, strings.Join(words, ", "))
	}
	for _, o := range s.desk.Current.Overlaps[c.Release] {
		sheet.Fact("overlaps", sheet.Theme.Normal, o.Words)
	}
}
