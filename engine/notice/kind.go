package notice

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/approval"
)

// Kind is what a notice is about.
type Kind string

const (
	HeadsUp     Kind = "heads-up"
	Advance     Kind = "advance"
	Update      Kind = "update"
	Schedule    Kind = "schedule"
	Emergency   Kind = "emergency"
	DevComplete Kind = "dev-complete"
	Acceptance  Kind = "acceptance"
	Progress    Kind = "progress"
	ProdUpdated Kind = "prod-updated"
	Halted      Kind = "halted"
	Overdue     Kind = "overdue"
	Tasks       Kind = "task"
	Escalation  Kind = "escalation"
	Containment Kind = "containment"
	Incidents   Kind = "incident"
	Summary     Kind = "summary"
)

// Group is a set of people who get notices: the holders of a role, or the technology owners and the service desk, who need no login.
type Group string

// Technology are the owners of Exchange, SQL, IIS and the like.
const Technology Group = "technology"

// ServiceDesk are those who disable accounts and isolate servers when that was approved.
const ServiceDesk Group = "service-desk"

// Groups lists every group that can be given addresses.
func Groups() []Group {
	var list []Group
	for _, r := range approval.Roles {
		list = append(list, Group(r.Role))
	}
	return append(list, Technology, ServiceDesk)
}

const (
	lead, administrator, authority = Group(approval.Lead), Group(approval.Administrator), Group(approval.Authority)
	board, support, security       = Group(approval.Board), Group(approval.Support), Group(approval.Security)
	onCall                         = Group(approval.OnCall)
)

// Line is one line of the table of kinds.
type Line struct {
	Kind   Kind
	Groups []Group
	Owners bool   // the owners of the plan's servers get it too
	When   string // for the documentation and the help
}

// Kinds is every kind of notice in the order of the month, with who gets it. Security gets every one.
var Kinds = []Line{
	{HeadsUp, []Group{support, Technology, security}, false, "a release is created"},
	{Advance, []Group{lead, administrator, support, Technology, security}, true, "its change request is submitted"},
	{Emergency, []Group{lead, administrator, authority, board, support, Technology, security, onCall}, true, "an emergency is submitted, in place of the advance notice"},
	{Update, []Group{administrator, support, Technology, security, onCall}, true, "the change authority authorised it"},
	{Schedule, []Group{administrator, support, Technology, security, onCall}, true, "the change board approved the plan"},
	{DevComplete, []Group{lead, support, Technology, security}, false, "Dev is through and acceptance opens"},
	{Acceptance, []Group{support, security}, false, "twelve hours before the acceptance deadline, while results are missing"},
	{Progress, []Group{lead, administrator, support, security}, false, "every day while Prod is open"},
	{ProdUpdated, []Group{lead, administrator, authority, board, support, Technology, security}, true, "the last Prod window is through"},
	{Halted, []Group{lead, administrator, authority, board, security, onCall}, false, "a rollout is halted or paused"},
	{Overdue, []Group{lead, authority, board, security}, false, "a deadline passed, and every day until it is met"},
	{Tasks, []Group{security}, false, "a deadline of the month's procedure passed: once, to those whose task it is and the lead"},
	{Escalation, []Group{security}, true, "servers are behind a release that is through: once each to their owners, after 3 days to the service owners, after 7 to the lead, after 14 to the board"},
	{Containment, []Group{ServiceDesk, lead, security}, true, "an executive approved that a server's account is disabled or that it is isolated: once, to the service desk"},
	{Incidents, []Group{lead, administrator, security, onCall}, false, "incidents were opened, at most once an hour"},
	{Summary, []Group{lead, administrator, authority, board, support, Technology, security}, false, "four days after Prod is through"},
}

// ParseKind reads a kind as a person or a file writes it.
func ParseKind(word string) (Kind, error) {
	var known []string
	for _, l := range Kinds {
		if strings.EqualFold(word, string(l.Kind)) {
			return l.Kind, nil
		}
		known = append(known, string(l.Kind))
	}
	return "", fmt.Errorf("the kind of notice %.40q is not known: use %s", word, strings.Join(known, ", "))
}

// lineOf is the table's line of a kind; the zero line when there is none.
func lineOf(k Kind) Line {
	i := slices.IndexFunc(Kinds, func(l Line) bool { return l.Kind == k })
	if i < 0 {
		return Line{}
	}
	return Kinds[i]
}

// ForOwners tells that the owners of the servers get notices of this kind.
func (k Kind) ForOwners() bool { return lineOf(k).Owners }
