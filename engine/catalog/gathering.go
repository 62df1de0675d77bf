package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// gathering collects what a document says of one KB, remediation by remediation, in any order.
type gathering struct {
	kb                   string
	severity             Severity
	cves                 map[string]bool
	exploited, disclosed bool
	cvss                 float64
	restart              Restart
	subTypes             map[string]bool
	supersedes           map[string]bool
	builds               map[string]string // product name -> fixed build as the document has it
}

// subTypeSeparator stands between the kinds of one update.
const subTypeSeparator = "; "

func newGathering(kb string) *gathering {
	return &gathering{
		kb: kb, restart: RestartUnknown,
		cves: map[string]bool{}, subTypes: map[string]bool{}, supersedes: map[string]bool{}, builds: map[string]string{},
	}
}

// setBuild notes the build that fixes a product. Where vulnerabilities differ the highest build counts: only that one
// fixes them all.
func (g *gathering) setBuild(product, build string) {
	known, seen := g.builds[product]
	if !seen || compareBuilds(build, known) > 0 {
		g.builds[product] = build
	}
}

// compareBuilds orders four-part builds by number; any build is more than a text that is none, and texts go by spelling.
func compareBuilds(a, b string) int {
	first, errA := inventory.ParseBuild(a)
	second, errB := inventory.ParseBuild(b)
	if errA != nil || errB != nil {
		return cmp.Or(compareBool(errA == nil, errB == nil), strings.Compare(a, b))
	}
	return slices.Compare(first[:], second[:])
}

func (g *gathering) update() Update {
	return Update{
		KB: g.kb, Severity: g.severity, CVEs: slices.Sorted(maps.Keys(g.cves)),
		Exploited: g.exploited, Disclosed: g.disclosed, CVSS: g.cvss, Restart: g.restart,
		SubType: strings.Join(slices.Sorted(maps.Keys(g.subTypes)), subTypeSeparator), Supersedes: sortedKBs(g.supersedes),
		Products: g.products(),
	}
}

func (g *gathering) products() []Product {
	products := make([]Product, 0, len(g.builds))
	for _, name := range slices.Sorted(maps.Keys(g.builds)) {
		p := Product{Name: name, FixedBuild: g.builds[name]}
		if build, err := inventory.ParseBuild(p.FixedBuild); err == nil && isWindows(build) {
			p.Build = build
		}
		products = append(products, p)
	}
	return products
}

// isWindows tells an operating-system build from a component's version: Windows Server 2008 to 2012 R2 are version 6,
// later ones version 10.
func isWindows(b inventory.Build) bool { return b[0] == 6 || b[0] == 10 }
