package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

func (t *tree) finding() *cobra.Command {
	return t.noun("finding", "What is wrong with the inventory and its servers, and what to do about it", t.findingList(), t.findingClose())
}

// findingFilter says which findings are wanted.
type findingFilter struct {
	kind, severity, server string
	overdue, all           bool
}

func (f findingFilter) check() error {
	if f.kind != "" && !slices.Contains(inventory.FindingKinds(), inventory.FindingKind(f.kind)) {
		var known []string
		for _, kind := range inventory.FindingKinds() {
			known = append(known, string(kind))
		}
		return wrongUsage("--kind %q is not known: use one of %s", cut(f.kind, 40), strings.Join(known, ", "))
	}
	if f.severity != "" && !slices.Contains(inventory.Severities, inventory.Severity(f.severity)) {
		return wrongUsage("--severity %q is not known: use %v", cut(f.severity, 40), inventory.Severities)
	}
	return nil
}

func (f findingFilter) wants(v *engine.View, x inventory.Finding, server inventory.ServerID) bool {
	return (f.all || x.Open()) && (f.kind == "" || f.kind == string(x.Kind)) && (f.severity == "" || f.severity == string(x.Severity)) &&
		(server == "" || server == x.Server) && (!f.overdue || x.Overdue(v.At))
}

func (t *tree) findingList() *cobra.Command {
	var filter findingFilter
	command := t.verb(verb{use: "list", short: "List the findings, gravest first", reads: always, run: func(c *call) error {
		if err := filter.check(); err != nil {
			return err
		}
		return c.printFindings(filter, "there is nothing to find fault with")
	}})
	flags := command.Flags()
	flags.StringVar(&filter.kind, "kind", "", "only of this kind, for instance \"off network\"")
	flags.StringVar(&filter.severity, "severity", "", "high, medium or low")
	flags.StringVar(&filter.server, "server", "", "only about this server")
	flags.BoolVar(&filter.overdue, "overdue", false, "only those past their time")
	flags.BoolVar(&filter.all, "all", false, "closed ones too")
	return command
}

func (c *call) printFindings(filter findingFilter, none string) error {
	var server inventory.ServerID
	if filter.server != "" {
		ids, err := c.serverIDs([]string{filter.server})
		if err != nil {
			return err
		}
		server = ids[0]
	}
	var rows [][]string
	for _, f := range c.view().Findings {
		if !filter.wants(c.view(), f, server) {
			continue
		}
		if c.json {
			if err := c.object(f); err != nil {
				return err
			}
			continue
		}
		ends := c.when(f.Due)
		if !f.Open() {
			ends = "closed " + c.when(f.Closed)
		}
		rows = append(rows, []string{f.ID, string(f.Severity), string(f.Kind), f.Subject, c.when(f.Opened), ends, f.Words, f.Todo})
	}
	if c.json {
		return nil
	}
	return c.table([]column{{"FINDING", 0}, {"SEVERITY", 0}, {"KIND", 0}, {"ABOUT", 30}, {"OPENED", 0}, {"DUE", 0}, {"WHAT", 70}, {"WHAT TO DO", 70}}, rows, none)
}

func (t *tree) findingClose() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "close FINDING", short: "End a finding by hand, with what was done", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.CloseFinding{Finding: strings.ToUpper(c.args[0]), Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

// serversFound makes the verbs that list the servers of one kind of finding.
func (t *tree) serversFound(use, short string, kind inventory.FindingKind, none string) *cobra.Command {
	return t.verb(verb{use: use, short: short, reads: always, run: func(c *call) error {
		return c.printFindings(findingFilter{kind: string(kind)}, none)
	}})
}

func (t *tree) audits() *cobra.Command {
	var most int
	command := t.verb(verb{use: "audits", short: "List what each sweep of facts found, beside the one before", reads: always, run: func(c *call) error {
		if err := atLeast("most", most, 1, 400); err != nil {
			return err
		}
		var rows [][]string
		for _, a := range c.view().Audits[:min(most, len(c.view().Audits))] {
			if c.json {
				if err := c.object(a); err != nil {
					return err
				}
				continue
			}
			scope := "part"
			switch {
			case a.Collection != "":
				scope = "collection " + a.Collection
			case a.Whole:
				scope = "all"
			}
			rows = append(rows, []string{a.ID(), c.when(a.Ended), scope, fmt.Sprint(a.Known), fmt.Sprint(a.Asked), fmt.Sprint(a.Read), fmt.Sprint(a.Failed), fmt.Sprint(a.NoAnswer),
				fmt.Sprint(a.Unmanaged), fmt.Sprint(a.Added), fmt.Sprint(a.Retired)})
		}
		if c.json {
			return nil
		}
		if err := c.table([]column{{"AUDIT", 0}, {"ENDED", 0}, {"SCOPE", 30}, {"KNOWN", 0}, {"ASKED", 0}, {"READ", 0}, {"FAILED", 0}, {"NO ANSWER", 0}, {"UNMANAGED", 0}, {"NEW", 0}, {"RETIRED", 0}}, rows,
			"there is no audit yet: patchdeck inventory sweep"); err != nil {
			return err
		}
		if trouble := c.view().AuditTrouble; trouble != "" {
			return c.line("nothing is advertised without an override: %s", trouble)
		}
		return nil
	}})
	command.Flags().IntVar(&most, "most", 20, "how many, newest first")
	return command
}
