package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// rolloutTotals is the verb that counts the servers of a rollout by what people ask for.
func (t *tree) rolloutTotals() *cobra.Command {
	var by string
	command := t.verb(verb{use: "totals ROLLOUT", short: "Count the servers of a rollout by window, collection, site, system, owner or update", args: cobra.ExactArgs(1), reads: always,
		example: "  patchdeck rollout totals R-3 --by site",
		run: func(c *call) error {
			if err := oneOf("by", by, engine.TotalsBy...); err != nil {
				return err
			}
			r, err := c.findRollout(c.args[0])
			if err != nil {
				return err
			}
			return c.printTotals(by, c.view().Totals(r, by))
		}})
	command.Flags().StringVar(&by, "by", engine.TotalsBy[0], "what a line is: "+strings.Join(engine.TotalsBy, ", "))
	return command
}

// printTotals prints a column for each status that any line has, in the order of the table of statuses.
func (c *call) printTotals(by string, totals []engine.Total) error {
	var shown []rollout.Delivery
	for _, status := range rollout.Statuses {
		if slices.ContainsFunc(totals, func(t engine.Total) bool { return t.Counts[status.Delivery] > 0 }) {
			shown = append(shown, status.Delivery)
		}
	}
	columns := []column{{strings.ToUpper(by), 40}, {"TARGETED", 0}}
	for _, d := range shown {
		columns = append(columns, column{strings.ToUpper(string(d)), 0})
	}
	var rows [][]string
	for _, total := range totals {
		if c.json {
			if err := c.object(total); err != nil {
				return err
			}
			continue
		}
		row := []string{orDash(total.Name), fmt.Sprint(total.Counts.Targeted())}
		for _, d := range shown {
			row = append(row, fmt.Sprint(total.Counts[d]))
		}
		rows = append(rows, row)
	}
	if c.json {
		return nil
	}
	return c.table(columns, rows, "none of its servers is in any "+by)
}
