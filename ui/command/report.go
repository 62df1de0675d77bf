package command

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// formats of a report, which its file's ending names.
const (
	pageFormat = "html"
	dataFormat = "json"
)

// report is the noun of the reports about the fleet. With a file instead of a verb it writes how a change request's night went.
func (t *tree) report() *cobra.Command {
	verbs := t.fleetReports()
	if t.env.Report == nil {
		return t.noun("report", "Reports about the fleet", verbs...)
	}
	night := t.nightReport()
	night.AddCommand(verbs...)
	return night
}

// nightReport is the verb that writes how a change request's night went. The format travels as a flag of its own, because the process that
// holds the store is not told the file's name.
func (t *tree) nightReport() *cobra.Command {
	var change, format string
	command := t.verb(verb{
		use: "report FILE.html|FILE.json", short: "Write how the night of a change request went, as a page or as data (- is standard output), or report about the fleet",
		example: "  patchdeck report night.html\n  patchdeck report compliance --by owner\n  ssh console report - --format json --change CHG-1 > night.json",
		file:    writesFile, reads: always,
		args: func(command *cobra.Command, args []string) error {
			if err := cobra.ExactArgs(1)(command, args); err != nil {
				return err
			}
			if format != "" {
				return oneOf("format", format, pageFormat, dataFormat)
			}
			named, err := t.formatOf(args[0])
			if err != nil {
				return err
			}
			return command.Flags().Set("format", named)
		},
		run: func(c *call) error { return c.writeReport(change, format) },
	})
	command.Flags().StringVar(&change, "change", "", "the change request; left out, the newest")
	command.Flags().StringVar(&format, "format", "", "html or json; left out, what the file's ending says")
	return command
}

// formatOf gives the format that a file's ending names; standard output has none and gets a page unless JSON is asked for.
func (t *tree) formatOf(name string) (string, error) {
	if name == "-" {
		if t.json {
			return dataFormat, nil
		}
		return pageFormat, nil
	}
	switch ending := strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), "."); ending {
	case pageFormat, dataFormat:
		return ending, nil
	}
	return "", fmt.Errorf("%q ends neither in .html nor in .json: name it so, give --format, or name one of the reports that patchdeck report --help lists", filepath.Base(name))
}

func (c *call) writeReport(change, format string) error {
	if change == "" {
		changes := c.view().Changes
		if len(changes) == 0 {
			return fmt.Errorf("there is no change request to report on yet: patchdeck change submit RELEASE")
		}
		change = changes[len(changes)-1].ID
	}
	found, err := c.findChange(change)
	if err != nil {
		return err
	}
	html, data, err := c.env.Report(c.ctx, c.session, found.ID)
	if err != nil {
		return fmt.Errorf("the report of %s cannot be made: %w", found.ID, err)
	}
	write := map[string]func(io.Writer) error{pageFormat: html, dataFormat: data}[format]
	if err := write(c.write); err != nil {
		return fmt.Errorf("the report is not complete: %w", err)
	}
	_, err = fmt.Fprintf(c.env.Err, "report of %s written\n", found.ID)
	return err
}
