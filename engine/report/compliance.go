package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// ComplianceLine is one line of a table: a severity, a system, a site, an owner, a collection, an environment.
type ComplianceLine struct {
	Name string `json:"name"`
	Tally
}

// SeverityLine is where servers stand with the updates of one severity.
type SeverityLine struct {
	Severity catalog.Severity `json:"severity"`
	Updates  int              `json:"updates"`
	Tally
}

// PhaseLine is what is in one phase of the cycle, and where servers stand with it. An update is in the phase of the release that is furthest
// with it. One that no release holds is in Assess where a server misses it; one whose releases are closed is in none.
type PhaseLine struct {
	Phase      approval.Phase  `json:"phase"`
	Releases   int             `json:"releases"`
	Updates    int             `json:"updates"`
	Severities []SeverityCount `json:"by_severity"` // of these updates, Critical first, without those that are none
	Tally
}

// SeverityCount is how many updates have a severity.
type SeverityCount struct {
	Severity catalog.Severity `json:"severity"`
	Updates  int              `json:"updates"`
}

// Compliance is where the managed servers stand with the updates that count. Servers that people look after are outside.
type Compliance struct {
	At         time.Time        `json:"at"`
	Fresh      time.Duration    `json:"-"` // what was read longer ago is stale
	FreshHours float64          `json:"fresh_hours"`
	AtLeast    catalog.Severity `json:"at_least,omitzero"` // updates that are less severe do not count
	Updates    int              `json:"updates"`
	Replaced   int              `json:"updates_replaced"`
	Irrelevant int              `json:"updates_not_relevant"`
	Unmanaged  int              `json:"unmanaged"` // servers outside
	All        Tally            `json:"all"`
	Severities []SeverityLine   `json:"by_severity"` // Critical first, not rated last
	Phases     []PhaseLine      `json:"by_phase"`    // Assess, Identify, Evaluate & Plan, Deploy
	// The rest has one line for each name, in the order of the names; a server without one is under "".
	Systems      []ComplianceLine `json:"by_os"`
	Sites        []ComplianceLine `json:"by_site"`
	Owners       []ComplianceLine `json:"by_owner"`
	Environments []ComplianceLine `json:"by_environment"`
	Collections  []ComplianceLine `json:"by_collection"` // a server counts in each that holds it
}

// Fleet is what compliance is measured from, as it stands at one moment.
type Fleet struct {
	At          time.Time
	Fresh       time.Duration
	AtLeast     catalog.Severity
	Servers     []inventory.Server
	Releases    []approval.Release
	Exempt      rollout.Exemptions // that hold
	Collections []Membership       // in the order in which they are shown
	// Judged gives where the server at a place stands with the updates of the gauge.
	Judged func(place int) Judged
}

// Membership is a collection with the servers that it holds.
type Membership struct {
	Name    string
	Members []inventory.ServerID
}

// SeverityName is how a severity is called in tables; the bulletins have no word for an update that they do not rate.
func SeverityName(s catalog.Severity) string { return cmp.Or(s.String(), "not rated") }

// WorstFirst orders lines by the share that is compliant, those without anybody concerned last.
func WorstFirst(lines []ComplianceLine) {
	slices.SortStableFunc(lines, func(a, b ComplianceLine) int {
		x, xOK := a.Percent()
		y, yOK := b.Percent()
		if xOK != yOK {
			if xOK {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x, y), strings.Compare(a.Name, b.Name))
	})
}
