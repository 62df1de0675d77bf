package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
)

// Cadence is how often updates go to an environment.
type Cadence string

const (
	Monthly   Cadence = "monthly"
	Quarterly Cadence = "quarterly"
)

// PolicyRule says how updates of some severities travel.
type PolicyRule struct {
	Severities []catalog.Severity
	Dev, Prod  Cadence
	// Exempt tells whether a server, or a class of servers, may be left without them.
	Exempt bool
	Words  string
}

// Policy is the standing policy. Every severity stands in exactly one rule.
var Policy = []PolicyRule{
	{[]catalog.Severity{catalog.Critical}, Monthly, Monthly, false, "every month to Dev and Prod; nobody is exempt"},
	{[]catalog.Severity{catalog.Important}, Monthly, Monthly, true, "every month to Dev and Prod"},
	{[]catalog.Severity{catalog.Moderate, catalog.Low, catalog.Unrated}, Monthly, Quarterly, true, "every month to Dev, every quarter to Prod after it passed in Dev"},
}

// QuarterMonths are the months whose run takes the quarterly updates to Prod.
var QuarterMonths = []time.Month{time.March, time.June, time.September, time.December}

// PolicyFor gives the rule of a severity.
func PolicyFor(s catalog.Severity) PolicyRule {
	i := slices.IndexFunc(Policy, func(r PolicyRule) bool { return slices.Contains(r.Severities, s) })
	return Policy[max(i, 0)]
}

// ProdNow tells whether updates of a severity go to Prod in the run of a month.
func (r PolicyRule) ProdNow(month time.Month) bool {
	return r.Prod == Monthly || slices.Contains(QuarterMonths, month)
}

// MayExempt refuses to leave servers without an update that nobody is exempt from.
func MayExempt(u catalog.Update) error {
	if rule := PolicyFor(u.Severity); !rule.Exempt {
		return Clash("%s is rated %s: it goes %s", u.KB, u.Severity, rule.Words)
	}
	return nil
}

// Category is a class of assets with what its timetable allows.
type Category struct {
	Name, Meaning string
	Share         int // percent of the priority's time that the rollout may use
	Acceptance    int // percent of the usual time for acceptance
}

// Categories are the classes of assets that have timetables of their own.
var Categories = []Category{
	{"standard", "ordinary servers", 100, 100},
	{"mission-critical", "servers on which business stands or falls: acceptance takes longer", 100, 200},
	{"exposed", "servers that outsiders reach: half the time", 50, 100},
	{"low-value", "servers that nothing important needs", 100, 50},
}

// ParseCategory reads a category; the empty word is the first of the table.
func ParseCategory(word string) (Category, error) {
	if word == "" {
		return Categories[0], nil
	}
	var known []string
	for _, c := range Categories {
		if c.Name == word {
			return c, nil
		}
		known = append(known, c.Name)
	}
	return Category{}, fmt.Errorf("category %q is not known: use one of %s", word, strings.Join(known, ", "))
}
