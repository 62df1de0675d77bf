package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// rolloutLine is a rollout in JSON. The counts add up to the number of advertisements.
type rolloutLine struct {
	ID       string         `json:"id"`
	Change   string         `json:"change"`
	Release  string         `json:"release"`
	Ring     rollout.Ring   `json:"ring"`
	State    rollout.State  `json:"state"`
	Stop     *rollout.Stop  `json:"stop,omitempty"`
	Servers  int            `json:"servers"`
	Targeted int            `json:"targeted"`
	Open     int            `json:"open"`
	Counts   rollout.Counts `json:"counts"`
	// Voluntary were installed by others before their window, Enforced by us.
	Voluntary int          `json:"voluntary"`
	Enforced  int          `json:"enforced"`
	Windows   []windowLine `json:"windows"`
	// Gate is why nobody starts now, Todo are the commands that end that.
	Gate    string     `json:"gate,omitempty"`
	Todo    []string   `json:"todo,omitempty"`
	Rate    float64    `json:"rate_per_hour"`
	Done    *time.Time `json:"forecast_done,omitempty"`
	WillNot int        `json:"forecast_will_not"`
	At      time.Time  `json:"at"`
	// Sites are those whose content is awaited.
	Sites []siteLine `json:"sites,omitempty"`
	// Policy is by which settings it is led.
	Policy map[string]string `json:"policy"`
}

type siteLine struct {
	Site    string           `json:"site"`
	State   rollout.Transfer `json:"state"`
	Servers int              `json:"servers"`
	Why     string           `json:"why,omitempty"`
}

type windowLine struct {
	ID     string         `json:"id"`
	Opens  time.Time      `json:"opens"`
	Closes time.Time      `json:"closes"`
	Counts rollout.Counts `json:"counts"`
	Score  int            `json:"score"`
}

func rolloutLineOf(r engine.RolloutView, view *engine.View) rolloutLine {
	line := rolloutLine{ID: r.ID, Change: r.Change, Release: r.Rollout.Release, Ring: r.Ring, State: r.State, Stop: r.Stop,
		Servers: len(r.Cells), Targeted: r.Counts.Targeted(), Open: r.Counts.Open(), Counts: r.Counts, Windows: []windowLine{},
		Rate: r.Rate, WillNot: r.Forecast.WillNot, At: view.At, Policy: view.Policy.Set(), Gate: r.Gate, Todo: r.Todo}
	line.Voluntary, line.Enforced = installed(r)
	for _, w := range r.Windows {
		line.Windows = append(line.Windows, windowLine{w.ID, w.Opens, w.Closes, w.Counts, w.Score})
	}
	for _, s := range r.Sites {
		line.Sites = append(line.Sites, siteLine{s.Site, s.State, s.Servers, s.Why})
	}
	if !r.Forecast.Done.IsZero() {
		line.Done = &r.Forecast.Done
	}
	return line
}

type cellJSON struct {
	Server     string             `json:"server"`
	ID         inventory.ServerID `json:"id"`
	Window     string             `json:"window"`
	Delivery   rollout.Delivery   `json:"delivery"`
	Compliance rollout.Compliance `json:"compliance"`
	Why        string             `json:"why,omitempty"`
	Code       string             `json:"code,omitempty"`
	Class      string             `json:"class,omitempty"`
	Since      time.Time          `json:"since"`
	LastReport time.Time          `json:"last_report,omitzero"`
	Attempt    int                `json:"attempt"`
	Before     inventory.Build    `json:"before,omitzero"`
	After      inventory.Build    `json:"after,omitzero"`
	Drain      rollout.Drain      `json:"drain,omitempty"`
	Phase      string             `json:"phase,omitempty"`
	Incident   string             `json:"incident,omitempty"`
	// Installed says how it came there: enforced or voluntary; Restart how the restart was handled.
	Installed string `json:"installed,omitempty"`
	Restart   string `json:"restart,omitempty"`
}

func cellLine(cell engine.Cell, ad *rollout.Advertisement) cellJSON {
	return cellJSON{cell.Name, cell.Server, cell.Window, cell.Delivery, cell.Compliance, cell.Why, cell.Code, cell.Class, cell.Since, cell.LastReport, cell.Attempt, cell.Before, cell.After, cell.Drain, cell.Phase, cell.Incident, ad.Enforced(), ad.RestartWords()}
}

func (t *tree) rolloutStatus() *cobra.Command {
	var watch bool
	command := t.verb(verb{
		use: "status [ROLLOUT]", short: "Say how rollouts stand", args: cobra.MaximumNArgs(1),
		reads:   func() bool { return !watch }, // a rollout that is watched must go on
		example: "  patchdeck rollout status\n  ssh console rollout status R-2 --watch",
		run: func(c *call) error {
			if watch {
				return c.watchRollouts()
			}
			return c.printRollouts()
		},
	})
	command.Flags().BoolVar(&watch, "watch", false, "print a line with each change until the rollout ends; exit code 3 when it is halted")
	return command
}

