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
			if e.Ended != nil {
				return e.ID + " ended"
			}
			return fmt.Sprintf("%s: exempt from %s until %s", e.ID, e.From, e.Until.Format(time.DateOnly))
		},
		func(s *state, e exemptionPut, _ time.Time) error { put(s, e.Exemption); return nil })
	nouns = append(nouns, noun{show: func(e *Engine, v *View, _ time.Time) {
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
	return x.ID + " ended: the next plan gives " + e.nameOf(x.Server) + " its place again", nil
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
