package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

// changeGantt draws a release over time: approval, rings and their windows.
func (t *tree) changeGantt() *cobra.Command {
	return t.verb(verb{
		use: "gantt CHANGE", short: "Draw a change request's approval, rings and windows as bars over time", args: cobra.ExactArgs(1), reads: always,
		example: "  patchdeck change gantt CHG-12",
		run: func(c *call) error {
			change, err := c.findChange(c.args[0])
			if err != nil {
				return err
			}
			if change.Plan == nil {
				return fmt.Errorf("%s has no plan yet, so there is nothing to draw: patchdeck change submit makes one", change.ID)
			}
			g := c.view().Gantt(change)
			if c.json {
				return c.object(g)
			}
			return c.printGantt(change.ID+" "+change.Release, g)
		},
	})
}
