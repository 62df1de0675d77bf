package procedure

import "patchdeck/engine/approval"

// Party is who a task belongs to, in the handbook's words.
type Party string

const (
	Vendor        Party = "vendor contact"
	Lead          Party = "lead"
	Authority     Party = "change authority"
	Support       Party = "application support"
	Security      Party = "security"
	Administrator Party = "patch administrator"
	Writer        Party = "technical writer"
	Everybody     Party = "everybody but the vendor contact"
	Engine        Party = "engine"
)

// Parties lists them with the roles that may tick their tasks; the lead runs the cycle and may tick any. The vendor's contact is outside and
// has no login, and the engine's task is ticked by what it sees.
var Parties = map[Party][]approval.Role{
	Vendor:        {approval.Lead},
	Lead:          {approval.Lead},
	Authority:     {approval.Authority, approval.Lead},
	Support:       {approval.Support, approval.Lead},
	Security:      {approval.Security, approval.Lead},
	Administrator: {approval.Administrator, approval.Lead},
	Writer:        {approval.Writer, approval.Lead},
	Everybody: {approval.Lead, approval.Administrator, approval.Authority, approval.Board, approval.Support, approval.Security, approval.ServerAdmin,
		approval.TechnologyOwner, approval.OnCall, approval.Writer},
	Engine: {approval.Lead},
}

// May tells whether an actor may tick a task of the party.
func (p Party) May(actor approval.Actor) bool { return actor.Has(Parties[p]...) }

// Secondary names who gets the party's overdue work: every role has a primary and a secondary person.
func (p Party) Secondary() string {
	switch p {
	case Vendor, Engine:
		return "the lead"
	case Everybody:
		return "the secondary of the lead"
	case Support, Security:
		return "the secondary of " + string(p)
	default:
		return "the secondary of the " + string(p)
	}
}
