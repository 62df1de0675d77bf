package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/inventory"
)

func (t *tree) collection() *cobra.Command {
	return t.noun("collection", "Saved questions about the inventory, with named members and exclusions",
		t.collectionCreate(), t.collectionList(), t.collectionShow(), t.collectionAdd(), t.collectionExclude(), t.collectionInclude(), t.collectionRemove(), t.collectionDelete())
}

func (t *tree) collectionCreate() *cobra.Command {
	var order engine.CreateCollection
	var servers []string
	command := t.verb(verb{
		use: "create NAME", short: "Save a question about the inventory under a name", args: cobra.ExactArgs(1),
		example: `  patchdeck collection create sql --query '"SQL" in applications and environment == "Prod"' --reason "databases go together"`,
		run: func(c *call) (err error) {
			order.Name = c.args[0]
			if err := checkQuery("query", order.Query); err != nil {
				return err
			}
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Members, err = c.serverIDs(servers); err != nil {
				return err
			}
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&order.Query, "query", "", "servers for which this expression holds are members")
	flags.StringSliceVar(&servers, "server", nil, "a server that is a member whatever the query says; may be repeated")
	flags.StringVar(&order.Title, "title", "", "what it is for")
	flags.StringVar(&order.Owner, "owner", "", "whose it is; left out, yours")
	flags.BoolVar(&order.Reference, "reference", false, "a representative sample of production, which gets updates before the rest of Prod")
	reasonFlag(command, &order.Reason)
	return command
}

// checkQuery refuses an expression that cannot be compiled as a mistake in the words of the call.
func checkQuery(flag, expression string) error {
	if expression == "" {
		return nil
	}
	if _, err := inventory.CompileFilter(expression); err != nil {
		return wrongUsage("--%s: %w", flag, err)
	}
	return nil
}

// collectionLine is a collection in JSON, with what it holds now.
type collectionLine struct {
	inventory.Collection
	Count     int                            `json:"count"`
	Holds     []string                       `json:"holds,omitempty"`
	Excluded  map[string]inventory.Exclusion `json:"excluded,omitempty"`
	Undecided map[string]string              `json:"undecided,omitempty"`
}

func (t *tree) collectionList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the collections with how many servers each holds now", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, collection := range c.view().Collections {
			holds, err := collection.Holds()
			if err != nil {
				return err
			}
			if c.json {
				if err := c.object(collectionLine{Collection: collection.Collection, Count: len(holds.Members)}); err != nil {
					return err
				}
				continue
			}
			kind := "-"
			if collection.Reference {
				kind = "reference"
			}
			rows = append(rows, []string{collection.Name, fmt.Sprint(len(holds.Members)), fmt.Sprint(len(holds.Excluded)), collection.Owner, kind, orDash(collection.Query)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"COLLECTION", 30}, {"SERVERS", 0}, {"EXCLUDED", 0}, {"OWNER", 20}, {"KIND", 0}, {"QUERY", 80}}, rows,
			"there is no collection yet: patchdeck collection create NAME --query EXPRESSION")
	}})
}

func (c *call) findCollection(name string) (engine.CollectionView, error) {
	collections := c.view().Collections
	i := slices.IndexFunc(collections, func(v engine.CollectionView) bool { return v.Name == name })
	if i < 0 {
		return engine.CollectionView{}, fmt.Errorf("there is no collection %q: see patchdeck collection list", cut(name, 40))
	}
	return collections[i], nil
}

func (t *tree) collectionShow() *cobra.Command {
	return t.verb(verb{use: "show COLLECTION", short: "Show what a collection asks and holds now", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		collection, err := c.findCollection(c.args[0])
		if err != nil {
			return err
		}
		holds, err := collection.Holds()
		if err != nil {
			return err
		}
		name := c.serverNames()
		if c.json {
			line := collectionLine{Collection: collection.Collection, Count: len(holds.Members), Excluded: map[string]inventory.Exclusion{}, Undecided: map[string]string{}}
			for _, id := range holds.Members {
				line.Holds = append(line.Holds, name(id))
			}
			for id, x := range holds.Excluded {
				line.Excluded[name(id)] = x
			}
			for id, why := range holds.Undecided {
				line.Undecided[name(id)] = why
			}
			return c.object(line)
		}
		return c.showCollection(collection.Collection, holds, name)
	}})
}

