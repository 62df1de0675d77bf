package engine

import (
	"cmp"
	"fmt"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// ownership limits what one role may do with a command to what is the person's own. Other roles of the command are not limited by it.
type ownership struct {
	role   approval.Role
	things string // what they must own: "own servers"
	// foreign names what the command is about and is not the actor's, with whose it is.
	foreign func(*Engine, approval.Actor, Command) []string
}

// What people own, in the words of refusals and of the table of rights.
const (
	ownServers      = "own servers"
	ownApplications = "own applications"
)

// forOwn limits a role of a command to what is the person's own.
func forOwn[C Command](k *commandKind, role approval.Role, things string, foreign func(*Engine, approval.Actor, C) []string) *commandKind {
	k.own = &ownership{role, things, func(e *Engine, actor approval.Actor, c Command) []string { return foreign(e, actor, c.(C)) }}
	return k
}

// refuseForeign denies a person whose only role for a command is limited to their own what belongs to others.
func (e *Engine) refuseForeign(actor approval.Actor, c Command) error {
	kind := commandTable[c.Action()]
	if kind.own == nil || kind.unlimited(actor) {
		return nil
	}
	if foreign := kind.own.foreign(e, actor, c); len(foreign) > 0 {
		return approval.Refuse("%s as %s is for %s only; not yours: %s", c.Action(), kind.own.role, kind.own.things, some(foreign))
	}
	return nil
}

// unlimited tells that an actor may give a command about everything, by another role than the limited one.
func (k *commandKind) unlimited(actor approval.Actor) bool {
	for _, role := range k.roles {
		if role != k.own.role && actor.Has(role) {
			return true
		}
	}
	return false
}

// Ownership says in which role a command is limited to the person's own, and to what; ok is false when it is not.
func Ownership(action string) (role approval.Role, things string, ok bool) {
	if k := commandTable[action]; k != nil && k.own != nil {
		return k.own.role, k.own.things, true
	}
	return "", "", false
}

// foreignServers names the servers that belong to others.
func (e *Engine) foreignServers(actor approval.Actor, servers []inventory.ServerID) (foreign []string) {
	for _, id := range servers {
		if s := e.state.servers[id]; s != nil && !actor.OwnsServersOf(s.Owner) {
			foreign = append(foreign, fmt.Sprintf("%s (of %s)", s.Name, cmp.Or(s.Owner, "nobody")))
		}
	}
	return foreign
}

// foreignApplication names an application that others support, and who they are.
func (e *Engine) foreignApplication(actor approval.Actor, application string) []string {
	if actor.Supports(application) {
		return nil
	}
	var support []string
	for _, p := range e.people() {
		if (approval.Actor{Applications: p.Applications}).Supports(application) {
			support = append(support, p.Name)
		}
	}
	if len(support) == 0 {
		return []string{fmt.Sprintf("%.80q (the users file names nobody for it)", application)}
	}
	return []string{fmt.Sprintf("%.80q (of %s)", application, some(support))}
}

// person finds somebody of the users file, as it writes the name. While it names nobody every name will do.
func (e *Engine) person(name string) (string, error) {
	people := e.people()
	if name = strings.TrimSpace(name); len(people) == 0 || name == "" {
		return name, nil // without a name the noun itself refuses
	}
	return approval.Named(people, name)
}

// known says which ids there are, for somebody who named another.
func known(ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return "there is none yet"
	case len(ids) == 1:
		return "there is " + ids[0]
	case len(ids) > most:
		return fmt.Sprintf("there are %s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return "there are " + strings.Join(ids, ", ")
}
