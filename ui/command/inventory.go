package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

func (t *tree) inventory() *cobra.Command {
	noun := t.noun("inventory", "The servers: what people say of them and what they say of themselves",
		t.inventoryImport(), t.inventoryList(), t.inventoryExport(),
		t.sweep(engine.SweepFacts, "sweep", "Read the facts of the servers: build, roles, disk, pending restart"),
		t.sweep(engine.SweepScan, "scan", "Let the servers' own update agents say which updates they lack"),
		t.sweep(engine.SweepHealth, "health", "Ask the servers what would stop an installation: rights, services, disk, clock, policies"),
		t.inventoryRetire(), t.inventoryWindow(), t.inventoryCompare(), t.audits(),
		t.serversFound("off-network", "List the servers that give no answer, with what to do", inventory.OffNetwork, "every server answers"),
		t.serversFound("catch-up", "List the servers that miss updates of releases that are through", inventory.CatchUp, "no server has anything to catch up"),
		t.probe())
	if t.env.Discover != nil {
		noun.AddCommand(t.inventoryDiscover())
	}
	return noun
}

func (t *tree) inventoryImport() *cobra.Command {
	var f importFlags
	command := t.verb(verb{
		use: "import FILE", short: "Import servers from a CSV file or an Ansible inventory; servers are matched by name", file: readsFile, args: cobra.ExactArgs(1),
		example: "  patchdeck inventory import servers.csv\n  ssh console inventory import - < servers.csv\n" +
			"  patchdeck inventory import hosts.ini --environment-of production=Prod --site-of bern=Bern --default owner=Ada --default applications=Payroll --default \"os=Windows Server 2022\"",
		run: func(c *call) error { return importServers(c, &f) },
	})
	f.add(command)
	return command
}

func importServers(c *call, f *importFlags) error {
	servers, others, bad, err := f.read(c)
	var usage *ExitError
	if errors.As(err, &usage) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was imported", c.name, err)
	}
	if len(bad) > 0 {
		return badLines(c.name, bad)
	}
	if len(servers) == 0 {
		return fmt.Errorf("%s holds no server, only a header; nothing was imported: write a line for each server below it", c.name)
	}
	if len(others) > 0 && !c.json {
		if err := c.line("%s left out: Ansible does not reach them over WinRM", plural(len(others), "host")); err != nil {
			return err
		}
	}
	return c.do(engine.ImportServers{Source: c.name, Servers: servers})
}

// badLines names every bad line of a file; printing bounds how many are shown.
func badLines(name string, bad []inventory.LineError) error {
	said := []error{fmt.Errorf("%s: %s; nothing was imported, correct them and import the file again", name, plural(len(bad), "bad line"))}
	for _, line := range bad {
		said = append(said, line)
	}
	return errors.Join(said...)
}

func filterFlag(command *cobra.Command, filter *string) {
	command.Flags().StringVar(filter, "filter", "", "only servers for which this expression holds, "+
		"for instance 'environment == \"Prod\" and free_gb < 10'")
}

// selected gives the servers that a filter selects; an empty filter selects all.
func (c *call) selected(expression string) ([]inventory.Server, error) {
	servers := c.view().Servers
	if expression == "" {
		return servers, nil
	}
	filter, err := inventory.CompileFilter(expression)
	if err != nil {
		return nil, &ExitError{Code: Usage, Err: err}
	}
	var kept []inventory.Server
	for _, server := range servers {
		match, err := filter.Match(server)
		if err != nil {
			return nil, err
		}
		if match {
			kept = append(kept, server)
		}
	}
	return kept, nil
}

func (t *tree) inventoryList() *cobra.Command {
	var filter string
	command := t.verb(verb{use: "list", short: "List the servers", reads: always, run: func(c *call) error {
		servers, err := c.selected(filter)
		if err != nil {
			return err
		}
		if c.json {
			for _, server := range servers {
				if err := c.object(server); err != nil {
					return err
				}
			}
			return nil
		}
		var rows [][]string
		for _, server := range servers {
			rows = append(rows, serverRow(server))
		}
		none := "the inventory is empty: patchdeck inventory import FILE"
		if filter != "" {
			none = "no server is selected by " + filter
		}
		return c.table([]column{{"NAME", 24}, {"OS", 26}, {"BUILD", 18}, {"ENVIRONMENT", 0}, {"SITE", 12}, {"WINDOW", 0}, {"CLUSTER", 16}, {"OWNER", 20}, {"TROUBLE", 40}}, rows, none)
	}})
	filterFlag(command, &filter)
	return command
}

func serverRow(s inventory.Server) []string {
	build := "-"
	if s.Facts != nil && !s.Facts.Build.IsZero() {
		build = s.Facts.Build.String()
	}
	return []string{s.Name, s.OS, build, string(s.Environment), s.Site, orDash(s.Window), orDash(s.Cluster), s.Owner, orDash(s.Trouble)}
}

func (t *tree) inventoryExport() *cobra.Command {
	var filter string
	command := t.verb(verb{use: "export [FILE]", short: "Write the servers as a CSV file that can be imported again", file: writesFile,
		args: cobra.MaximumNArgs(1), reads: always, run: func(c *call) error {
			servers, err := c.selected(filter)
			if err != nil {
				return err
			}
			if c.write == nil {
				c.write = c.w
			}
			return inventory.WriteCSV(c.write, servers)
		}})
	filterFlag(command, &filter)
	return command
}

// sweep makes the two verbs that ask many servers at once.
func (t *tree) sweep(kind engine.SweepKind, use, short string) *cobra.Command {
	var filter, collection string
	var missed bool
	command := t.verb(verb{use: use + " [SERVER...]", short: short, args: cobra.ArbitraryArgs, run: func(c *call) error {
		order := engine.Sweep{Kind: kind, Collection: collection, Missed: missed}
		switch {
		case len(c.args) > 0 && filter != "":
			return wrongUsage("name servers or give --filter, not both")
		case len(c.args) > 0:
			ids, err := c.serverIDs(c.args)
			if err != nil {
				return err
			}
			order.Servers = ids
		case filter != "":
			servers, err := c.selected(filter)
			if err != nil {
				return err
			}
			if len(servers) == 0 {
				return fmt.Errorf("no server is selected by %s", filter)
			}
			for _, server := range servers {
				order.Servers = append(order.Servers, server.ID)
			}
		}
		return c.runSweep(order)
	}})
	command.Flags().StringVar(&collection, "collection", "", "the members of this collection")
	command.Flags().BoolVar(&missed, "missed", false, "also those that the last sweep could not read, or only them when nobody else is named")
	filterFlag(command, &filter)
	return command
}

// serverIDs finds servers by name, without regard to case, or by id.
func (c *call) serverIDs(names []string) ([]inventory.ServerID, error) {
	byName := make(map[string]inventory.ServerID)
	for _, server := range c.view().Servers {
		byName[strings.ToLower(server.Name)] = server.ID
		byName[string(server.ID)] = server.ID
	}
	var ids []inventory.ServerID
	var unknown []string
	for _, name := range names {
		if id, ok := byName[strings.ToLower(name)]; ok {
			ids = append(ids, id)
		} else {
			unknown = append(unknown, fmt.Sprintf("%q", cut(name, 40)))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("the inventory has no server %s: see patchdeck inventory list", strings.Join(unknown, ", "))
	}
	return ids, nil
}
