package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

func (t *tree) standard() *cobra.Command {
	return t.noun("standard", "Minimum standards: rules that every server's facts are checked against",
		t.standardImport(), t.standardList(), t.standardReview(), t.standardExample())
}

func (t *tree) standardImport() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "import FILE", short: "Put a file of standards in force, in place of what was", file: readsFile, args: cobra.ExactArgs(1),
		example: "  patchdeck standard example > standards.yaml\n  patchdeck standard import standards.yaml --reason \"reviewed with Security\"",
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			standards, err := inventory.ReadStandards(c.file)
			if err != nil {
				return fmt.Errorf("%s: %w; what was in force stays", c.name, err)
			}
			return c.do(engine.SetStandards{Source: c.name, Standards: standards, Reason: reason})
		}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) standardList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the standards in force with how many servers break each", reads: always, run: func(c *call) error {
		set := c.view().Standards
		broken := map[string]int{}
		for _, f := range c.view().Findings {
			if f.Open() && f.Kind == inventory.Violation {
				broken[f.Rule]++
			}
		}
		var rows [][]string
		for _, s := range set.Standards {
			if c.json {
				if err := c.object(struct {
					inventory.Standard
					Violations int `json:"violations"`
				}{s, broken[s.ID]}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{s.ID, string(s.Severity), fmt.Sprint(s.Days), fmt.Sprint(broken[s.ID]), s.Title, s.Rule})
		}
		if c.json {
			return nil
		}
		if err := c.table([]column{{"STANDARD", 30}, {"SEVERITY", 0}, {"DAYS", 0}, {"VIOLATIONS", 0}, {"TITLE", 50}, {"RULE", 60}}, rows,
			"no standards are in force: patchdeck standard import FILE"); err != nil || len(rows) == 0 {
			return err
		}
		return c.line("from %s, in force since %s by %s, reviewed %s by %s", set.Source, c.when(set.Set.At), set.Set.By, c.when(set.Reviewed.At), set.Reviewed.By)
	}})
}

func (t *tree) standardReview() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "review", short: "Record that the standards were looked through and still hold", run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.ReviewStandards{Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) standardExample() *cobra.Command {
	return &cobra.Command{Use: "example", Short: "Print a commented file of standards to begin with", Args: t.noArgs, RunE: func(*cobra.Command, []string) error {
		_, err := io.WriteString(t.env.Out, inventory.ExampleStandards)
		return err
	}}
}
