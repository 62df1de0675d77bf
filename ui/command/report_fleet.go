package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine/catalog"
	"patchdeck/engine/report"
)

// fleetReport is a report about the whole fleet: a table for people, CSV for a spreadsheet, or one JSON object.
type fleetReport struct {
	use, short, example string
	by                  []string // what its lines can be; the first unless another is named
	flags               func(*cobra.Command)
	make                func(c *call, by string) (report.Table, any, error)
}

// made is the JSON object of a report: what was asked, of which state, and the answer.
type made struct {
	Report string    `json:"report"`
	At     time.Time `json:"at"`
	Entry  uint64    `json:"audit_entry"` // the newest of the state that it was made from
	Head   string    `json:"audit_head"`
	By     string    `json:"by,omitempty"`
	Data   any       `json:"data"`
}

func (t *tree) fleetReport(r fleetReport) *cobra.Command {
	var by string
	var csv bool
	command := t.verb(verb{use: r.use, short: r.short, example: r.example, args: cobra.NoArgs, reads: always, run: func(c *call) error {
		if len(r.by) > 0 && !slices.Contains(r.by, by) {
			return oneOf("by", by, r.by...)
		}
		if csv && c.json {
			return wrongUsage("--csv and --json exclude one another: leave one of them out")
		}
		table, data, err := r.make(c, by)
		switch {
		case err != nil:
			return err
		case csv:
			return table.WriteCSV(c.env.Out)
		case c.json:
			v := c.view()
			return c.object(made{Report: r.use, At: v.At, Entry: v.Head.Seq, Head: v.Head.String(), By: by, Data: data})
		}
		return c.reportTable(table)
	}})
	if len(r.by) > 0 {
		command.Flags().StringVar(&by, "by", r.by[0], "what a line is: "+strings.Join(r.by, ", "))
	}
	command.Flags().BoolVar(&csv, "csv", false, "print CSV for a spreadsheet")
	if r.flags != nil {
		r.flags(command)
	}
	return command
}

// mostReason bounds the last column of a table in which people gave reasons.
const mostReason = 60

// reportTable prints when the report was made, what it counts, and its table.
func (c *call) reportTable(t report.Table) error {
	v := c.view()
	if err := c.line("As of %s, audit entry %d.", c.when(v.At), v.Head.Seq); err != nil {
		return err
	}
	for _, note := range t.Notes {
		if err := c.line("%s", note); err != nil {
			return err
		}
	}
	head, rows := t.Words()
	columns := make([]column, len(head))
	for i, name := range head {
		columns[i] = column{name, mostReason}
	}
	return c.table(columns, rows, t.None)
}

// fleetReports are the reports about the whole fleet.
func (t *tree) fleetReports() []*cobra.Command {
	var least, release string
	var ended bool
	groups := []string{string(report.BySeverity), string(report.ByRelease), string(report.ByPriority), string(report.BySystem), string(report.BySite), string(report.ByOwner)}
	ofRelease := func(command *cobra.Command) {
		command.Flags().StringVar(&release, "release", "", "only this release")
	}
	return []*cobra.Command{
		t.fleetReport(fleetReport{use: "compliance", short: "Where the servers stand with the updates of the catalogue, the unknown and the stale apart", by: report.ComplianceBy,
			example: "  patchdeck report compliance --by owner --severity critical\n  patchdeck report compliance --by site --csv > sites.csv",
			flags: func(command *cobra.Command) {
				command.Flags().StringVar(&least, "severity", "", "only updates that are this severe or worse: Critical, Important, Moderate, Low")
			},
			make: func(c *call, by string) (report.Table, any, error) {
				severity, err := catalog.ParseSeverity(least)
				if err != nil {
					return report.Table{}, nil, wrongUsage("--severity: %v", err)
				}
				compliance := c.view().ComplianceWith(severity)
				return compliance.Table(by), compliance, nil
			}}),
		t.fleetReport(fleetReport{use: "installs", short: "How the updates came to the servers: enforced by us, voluntarily by their administrators, by hand", by: append([]string{"release"}, slices.Delete(slices.Clone(groups), 1, 2)...),
			example: "  patchdeck report installs\n  patchdeck report installs --by owner --release 2026-11-security", flags: ofRelease,
			make: func(c *call, by string) (report.Table, any, error) {
				_, list, err := c.installations(release)
				lines := report.Installs(list, report.GroupBy(by))
				return report.InstallTable(lines, report.GroupBy(by)), lines, err
			}}),
		t.fleetReport(fleetReport{use: "time", short: "How long updates took to be proved on the servers, since their release and since their approval, against the deadline", by: groups,
			example: "  patchdeck report time\n  patchdeck report time --by site --release 2026-11-security", flags: ofRelease,
			make: func(c *call, by string) (report.Table, any, error) {
				work, list, err := c.installations(release)
				lines := work.TimesToPatch(list, report.GroupBy(by))
				return report.TimeTable(lines, report.GroupBy(by)), lines, err
			}}),
		t.fleetReport(fleetReport{use: "exceptions", short: "Which servers need not have what, who allowed it, how old that is and when it ends",
			flags: func(command *cobra.Command) {
				command.Flags().BoolVar(&ended, "ended", false, "also those that have ended")
			},
			make: func(c *call, _ string) (report.Table, any, error) {
				list, totals := c.view().Allowed().Exceptions()
				if !ended {
					list = slices.DeleteFunc(list, func(x report.Exception) bool { return !x.Holds })
				}
				return report.ExceptionTable(list, totals, c.zone()), map[string]any{"totals": totals, "exceptions": append([]report.Exception{}, list...)}, nil
			}}),
		t.fleetReport(fleetReport{use: "trend", short: "Month over month: what was installed, how long it took, and what became better or worse",
			make: func(c *call, _ string) (report.Table, any, error) {
				work, list, err := c.installations("")
				lines := work.Trend(list)
				return report.TrendTable(lines), append([]report.MonthLine{}, lines...), err
			}}),
	}
}

// installations gives what became of every release, or of one, on every server.
func (c *call) installations(release string) (report.Work, []report.Installation, error) {
	work := c.view().Work(c.zone())
	list := work.Installations()
	if release == "" {
		return work, list, nil
	}
	found, err := c.findRelease(release)
	if err != nil {
		return work, nil, err
	}
	return work, slices.DeleteFunc(list, func(i report.Installation) bool { return i.Release.ID != found.ID }), nil
}