// chosen gives the rollout that was named, or all.
func (c *call) chosen() ([]engine.RolloutView, error) {
	if len(c.args) == 0 {
		return c.view().Rollouts, nil
	}
	r, err := c.findRollout(c.args[0])
	return []engine.RolloutView{r}, err
}

func (c *call) printRollouts() error {
	rollouts, err := c.chosen()
	if err != nil {
		return err
	}
	for _, r := range rollouts {
		if err := c.printRollout(r); err != nil {
			return err
		}
	}
	switch {
	case c.json:
		return nil
	case len(rollouts) == 0:
		return c.line("there is no rollout yet: one opens when a change request is authorised")
	}
	return c.line("policy: %s; patchdeck rollout policy lists it", policyInForce(c.view().Policy))
}

func (c *call) printRollout(r engine.RolloutView) error {
	if c.json {
		return c.object(rolloutLineOf(r, c.view()))
	}
	for _, line := range rolloutWords(r) {
		if err := c.line("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// installed counts who was patched by others and by us.
func installed(r engine.RolloutView) (voluntary, enforced int) {
	for _, ad := range r.Advertisements {
		switch ad.Enforced() {
		case "voluntary":
			voluntary++
		case "enforced":
			enforced++
		}
	}
	return voluntary, enforced
}

// rolloutWords says in whole lines how a rollout stands, for people who read or hear line by line.
func rolloutWords(r engine.RolloutView) []string {
	lines := []string{fmt.Sprintf("%s %s %s %s: %d of %d succeeded", r.ID, r.Rollout.Release, r.Ring, r.State, r.Counts[rollout.Succeeded], r.Counts.Targeted())}
	var counts []string
	for _, status := range rollout.Statuses {
		if n := r.Counts[status.Delivery]; n > 0 && status.Delivery != rollout.Succeeded {
			counts = append(counts, fmt.Sprintf("%d %s", n, status.Delivery))
		}
	}
	if len(counts) > 0 {
		lines[0] += ", " + strings.Join(counts, ", ")
	}
	if voluntary, _ := installed(r); voluntary > 0 {
		lines[0] += fmt.Sprintf(", %d of them installed by others (voluntary)", voluntary)
	}
	if r.Stop != nil {
		lines = append(lines, fmt.Sprintf("  %s by %s: %s", r.State, r.Stop.By, r.Stop.Reason))
	} else if r.Gate != "" {
		lines = append(lines, "  nobody starts: "+r.Gate)
	}
	for _, s := range r.Sites {
		if s.Why != "" {
			lines = append(lines, fmt.Sprintf("  %s; %s", s.Why, waiting(s.Servers)))
		}
	}
	for _, command := range r.Todo {
		lines = append(lines, "  -> "+command)
	}
	return lines
}

// waiting says how many servers wait.
func waiting(n int) string {
	if n == 1 {
		return "1 server waits"
	}
	return fmt.Sprintf("%d servers wait", n)
}

// watchRollouts prints each change until nothing is open any more. The end of a watched rollout decides the exit code.
func (c *call) watchRollouts() error {
	wake, stop := c.console().Watch()
	defer stop()
	last := map[string]string{}
	for {
		rollouts, err := c.chosen()
		if err != nil {
			return err
		}
		if err := c.printChanged(rollouts, last); err != nil {
			return err
		}
		if over, err := watched(rollouts); over {
			return err
		}
		select {
		case <-c.ctx.Done():
			return fmt.Errorf("stopped watching: %w; the rollout goes on", c.ctx.Err())
		case _, open := <-wake:
			if !open {
				return fmt.Errorf("the engine stopped: run patchdeck rollout status --watch again when it is back")
			}
		}
	}
}

func (c *call) printChanged(rollouts []engine.RolloutView, last map[string]string) error {
	for _, r := range rollouts {
		words := strings.Join(rolloutWords(r), "\n")
		if last[r.ID] == words {
			continue
		}
		last[r.ID] = words
		if err := c.printRollout(r); err != nil {
			return err
		}
	}
	return nil
}

// watched tells whether everything that is watched has ended or was halted.
func watched(rollouts []engine.RolloutView) (over bool, err error) {
	for _, r := range rollouts {
		switch r.State {
		case rollout.Halted:
			return true, &ExitError{Code: Halted, Err: fmt.Errorf("%s is halted: %s; a person resumes it with patchdeck rollout resume %s", r.ID, stopReason(r), r.ID)}
		case rollout.Closed:
		default:
			return false, nil
		}
	}
	return true, nil
}

func stopReason(r engine.RolloutView) string {
	if r.Stop == nil {
		return "no reason is recorded"
	}
	return r.Stop.Reason
}
