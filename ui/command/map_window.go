package command

import (
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

// noWindow takes a server's choice of a window back.
const noWindow = "none"

func (t *tree) inventoryWindow() *cobra.Command {
	var reason, from string
	command := t.verb(verb{
		use: "window SERVER... WINDOW", short: "Map servers to the maintenance window that their owner chose, or to none; server administrators map their own", args: cobra.MinimumNArgs(2),
		example: "  patchdeck inventory window PAY-01 PAY-02 W5 --reason \"after the nightly batch\"\n  patchdeck inventory window PAY-01 none --reason \"any window will do\"",
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			servers, window := c.args[:len(c.args)-1], c.args[len(c.args)-1]
			ids, err := c.serverIDs(servers)
			if err != nil {
				return err
			}
			order := engine.MapWindow{Reason: reason}
			for _, id := range ids {
				choice := engine.WindowChoice{Server: id, Window: chosenWindow(window), Was: c.windowOf(id)}
				if from != "" {
					choice.Was = chosenWindow(from)
				}
				order.Choices = append(order.Choices, choice)
			}
			return c.do(order)
		},
	})
	command.Flags().StringVar(&from, "from", "", "only if they still have this window; none is that they have none")
	reasonFlag(command, &reason)
	return command
}

func chosenWindow(word string) string {
	if strings.EqualFold(word, noWindow) {
		return ""
	}
	return word
}

// windowOf is the window that a server has at present.
func (c *call) windowOf(id inventory.ServerID) string {
	for i := range c.view().Servers {
		if s := &c.view().Servers[i]; s.ID == id {
			return s.Window
		}
	}
	return ""
}
