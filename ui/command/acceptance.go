package command

import (
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/pilot"
)

// recordable are the results that a person can report.
var recordable = []pilot.Result{pilot.Passed, pilot.FailedTest, pilot.Workaround}

func (t *tree) acceptance() *cobra.Command {
	var note string
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
			return c.do(engine.RecordAcceptance{Change: change.ID, Application: c.args[1], Result: result, Note: note})
		},
	})
	record.Flags().StringVar(&note, "note", "", "what was found")
	return t.noun("acceptance", "Acceptance results, per application", record)
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
