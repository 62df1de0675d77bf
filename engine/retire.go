package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// RetireServers takes servers out of the inventory for good: they are no longer asked, planned or counted. What was recorded of them stays.
type RetireServers struct {
	Servers []inventory.ServerID
	Reason  string
}

func (RetireServers) Action() string { return "inventory.retire" }

type serverRetired struct {
	Server inventory.ServerID `json:"server"`
	inventory.Signed
}

func init() {
	offer((*Engine).retireServers, approval.Lead, approval.Administrator)
	register("server.retired",
		func(e serverRetired) string { return string(e.Server) },
		func(e serverRetired) string { return "left the inventory" },
		func(s *state, e serverRetired, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) { server.Retired = &e.Signed })
		})
}

func (e *Engine) retireServers(actor approval.Actor, c RetireServers, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if len(c.Servers) == 0 {
		return "", fmt.Errorf("no server is named")
	}
	for _, id := range c.Servers {
		if e.state.servers[id] == nil {
			return "", approval.Clash("server %s is not in the inventory, or has left it already", e.nameOf(id))
		}
		if r := e.busyIn(id); r != "" {
			return "", approval.Clash("%s is open in %s: skip or exclude it there first, or wait until it is through", e.nameOf(id), r)
		}
	}
	for _, id := range c.Servers {
		if e.state.servers[id] != nil { // named twice is retired once
			e.must(serverRetired{Server: id, Signed: signed(actor, c.Reason, now)}, actor, c.Reason, now)
		}
	}
	e.closeFindings(c.Servers, "the server was retired", actor, now)
	return fmt.Sprintf("%s left the inventory", count(len(c.Servers), "server")), nil
}

// busyIn is the open rollout in which something is still to happen on a server, or "".
func (e *Engine) busyIn(id inventory.ServerID) string {
	for _, r := range e.openRollouts() {
		if ad := e.state.ads[rollout.AdvertisementID(r, id)]; ad != nil && !ad.Delivery.Final() {
			return r
		}
	}
	return ""
}
