package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// again says which servers a person tries again, and when.
type again struct {
	failed, unfinished bool
	window             string
	length             time.Duration
	reason             string
}

func (t *tree) retry() *cobra.Command {
	var a again
	command := t.verb(verb{
		use: "retry ROLLOUT [SERVER...]", short: "Try failed, unreachable or missed servers again in their window, those of a pilot in a later one too", args: cobra.MinimumNArgs(1),
		example: "  patchdeck rollout retry R-3 SRV-APP-07 --reason \"disk cleaned\"\n  patchdeck rollout retry R-1 --unfinished --window now --reason \"it missed its window\"",
		run: func(c *call) error {
			if err := needReason(a.reason); err != nil {
				return err
			}
			r, err := c.findRollout(c.args[0])
			if err != nil {
				return err
			}
			later, err := a.later(c)
			if err != nil {
				return err
			}
			ids, err := a.servers(c, r)
			if err != nil {
				return err
			}
			return c.do(engine.Retry{Rollout: r.ID, Servers: ids, Later: later, Reason: a.reason})
		},
	})
	flags := command.Flags()
	flags.BoolVar(&a.failed, "failed", false, "all servers that failed")
	flags.BoolVar(&a.unfinished, "unfinished", false, "all servers that did not get it: failed, unreachable, missed, skipped, not started")
	flags.StringVar(&a.window, "window", "", "give them a window later than the plan's: now, or a day and time such as \"2026-11-12 20:00\"; of a pilot alone")
	flags.DurationVar(&a.length, "length", 0, "of that window; left out, that of the plan's")
	reasonFlag(command, &a.reason)
	return command
}

// servers are those that are named or that a flag chooses.
func (a again) servers(c *call, r engine.RolloutView) (ids []inventory.ServerID, err error) {
	named := len(c.args) > 1
	var chosen func(rollout.Delivery) bool
	switch {
	case a.failed && !a.unfinished && !named:
		chosen = func(d rollout.Delivery) bool { return d == rollout.Failed }
	case a.unfinished && !a.failed && !named:
		chosen = rollout.Delivery.Unfinished
	case named && !a.failed && !a.unfinished:
		return c.serverIDs(c.args[1:])
	default:
		return nil, wrongUsage("name the servers to try again, or give --failed for all that failed, or --unfinished for all that did not get it")
	}
	for _, cell := range r.Cells {
		if chosen(cell.Delivery) {
			ids = append(ids, cell.Server)
		}
	}
	switch {
	case len(ids) > 0:
		return ids, nil
	case a.failed:
		return nil, fmt.Errorf("%s has no failed server", r.ID)
	}
	return nil, fmt.Errorf("%s has no server that is through without the update", r.ID)
}

// later is the window that is asked for; nil is that of the plan.
func (a again) later(c *call) (w engine.LaterWindow, err error) {
	switch {
	case a.window == "" && a.length != 0:
		return w, wrongUsage("--length goes with --window")
	case a.window == "":
		return w, nil
	case a.length < 0:
		return w, wrongUsage("--length %s: 10m to 48h are accepted", a.length)
	case strings.EqualFold(a.window, "now"):
		return engine.LaterWindow{Now: true, Length: a.length}, nil
	}
	zone := c.session.Zone
	if zone == nil {
		zone = time.UTC
	}
	opens, err := calendar.ParseInstant(a.window, zone)
	if err != nil {
		return w, wrongUsage("--window %w, or now", err)
	}
	return engine.LaterWindow{Opens: opens, Length: a.length}, nil
}
