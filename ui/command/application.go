package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

func (t *tree) application() *cobra.Command {
	var reason string
	continuity := t.verb(verb{
		use: "continuity APPLICATION [ARRANGEMENT]", short: "Say how an application's work goes on while its servers are away; without words, take that back",
		args: cobra.RangeArgs(1, 2), example: "  patchdeck application continuity Payroll \"the branch offices pay by hand, list in room 4\" --reason \"agreed with Finance\"",
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			order := engine.ArrangeContinuity{Application: c.args[0], Reason: reason}
			if len(c.args) > 1 {
				order.Arrangement = c.args[1]
			}
			return c.do(order)
		},
	})
	reasonFlag(continuity, &reason)
	return t.noun("application", "The applications that run on the servers, and how their work goes on while those are away", t.listApplications(), continuity)
}

// applicationLine is one application as JSON.
type applicationLine struct {
	Name       string                `json:"name"`
	Servers    int                   `json:"servers"`
	Critical   bool                  `json:"critical"` // it runs on a server of high value
	Continuity *inventory.Continuity `json:"continuity,omitempty"`
}

func (c *call) applications() []applicationLine {
	at := map[string]*applicationLine{}
	for i := range c.view().Servers {
		s := &c.view().Servers[i]
		for _, name := range s.Applications {
			if at[name] == nil {
				at[name] = &applicationLine{Name: name}
			}
			at[name].Servers++
			at[name].Critical = at[name].Critical || s.Critical(name)
		}
	}
	for _, arranged := range c.view().Continuity {
		if line := at[arranged.Application]; line != nil && arranged.Arrangement != "" {
			line.Continuity = &arranged
		}
	}
	var list []applicationLine
	for _, name := range sortedKeys(at) {
		list = append(list, *at[name])
	}
	slices.SortStableFunc(list, func(a, b applicationLine) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return list
}

func (t *tree) listApplications() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the applications: on how many servers, whether they are critical, and their continuity arrangements", args: cobra.NoArgs, reads: always, run: func(c *call) error {
		var rows [][]string
		for _, line := range c.applications() {
			if c.json {
				if err := c.object(line); err != nil {
					return err
				}
				continue
			}
			critical, by, arrangement := "", "", "none"
			if line.Critical {
				critical = "critical"
			}
			if line.Continuity != nil {
				by, arrangement = line.Continuity.By, line.Continuity.Arrangement
			}
			rows = append(rows, []string{line.Name, fmt.Sprint(line.Servers), critical, by, arrangement})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"APPLICATION", 40}, {"SERVERS", 0}, {"VALUE", 0}, {"BY", 20}, {"CONTINUITY", 80}}, rows, "no server of the inventory names an application")
	}})
}
