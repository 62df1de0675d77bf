package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// CompleteByHand takes a person's word that servers of a rollout were patched by hand, with the options that were used. Those that can be
	// reached are read at once; the others stay "by hand, not verified".
	CompleteByHand struct {
		Rollout         string
		Servers         []inventory.ServerID
		Options, Reason string
	}
	// ForceStart starts servers now in their open window, ahead of order and ramp.
	ForceStart struct {
		Rollout string
		Servers []inventory.ServerID
		Reason  string
	}
)

func (CompleteByHand) Action() string { return "rollout.complete" }
func (ForceStart) Action() string     { return "rollout.force" }

// mostOptions bounds the words of an installation by hand.
const mostOptions = 400

func init() {
	forOwn(offer((*Engine).completeByHand, approval.Lead, approval.Administrator, approval.OnCall, approval.ServerAdmin), approval.ServerAdmin, ownServers,
		func(e *Engine, actor approval.Actor, c CompleteByHand) []string {
			return e.foreignServers(actor, c.Servers)
		})
	offer((*Engine).forceStart, approval.Lead, approval.OnCall)
	nouns = append(nouns, noun{look: (*Engine).lookAtHandWork, needs: (*Engine).handNeeds})
}

func (e *Engine) completeByHand(actor approval.Actor, c CompleteByHand, now time.Time) (string, error) {
	r := e.state.rollouts[c.Rollout]
	switch {
	case r == nil:
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	case r.Ring == rollout.Rollback:
		return "", fmt.Errorf("%s takes updates away: what was removed by hand is seen when the server is read", r.ID)
	case len(c.Options) > mostOptions:
		return "", fmt.Errorf("the options are %d bytes long, %d are enough", len(c.Options), mostOptions)
	}
	var checked []inventory.ServerID
	for _, id := range c.Servers {
		if s := e.state.servers[id]; s != nil && s.Unmanaged == "" {
			checked = append(checked, id)
		}
	}
	sweep := len(e.state.sweeps) + 1
	words, err := e.eachOf(actor, r, c.Servers, c.Reason, now, "noted as done by hand", func(_ *rollout.Rollout, ad *rollout.Advertisement) (*rollout.Moved, error) {
		work := rollout.HandWork{By: actor.Name, At: now, Options: c.Options, Reason: c.Reason}
		if slices.Contains(checked, ad.Server) {
			work.Sweep = sweep
		}
		return ad.CompleteByHand(work)
	})
	if err != nil || len(checked) == 0 {
		return words + "; they cannot be reached, so they stay not verified", err
	}
	order, err := e.orderSweep(actor, Sweep{Kind: SweepFacts, Servers: slices.Compact(slices.Sorted(slices.Values(checked)))}, now)
	if err != nil {
		return "", err
	}
	return words + "; to prove it, " + order, nil
}

// lookAtHandWork judges what checks found of installations by hand.
func (e *Engine) lookAtHandWork(now time.Time) time.Time {
	for _, id := range slices.Sorted(maps.Keys(e.state.byHand)) {
		ad := e.state.ads[id]
		s := e.state.servers[ad.Server]
		if !ad.Hand.Pending() || s == nil || s.FactsSweep < ad.Hand.Sweep {
			continue
		}
		facts := e.detected(ad, s)
		if s.Trouble != "" {
			facts = nil
		}
		e.must(*e.scene(e.state.rollouts[ad.Rollout], now).HandChecked(ad, facts, s.Trouble), engineActor, "", now)
	}
	return time.Time{}
}

// detected are a server's facts with the packages that their own rules find on it: no list of updates has those.
func (e *Engine) detected(ad *rollout.Advertisement, s *inventory.Server) *inventory.Facts {
	if s.Facts == nil || !e.state.plans[e.state.rollouts[ad.Rollout].PlanHash].ByHand {
		return s.Facts
	}
	facts := *s.Facts
	facts.Updates = slices.Clone(facts.Updates)
	for _, kb := range ad.Updates {
		if _, u, ok := e.findUpdate(kb, ""); ok && catalog.Relevant(u, *s).Verdict == catalog.Compliant {
			facts.Updates = append(facts.Updates, kb)
		}
	}
	return &facts
}

// handNeeds names, by rollout, who is still to be done by hand and whose word has no proof.
func (e *Engine) handNeeds(v *View, _ time.Time, add addNeed) {
	open := map[string]map[rollout.HandState][]string{}
	for id := range e.state.byHand {
		ad := e.state.ads[id]
		if open[ad.Rollout] == nil {
			open[ad.Rollout] = map[rollout.HandState][]string{}
		}
		state := ad.Hand.State
		open[ad.Rollout][state] = append(open[ad.Rollout][state], e.nameOf(ad.Server))
	}
	for _, r := range slices.SortedFunc(maps.Keys(open), byNumber) {
		for _, line := range []struct {
			state rollout.HandState
			words string
		}{
			{rollout.HandOpen, "to be done by hand: say so with rollout complete"},
			{rollout.HandSaid, "said to be done by hand, not verified"},
			{rollout.HandRefuted, "said to be done by hand, and a check says that it is not"},
		} {
			names := open[r][line.state]
			if slices.Sort(names); len(names) > 0 {
				add(line.state == rollout.HandRefuted, r, "%s: %s %s (%s)", r, count(len(names), "server"), line.words, some(names))
			}
		}
	}
}

// some names a few of many.
func some(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// forceStart lets servers begin ahead of their turn. Whatever else would hold one back refuses the whole command.
func (e *Engine) forceStart(actor approval.Actor, c ForceStart, now time.Time) (string, error) {
	r := e.state.rollouts[c.Rollout]
	if r == nil {
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	var ids []string
	a := e.admission(r, e.gate(r, now), now)
	a.Forced = map[string]bool{}
	for _, server := range slices.Compact(slices.Sorted(slices.Values(c.Servers))) {
		ad := e.state.ads[rollout.AdvertisementID(r.ID, server)]
		if ad == nil {
			return "", fmt.Errorf("%s is not in %s", e.nameOf(server), r.ID)
		}
		ids, a.Forced[ad.ID] = append(ids, ad.ID), true
	}
	if len(ids) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	admitted := e.withCandidates(a, ids).Admit()
	for _, id := range ids {
		if slices.ContainsFunc(admitted.Moves, func(m *rollout.Moved) bool { return m.Ad == id }) {
			continue
		}
		ad := e.state.ads[id]
		why := admitted.Waits[id]
		if why == "" {
			why = fmt.Sprintf("it is %s, and only a server that is ready can start, in a window of its own that is open", ad.Delivery)
		}
		return "", approval.Clash("%s cannot be started now: %s", e.nameOf(ad.Server), why)
	}
	for _, m := range admitted.Moves {
		m.Cause = "forced by " + actor.Name + ": " + m.Cause
		e.options.Policy.Complete(r, e.state.ads[m.Ad], m)
		e.must(*m, actor, c.Reason, now)
		e.contacts.put(m.Ad, rollout.Contact{Asked: true, Heard: e.contacts.at(m.Ad).Heard})
	}
	return count(len(admitted.Moves), "server") + " started ahead of their turn", nil
}
