package command

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/notice"
)

func (t *tree) incident() *cobra.Command {
	return t.noun("incident", "Incidents: servers and work that need somebody's hands",
		t.incidentList(), t.incidentShow(), t.incidentOpen(), t.incidentLink(), t.incidentAssign(), t.incidentResolve(), t.incidentReopen())
}

func (c *call) findIncident(id string) (notice.Incident, error) {
	return find(c.view().Incidents, func(i *notice.Incident) string { return i.ID }, "incident", id, "incident list --all")
}

// incidentLine is an incident in JSON.
type incidentLine struct {
	notice.Incident
	ServerName string               `json:"server_name,omitempty"`
	History    []engine.HistoryLine `json:"history,omitempty"`
}

func (t *tree) incidentList() *cobra.Command {
	var all bool
	var server string
	command := t.verb(verb{use: "list", short: "List the open incidents, newest first", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, i := range c.view().Incidents {
			name := c.serverName(i.Server)
			if !all && i.State != notice.Open || server != "" && !strings.EqualFold(name, server) {
				continue
			}
			if !c.json {
				rows = append(rows, []string{i.ID, string(i.State), c.when(i.Raised), orDash(i.Owner), orDash(name), orDash(i.Class), orDash(i.Release), i.Title})
			} else if err := c.object(incidentLine{Incident: i, ServerName: name}); err != nil {
				return err
			}
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"INCIDENT", 12}, {"STATE", 0}, {"SINCE", 0}, {"OWNER", 20}, {"SERVER", 24}, {"CLASS", 16}, {"RELEASE", 24}, {"TITLE", 80}}, rows,
			"there is no such incident: the engine opens one for each server that fails, and patchdeck incident open TITLE by hand")
	}})
	command.Flags().BoolVar(&all, "all", false, "the resolved ones too")
	command.Flags().StringVar(&server, "server", "", "those of this server alone")
	return command
}

// mostHistory bounds the steps of an incident that are shown.
const mostHistory = 50

func (t *tree) incidentShow() *cobra.Command {
	return t.verb(verb{use: "show INCIDENT", short: "Show an incident with its history", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		i, err := c.findIncident(c.args[0])
		if err != nil {
			return err
		}
		history, err := c.console().History(i.ID, mostHistory)
		if err != nil {
			return err
		}
		if c.json {
			return c.object(incidentLine{i, c.serverName(i.Server), history})
		}
		lines := [][2]string{{"incident", i.ID}, {"title", i.Title}, {"state", string(i.State)}, {"since", c.when(i.Raised)}, {"owner", orDash(i.Owner)},
			{"server", orDash(c.serverName(i.Server))}, {"class", orDash(i.Class)}, {"code", orDash(i.Code)}, {"release", orDash(i.Release)},
			{"links", cmp.Or(strings.Join(i.Links, " "), "-")}, {"seen", fmt.Sprintf("%s, last %s", plural(i.Times, "time"), c.when(i.Last))}}
		if r := i.Resolution; r != nil {
			lines = append(lines, [2]string{"resolution", fmt.Sprintf("%s, %s: %s", r.By, c.when(r.At), r.Words)})
		}
		for _, h := range history {
			lines = append(lines, [2]string{"history", fmt.Sprintf("%s %s: %s", c.when(h.At), h.Actor, h.Words)})
		}
		for _, line := range lines {
			if err := c.line("%-11s %s", line[0], line[1]); err != nil {
				return err
			}
		}
		return nil
	}})
}

// linkID turns what a person names into the ids that the engine knows: servers by their names, the others without regard to case.
func (c *call) linkID(word string) string {
	if ids, err := c.serverIDs([]string{word}); err == nil {
		return string(ids[0])
	}
	for _, r := range c.view().Releases {
		if strings.EqualFold(r.ID, word) {
			return r.ID
		}
	}
	return strings.ToUpper(word)
}

func (t *tree) incidentOpen() *cobra.Command {
	var order engine.OpenIncident
	var server string
	var links []string
	command := t.verb(verb{
		use: "open TITLE", short: "Record that something is wrong", args: cobra.ExactArgs(1),
		example: "  patchdeck incident open 'printing fails since Monday' --server PRT-1 --link CHG-12",
		run: func(c *call) error {
			order.Title = c.args[0]
			if server != "" {
				ids, err := c.serverIDs([]string{server})
				if err != nil {
					return err
				}
				order.Server = ids[0]
			}
			for _, word := range links {
				order.Links = append(order.Links, c.linkID(word))
			}
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&server, "server", "", "the server that it is about")
	flags.StringArrayVar(&links, "link", nil, "a rollout, change request, release, server or incident that it belongs to; may be repeated")
	flags.StringVar(&order.Class, "class", "", "the kind of trouble, in a word")
	flags.StringVar(&order.Reason, "reason", "", "why, for the audit trail")
	return command
}

func (t *tree) incidentLink() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "link INCIDENT TO", short: "Say what an incident belongs to: a server, rollout, change request, release or incident", args: cobra.ExactArgs(2), run: func(c *call) error {
		i, err := c.findIncident(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.LinkIncident{Incident: i.ID, To: c.linkID(c.args[1]), Reason: reason})
	}})
	command.Flags().StringVar(&reason, "reason", "", "why, for the audit trail")
	return command
}

func (t *tree) incidentAssign() *cobra.Command {
	return t.verb(verb{use: "assign INCIDENT OWNER", short: "Give an incident to somebody", args: cobra.ExactArgs(2), run: func(c *call) error {
		i, err := c.findIncident(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.AssignIncident{Incident: i.ID, Owner: c.args[1]})
	}})
}

func (t *tree) incidentResolve() *cobra.Command {
	var resolution string
	command := t.verb(verb{use: "resolve INCIDENT", short: "End an incident with what was done", args: cobra.ExactArgs(1), run: func(c *call) error {
		if strings.TrimSpace(resolution) == "" {
			return wrongUsage("a resolution is missing: give --resolution \"...\", it says what was done")
		}
		i, err := c.findIncident(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.ResolveIncident{Incident: i.ID, Resolution: resolution})
	}})
	command.Flags().StringVar(&resolution, "resolution", "", "what was done (required)")
	return command
}

func (t *tree) incidentReopen() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "reopen INCIDENT", short: "Take a resolution back", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		i, err := c.findIncident(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.ReopenIncident{Incident: i.ID, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}
