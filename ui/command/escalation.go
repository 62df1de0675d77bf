package command

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
)

func (t *tree) escalation() *cobra.Command {
	return t.noun("escalation", "Measures against servers that are vulnerable past their deadline: recorded here, taken by people",
		t.askEscalation(), t.approveEscalation(),
		t.escalationStep("done", "Record that a measure was taken", func(ids []string, reason string) engine.Command {
			return engine.FinishEscalation{IDs: ids, Reason: reason}
		}),
		t.escalationStep("lift", "Take a measure back, or record that it was undone", func(ids []string, reason string) engine.Command {
			return engine.LiftEscalation{IDs: ids, Reason: reason}
		}),
		t.listEscalations())
}

func (t *tree) askEscalation() *cobra.Command {
	var order engine.AskEscalation
	var measure string
	ask := t.verb(verb{
		use: "ask SERVER...", short: "Ask for a measure against servers that are behind a release past its deadline", args: cobra.MinimumNArgs(1),
		example: "  patchdeck escalation ask SRV-0013 --release 2026-11-security --measure isolate-server --reason \"exploited, and its owner does not answer\"",
		run: func(c *call) (err error) {
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Measure, err = approval.ParseMeasure(measure); err != nil {
				return wrongUsage("--measure: %w", err)
			}
			if order.Release == "" {
				return wrongUsage("--release is missing: name the release that the servers are behind")
			}
			if order.Servers, err = c.serverIDs(c.args); err != nil {
				return err
			}
			return c.do(order)
		},
	})
	ask.Flags().StringVar(&order.Release, "release", "", "the release that the servers are behind (required)")
	ask.Flags().StringVar(&measure, "measure", "", "disable-account or isolate-server (required)")
	reasonFlag(ask, &order.Reason)
	return ask
}

func (t *tree) approveEscalation() *cobra.Command {
	var order engine.ApproveEscalation
	approve := t.verb(verb{
		use: "approve ESCALATION...", short: "Record an executive's approval of measures; the service desk is told once", args: cobra.MinimumNArgs(1),
		example: "  patchdeck escalation approve ESC-1 --executive \"E. Ekholm\" --reason \"said so in the call of 14:00\"",
		run: func(c *call) (err error) {
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Executive, err = approval.ExecutiveName(order.Executive); err != nil {
				return wrongUsage("--executive: %w", err)
			}
			if order.IDs, err = c.escalationIDs(); err != nil {
				return err
			}
			return c.do(order)
		},
	})
	approve.Flags().StringVar(&order.Executive, "executive", "", "the executive who approved (required)")
	reasonFlag(approve, &order.Reason)
	return approve
}

// escalationStep makes a verb that takes a step with a reason and nothing else.
func (t *tree) escalationStep(use, short string, order func(ids []string, reason string) engine.Command) *cobra.Command {
	var reason string
	step := t.verb(verb{use: use + " ESCALATION...", short: short, args: cobra.MinimumNArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		ids, err := c.escalationIDs()
		if err != nil {
			return err
		}
		return c.do(order(ids, reason))
	}})
	reasonFlag(step, &reason)
	return step
}

// escalationIDs finds the escalations that the arguments name, without regard to case.
func (c *call) escalationIDs() ([]string, error) {
	ids := make([]string, len(c.args))
	for i, arg := range c.args {
		x, err := find(c.view().Escalations, func(x *approval.Escalation) string { return x.ID }, "escalation", arg, "escalation list")
		if err != nil {
			return nil, err
		}
		ids[i] = x.ID
	}
	return ids, nil
}

func (t *tree) listEscalations() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the measures that were asked for, lifted ones too", args: cobra.NoArgs, reads: always, run: func(c *call) error {
		names := map[string]string{}
		for _, s := range c.view().Servers {
			names[string(s.ID)] = s.Name
		}
		var rows [][]string
		for _, x := range slices.Backward(c.view().Escalations) {
			name := cmp.Or(names[x.Server], x.Server)
			if c.json {
				if err := c.object(struct {
					Name string `json:"name"`
					approval.Escalation
				}{name, x}); err != nil {
					return err
				}
				continue
			}
			last := x.Newest()
			rows = append(rows, []string{x.ID, name, x.Release, string(x.Measure), string(x.State), c.when(last.At), last.By, orDash(x.Executive), c.when(x.Mended), last.Reason})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"ESCALATION", 0}, {"SERVER", 24}, {"RELEASE", 24}, {"MEASURE", 0}, {"STATE", 0}, {"SINCE", 0}, {"BY", 20}, {"EXECUTIVE", 24}, {"MENDED", 0}, {"REASON", 60}},
			rows, "no measure was asked for")
	}})
}
