package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
)

// recordable are the results that a person can report.
var recordable = []pilot.Result{pilot.Passed, pilot.FailedTest, pilot.Workaround}

func (t *tree) acceptance() *cobra.Command {
	var note, update string
	record := t.verb(verb{
		use: "record CHANGE APPLICATION RESULT", short: "Report what an application's owner found after Dev: passed, failed or workaround",
		args: cobra.ExactArgs(3),
		run: func(c *call) error {
			result, err := parseResult(c.args[2])
			if err != nil {
				return err
			}
			if result != pilot.Passed && strings.TrimSpace(note) == "" {
				return wrongUsage("a note is missing: give --note \"...\", it says what fails or how to live with it")
			}
			change, err := c.findChange(c.args[0])
			if err != nil {
				return err
			}
			return c.do(engine.RecordAcceptance{Change: change.ID, Application: c.args[1], Result: result, Update: update, Note: note})
		},
	})
	record.Flags().StringVar(&note, "note", "", "what was found")
	record.Flags().StringVar(&update, "update", "", "the update (KB...) that is to blame")
	return t.noun("acceptance", "Acceptance: test plans, what the engine tested on the pilot, and results per application",
		record, t.acceptanceStatus(), t.acceptancePlan(), t.acceptanceWorkaround())
}

func parseResult(word string) (pilot.Result, error) {
	var known []string
	for _, result := range recordable {
		if strings.EqualFold(word, string(result)) {
			return result, nil
		}
		known = append(known, string(result))
	}
	return "", wrongUsage("the result %q is not known: use %s", word, strings.Join(known, ", "))
}

func (t *tree) acceptanceWorkaround() *cobra.Command {
	return t.verb(verb{
		use: "workaround CHANGE UPDATE|APPLICATION TEXT", short: "Record how to live with an update or application that failed a test", args: cobra.ExactArgs(3),
		example: "  patchdeck acceptance workaround CHG-1 KB5034129 \"roll back from the backup of the night before\"",
		run: func(c *call) error {
			change, err := c.findChange(c.args[0])
			if err != nil {
				return err
			}
			return c.do(engine.RecordWorkaround{Change: change.ID, About: c.args[1], Note: c.args[2]})
		},
	})
}

func (t *tree) acceptancePlan() *cobra.Command {
	return t.verb(verb{
		use: "plan [APPLICATION [STEP...]]", short: "Show test plans, or write the one of an application, before testing starts",
		example: "  patchdeck acceptance plan \"Order Management\" \"log in\" \"place an order\" \"print it\"",
		args:    cobra.ArbitraryArgs,
		run: func(c *call) error {
			if len(c.args) > 1 {
				return c.do(engine.WriteTestPlan{Application: c.args[0], Steps: c.args[1:]})
			}
			return c.printTestPlans()
		},
	})
}

func (c *call) printTestPlans() error {
	var rows [][]string
	for _, p := range c.view().TestPlans {
		if len(c.args) > 0 && !strings.EqualFold(p.Application, c.args[0]) {
			continue
		}
		if c.json {
			if err := c.object(p); err != nil {
				return err
			}
			continue
		}
		for i, step := range p.Steps {
			row := []string{"", "", "", fmt.Sprint(i + 1), step}
			if i == 0 {
				row[0], row[1], row[2] = p.Application, fmt.Sprint(p.Rev), p.By
			}
			rows = append(rows, row)
		}
	}
	if c.json {
		return nil
	}
	return c.table([]column{{"APPLICATION", 30}, {"REVISION", 0}, {"BY", 20}, {"STEP", 0}, {"WHAT TO DO", 80}}, rows, "no test plan is written")
}

// acceptanceLine is acceptance of one change request as JSON.
type acceptanceLine struct {
	Change     string           `json:"change"`
	Acceptance pilot.Acceptance `json:"acceptance"`
	Minimum    pilot.Minimum    `json:"minimum"`
}

func (t *tree) acceptanceStatus() *cobra.Command {
	return t.verb(verb{use: "status CHANGE", short: "Show what the engine tested on the pilot, per update, and what applications found", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		change, err := c.findChange(c.args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.object(acceptanceLine{change.ID, change.Acceptance, change.Minimum})
		}
		if err := c.table([]column{{"UPDATE", 0}, {"TEST", 0}, {"RESULT", 0}, {"ON", 24}, {"EVIDENCE", 60}}, c.minimumRows(change), "the pilot has tested nothing yet"); err != nil {
			return err
		}
		var rows [][]string
		for _, name := range sortedKeys(change.Acceptance.Results) {
			a := change.Acceptance.Results[name]
			plan := "none"
			if rev := change.Acceptance.Plans[name]; rev > 0 {
				plan = fmt.Sprintf("revision %d", rev)
			}
			rows = append(rows, []string{name, plan, string(a.Result), a.By, strings.TrimSpace(a.Update + " " + a.Note)})
		}
		return c.table([]column{{"APPLICATION", 30}, {"TEST PLAN", 0}, {"RESULT", 0}, {"BY", 20}, {"NOTE", 60}}, rows, "acceptance is not open: it opens when Dev is through")
	}})
}

// minimumRows lists the four tests of each update, on each server.
func (c *call) minimumRows(change engine.ChangeView) (rows [][]string) {
	for _, server := range sortedKeys(change.Minimum.Servers) {
		for _, p := range change.Minimum.Servers[server].Proofs {
			rows = append(rows, []string{p.Update, string(p.Test), string(p.Result), c.serverName(inventory.ServerID(server)), p.Words})
		}
	}
	for _, update := range sortedKeys(change.Minimum.Workarounds) {
		w := change.Minimum.Workarounds[update]
		rows = append(rows, []string{update, "", string(w.Result), w.By, w.Note})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return rows
}
