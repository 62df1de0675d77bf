package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

func (t *tree) baseline() *cobra.Command {
	return t.noun("baseline", "Sets of updates that every server of a class must have",
		t.baselineMake(), t.baselineList(), t.baselineShow(), t.baselineExempt(), t.baselineStamp())
}

func (t *tree) baselineMake() *cobra.Command {
	var order engine.MakeBaseline
	command := t.verb(verb{
		use: "make [NAME]", short: "Make a baseline of everything applied to Prod by the end of a quarter, or of named updates", args: cobra.MaximumNArgs(1),
		example: "  patchdeck baseline make --quarter 2026Q4 --reason \"quarterly baseline\"\n" +
			"  patchdeck baseline make web-2026-11 --class '\"IIS\" in roles' --kb KB5999001 --reason \"web servers\"",
		run: func(c *call) error {
			if len(c.args) > 0 {
				order.Name = c.args[0]
			}
			if (order.Quarter == "") == (len(order.Updates) == 0) {
				return wrongUsage("give --quarter, such as 2026Q4, or name the updates with --kb")
			}
			if order.Quarter == "" && order.Name == "" {
				return wrongUsage("a baseline of named updates needs a name")
			}
			if err := checkQuery("class", order.Class); err != nil {
				return err
			}
			if err := needReason(order.Reason); err != nil {
				return err
			}
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&order.Quarter, "quarter", "", "hold every update that was applied to Prod by the end of this quarter, for instance 2026Q4")
	flags.StringSliceVar(&order.Updates, "kb", nil, "an update of the catalogue; may be repeated")
	flags.StringVar(&order.Class, "class", "", "the servers for which this expression holds; left out, every managed server")
	reasonFlag(command, &order.Reason)
	return command
}

// standings counts the servers of each place.
func standings(list []inventory.Standing) map[inventory.Place]int {
	counts := map[inventory.Place]int{}
	for _, s := range list {
		counts[s.Place]++
	}
	return counts
}

// baselineLine is a baseline in JSON; show adds where each server stands.
type baselineLine struct {
	inventory.Baseline
	Current bool                    `json:"current"`
	Counts  map[inventory.Place]int `json:"counts"`
	Servers []standingLine          `json:"servers,omitempty"`
}

type standingLine struct {
	Name string `json:"name"`
	inventory.Standing
}

func (t *tree) baselineList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the baselines with where the servers of their class stand", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, b := range c.view().Baselines {
			counts := standings(b.Stand())
			if c.json {
				if err := c.object(baselineLine{Baseline: b.Baseline, Current: b.Current, Counts: counts}); err != nil {
					return err
				}
				continue
			}
			row := []string{b.Name, c.when(b.Date), fmt.Sprint(len(b.Updates))}
			for _, place := range inventory.Places {
				row = append(row, fmt.Sprint(counts[place]))
			}
			rows = append(rows, append(row, orDash(b.Class)))
		}
		if c.json {
			return nil
		}
		columns := []column{{"BASELINE", 30}, {"DATE", 0}, {"UPDATES", 0}}
		for _, place := range inventory.Places {
			columns = append(columns, column{strings.ToUpper(string(place)), 0})
		}
		return c.table(append(columns, column{"CLASS", 60}), rows, "there is no baseline yet: patchdeck baseline make --quarter 2026Q4")
	}})
}

func (t *tree) baselineShow() *cobra.Command {
	var place string
	command := t.verb(verb{use: "show BASELINE", short: "Show a baseline and where each server of its class stands", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		if place != "" && !slices.Contains(inventory.Places, inventory.Place(place)) {
			return wrongUsage("--place %q is not known: use %v", place, inventory.Places)
		}
		baselines := c.view().Baselines
		i := slices.IndexFunc(baselines, func(b engine.BaselineView) bool { return b.Name == c.args[0] })
		if i < 0 {
			return fmt.Errorf("there is no baseline %q: see patchdeck baseline list", cut(c.args[0], 40))
		}
		b := baselines[i]
		list, name := b.Stand(), c.serverNames()
		line := baselineLine{Baseline: b.Baseline, Current: b.Current, Counts: standings(list)}
		for _, s := range list {
			if place == "" || place == string(s.Place) {
				line.Servers = append(line.Servers, standingLine{name(s.Server), s})
			}
		}
		if c.json {
			return c.object(line)
		}
		for _, u := range b.Updates {
			if err := c.line("update      %s %s", u.KB, u.Bulletin); err != nil {
				return err
			}
		}
		slices.SortStableFunc(line.Servers, func(a, b standingLine) int {
			return slices.Index(inventory.Places, a.Place) - slices.Index(inventory.Places, b.Place)
		})
		var rows [][]string
		for _, s := range line.Servers {
			rows = append(rows, []string{s.Name, string(s.Place), s.Why, orDash(s.Cause)})
		}
		return c.table([]column{{"SERVER", 30}, {"PLACE", 0}, {"WHY", 60}, {"CAUSE", 60}}, rows, "no server of its class stands there")
	}})
	command.Flags().StringVar(&place, "place", "", "only servers that are below, above, not read, exempt or at")
	return command
}

func (t *tree) baselineExempt() *cobra.Command {
	var until, reason string
	command := t.verb(verb{use: "exempt BASELINE SERVER...", short: "Let servers stay away from a baseline until a time", args: cobra.MinimumNArgs(2), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		end, err := c.parseUntil(until)
		if err != nil {
			return err
		}
		if end.IsZero() {
			return wrongUsage("--until is missing: no server stays away from a baseline for ever")
		}
		ids, err := c.serverIDs(c.args[1:])
		if err != nil {
			return err
		}
		return c.do(engine.ExemptFromBaseline{Baseline: c.args[0], Servers: ids, Until: end, Reason: reason})
	}})
	command.Flags().StringVar(&until, "until", "", "when the exemption ends: a day or a time (required)")
	reasonFlag(command, &reason)
	return command
}

func (t *tree) baselineStamp() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "stamp BASELINE [SERVER...]", short: "Write a baseline into the registry of the servers that have reached it", args: cobra.MinimumNArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		order := engine.StampBaseline{Baseline: c.args[0], Reason: reason}
		if len(c.args) > 1 {
			ids, err := c.serverIDs(c.args[1:])
			if err != nil {
				return err
			}
			order.Servers = ids
		}
		return c.runUntilSwept(order, engine.SweepStamp, func(*engine.View) error { return nil })
	}})
	reasonFlag(command, &reason)
	return command
}
