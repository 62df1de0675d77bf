package command

import (
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

func (t *tree) exemption() *cobra.Command {
	var order engine.AddExemption
	var until, ended string
	add := t.verb(verb{
		use: "add SERVER...", short: "Keep servers out of the automatic windows, or from updates of one severity, until a time", args: cobra.MinimumNArgs(1),
		example: "  patchdeck exemption add TRADE-01 --from windows --window W24 --until 2026-12-31 --reason \"year end\"",
		run: func(c *call) (err error) {
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Until, err = c.parseUntil(until); err != nil {
				return err
			}
			if order.Servers, err = c.serverIDs(c.args); err != nil {
				return err
			}
			return c.do(order)
		},
	})
	flags := add.Flags()
	flags.StringVar(&order.From, "from", rollout.FromWindows, "windows, or the severity of updates: low, moderate, important; never critical")
	flags.StringVar(&order.Window, "window", "", "the enforcement window of a server that is exempt from the automatic ones")
	flags.StringVar(&until, "until", "", "when the exemption ends: a day or a time, within a year (required)")
	reasonFlag(add, &order.Reason)
	end := t.verb(verb{use: "end EXEMPTION", short: "End an exemption before its time", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(ended); err != nil {
			return err
		}
		x, err := find(c.view().Exemptions, func(x *rollout.Exemption) string { return x.ID }, "exemption", c.args[0], "exemption list")
		if err != nil {
			return err
		}
		return c.do(engine.EndExemption{ID: x.ID, Reason: ended})
	}})
	reasonFlag(end, &ended)
	return t.noun("exemption", "Exemptions of servers from windows and updates, each with its reason and its end", add, end, t.listExemptions())
}

func (t *tree) listExemptions() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the exemptions, ended ones too", args: cobra.NoArgs, reads: always, run: func(c *call) error {
		names := map[inventory.ServerID]string{}
		for _, s := range c.view().Servers {
			names[s.ID] = s.Name
		}
		var rows [][]string
		for _, x := range c.view().Exemptions {
			if c.json {
				if err := c.object(x); err != nil {
					return err
				}
				continue
			}
			state := "holds"
			if !x.Holds(c.view().At) {
				state = "ended"
			}
			rows = append(rows, []string{x.ID, names[x.Server], x.From, orDash(x.Window), c.when(x.Until), state, x.By, x.Reason})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"EXEMPTION", 0}, {"SERVER", 24}, {"FROM", 0}, {"WINDOW", 0}, {"UNTIL", 0}, {"STATE", 0}, {"BY", 20}, {"REASON", 60}}, rows, "no server is exempt from anything")
	}})
}

// parseEnforce reads an enforcement date: a day, a time, or a grace from now on.
func (c *call) parseEnforce(words string) (time.Time, error) {
	if words == "" {
		return time.Time{}, nil
	}
	o, err := rollout.ParseOffering("grace=" + words)
	switch {
	case words == string(rollout.AfterGrace):
		return c.view().At.Add(c.view().Policy.Grace), nil
	case err == nil && o.Collection == "":
		return c.view().At.Add(o.Grace), nil
	}
	return c.parseUntil(words)
}
