package command

import (
	"strings"

	"github.com/spf13/cobra"
)

func (t *tree) users() *cobra.Command {
	return t.verb(verb{use: "users", short: "List who may come in, with which roles and keys", reads: always, run: func(c *call) error {
		if c.json {
			for _, user := range c.session.Users {
				if err := c.object(user); err != nil {
					return err
				}
			}
			return nil
		}
		var rows [][]string
		for _, user := range c.session.Users {
			rows = append(rows, []string{user.Name, strings.Join(user.Roles, ", "), orDash(user.OSUser), orDash(strings.Join(user.Fingerprints, " "))})
		}
		return c.table([]column{{"NAME", 30}, {"ROLES", 60}, {"OS USER", 20}, {"KEYS", 0}}, rows,
			"nobody is named yet: the user of this machine that runs patchdeck is lead and cannot approve; name people in the users file (patchdeck init writes one)")
	}})
}
