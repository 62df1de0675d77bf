package inventory

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// FindingKind is what a finding is about.
type FindingKind string

const (
	CountChanged  FindingKind = "count changed"  // an audit knows markedly more or fewer servers than the one before
	Unreadable    FindingKind = "unreadable"     // a server that the last sweep could not read
	OffNetwork    FindingKind = "off network"    // a server that gives no answer
	CatchUp       FindingKind = "catch up"       // a server that answers and misses updates of releases that are through
	Recurrence    FindingKind = "recurrence"     // a server that had an update and misses it again
	ClientHealth  FindingKind = "client health"  // something on a server would stop an installation
	Violation     FindingKind = "violation"      // a server that breaks a minimum standard
	BelowLine     FindingKind = "below baseline" // a server that misses updates of its baseline
	AboveLine     FindingKind = "above baseline" // a server with updates that nobody approved
	NotInList     FindingKind = "not in source"  // a server of the inventory that a source does not name
	Unlisted      FindingKind = "unlisted"       // a machine of a source that the inventory does not name
	ExemptionEnds FindingKind = "exemption ends" // a server that is forced again soon
	Stale         FindingKind = "stale entry"    // an entry of a source that nobody renews, or of a retired server
	Rogue         FindingKind = "rogue"          // a machine that answers on the network and is on no list
)

// findingWays say what to do about each kind, and how grave it is unless the finding says so itself.
var findingWays = map[FindingKind]struct {
	severity Severity
	todo     string
}{
	CountChanged:  {Medium, "find out which servers came or went, and whether they should have; review the minimum standards with it"},
	Unreadable:    {Medium, "check it by hand, mend the access and sweep it again; if it is gone, retire it"},
	OffNetwork:    {Medium, "find out where it is; when it is back it is on the list to catch up; if it will not be, retire it"},
	CatchUp:       {High, "submit a change request for it, or exclude it with a reason"},
	Recurrence:    {High, "find out who or what took the update away, install it again, and work on the incident"},
	ClientHealth:  {High, "mend it before the next push, and ask for its health again"},
	Violation:     {Medium, "bring the server to the standard, or change the standard"},
	BelowLine:     {Medium, "submit a change request for it, or exempt it with a reason and an end"},
	AboveLine:     {Low, "approve the update with a release, take it away, or freeze the server with an exemption"},
	ExemptionEnds: {Medium, "prepare the server for its next window, or exempt it anew with a reason"},
	NotInList:     {Low, "add it where it is missing, or retire it"},
	Unlisted:      {Medium, "import it into the inventory, or as not managed with the reason; delete the entry if the machine is gone"},
	Stale:         {Low, "delete the entry at its source, or find out why nobody renews it"},
	Rogue:         {High, "find its owner; import it, or take it off the network"},
}

// FindingKinds lists the kinds there are.
func FindingKinds() []FindingKind {
	var kinds []FindingKind
	for kind := range findingWays {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// Severity says how grave a finding is.
type Severity string

const (
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// Severities lists them, gravest first.
var Severities = []Severity{High, Medium, Low}

// Observation is what evidence shows to be wrong now, before it is known whether a finding about it is open.
type Observation struct {
	Kind     FindingKind
	Subject  string   // what it is about: a server's name, an address, a source
	Rule     string   // the standard, baseline or source that it breaks; part of what makes two findings the same
	Server   ServerID // "" when it is about no server of the inventory
	Words    string
	Todo     string        // "" is what is always to be done about this kind
	Severity Severity      // "" is the kind's own
	Within   time.Duration // when it has to be mended by, from its opening on; 0 is no time line
}

// Finding is something that is wrong with the inventory or with a server, from the evidence that opened it to the one that closed it.
type Finding struct {
	ID       string      `json:"id"` // "F-12"
	Kind     FindingKind `json:"kind"`
	Subject  string      `json:"subject"`
	Rule     string      `json:"rule,omitempty"`
	Server   ServerID    `json:"server,omitempty"`
	Severity Severity    `json:"severity"`
	Words    string      `json:"words"`
	Todo     string      `json:"todo"`
	Opened   time.Time   `json:"opened"`
	Due      time.Time   `json:"due,omitzero"`
	Evidence string      `json:"evidence"` // what showed it: an audit, a source, a person
	Closed   time.Time   `json:"closed,omitzero"`
	ClosedBy string      `json:"closed_by,omitempty"` // what showed that it is over
}

// Key is the same for two findings about the same thing.
func (f Finding) Key() string { return findingKey(f.Kind, f.Rule, f.Subject) }

func (o Observation) key() string { return findingKey(o.Kind, o.Rule, o.Subject) }

func findingKey(kind FindingKind, rule, subject string) string {
	return string(kind) + "\x00" + rule + "\x00" + nameKey(subject)
}

// Open tells that nothing has shown yet that it is over.
func (f Finding) Open() bool { return f.Closed.IsZero() }

// Overdue tells that its time line has passed.
func (f Finding) Overdue(now time.Time) bool {
	return f.Open() && !f.Due.IsZero() && now.After(f.Due)
}

// NeedsIncident tells that a finding of this kind is one for the incident list too.
func (k FindingKind) NeedsIncident() bool { return k == Recurrence || k == ClientHealth }

// Settle compares what evidence shows with what is open: observations that are new become findings, named by next, and open findings that
// the evidence covers and no longer shows are over. Covers tells whether the evidence could have shown a finding again.
func Settle(open []Finding, seen []Observation, covers func(Finding) bool, evidence string, now time.Time, next func() string) (opened, closed []Finding) {
	known := make(map[string]bool, len(open)+len(seen))
	for _, f := range open {
		known[f.Key()] = true
	}
	still := make(map[string]bool, len(seen))
	for _, o := range seen {
		still[o.key()] = true
		if known[o.key()] {
			continue
		}
		known[o.key()] = true
		opened = append(opened, o.finding(next(), evidence, now))
	}
	for _, f := range open {
		if covers(f) && !still[f.Key()] {
			f.Closed, f.ClosedBy = now, evidence
			closed = append(closed, f)
		}
	}
	return opened, closed
}

func (o Observation) finding(id, evidence string, now time.Time) Finding {
	way := findingWays[o.Kind]
	f := Finding{ID: id, Kind: o.Kind, Subject: o.Subject, Rule: o.Rule, Server: o.Server, Words: o.Words, Evidence: evidence, Opened: now,
		Severity: cmp.Or(o.Severity, way.severity), Todo: cmp.Or(o.Todo, way.todo)}
	if o.Within > 0 {
		f.Due = now.Add(o.Within)
	}
	return f
}

// ByUrgency orders findings: open before closed, gravest first, then by what they are about.
func ByUrgency(a, b Finding) int {
	return cmp.Or(boolOrder(!a.Open(), !b.Open()), cmp.Compare(slices.Index(Severities, a.Severity), slices.Index(Severities, b.Severity)),
		strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Subject, b.Subject), strings.Compare(a.ID, b.ID))
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
