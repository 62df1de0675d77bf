package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// RequestUpdate asks for an optional update on servers: they take their turn in their windows like all others, and count as voluntary.
type RequestUpdate struct {
	Rollout string
	Servers []inventory.ServerID
	Reason  string
}

func (RequestUpdate) Action() string { return "rollout.request" }

func init() {
	forOwn(offer((*Engine).requestUpdate, approval.Lead, approval.Administrator, approval.ServerAdmin), approval.ServerAdmin, ownServers,
		func(e *Engine, actor approval.Actor, c RequestUpdate) []string {
			return e.foreignServers(actor, c.Servers)
		})
}

func (e *Engine) requestUpdate(actor approval.Actor, c RequestUpdate, now time.Time) (string, error) {
	return e.each(actor, c.Rollout, c.Servers, c.Reason, now, "take their turn in their windows", func(_ *rollout.Rollout, ad *rollout.Advertisement) (*rollout.Moved, error) {
		return ad.Request(signed(actor, c.Reason, now))
	})
}

// offers resolves the advertisements that a command asks for: who is in their collections now, and the enforcement dates that follow from
// their grace.
func (e *Engine) offers(c SubmitChange, atOnce bool, enforce, now time.Time) (list []rollout.Offering, of func(inventory.Server) (rollout.Offer, time.Time), err error) {
	if len(c.Offers) == 0 {
		return nil, nil, nil
	}
	if atOnce {
		return nil, nil, fmt.Errorf("an emergency and a roll-back are mandatory at once: leave the offers out")
	}
	var members []map[inventory.ServerID]bool // nil is all
	for _, o := range c.Offers {
		if o.Enforce = enforce; o.Offer == rollout.AfterGrace {
			if o.Grace == 0 {
				o.Grace = e.options.Policy.Grace
			}
			o.Enforce = now.Add(o.Grace).UTC()
		}
		if !o.Offer.Known() {
			return nil, nil, fmt.Errorf("the offer %.40q is not known: use mandatory, grace or optional", o.Offer)
		}
		in, err := e.membersOf(o.Collection, now)
		if err != nil {
			return nil, nil, err
		}
		list, members = append(list, o), append(members, in)
	}
	return list, func(s inventory.Server) (rollout.Offer, time.Time) {
		for i, o := range list {
			if members[i] == nil || members[i][s.ID] {
				return o.Offer, o.Enforce
			}
		}
		return rollout.Mandatory, enforce
	}, nil
}

// membersOf are the servers that a collection holds now; nil for no collection, which is all.
func (e *Engine) membersOf(name string, now time.Time) (map[inventory.ServerID]bool, error) {
	if name == "" {
		return nil, nil
	}
	c, err := e.collection(name)
	if err != nil {
		return nil, err
	}
	chosen, err := c.Select(e.state.allServers(), now)
	if err != nil {
		return nil, err
	}
	in := map[inventory.ServerID]bool{}
	for _, id := range chosen.Members {
		in[id] = true
	}
	return in, nil
}
