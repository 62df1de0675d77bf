package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

type (
	// AddExemption keeps servers out of the automatic windows, or from updates of one severity, until a time. Plans that are made while it holds
	// follow it; plans that were approved before stay as they are.
	AddExemption struct {
		Servers      []inventory.ServerID
		From, Window string
		Until        time.Time
		Reason       string
	}
	// EndExemption ends one before its time.
	EndExemption struct{ ID, Reason string }

	exemptionPut struct{ rollout.Exemption }
)

func (AddExemption) Action() string { return "exemption.add" }
func (EndExemption) Action() string { return "exemption.end" }

func init() {
	offer((*Engine).addExemption, approval.Lead)
	offer((*Engine).endExemption, approval.Lead)
	put := func(s *state, x rollout.Exemption) { s.exempt[x.ID] = x; s.mark("exemption", x.ID) }
	keep("exemption", put, func(s *state, id string) any { return s.exempt[id] })
	register("exemption.changed",
		func(e exemptionPut) string { return string(e.Server) },
		func(e exemptionPut) string {
			switch {
			case e.Ended != nil:
				return e.ID + " ended"
			case !e.Over.IsZero():
				return e.ID + " is over: its server takes its place in the windows again"
			case !e.Warned.IsZero():
				return fmt.Sprintf("%s ends %s: its owner is warned", e.ID, e.Until.Format(time.DateOnly))
			}
			return fmt.Sprintf("%s: exempt from %s until %s", e.ID, e.From, e.Until.Format(time.DateOnly))
		},
		func(s *state, e exemptionPut, _ time.Time) error { put(s, e.Exemption); return nil })
	nouns = append(nouns, noun{look: (*Engine).lookAtExemptions, show: func(e *Engine, v *View, _ time.Time) {
		for _, x := range e.state.exempt {
			v.Exemptions = append(v.Exemptions, x)
		}
		slices.SortFunc(v.Exemptions, func(a, b rollout.Exemption) int { return byNumber(a.ID, b.ID) })
	}})
}

