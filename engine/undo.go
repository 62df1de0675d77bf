package engine

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Inverse is a command that takes back what another one did, and whom that touches. It is a command like any other: the engine decides
// again when it is given, and it takes a reason of its own.
type Inverse struct {
	Words   string // what it does
	Servers []inventory.ServerID
	Command func(reason string) Command
}

// Undo finds the inverse of what a person did last, as long as nothing came of it that cannot be taken back: a pause that nobody
// touched since, a server that was skipped or excluded and has a window left, a retry that has not started. What a halt or a close
// decided is not undone by a key: those are decisions with ways back of their own. Several commands are one action when they exclude
// servers from one change request.
func Undo(view *View, actor approval.Actor, done ...Command) (Inverse, error) {
	if len(done) == 0 {
		return Inverse{}, fmt.Errorf("you did nothing here that could be taken back")
	}
	switch c := done[0].(type) {
	case ExcludeServer:
		return undoExclusions(view, actor, c.Change, done)
	case ExcludeFromCollection:
		return undoExclusion(view, actor, c)
	}
	if len(done) > 1 {
		return Inverse{}, fmt.Errorf("the last action gave %d commands: they are not taken back by one key", len(done))
	}
	switch c := done[0].(type) {
	case Hold:
		return undoHold(view, actor, c)
	case Skip:
		return undoFor(view, c.Rollout, c.Servers, func(ad *rollout.Advertisement) bool {
			return ad.Delivery == rollout.Cancelled && slices.ContainsFunc(ad.Windows, func(id string) bool { return opensLater(view, c.Rollout, id) })
		}, "put back into the windows that are left", "was skipped and has no window left, or is skipped no more",
			func(servers []inventory.ServerID) func(string) Command {
				return func(reason string) Command { return Retry{Rollout: c.Rollout, Servers: servers, Reason: reason} }
			})
	case Retry:
		return undoFor(view, c.Rollout, c.Servers, func(ad *rollout.Advertisement) bool {
			return !ad.Delivery.Final() && !ad.Delivery.Status().Started
		}, "taken out of this rollout again", "has started, or is through",
			func(servers []inventory.ServerID) func(string) Command {
				return func(reason string) Command { return Skip{Rollout: c.Rollout, Servers: servers, Reason: reason} }
			})
	case MapWindow:
		return undoMapping(view, actor, c)
	}
	return Inverse{}, fmt.Errorf("%s cannot be taken back by a key", done[0].Action())
}

// undoExclusions puts those servers back that the person excluded and nobody has put back since.
func undoExclusions(view *View, actor approval.Actor, change string, done []Command) (Inverse, error) {
	i := slices.IndexFunc(view.Changes, func(c ChangeView) bool { return c.ID == change })
	var still []inventory.ServerID
	for _, one := range done {
		c, ok := one.(ExcludeServer)
		if !ok || c.Change != change || i < 0 {
			continue
		}
		x, excluded := view.Changes[i].Exclusions[string(c.Server)]
		if excluded && x.By == actor.Name && view.mayReturn(change, c.Server) {
			still = append(still, c.Server)
		}
	}
	if len(still) == 0 {
		return Inverse{}, fmt.Errorf("none of the %d servers can be put back: each has no window left, or is excluded no more", len(done))
	}
	return Inverse{Words: fmt.Sprintf("%d of %d servers will be in the plan of %s again, as it was approved.", len(still), len(done), change), Servers: still,
		Command: func(reason string) Command { return IncludeServers{Change: change, Servers: still, Reason: reason} }}, nil
}

// mayReturn tells that a server that was excluded from a change request would still find a place in its rollouts.
func (v *View) mayReturn(change string, server inventory.ServerID) bool {
	for i := range v.Rollouts {
		r := &v.Rollouts[i]
		if r.Change != change {
			continue
		}
		if ad := advertisement(v, rollout.AdvertisementID(r.ID, server)); ad != nil {
			return r.State != rollout.Closed && ad.Delivery == rollout.Excluded &&
				slices.ContainsFunc(ad.Windows, func(id string) bool { return opensLater(v, r.ID, id) })
		}
	}
	return true
}

