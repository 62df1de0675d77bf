package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
)

// Priority says how soon a change must be through.
type Priority string

const (
	Emergency Priority = "Emergency"
	High      Priority = "High"
	Medium    Priority = "Medium"
	LowPrio   Priority = "Low"
)

// Span is a stretch of the calendar. The zero span has no end.
type Span struct {
	Months int
	Hours  int
}

// From gives the end of the span that begins at an instant, or the zero time. Months end on the same day of the month, or on its last.
func (s Span) From(at time.Time) time.Time {
	if s == (Span{}) {
		return time.Time{}
	}
	day := at.Day()
	first := at.AddDate(0, 0, 1-day).AddDate(0, s.Months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day, last)-1).Add(time.Duration(s.Hours) * time.Hour)
}

// Term is what one priority demands.
type Term struct {
	Priority Priority
	Due      Span   // through by then
	Latest   Span   // and then at the very latest; the zero span is never
	Words    string // both, for a person
}

// Terms are all priorities, the most urgent first. Each demands more than the one after it.
var Terms = []Term{
	{Emergency, Span{Hours: 24}, Span{Hours: 14 * 24}, "within 24 hours, at the latest in 2 weeks"},
	{High, Span{Months: 1}, Span{Months: 2}, "within 1 month, at the latest in 2 months"},
	{Medium, Span{Months: 4}, Span{Months: 6}, "within 4 months by a service pack or rollup that carries the fix, else the update itself within 6 months"},
	{LowPrio, Span{Months: 12}, Span{}, "by a service pack or rollup within 1 year, else the update within 1 year or never"},
}

// ParsePriority reads a priority without regard to case.
func ParsePriority(word string) (Priority, error) {
	var known []string
	for _, t := range Terms {
		if strings.EqualFold(word, string(t.Priority)) {
			return t.Priority, nil
		}
		known = append(known, string(t.Priority))
	}
	return "", fmt.Errorf("priority %q is not known: use %s", word, strings.Join(known, ", "))
}

// rank is a priority's place in Terms; an unknown one counts as the least urgent.
func (p Priority) rank() int {
	if i := slices.IndexFunc(Terms, func(t Term) bool { return t.Priority == p }); i >= 0 {
		return i
	}
	return len(Terms) - 1
}

// Term gives what the priority demands.
func (p Priority) Term() Term { return Terms[p.rank()] }

// Above tells whether the priority is more urgent than another one.
func (p Priority) Above(other Priority) bool { return p.rank() < other.rank() }

// Criterion is a reason to raise or to lower a priority.
type Criterion string

const (
	HighValue    Criterion = "high-value"
	Attacked     Criterion = "attacked-before"
	Mitigated    Criterion = "mitigated"
	LowValue     Criterion = "low-value"
	AttackedHere Criterion = "exploited-here"
	Instability  Criterion = "instability"
)

// Criteria is every criterion with what it does: steps up (positive) or down, or an emergency whatever else holds.
var Criteria = []struct {
	Criterion Criterion
	Raises    int
	Always    Priority
	Meaning   string
}{
	{AttackedHere, 0, Emergency, "the vulnerability is being exploited in this environment"},
	{Instability, 0, Emergency, "instability hits line-of-business applications"},
	{HighValue, 1, "", "high-value or high-exposure assets are affected"},
	{Attacked, 1, "", "the affected assets were attacked in the past"},
	{Mitigated, -1, "", "mitigating countermeasures are in place"},
	{LowValue, -1, "", "only low-value or low-exposure assets are affected"},
}

// ParseCriteria reads criteria by name and gives each once, in the order of the table.
func ParseCriteria(words []string) ([]Criterion, error) {
	var known []string
	var found []Criterion
	for _, c := range Criteria {
		known = append(known, string(c.Criterion))
		if slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, string(c.Criterion)) }) {
			found = append(found, c.Criterion)
		}
	}
	for _, w := range words {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, w) }) {
			return nil, fmt.Errorf("criterion %q is not known: use %s", w, strings.Join(known, ", "))
		}
	}
	if slices.Contains(found, HighValue) && slices.Contains(found, LowValue) {
		return nil, fmt.Errorf("%s and %s contradict one another: low-value means that only such assets are affected", HighValue, LowValue)
	}
	return found, nil
}

// Proposal is a priority with every step that led to it.
type Proposal struct {
	Priority Priority `json:"priority"`
	Steps    []string `json:"steps"`
}

// startOf is where each severity starts: a critical security update defaults to an emergency, and a person may set it back.
var startOf = map[catalog.Severity]Priority{
	catalog.Critical: Emergency, catalog.Important: High, catalog.Moderate: Medium, catalog.Low: LowPrio, catalog.Unrated: Medium,
}

// Propose derives a priority from the worst severity, from exploitation in the wild, and from the criteria that hold.
func Propose(worst catalog.Severity, exploited bool, criteria []Criterion) Proposal {
	p := Proposal{Priority: startOf[worst]}
	word := worst.String()
	if word == "" {
		word = "no severity"
	}
	p.Steps = append(p.Steps, fmt.Sprintf("%s starts at %s", word, p.Priority))
	if exploited {
		p.move(1, "exploited in the wild")
	}
	for _, c := range Criteria {
		switch {
		case !slices.Contains(criteria, c.Criterion):
		case c.Always != "":
			p.Priority = c.Always
			p.Steps = append(p.Steps, fmt.Sprintf("%s: always %s", c.Meaning, c.Always))
			return p
		default:
			p.move(c.Raises, c.Meaning)
		}
	}
	return p
}

// move takes steps towards Emergency, or away from it; the table has two ends.
func (p *Proposal) move(steps int, why string) {
	p.Priority = Terms[min(max(p.Priority.rank()-steps, 0), len(Terms)-1)].Priority
	verb := "raises"
	if steps < 0 {
		verb = "lowers"
	}
	p.Steps = append(p.Steps, fmt.Sprintf("%s: %s to %s", why, verb, p.Priority))
}

// Assessment is one party's view of how urgent a change is, and why.
type Assessment struct {
	Priority Priority    `json:"priority"`
	Category string      `json:"category,omitempty"` // of the assets, as in Categories
	Criteria []Criterion `json:"criteria,omitempty"`
	Proposed *Proposal   `json:"proposed,omitempty"` // what the rules said then
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
	Reason   string      `json:"reason"`
}
