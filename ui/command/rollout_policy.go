package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine/rollout"
)

// settingLine is one setting of the rollout policy in JSON.
type settingLine struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Default string `json:"default"`
	Unit    string `json:"unit,omitempty"`
	Meaning string `json:"meaning"`
}

func (t *tree) rolloutPolicy() *cobra.Command {
	return t.verb(verb{use: "policy", short: "Show the rules that rollouts are led by, as the configuration sets them", args: cobra.NoArgs, reads: always, run: func(c *call) error {
		usual, inForce := rollout.DefaultPolicy(), c.view().Policy
		var rows [][]string
		for _, s := range rollout.Settings {
			line := settingLine{s.Name, s.Of(inForce), s.Of(usual), s.Unit, s.Meaning}
			if c.json {
				if err := c.object(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{line.Name, line.Value, line.Default, strings.TrimSpace(line.Unit + " " + line.Meaning)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"SETTING", 0}, {"IN FORCE", 0}, {"DEFAULT", 0}, {"MEANING", 0}}, rows, "")
	}})
}

// policyInForce says in a line by what rollouts are led otherwise than by default.
func policyInForce(p rollout.Policy) string {
	var words []string
	for _, d := range p.Against(nil) {
		words = append(words, fmt.Sprintf("%s %s (default %s)", d.Name, d.To, d.From))
	}
	if len(words) == 0 {
		return "the default"
	}
	return strings.Join(words, ", ")
}