func (e *Engine) addExemption(actor approval.Actor, c AddExemption, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	var list []rollout.Exemption
	held := e.exemptions(now)
	for _, id := range slices.Compact(slices.Sorted(slices.Values(c.Servers))) {
		if e.state.servers[id] == nil {
			return "", fmt.Errorf("server %s is not in the inventory", id)
		}
		x, err := rollout.Exemption{ID: fmt.Sprintf("EX-%d", len(e.state.exempt)+len(list)+1), Server: id, From: c.From, Window: c.Window, Until: c.Until,
			Signed: signed(actor, c.Reason, now)}.Check(now)
		if err != nil {
			return "", err
		}
		for _, other := range held[id] {
			if other.From == x.From {
				return "", approval.Clash("%s is exempt from %s already by %s (%s): end that first", e.nameOf(id), x.From, other.By, other.ID)
			}
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	for _, x := range list {
		e.must(exemptionPut{x}, actor, c.Reason, now)
	}
	return fmt.Sprintf("%s exempt from %s until %s", count(len(list), "server"), list[0].From, c.Until.In(e.options.Zone).Format("2 Jan 2006 15:04")), nil
}

func (e *Engine) endExemption(actor approval.Actor, c EndExemption, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	x, ok := e.state.exempt[c.ID]
	switch {
	case !ok:
		return "", fmt.Errorf("exemption %q is not known", c.ID)
	case !x.Holds(now):
		return "", approval.Clash("%s has ended already", x.ID)
	}
	end := signed(actor, c.Reason, now)
	x.Ended = &end
	e.must(exemptionPut{x}, actor, c.Reason, now)
	e.endOfExemption(x, actor, now)
	return x.ID + " ended: the next plan gives " + e.nameOf(x.Server) + " its place again", nil
}

// exemptionNotice is how long before its end people are told of it.
const exemptionNotice = 7 * 24 * time.Hour

// lookAtExemptions tells once that an exemption ends soon, and once that it is over. Who is exempt in a plan that runs has a place in a
// window after that, where its owner allows one; else it is caught up.
func (e *Engine) lookAtExemptions(now time.Time) (next time.Time) {
	if e.clockTrouble() != "" {
		return next
	}
	e.exempting.keep(e.state, now)
	for _, id := range e.exempting.due(now) {
		x := e.state.exempt[id]
		switch {
		case !now.Before(x.Until):
			x.Over = now
			e.must(exemptionPut{x}, engineActor, "", now)
			e.endOfExemption(x, engineActor, now)
		default:
			x.Warned = now
			e.must(exemptionPut{x}, engineActor, "", now)
			e.settle(e.state.openFindings(x.Server), []inventory.Observation{{Kind: inventory.ExemptionEnds, Subject: e.nameOf(x.Server), Rule: x.ID, Server: x.Server, Within: x.Until.Sub(now),
				Words: fmt.Sprintf("its exemption from %s ends %s (%s): %s", x.From, e.clock(x.Until), x.By, x.Reason)}},
				func(inventory.Finding) bool { return false }, x.ID, engineActor, "", now)
		}
	}
	e.exempting.keep(e.state, now)
	return e.exempting.next
}

// endOfExemption closes what was said of its end, and judges anew what the server misses.
func (e *Engine) endOfExemption(x rollout.Exemption, actor approval.Actor, now time.Time) {
	e.settle(e.state.openFindings(x.Server), nil, func(f inventory.Finding) bool { return f.Kind == inventory.ExemptionEnds && f.Rule == x.ID }, x.ID+" is over", actor, "", now)
	e.judge(x.Server, x.ID+" is over", now)
}

// exemptionDates is when something is to be said of exemptions, worked out when one of them changes.
type exemptionDates struct {
	made uint64
	at   map[string]time.Time // by exemption: when the next word of it is due
	next time.Time
}

func (d *exemptionDates) keep(s *state, now time.Time) {
	if made := s.index.versions["exemption"]; d.at != nil && d.made == made {
		return
	}
	*d = exemptionDates{made: s.index.versions["exemption"], at: map[string]time.Time{}}
	for id, x := range s.exempt {
		at := x.Until.Add(-exemptionNotice)
		if !x.Warned.IsZero() || !now.Before(x.Until) {
			at = x.Until
		}
		if x.Ended != nil || !x.Over.IsZero() {
			continue
		}
		d.at[id] = at
		if d.next.IsZero() || at.Before(d.next) {
			d.next = at
		}
	}
}

// due lists the exemptions of which something is to be said now, in order.
func (d *exemptionDates) due(now time.Time) (ids []string) {
	if d.next.IsZero() || now.Before(d.next) {
		return nil
	}
	for id, at := range d.at {
		if !now.Before(at) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, byNumber)
	return ids
}

// stillExempt tells that a server that a plan left out stays out: for good, or as long as its exemption holds.
func (e *Engine) stillExempt(exemption string, now time.Time) bool {
	x, known := e.state.exempt[exemption]
	return !known || x.Holds(now)
}

// exemptions are those that hold now.
func (e *Engine) exemptions(now time.Time) rollout.Exemptions {
	list := rollout.Exemptions{}
	for _, x := range sortedValues(e.state.exempt, func(x rollout.Exemption) string { return x.ID }) {
		if x.Holds(now) {
			list[x.Server] = append(list[x.Server], x)
		}
	}
	return list
}

// exempting adds the exemptions of a draft to what withholds updates from servers.
func exempting(d rollout.Draft) func(kb string, s inventory.Server) string {
	severity := map[string]catalog.Severity{}
	for _, u := range d.Updates {
		severity[u.KB] = u.Severity
	}
	return func(kb string, s inventory.Server) string {
		if why := d.Withheld(kb, s); why != "" || d.Removal {
			return why
		}
		return d.Exempt.Withheld(severity[kb], s.ID)
	}
}

// enforcement checks an enforcement date. An emergency has no time for one.
func enforcement(date time.Time, emergency bool, now time.Time) (time.Time, error) {
	switch {
	case date.IsZero():
		return date, nil
	case emergency:
		return date, fmt.Errorf("an emergency is enforced at once: leave the enforcement date out")
	case !date.After(now):
		return date, fmt.Errorf("the enforcement date %s has passed: name a later one, or leave it out to enforce at once", date.Format(time.RFC3339))
	}
	return date.UTC(), nil
}
