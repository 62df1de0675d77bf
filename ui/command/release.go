package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
)

func (t *tree) release() *cobra.Command {
	return t.noun("release", "Releases: the updates that are deployed together", t.releaseCreate(), t.releaseList(), t.releaseShow(),
		t.releasePhase(), t.releaseDrop(), t.releaseAdd(), t.releaseOwn(), t.releaseReview(), t.releaseWithdraw(), t.releaseCatchUp())
}

func (t *tree) releaseCreate() *cobra.Command {
	var order engine.CreateRelease
	command := t.verb(verb{
		use: "create ID", short: "Bundle updates of a bulletin into a release", args: cobra.ExactArgs(1),
		example: "  patchdeck release create 2026-02-security --bulletin 2026-Feb --reason 'monthly run'",
		run: func(c *call) error {
			if order.Bulletin == "" {
				return wrongUsage("--bulletin is missing: %s", knownBulletins(c.view()))
			}
			if err := needReason(order.Reason); err != nil {
				return err
			}
			order.ID = c.args[0]
			if order.Title == "" {
				order.Title = order.ID
			}
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&order.Title, "title", "", "its title; left out, its id")
	flags.StringVar(&order.Bulletin, "bulletin", "", "the bulletin, for instance 2026-Feb (required)")
	flags.StringVar(&order.Category, "category", "", "of the assets, for the timetable; left out, standard")
	flags.StringArrayVar(&order.Updates, "kb", nil, "an update to bundle, or a package of another vendor beside them; may be repeated; left out, all that a scan offered")
	reasonFlag(command, &order.Reason)
	return command
}

func (t *tree) releaseList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the releases and their updates", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, release := range c.view().Releases {
			if c.json {
				if err := c.object(c.lineOfRelease(release)); err != nil {
					return err
				}
				continue
			}
			worst, exploited := release.Worst()
			severity := orDash(worst.String())
			if exploited {
				severity += ", exploited"
			}
			rows = append(rows, []string{release.ID, string(release.Phase), severity, release.Owner, c.when(release.Created),
				fmt.Sprintf("%d of %d: %s", len(release.Active()), len(release.Updates), strings.Join(release.Active(), " "))})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"RELEASE", 24}, {"PHASE", 0}, {"SEVERITY", 0}, {"OWNER", 20}, {"CREATED", 0}, {"UPDATES", 60}}, rows,
			"there is no release yet: patchdeck release create ID --bulletin ...")
	}})
}

func (t *tree) releaseDrop() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "drop RELEASE KB", short: "Take an update out of a release; the approval stays", args: cobra.ExactArgs(2), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.DropUpdate{Release: c.args[0], KB: c.args[1], Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) releaseCatchUp() *cobra.Command {
	var order engine.CatchUp
	command := t.verb(verb{
		use: "catch-up RELEASE [SERVER...]", short: "Make a release for the servers that are behind one that is through; it needs its own approvals", args: cobra.MinimumNArgs(1),
		example: "  patchdeck release catch-up 2026-11-security --reason \"back on the network\"\n  patchdeck change submit 2026-11-security-catch-up --reason \"back on the network\"",
		run: func(c *call) (err error) {
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Servers, err = c.serverIDs(c.args[1:]); err != nil {
				return err
			}
			order.Release = c.args[0]
			return c.do(order)
		},
	})
	reasonFlag(command, &order.Reason)
	return command
}
