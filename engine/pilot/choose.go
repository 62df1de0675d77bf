package pilot

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// Choice is what Choose found: one server for each operating system, and the systems that have no fit server.
type Choice struct {
	Servers  []inventory.ServerID
	Untested []string // operating systems of the release without a pilot server
}

// Choose takes one server for each operating system among the candidates: Dev, risk none before low, no cluster member, and
// among equals the first by name, so that the same inventory gives the same pilot.
func Choose(candidates []inventory.Server) Choice {
	byOS := map[string][]inventory.Server{}
	for _, s := range candidates {
		byOS[s.OS] = append(byOS[s.OS], s)
	}
	var choice Choice
	for _, os := range slices.Sorted(maps.Keys(byOS)) {
		fit := slices.DeleteFunc(slices.Clone(byOS[os]), func(s inventory.Server) bool {
			return s.Environment != inventory.Dev || s.Cluster != "" || riskOrder(s.Risk) > riskOrder("low") || s.Trouble != ""
		})
		if len(fit) == 0 {
			choice.Untested = append(choice.Untested, os)
			continue
		}
		best := slices.MinFunc(fit, func(a, b inventory.Server) int {
			return cmp.Or(cmp.Compare(riskOrder(a.Risk), riskOrder(b.Risk)), strings.Compare(a.Name, b.Name))
		})
		choice.Servers = append(choice.Servers, best.ID)
	}
	return choice
}

// riskOrder sorts the inventory's risk words; a server without one counts as low.
func riskOrder(risk string) int {
	switch strings.ToLower(risk) {
	case "none":
		return 0
	case "", "low":
		return 1
	default:
		return 2
	}
}
