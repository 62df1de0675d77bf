package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// forecast plays the windows of a change request: before its approval, and while it runs. More than one ceiling is a comparison.
func (t *tree) forecast() *cobra.Command {
	var ceilings []int
	command := t.verb(verb{
		use: "forecast [CHANGE]", short: "Say who will fit into the windows, how surely, and at which limit", args: cobra.MaximumNArgs(1), reads: always,
		example: "  patchdeck rollout forecast CHG-12\n  patchdeck rollout forecast CHG-12 --ceiling 32,64,128",
		run: func(c *call) error {
			for _, n := range ceilings {
				if err := atLeast("ceiling", n, 1, 10000); err != nil {
					return err
				}
			}
			change, err := c.changeToForecast()
			if err != nil {
				return err
			}
			if len(ceilings) == 0 {
				ceilings = []int{0}
			}
			return c.printOutlooks(change, ceilings)
		},
	})
	command.Flags().IntSliceVar(&ceilings, "ceiling", nil, "what if so many servers were in work at once; several are compared; left out, the plan's own limit")
	return command
}

func (c *call) changeToForecast() (engine.ChangeView, error) {
	if len(c.args) > 0 {
		return c.findChange(c.args[0])
	}
	changes := c.view().Changes
	if len(changes) == 0 {
		return engine.ChangeView{}, fmt.Errorf("there is no change request yet, so there is no plan to forecast: patchdeck change submit RELEASE")
	}
	return changes[len(changes)-1], nil
}

type outlookLine struct {
	Change string    `json:"change"`
	At     time.Time `json:"at"`
	rollout.Outlook
}

func (c *call) printOutlooks(change engine.ChangeView, ceilings []int) error {
	var rows, windows [][]string
	for _, ceiling := range ceilings {
		for _, o := range c.view().Outlooks(change, ceiling) {
			if c.json {
				if err := c.object(outlookLine{change.ID, c.view().At, o}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{string(o.Ring), fmt.Sprint(o.Ceiling), fmt.Sprint(o.Servers), c.when(o.Likely.Done), c.when(o.Late.Done),
				fmt.Sprint(o.Likely.Fits), fmt.Sprint(o.Late.Fits), fmt.Sprintf("%.0f %%", 100*o.Sure), enough(o)})
			for _, w := range o.Windows {
				windows = append(windows, []string{string(o.Ring), w.ID, c.when(w.Opens), c.when(w.Closes), fmt.Sprint(w.Servers), fmt.Sprint(w.Capacity), fmt.Sprint(w.Likely), fmt.Sprint(w.Late), w.Why})
			}
		}
	}
	if c.json {
		return nil
	}
	surely := fmt.Sprintf("%d OF 100", c.view().Policy.Confidence)
	err := c.table([]column{{"RING", 0}, {"AT ONCE", 0}, {"SERVERS", 0}, {"DONE, LIKELY", 0}, {"DONE, " + surely, 0}, {"FIT, LIKELY", 0}, {"FIT, " + surely, 0}, {"ALL FIT", 0}, {"ENOUGH", 0}},
		rows, "nothing of "+change.ID+" is open")
	if err != nil || len(ceilings) > 1 || len(windows) == 0 {
		return err
	}
	if err := c.line(""); err != nil {
		return err
	}
	return c.table([]column{{"RING", 0}, {"WINDOW", 0}, {"OPENS", 0}, {"CLOSES", 0}, {"SERVERS", 0}, {"HOLDS", 0}, {"DONE, LIKELY", 0}, {surely, 0}, {"WHY NOT ALL", 80}}, windows, "")
}

// enough names the limit at which everybody fits.
func enough(o rollout.Outlook) string {
	if o.Enough == 0 {
		return "no limit"
	}
	return fmt.Sprint(o.Enough)
}
