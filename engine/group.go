package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// DeclareGroup declares an availability group, or changes one of that name.
	DeclareGroup struct {
		Group  rollout.Group
		Reason string
	}
	// RemoveGroup forgets one. Members that are away stay away until they are back.
	RemoveGroup struct{ Name, Reason string }

	groupDeclared struct{ rollout.Group }
	groupRemoved  struct {
		Name string `json:"name"`
	}
)

func (DeclareGroup) Action() string { return "group.declare" }
func (RemoveGroup) Action() string  { return "group.remove" }

// GroupView is an availability group with the members that are away now, in order.
type GroupView struct {
	rollout.Group
	Away []inventory.ServerID
}

func init() {
	offer((*Engine).declareGroup, approval.Lead, approval.Administrator)
	offer((*Engine).removeGroup, approval.Lead, approval.Administrator)
	register("group.declared",
		func(e groupDeclared) string { return e.Name },
		func(e groupDeclared) string {
			return fmt.Sprintf("%d of %d members may be away at once", e.Most, len(e.Members))
		},
		func(s *state, e groupDeclared, _ time.Time) error { s.putGroup(e.Group); return nil })
	register("group.removed",
		func(e groupRemoved) string { return e.Name },
		func(e groupRemoved) string { return "removed" },
		func(s *state, e groupRemoved, _ time.Time) error { s.putGroup(rollout.Group{Name: e.Name}); return nil })
	keep("group", (*state).putGroup, func(s *state, id string) any { return s.groups.of[id] })
	nouns = append(nouns, noun{show: showGroups})
}

// groups are the declared availability groups and who takes a seat in which group. A removed group stays as a record without members.
type groups struct {
	of     map[string]rollout.Group
	member map[inventory.ServerID][]string
	seated map[string]map[string]inventory.ServerID // by group: advertisement -> server
}

func newGroups() groups {
	return groups{of: map[string]rollout.Group{}, member: map[inventory.ServerID][]string{}, seated: map[string]map[string]inventory.ServerID{}}
}

func (s *state) putGroup(g rollout.Group) {
	for _, id := range s.groups.of[g.Name].Members {
		s.groups.member[id] = slices.DeleteFunc(slices.Clone(s.groups.member[id]), func(name string) bool { return name == g.Name })
	}
	for _, id := range g.Members {
		s.groups.member[id] = append(s.groups.member[id], g.Name)
		slices.Sort(s.groups.member[id])
	}
	s.groups.of[g.Name] = g
	s.mark("group", g.Name)
}

// seat follows an advertisement's change of seats.
func (g groups) seat(was, is *rollout.Advertisement) {
	if was != nil {
		for _, name := range was.Seats {
			delete(g.seated[name], was.ID)
		}
	}
	for _, name := range is.Seats {
		if g.seated[name] == nil {
			g.seated[name] = map[string]inventory.ServerID{}
		}
		g.seated[name][is.ID] = is.Server
	}
}

// seats says what a server takes of its groups while it is away. starting are members that the same step lets go.
func (e *Engine) seats(id inventory.ServerID, starting map[string]int) rollout.Seats {
	var seats rollout.Seats
	for _, name := range e.state.groups.member[id] {
		g := e.state.groups.of[name]
		seats.Groups = append(seats.Groups, name)
		away := len(e.state.groups.seated[name]) + starting[name]
		words := ""
		for _, member := range g.Members {
			if why := e.unwell(member); why != "" && member != id && !e.isSeated(name, member) {
				away++ // peers healthy first: who cannot serve is away too
				words = ", " + why
			}
		}
		if away >= g.Most && seats.Full == "" {
			seats.Full = fmt.Sprintf("group %s: %d of at most %d members are away%s", name, away, g.Most, words)
		}
	}
	s := e.state.servers[id]
	if s == nil {
		return seats
	}
	if name, ok := rollout.Controllers(s.Facts); ok {
		seats.Groups = append(seats.Groups, name)
		if away := len(e.state.groups.seated[name]) + starting[name]; away >= e.options.Policy.Controllers && seats.Full == "" {
			seats.Full = fmt.Sprintf("%s: %d of at most %d are away", name, away, e.options.Policy.Controllers)
		}
	}
	return seats
}

func (e *Engine) isSeated(group string, id inventory.ServerID) bool {
	for _, server := range e.state.groups.seated[group] {
		if server == id {
			return true
		}
	}
	return false
}

// unwell says why a server cannot stand in for another one; empty when nothing is known against it.
func (e *Engine) unwell(id inventory.ServerID) string {
	if s := e.state.servers[id]; s != nil && s.Trouble != "" {
		return s.Name + ": " + s.Trouble
	}
	return ""
}

func (e *Engine) declareGroup(actor approval.Actor, c DeclareGroup, now time.Time) (string, error) {
	c.Group.Members = slices.Compact(slices.Sorted(slices.Values(c.Group.Members)))
	if err := c.Group.Check(); err != nil {
		return "", err
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	for _, id := range c.Group.Members {
		s := e.state.servers[id]
		if s == nil {
			return "", fmt.Errorf("server %s is not in the inventory", id)
		}
		if strings.EqualFold(s.Cluster, c.Group.Name) {
			return "", fmt.Errorf("%q is the cluster of %s: its members take turns anyway", c.Group.Name, s.Name)
		}
	}
	e.must(groupDeclared{c.Group}, actor, c.Reason, now)
	return fmt.Sprintf("group %s: of its %d members at most %d are away at once", c.Group.Name, len(c.Group.Members), c.Group.Most), nil
}

func (e *Engine) removeGroup(actor approval.Actor, c RemoveGroup, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if len(e.state.groups.of[c.Name].Members) == 0 {
		return "", fmt.Errorf("group %q is not declared: %s", c.Name, known(e.groupNames()))
	}
	e.must(groupRemoved{c.Name}, actor, c.Reason, now)
	return fmt.Sprintf("group %s is removed", c.Name), nil
}

func (e *Engine) groupNames() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(e.state.groups.of)), func(name string) bool { return len(e.state.groups.of[name].Members) == 0 })
}

func showGroups(e *Engine, v *View, _ time.Time) {
	for _, name := range e.groupNames() {
		v.Groups = append(v.Groups, GroupView{Group: e.state.groups.of[name], Away: slices.Sorted(maps.Values(e.state.groups.seated[name]))})
	}
}
