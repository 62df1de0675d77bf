package engine

import (
	"fmt"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// IncludeServers takes exclusions from a change request's plan back, with a reason. The servers stand in the plan as it was approved, so
// that the approval stays; those that are advertised already go into the windows that are left.
type IncludeServers struct {
	Change  string
	Servers []inventory.ServerID
	Reason  string
}

func (IncludeServers) Action() string { return "change.include" }

type serverIncluded struct {
	Change    string             `json:"change"`
	Server    inventory.ServerID `json:"server"`
	Amendment approval.Amendment `json:"amendment"`
}

func init() {
	offer((*Engine).includeServers, approval.Lead)
	register("change.included",
		func(e serverIncluded) string { return string(e.Server) },
		func(e serverIncluded) string {
			return "no longer excluded from " + e.Change + ": " + e.Amendment.Reason
		},
		func(s *state, e serverIncluded, _ time.Time) error {
			c, err := s.changes[e.Change].Include(string(e.Server), e.Amendment)
			if err == nil {
				s.putChange(c)
			}
			return err
		})
}

// includeServers puts all of the servers back, or none.
func (e *Engine) includeServers(actor approval.Actor, c IncludeServers, now time.Time) (string, error) {
	before, err := e.reasoned(c.Change, c.Reason)
	switch {
	case err != nil:
		return "", err
	case len(c.Servers) == 0:
		return "", fmt.Errorf("no server is named")
	case before.State.Ended() || e.through(before):
		return "", approval.Clash("%s is through: a server that is to get its updates now needs a release of its own", before.ID)
	}
	amendment := approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}
	servers := slices.Compact(slices.Sorted(slices.Values(c.Servers)))
	after := before
	var moves []*rollout.Moved
	for _, server := range servers {
		if e.state.servers[server] == nil {
			return "", fmt.Errorf("server %s is not in the inventory", e.nameOf(server))
		}
		if after, err = after.Include(string(server), amendment); err != nil {
			return "", approval.Clash("%s is not excluded from %s", e.nameOf(server), before.ID)
		}
		m, err := e.advertiseAgain(before, server, c.Reason, now)
		if err != nil {
			return "", err
		}
		if m != nil {
			moves = append(moves, m)
		}
	}
	if err := e.answeredStill(before, after); err != nil {
		return "", err
	}
	for _, server := range servers {
		e.must(serverIncluded{Change: c.Change, Server: server, Amendment: amendment}, actor, c.Reason, now)
	}
	for _, m := range moves {
		e.must(*m, actor, c.Reason, now)
		e.contacts.put(m.Ad, rollout.Contact{})
	}
	return fmt.Sprintf("%s in the plan of %s again; the approval stays", count(len(servers), "server"), c.Change), nil
}

// advertiseAgain puts a server back into the rollout that it was excluded from; nil when its ring has not begun.
func (e *Engine) advertiseAgain(change approval.Change, server inventory.ServerID, reason string, now time.Time) (*rollout.Moved, error) {
	for _, r := range e.state.rollouts {
		ad := e.state.ads[rollout.AdvertisementID(r.ID, server)]
		if r.Change != change.ID || ad == nil {
			continue
		}
		if r.State == rollout.Closed {
			return nil, approval.Clash("%s cannot be put back: %s (%s) is closed; it needs a release of its own", e.nameOf(server), r.ID, r.Ring)
		}
		m, err := ad.Include(e.windowsLeft(r, server, now), e.dropped(r.Release), reason)
		if err != nil {
			return nil, approval.Clash("%s cannot be put back: %v", e.nameOf(server), err)
		}
		return m, nil
	}
	return nil, nil
}

// answeredStill refuses to take back the exclusions that answered a failed test: nobody new would start in Prod any more.
func (e *Engine) answeredStill(before, after approval.Change) error {
	if was, blocks := e.openBlocks(before), e.openBlocks(after); len(blocks) > len(was) {
		return approval.Clash("acceptance failed for %v, and the exclusions answer that: drop the update or record a workaround first", blocks)
	}
	if was, failed := e.openMinimum(before), e.openMinimum(after); len(failed) > len(was) {
		f := failed[len(failed)-1]
		return approval.Clash("a minimum test failed, and the exclusion answers that (%s: %s): drop the update or record a workaround first", f.Update, f.Words)
	}
	return nil
}
