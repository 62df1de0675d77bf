package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

func (t *tree) rollout() *cobra.Command {
	return t.noun("rollout", "Rollouts: watch them and steer them",
		t.rolloutStatus(), t.rolloutServers(), t.rolloutTotals(), t.rolloutPolicy(), t.progress(), t.forecast(),
		t.hold("pause", "Let nobody new start; those running finish"),
		t.hold("halt", "Stop the rollout; it takes a resume with a reason to go on"),
		t.hold("resume", "Go on after a pause or a halt"),
		t.hold("close", "End the rollout: what has not started will not"),
		t.retry(), t.request(), t.skip(), t.force(), t.completed(), t.exclude(), t.include(), t.breakLock(), t.returned(), t.rollback(), t.overrideHalt())
}

func (c *call) findRollout(id string) (engine.RolloutView, error) {
	return find(c.view().Rollouts, func(r *engine.RolloutView) string { return r.ID }, "rollout", id, "rollout status")
}

func (t *tree) hold(step, short string) *cobra.Command {
	var reason string
	command := t.verb(verb{use: step + " ROLLOUT", short: short, args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		r, err := c.findRollout(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.Hold{Rollout: r.ID, Step: step, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) skip() *cobra.Command {
	return t.onServers("skip ROLLOUT SERVER...", "Cancel servers that have not started; what they are fetching is cancelled on them", func(rollout string, ids []inventory.ServerID, reason string) engine.Command {
		return engine.Skip{Rollout: rollout, Servers: ids, Reason: reason}
	})
}

func (t *tree) force() *cobra.Command {
	return t.onServers("force ROLLOUT SERVER...", "Start servers now in their open window, ahead of their turn; locks, windows, limits and stops still hold", func(rollout string, ids []inventory.ServerID, reason string) engine.Command {
		return engine.ForceStart{Rollout: rollout, Servers: ids, Reason: reason}
	})
}

func (t *tree) completed() *cobra.Command {
	var order engine.CompleteByHand
	command := t.onRollout(verb{
		use: "complete ROLLOUT SERVER...", short: "Note that servers were patched by hand; those that can be reached are checked", args: cobra.MinimumNArgs(2),
		example: "  patchdeck rollout complete R-3 SRV-APP-07 --options \"wusa /quiet /norestart\" --reason \"vendor on site\"",
	}, &order.Reason, func(rollout string, ids []inventory.ServerID) engine.Command {
		order.Rollout, order.Servers = rollout, ids
		return order
	})
	command.Flags().StringVar(&order.Options, "options", "", "with which options it was installed")
	return command
}

func (t *tree) returned() *cobra.Command {
	return t.onServers("returned ROLLOUT SERVER...", "Note that servers were returned to service by hand: monitoring, roles, cluster node", func(rollout string, ids []inventory.ServerID, reason string) engine.Command {
		return engine.ReturnByHand{Rollout: rollout, Servers: ids, Reason: reason}
	})
}

func (t *tree) rollback() *cobra.Command {
	var order engine.Rollback
	command := t.onRollout(verb{
		use: "rollback ROLLOUT [SERVER...]", short: "Make a release that takes a rollout's updates away again; it needs its own approvals", args: cobra.MinimumNArgs(1),
		example: "  patchdeck rollout rollback R-3 --reason \"printing is broken\"\n  patchdeck change submit 2026-11-security-rollback --reason \"printing is broken\"",
	}, &order.Reason, func(rollout string, ids []inventory.ServerID) engine.Command {
		order.Rollout, order.Servers = rollout, ids
		return order
	})
	command.Flags().StringSliceVar(&order.Updates, "update", nil, "only this update (KB...); left out, all that the rollout brought")
	return command
}

// onServers is a verb that does one thing to named servers of a rollout, with a reason.
func (t *tree) onServers(use, short string, command func(rollout string, ids []inventory.ServerID, reason string) engine.Command) *cobra.Command {
	var reason string
	return t.onRollout(verb{use: use, short: short, args: cobra.MinimumNArgs(2)}, &reason, func(rollout string, ids []inventory.ServerID) engine.Command {
		return command(rollout, ids, reason)
	})
}

// onRollout makes a verb give a command about a rollout, and those of its servers that are named, with a reason.
func (t *tree) onRollout(v verb, reason *string, command func(rollout string, ids []inventory.ServerID) engine.Command) *cobra.Command {
	return t.onNamed(v, reason, func(c *call, name string) (string, error) {
		r, err := c.findRollout(name)
		return r.ID, err
	}, command)
}

// onPlan is onRollout for servers in the plan of a change request.
func (t *tree) onPlan(v verb, reason *string, command func(change string, ids []inventory.ServerID) engine.Command) *cobra.Command {
	return t.onNamed(v, reason, func(c *call, name string) (string, error) {
		change, err := c.findChange(name)
		return change.ID, err
	}, command)
}

// onNamed makes a verb give a command about what its first word names, which find gives the id of, and about the servers that the other
// words name.
func (t *tree) onNamed(v verb, reason *string, find func(*call, string) (string, error), command func(id string, servers []inventory.ServerID) engine.Command) *cobra.Command {
	v.run = func(c *call) error {
		if err := needReason(*reason); err != nil {
			return err
		}
		id, err := find(c, c.args[0])
		if err != nil {
			return err
		}
		servers, err := c.serverIDs(c.args[1:])
		if err != nil {
			return err
		}
		return c.do(command(id, servers))
	}
	made := t.verb(v)
	reasonFlag(made, reason)
	return made
}

func (t *tree) exclude() *cobra.Command {
	var reason string
	v := verb{use: "exclude CHANGE SERVER", short: "Take a server out of a change request's plan; the approval stays", args: cobra.ExactArgs(2)}
	return t.onPlan(v, &reason, func(change string, ids []inventory.ServerID) engine.Command {
		return engine.ExcludeServer{Change: change, Server: ids[0], Reason: reason}
	})
}

func (t *tree) include() *cobra.Command {
	var reason string
	v := verb{use: "include CHANGE SERVER...", short: "Take exclusions back: the servers stand in the plan again as it was approved", args: cobra.MinimumNArgs(2)}
	return t.onPlan(v, &reason, func(change string, ids []inventory.ServerID) engine.Command {
		return engine.IncludeServers{Change: change, Servers: ids, Reason: reason}
	})
}

func (t *tree) breakLock() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "break-lock CLUSTER", short: "Give back a cluster's lock that an unknown or failed server still holds", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.BreakLock{Cluster: c.args[0], Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) overrideHalt() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "override ROLLOUT", short: "Let the rings after a halted rollout go on although nobody resumed it", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		r, err := c.findRollout(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.OverrideHalt{Rollout: r.ID, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) rolloutServers() *cobra.Command {
	var status string
	command := t.verb(verb{use: "servers ROLLOUT", short: "List the servers of a rollout with what each is doing", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		r, err := c.findRollout(c.args[0])
		if err != nil {
			return err
		}
		if err := knownStatus(status); err != nil {
			return err
		}
		ads := make(map[string]*rollout.Advertisement, len(r.Advertisements))
		for _, ad := range r.Advertisements {
			ads[ad.ID] = ad
		}
		var rows [][]string
		for _, cell := range r.Cells {
			if status != "" && string(cell.Delivery) != status {
				continue
			}
			if c.json {
				if err := c.object(cellLine(cell, ads[cell.ID])); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{cell.Name, cell.Window, string(cell.Delivery), string(cell.Compliance), c.when(cell.Since), fmt.Sprint(cell.Attempt),
				orDash(ads[cell.ID].Enforced()), orDash(ads[cell.ID].RestartWords()), strings.TrimSpace(cell.Code + " " + cell.Why)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"SERVER", 24}, {"WINDOW", 0}, {"DELIVERY", 0}, {"COMPLIANCE", 0}, {"SINCE", 0}, {"ATTEMPT", 0}, {"INSTALLED", 0}, {"RESTART", 0}, {"WHY", 60}}, rows, "no server is in that status")
	}})
	command.Flags().StringVar(&status, "status", "", "only servers in this delivery status, for instance failed")
	return command
}

func knownStatus(word string) error {
	if word == "" {
		return nil
	}
	var known []string
	for _, status := range rollout.Statuses {
		if string(status.Delivery) == word {
			return nil
		}
		known = append(known, string(status.Delivery))
	}
	return wrongUsage("--status %q is not known: use %s", word, strings.Join(known, ", "))
}