// undoExclusion ends the exclusions from a collection that the person made and nobody has ended since.
func undoExclusion(view *View, actor approval.Actor, c ExcludeFromCollection) (Inverse, error) {
	i := slices.IndexFunc(view.Collections, func(v CollectionView) bool { return v.Name == c.Name })
	if i < 0 {
		return Inverse{}, fmt.Errorf("the collection %s is gone", c.Name)
	}
	still := slices.DeleteFunc(slices.Clone(c.Servers), func(id inventory.ServerID) bool {
		x, excluded := view.Collections[i].Exclusions[id]
		return !excluded || x.By != actor.Name
	})
	if len(still) == 0 {
		return Inverse{}, fmt.Errorf("none of the %d servers is excluded by you any more", len(c.Servers))
	}
	return Inverse{Words: fmt.Sprintf("%d of %d servers will be excluded from %s no more.", len(still), len(c.Servers), c.Name), Servers: still,
		Command: func(reason string) Command { return IncludeInCollection{Name: c.Name, Servers: still, Reason: reason} }}, nil
}

// undoMapping gives servers the windows back that they had, as long as nobody mapped them again since.
func undoMapping(view *View, actor approval.Actor, c MapWindow) (Inverse, error) {
	var back []WindowChoice
	var still []inventory.ServerID
	for _, choice := range c.Choices {
		i := slices.IndexFunc(view.Servers, func(s inventory.Server) bool { return s.ID == choice.Server })
		if i < 0 {
			continue
		}
		s := &view.Servers[i]
		if s.WindowChosen != nil && s.WindowChosen.By == actor.Name && strings.EqualFold(s.Window, choice.Window) && !strings.EqualFold(choice.Was, choice.Window) {
			back, still = append(back, WindowChoice{Server: s.ID, Window: choice.Was, Was: s.Window}), append(still, s.ID)
		}
	}
	if len(back) == 0 {
		return Inverse{}, fmt.Errorf("none of the %d servers can be: each is mapped by somebody else, or to another window, by now", len(c.Choices))
	}
	return Inverse{Words: fmt.Sprintf("%d of %d servers get the window back that they had.", len(back), len(c.Choices)), Servers: still,
		Command: func(reason string) Command { return MapWindow{Choices: back, Reason: reason} }}, nil
}

func undoHold(view *View, actor approval.Actor, c Hold) (Inverse, error) {
	r := view.rollout(c.Rollout)
	switch {
	case c.Step != "pause":
		return Inverse{}, fmt.Errorf("to %s a rollout is a decision: it is not taken back by a key", c.Step)
	case r == nil:
		return Inverse{}, fmt.Errorf("%s is gone", c.Rollout)
	case r.State != rollout.Paused:
		return Inverse{}, fmt.Errorf("%s is %s by now", r.ID, r.State)
	case r.Stop == nil || r.Stop.By != actor.Name || r.Stop.Rule != rollout.RulePerson:
		return Inverse{}, fmt.Errorf("%s is paused by somebody else, or for another reason, by now", r.ID)
	}
	return Inverse{Words: r.ID + " goes on: servers start again.", Command: func(reason string) Command {
		return Hold{Rollout: c.Rollout, Step: "resume", Reason: reason}
	}}, nil
}

// undoFor makes an inverse for those servers for which it is still possible.
func undoFor(view *View, id string, servers []inventory.ServerID, possible func(*rollout.Advertisement) bool, words, not string,
	command func([]inventory.ServerID) func(string) Command) (Inverse, error) {
	var still []inventory.ServerID
	for _, server := range servers {
		if ad := advertisement(view, rollout.AdvertisementID(id, server)); ad != nil && possible(ad) {
			still = append(still, server)
		}
	}
	if len(still) == 0 {
		return Inverse{}, fmt.Errorf("none of the %d servers can be: each %s", len(servers), not)
	}
	return Inverse{Words: fmt.Sprintf("%d of %d servers will be %s.", len(still), len(servers), words), Servers: still, Command: command(still)}, nil
}

// rollout finds a rollout of the view; nil when there is none.
func (v *View) rollout(id string) *RolloutView {
	if i := slices.IndexFunc(v.Rollouts, func(r RolloutView) bool { return r.ID == id }); i >= 0 {
		return &v.Rollouts[i]
	}
	return nil
}

// opensLater tells that a window of a rollout is not over.
func opensLater(view *View, id, window string) bool {
	r := view.rollout(id)
	return r != nil && slices.ContainsFunc(r.Windows, func(w WindowView) bool { return w.ID == window && view.At.Before(w.Closes) })
}
