package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

func (t *tree) group() *cobra.Command {
	var reason, gone string
	most := 1
	declare := t.verb(verb{
		use: "declare NAME SERVER...", short: "Declare servers of which only so many may be away at once, over all rollouts", args: cobra.MinimumNArgs(3),
		example: "  patchdeck group declare claims-web WEB-1 WEB-2 WEB-3 --most 1 --reason \"the load balancer wants two\"",
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			ids, err := c.serverIDs(c.args[1:])
			if err != nil {
				return err
			}
			return c.do(engine.DeclareGroup{Group: rollout.Group{Name: c.args[0], Most: most, Members: ids}, Reason: reason})
		},
	})
	declare.Flags().IntVar(&most, "most", 1, "members that may be away at once")
	reasonFlag(declare, &reason)
	remove := t.verb(verb{use: "remove NAME", short: "Forget a declared group", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(gone); err != nil {
			return err
		}
		return c.do(engine.RemoveGroup{Name: c.args[0], Reason: gone})
	}})
	reasonFlag(remove, &gone)
	return t.noun("group", "Availability groups: servers that stand in for each other", declare, remove, t.listGroups())
}

// groupLine is one group as JSON.
type groupLine struct {
	Name    string   `json:"name"`
	Most    int      `json:"most"`
	Members []string `json:"members"`
	Away    []string `json:"away"`
}

func (t *tree) listGroups() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the declared groups and which of their members are away", args: cobra.NoArgs, reads: always, run: func(c *call) error {
		names := map[inventory.ServerID]string{}
		for _, s := range c.view().Servers {
			names[s.ID] = s.Name
		}
		called := func(ids []inventory.ServerID) []string {
			list := make([]string, len(ids))
			for i, id := range ids {
				list[i] = names[id]
			}
			return list
		}
		var rows [][]string
		for _, g := range c.view().Groups {
			line := groupLine{g.Name, g.Most, called(g.Members), called(g.Away)}
			if c.json {
				if err := c.object(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{g.Name, fmt.Sprint(g.Most), strings.Join(line.Members, " "), strings.Join(line.Away, " ")})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"GROUP", 24}, {"MOST AWAY", 0}, {"MEMBERS", 60}, {"AWAY", 40}}, rows, "no availability group is declared")
	}})
}
