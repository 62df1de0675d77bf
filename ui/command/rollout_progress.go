package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// progressLine is how the window at hand goes, in JSON.
type progressLine struct {
	Rollout string `json:"rollout"`
	rollout.Progress
	StepSeconds int              `json:"step_seconds"`
	Standing    rollout.Standing `json:"standing,omitempty"`
}

// progress tells how the window at hand of a rollout goes, step by step, against what was planned.
func (t *tree) progress() *cobra.Command {
	return t.verb(verb{
		use: "progress [ROLLOUT]", short: "Say how the window at hand goes, against its plan and its forecast", args: cobra.MaximumNArgs(1), reads: always,
		example: "  patchdeck rollout progress R-3\n  ssh console rollout progress R-3 --json",
		run: func(c *call) error {
			rollouts, err := c.chosen()
			if err != nil {
				return err
			}
			told := false
			for _, r := range rollouts {
				if r.Track == nil {
					continue
				}
				told = true
				if err := c.printProgress(r); err != nil {
					return err
				}
			}
			if !told && !c.json {
				return c.line("no rollout has a window that is open or to come: patchdeck rollout status")
			}
			return nil
		},
	})
}

func (c *call) printProgress(r engine.RolloutView) error {
	p := r.Track.Progress()
	standing, low, high := p.Standing()
	if c.json {
		return c.object(progressLine{r.ID, p, int(p.Step.Seconds()), standing})
	}
	words := fmt.Sprintf("%s window %s: %d of %d verified", r.ID, p.Window, p.Total(), p.Servers)
	if standing != "" {
		words += fmt.Sprintf(", %s (%d to %d were planned by now)", standing, low, high)
	}
	if !p.Expected.Likely.IsZero() {
		words += fmt.Sprintf("; through by %s, in %d of 100 nights by %s", c.when(p.Expected.Likely), p.Sure, c.when(p.Expected.Late))
	}
	if err := c.line("%s", words); err != nil {
		return err
	}
	return c.table([]column{{"UNTIL", 0}, {"VERIFIED", 0}, {"SO FAR", 0}, {"PLANNED", 0}, {"EXPECTED", 0}}, progressRows(c, p), "")
}

// progressRows has a row for each step; what is to come has no count yet.
func progressRows(c *call, p rollout.Progress) [][]string {
	var rows [][]string
	total := 0
	span := func(k rollout.Corridor, i int) string { return fmt.Sprintf("%d to %d", k.Low[i], k.High[i]) }
	for i := range p.Planned.Low {
		row := []string{c.when(p.Opens.Add(time.Duration(i+1) * p.Step)), "", "", span(p.Planned, i), ""}
		if i < len(p.Verified) {
			total += p.Verified[i]
			row[1], row[2] = fmt.Sprint(p.Verified[i]), fmt.Sprint(total)
		}
		if i >= len(p.Verified)-1 {
			row[4] = span(p.Expected, i)
		}
		rows = append(rows, row)
	}
	return rows
}
