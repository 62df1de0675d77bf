package command

import (
	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

func (t *tree) request() *cobra.Command {
	return t.onServers("request ROLLOUT SERVER...", "Ask for an optional update: the servers take their turn in their windows, and count as voluntary",
		func(rollout string, ids []inventory.ServerID, reason string) engine.Command {
			return engine.RequestUpdate{Rollout: rollout, Servers: ids, Reason: reason}
		})
}

// offers prints the advertisements of a plan with the servers of Prod that each is for.
func (c *call) offers(plan *rollout.Plan) error {
	type of struct {
		offer   rollout.Offer
		enforce string
	}
	counts := map[of]int{}
	for _, a := range plan.Assignments {
		if a.Ring != rollout.Prod {
			continue
		}
		is := of{rollout.Mandatory, ""}
		if a.Offer != "" {
			is.offer = a.Offer
		}
		if date := a.Enforce; !date.IsZero() {
			is.enforce = c.when(date)
		} else if !plan.Enforce.IsZero() {
			is.enforce = c.when(plan.Enforce)
		}
		counts[is]++
	}
	if len(plan.Offers) == 0 && plan.Enforce.IsZero() {
		return nil
	}
	for _, line := range rollout.Offers {
		for _, is := range sortedKeysBy(counts, func(a of) string { return string(a.offer) + a.enforce }) {
			if is.offer != line.Offer {
				continue
			}
			words := plural(counts[is], "server") + ": " + line.Meaning
			if is.enforce != "" && is.offer != rollout.Optional {
				words += "; enforcement date " + is.enforce
			}
			if err := c.line("offer %s: %s", is.offer, words); err != nil {
				return err
			}
		}
	}
	return nil
}
