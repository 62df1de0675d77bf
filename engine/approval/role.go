package approval

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a person may do. A person may hold several.
type Role string

const (
	Lead            Role = "lead"                 // runs the cycle
	Administrator   Role = "administrator"        // installs, monitors, retries
	Authority       Role = "authority"            // authorises the change request
	Board           Role = "board"                // approves the plan
	Support         Role = "support"              // application support: acceptance results
	Security        Role = "security"             // reviews bulletins, objects
	ServerAdmin     Role = "server-administrator" // maps own servers to windows
	TechnologyOwner Role = "technology-owner"     // of Exchange, SQL, IIS, Windows, ...
	OnCall          Role = "on-call"              // runs an emergency window
	Writer          Role = "writer"               // posts summaries
	Viewer          Role = "viewer"               // looks and exports
	Machine         Role = "engine"               // the engine itself; no person holds it
)

// Roles lists the roles that a users file may give, with what each is for.
var Roles = []struct {
	Role    Role
	Meaning string
}{
	{Lead, "runs the cycle: inventory, releases, change requests, exclusions, pause, resume, halt"},
	{Administrator, "installs, monitors, retries, reports"},
	{Authority, "authorises change requests, which unlocks the pilot"},
	{Board, "approves plans, which unlocks Dev and Prod"},
	{Support, "reports acceptance results for applications"},
	{Security, "reviews bulletins, proposes the priority, posts threat changes and raises objections"},
	{ServerAdmin, "maps own servers to windows and installs before the enforcement date"},
	{TechnologyOwner, "is told of updates to a technology and raises objections"},
	{OnCall, "runs an emergency window: watch, retry, skip, halt"},
	{Writer, "posts summaries"},
	{Viewer, "looks and exports; changes nothing"},
}

// ParseRole reads a role as a users file writes it.
func ParseRole(s string) (Role, error) {
	var known []string
	for _, r := range Roles {
		if string(r.Role) == s {
			return r.Role, nil
		}
		known = append(known, string(r.Role))
	}
	return "", fmt.Errorf("role %q is not known: use one of %s", s, strings.Join(known, ", "))
}

// Actor is who acts: a person with roles, what is theirs by the users file, and the way in ("ssh", "socket", "command", "demo").
type Actor struct {
	Name  string
	Roles []Role
	// Applications are those whose support the person is; Owns are names under which the inventory knows the person's servers, beside their own.
	Applications []string
	Owns         []string
	Via          string
}

// Has tells whether the actor holds one of the roles.
func (a Actor) Has(any ...Role) bool {
	for _, r := range any {
		if slices.Contains(a.Roles, r) {
			return true
		}
	}
	return false
}

// OwnsServersOf tells whether servers of this owner, as the inventory names it, are the actor's own.
func (a Actor) OwnsServersOf(owner string) bool {
	same := func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(owner)) }
	return strings.TrimSpace(owner) != "" && (same(a.Name) || slices.ContainsFunc(a.Owns, same))
}

// Everything stands for every application in a person's list.
const Everything = "*"

// Supports tells whether the actor is the support of an application.
func (a Actor) Supports(application string) bool {
	return slices.ContainsFunc(a.Applications, func(name string) bool { return name == Everything || strings.EqualFold(name, application) })
}

// Same tells whether two actors are one person with the same rights, whichever way they came in.
func (a Actor) Same(b Actor) bool {
	return a.Name == b.Name && slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Applications, b.Applications) && slices.Equal(a.Owns, b.Owns)
}

// RoleNames gives the actor's roles as text for the audit trail.
func (a Actor) RoleNames() []string {
	names := make([]string, len(a.Roles))
	for i, r := range a.Roles {
		names[i] = string(r)
	}
	return names
}

// Denied is a refused command: the rule that forbids it, in words for the person.
type Denied struct{ Words string }

func (d *Denied) Error() string { return d.Words }

// Refuse makes a Denied from a format.
func Refuse(format string, args ...any) error { return &Denied{Words: fmt.Sprintf(format, args...)} }

// NeedsRole refuses an actor who has none of the roles that something needs.
func NeedsRole(actor Actor, what string, roles ...Role) error {
	return Refuse("%s needs %s; %s", what, oneOf(roles), actor.holds())
}

func oneOf(roles []Role) string {
	if len(roles) == 1 {
		return "the role " + string(roles[0])
	}
	return "one of: " + strings.Join(Actor{Roles: roles}.RoleNames(), ", ")
}

// holds tells the actor which roles they have.
func (a Actor) holds() string {
	if len(a.Roles) == 0 {
		return "you have no role"
	}
	return "you are: " + strings.Join(a.RoleNames(), ", ")
}

// Conflict is a command that is refused for how things stand, whoever asks: what it names has moved on. It is a Denied as
// well, so that it is recorded like one.
type Conflict struct{ Denied }

// Unwrap gives the refusal itself.
func (c *Conflict) Unwrap() error { return &c.Denied }

// Clash makes a Conflict from a format.
func Clash(format string, args ...any) error {
	return &Conflict{Denied{Words: fmt.Sprintf(format, args...)}}
}