func (c *call) showCollection(collection inventory.Collection, holds inventory.Selection, name func(inventory.ServerID) string) error {
	head := [][2]string{{"collection", collection.Name}, {"title", orDash(collection.Title)}, {"owner", collection.Owner}, {"query", orDash(collection.Query)},
		{"created", fmt.Sprintf("%s, %s: %s", collection.Made.By, c.when(collection.Made.At), collection.Made.Reason)}}
	for _, line := range head {
		if err := c.line("%-11s %s", line[0], line[1]); err != nil {
			return err
		}
	}
	var rows [][]string
	for _, id := range holds.Members {
		how := "query"
		if slices.Contains(collection.Members, id) {
			how = "named"
		}
		rows = append(rows, []string{name(id), "member", how})
	}
	for id, x := range holds.Excluded {
		rows = append(rows, []string{name(id), "excluded", fmt.Sprintf("by %s %s: %s", x.By, c.until(x.Until), x.Reason)})
	}
	for id, why := range holds.Undecided {
		rows = append(rows, []string{name(id), "undecided", why})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return c.table([]column{{"SERVER", 30}, {"STATUS", 0}, {"WHY", 90}}, rows, "it holds no server now")
}

// until says how long an exception holds.
func (c *call) until(at time.Time) string {
	if at.IsZero() {
		return "for good"
	}
	return "until " + c.when(at)
}

// parseUntil reads the end of an exception in the zone of the configuration; no text is no end.
func (c *call) parseUntil(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	end, err := calendar.ParseEnd(text, c.zone())
	if err != nil {
		return time.Time{}, wrongUsage("--until %v", err)
	}
	return end, nil
}

func (t *tree) collectionAdd() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "add COLLECTION SERVER...", short: "Make servers members whatever the query says", args: cobra.MinimumNArgs(2), run: func(c *call) error {
		ids, err := c.serverIDs(c.args[1:])
		if err != nil {
			return err
		}
		return c.do(engine.AddToCollection{Name: c.args[0], Servers: ids, Reason: reason})
	}})
	command.Flags().StringVar(&reason, "reason", "", "why, for the audit trail")
	return command
}

func (t *tree) collectionExclude() *cobra.Command {
	var until, reason string
	command := t.verb(verb{use: "exclude COLLECTION SERVER...", short: "Leave servers out, until a time or for good", args: cobra.MinimumNArgs(2),
		example: `  patchdeck collection exclude sql BERN-SQL-02 --until 2026-12-31 --reason "vendor case 4711"`,
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			end, err := c.parseUntil(until)
			if err != nil {
				return err
			}
			ids, err := c.serverIDs(c.args[1:])
			if err != nil {
				return err
			}
			return c.do(engine.ExcludeFromCollection{Name: c.args[0], Servers: ids, Until: end, Reason: reason})
		}})
	command.Flags().StringVar(&until, "until", "", "when the exclusion ends: a day or a time; left out, somebody has to end it")
	reasonFlag(command, &reason)
	return command
}

func (t *tree) collectionInclude() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "include COLLECTION SERVER...", short: "End exclusions before their time; named members stay members", args: cobra.MinimumNArgs(2), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		ids, err := c.serverIDs(c.args[1:])
		if err != nil {
			return err
		}
		return c.do(engine.IncludeInCollection{Name: c.args[0], Servers: ids, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) collectionRemove() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "remove COLLECTION SERVER...", short: "Take back what was said of servers by name: membership or exclusion", args: cobra.MinimumNArgs(2), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		ids, err := c.serverIDs(c.args[1:])
		if err != nil {
			return err
		}
		return c.do(engine.RemoveFromCollection{Name: c.args[0], Servers: ids, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) collectionDelete() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "delete COLLECTION", short: "Forget a collection; plans that were made from it stay", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.DeleteCollection{Name: c.args[0], Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}
