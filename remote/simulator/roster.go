package simulator

import (
	"fmt"
	"strings"
)

// profile is what a server is for good: identity, product, place and purpose. It depends on the seed and the server's
// index only, so a larger fleet begins with the servers of a smaller one.
type profile struct {
	index        int
	name         string
	product      *product
	workload     *workload
	site         string
	environment  string // "Dev" or "Prod"
	owner        string
	applications []string
	cluster      string
	risk         string // "none", "low" or "high"
	virtual      bool
	draws        draws
}

const domain = "corp.example"

// pilots is how many servers at the head of the fleet are Dev servers without risk, one for each product: without them
// there would be nobody to try an update on.
var pilots = len(products)

// enlist makes the profiles of the first n servers of a seed.
func enlist(seed uint64, n int) []profile {
	roster := make([]profile, 0, n)
	numbers := make(map[string]int) // highest number given so far to a site and workload
	for index := 0; index < n; index++ {
		roster = append(roster, newProfile(seed, index, numbers))
	}
	if last := n - 1; last%2 == 0 {
		roster[last].cluster = "" // its partner lies beyond the end of the fleet
	}
	return roster
}

// newProfile draws one server. Servers stand in pairs (2k, 2k+1); a pair that becomes a cluster shares everything that
// its first member drew.
func newProfile(seed uint64, index int, numbers map[string]int) profile {
	pair := draws{seed, fmt.Sprint("pair-", index/2)}
	own := draws{seed, fmt.Sprint("server-", index)}
	p := profile{index: index, environment: environmentOf(index), virtual: own.fraction("virtual", 0) < 0.85}
	clustered := index >= pilots && environmentOf(index-index%2) == "Prod" && environmentOf(index-index%2+1) == "Prod" &&
		workloads[pickWorkload(pair)].clustered
	shared := own
	if clustered {
		shared = pair
	}
	p.site = sites[shared.below(len(sites), "site", 0)]
	p.product = pickProduct(index, shared)
	p.workload = &workloads[pickWorkload(shared)]
	if p.environment != "Prod" && p.workload.controller {
		p.workload = &workloads[0] // a forest has no domain controllers for development
	}
	if !clustered && p.workload.clustered && p.environment == "Prod" {
		p.workload = &workloads[1] // a database of Prod stands in a cluster or not at all
	}
	p.applications = pickApplications(p.workload, shared)
	p.owner = owners[p.applications[0]]
	p.risk = riskOf(&p, own)

	kind := p.site + "-" + p.workload.code
	numbers[kind]++
	p.name = fmt.Sprintf("%s-%03d", kind, numbers[kind])
	if clustered {
		p.cluster = fmt.Sprintf("%s-CL%03d", p.site, index/2)
	}
	p.draws = draws{seed, p.name}
	return p
}

// environmentOf puts every fifth server into Dev, and the pilots before them.
func environmentOf(index int) string {
	if index < pilots || index%5 == 4 {
		return "Dev"
	}
	return "Prod"
}

func pickProduct(index int, d draws) *product {
	if index < pilots {
		return &products[index]
	}
	at := d.below(100, "product", 0)
	for i := range products {
		if at -= products[i].share; at < 0 {
			return &products[i]
		}
	}
	return &products[len(products)-1]
}

func pickWorkload(d draws) int {
	at := d.below(100, "workload", 0)
	for i := range workloads {
		if at -= workloads[i].share; at < 0 {
			return i
		}
	}
	return len(workloads) - 1
}

func pickApplications(w *workload, d draws) []string {
	first := d.below(len(w.applications), "application", 0)
	chosen := []string{w.applications[first]}
	if len(w.applications) > 1 && d.fraction("second application", 0) < 0.3 {
		chosen = append(chosen, w.applications[(first+1)%len(w.applications)])
	}
	return chosen
}

// riskOf says what it costs the business when the server is away: nothing for the pilots and most of Dev, much for
// domain controllers, clusters and physical machines.
func riskOf(p *profile, d draws) string {
	switch {
	case p.index < pilots:
		return "none"
	case p.environment == "Dev":
		return []string{"none", "none", "none", "low", "low"}[d.below(5, "risk", 0)]
	case p.workload.controller || p.workload.clustered || !p.virtual:
		return "high"
	}
	return []string{"low", "low", "high"}[d.below(3, "risk", 0)]
}

// certificateName is the name that the server's certificate carries.
func (p *profile) certificateName() string { return strings.ToLower(p.name) + "." + domain }
