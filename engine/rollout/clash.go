package rollout

import (
	"cmp"
	"slices"

	"patchdeck/engine/inventory"
)

// Clash is a cluster of which several members have their first place in one window: they take turns there, which takes longer than side by
// side, and one that fails holds the others up.
type Clash struct {
	Window  string               `json:"window"`
	Cluster string               `json:"cluster"`
	Servers []inventory.ServerID `json:"servers"`
}

// Clashes are those of a plan, by window in the order of the plan, then by cluster. The clusters are those of now: a server may have joined one
// since the plan was made.
func (p *Plan) Clashes(cluster func(inventory.ServerID) string) []Clash {
	type place struct{ window, cluster string }
	shared := map[place][]inventory.ServerID{}
	for _, a := range p.Assignments {
		if c := cluster(a.Server); c != "" && len(a.Windows) > 0 {
			at := place{a.Windows[0], c}
			shared[at] = append(shared[at], a.Server)
		}
	}
	var list []Clash
	for at, servers := range shared {
		if len(servers) > 1 {
			list = append(list, Clash{at.window, at.cluster, servers})
		}
	}
	order := map[string]int{}
	for i, w := range p.Windows {
		order[w.ID] = i
	}
	slices.SortFunc(list, func(a, b Clash) int {
		return cmp.Or(cmp.Compare(order[a.Window], order[b.Window]), cmp.Compare(a.Cluster, b.Cluster))
	})
	return list
}
