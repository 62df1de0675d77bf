package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

func (t *tree) site() *cobra.Command {
	var awaited, gone engine.AwaitContent
	await := t.verb(verb{
		use: "await RELEASE SITE", short: "Let the servers of a site wait until a release's content is reported ready there", args: cobra.ExactArgs(2),
		example: "  patchdeck site await 2026-11-security RED --priority 1 --reason \"its line takes a night\"",
		run: func(c *call) error {
			if err := needReason(awaited.Reason); err != nil {
				return err
			}
			return c.do(engine.AwaitContent{Release: c.args[0], Site: c.args[1], Priority: awaited.Priority, Reason: awaited.Reason})
		},
	})
	await.Flags().IntVar(&awaited.Priority, "priority", 0, "the order in which sites are served, the lowest first")
	reasonFlag(await, &awaited.Reason)
	forget := t.verb(verb{use: "forget RELEASE SITE", short: "Let the servers of a site fetch a release for themselves again", args: cobra.ExactArgs(2), run: func(c *call) error {
		if err := needReason(gone.Reason); err != nil {
			return err
		}
		return c.do(engine.ForgetContent{Release: c.args[0], Site: c.args[1], Reason: gone.Reason})
	}})
	reasonFlag(forget, &gone.Reason)
	return t.noun("site", "The sites where servers stand, and whether the content of a release is there", t.listSites(), await, t.reportSite(), forget)
}

func (t *tree) reportSite() *cobra.Command {
	var files []string
	var note string
	command := t.verb(verb{
		use: "report RELEASE SITE STATE", short: "Tell how the content's way to a site goes: transferring, ready or failed; ready takes the hash of each file that is kept here", args: cobra.ExactArgs(3),
		example: "  patchdeck site report 2026-11-security RED ready --file setup.msi=3b1f...",
		run: func(c *call) error {
			order := engine.ReportContent{Release: c.args[0], Site: c.args[1], State: rollout.Transfer(strings.ToLower(c.args[2])), Note: note}
			for _, text := range files {
				name, hash, ok := strings.Cut(text, "=")
				if !ok || name == "" || hash == "" {
					return wrongUsage("--file %q is no file with its hash: write it as NAME=SHA256", cut(text, 60))
				}
				if order.Files == nil {
					order.Files = map[string]string{}
				}
				order.Files[name] = hash
			}
			return c.do(order)
		},
	})
	command.Flags().StringArrayVar(&files, "file", nil, "a file with the SHA-256 that was found at the site: NAME=SHA256; can be repeated")
	command.Flags().StringVar(&note, "note", "", "what there is to say; a failed transfer needs it")
	return command
}

func (t *tree) listSites() *cobra.Command {
	return t.verb(verb{use: "list [RELEASE]", short: "List for which content sites wait, and how far it is", args: cobra.MaximumNArgs(1), reads: always, run: func(c *call) error {
		var rows [][]string
		for _, s := range c.view().Contents {
			if len(c.args) > 0 && !strings.EqualFold(s.Release, c.args[0]) {
				continue
			}
			if c.json {
				if err := c.object(s); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{s.Release, s.Site, fmt.Sprint(s.Priority), string(s.State), fmt.Sprint(len(s.Checked)), c.when(s.At), s.By, s.Note})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"RELEASE", 0}, {"SITE", 24}, {"PRIORITY", 0}, {"STATE", 0}, {"FILES CHECKED", 0}, {"SINCE", 0}, {"BY", 20}, {"NOTE", 60}}, rows,
			"no site waits for content: servers fetch for themselves; patchdeck site await changes that")
	}})
}
