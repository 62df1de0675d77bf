package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/notice"
)

func (t *tree) notice() *cobra.Command {
	return t.noun("notice", "Notices: what was told to whom, and what became of each copy",
		t.noticeList(), t.noticeShow(), t.noticePreview(), t.noticeSend(), t.noticeRetry(), t.noticeCancel())
}

// noticeLine is a notice in JSON; a list leaves its text out.
type noticeLine struct {
	notice.Notice
	Body   string               `json:"body,omitempty"`
	States map[notice.State]int `json:"states,omitempty"`
	Sent   []notice.Delivery    `json:"addressees,omitempty"`
}

func (c *call) findNotice(id string) (engine.NoticeView, error) {
	return find(c.view().Notices, func(n *engine.NoticeView) string { return n.ID }, "notice", id, "notice list")
}

// parseKind reads a kind of notice from the words of the call.
func parseKind(word string) (notice.Kind, error) {
	kind, err := notice.ParseKind(word)
	if err != nil {
		return "", wrongUsage("%w", err)
	}
	return kind, nil
}

func (t *tree) noticeList() *cobra.Command {
	var release, kind string
	most := 0
	command := t.verb(verb{
		use: "list", short: "List the notices, newest first", reads: always,
		run: func(c *call) (err error) {
			var only notice.Kind
			if kind != "" {
				if only, err = parseKind(kind); err != nil {
					return err
				}
			}
			if err := atLeast("most", most, 1, 100_000); err != nil {
				return err
			}
			var rows [][]string
			shown := 0
			for _, n := range c.view().Notices {
				if release != "" && !strings.EqualFold(n.Release, release) || only != "" && n.Kind != only || shown == most {
					continue
				}
				shown++
				if !c.json {
					rows = append(rows, []string{n.ID, c.when(n.At), string(n.Kind), orDash(n.Release), noticeStates(n), n.Subject})
				} else if err := c.object(noticeLine{Notice: n.Notice, States: n.Counts()}); err != nil {
					return err
				}
			}
			if c.json {
				return nil
			}
			return c.table([]column{{"NOTICE", 12}, {"COMPOSED", 0}, {"KIND", 0}, {"RELEASE", 24}, {"COPIES", 40}, {"SUBJECT", 80}}, rows,
				"there is no notice: the engine writes them as the month goes on, and patchdeck notice send KIND RELEASE by hand")
		},
	})
	flags := command.Flags()
	flags.StringVar(&release, "release", "", "notices of this release alone")
	flags.StringVar(&kind, "kind", "", "notices of this kind alone")
	flags.IntVar(&most, "most", 200, "how many at the most")
	return command
}

// noticeStates says in words what became of the copies.
func noticeStates(n engine.NoticeView) string {
	if len(n.Deliveries) == 0 {
		return "history alone"
	}
	var words []string
	counts := n.Counts()
	for _, state := range []notice.State{notice.Sent, notice.Sending, notice.Waiting, notice.Unknown, notice.Failed, notice.Cancelled} {
		if k := counts[state]; k > 0 {
			words = append(words, fmt.Sprintf("%d %s", k, state))
		}
	}
	return strings.Join(words, ", ")
}

func (t *tree) noticeShow() *cobra.Command {
	return t.verb(verb{use: "show NOTICE", short: "Show a notice with its text and its copies", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		n, err := c.findNotice(c.args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.object(noticeLine{Notice: n.Notice, Body: n.Body, States: n.Counts(), Sent: n.Deliveries})
		}
		for _, line := range [][2]string{{"notice", n.ID}, {"kind", string(n.Kind)}, {"release", orDash(n.Release)}, {"change", orDash(n.Change)},
			{"composed", c.when(n.At) + " by " + n.By}, {"copies", noticeStates(n)}} {
			if err := c.line("%-11s %s", line[0], line[1]); err != nil {
				return err
			}
		}
		if err := c.text("\nSubject: " + n.Subject + "\n\n" + n.Body); err != nil || len(n.Deliveries) == 0 {
			return err
		}
		rows := make([][]string, len(n.Deliveries))
		for i, d := range n.Deliveries {
			rows[i] = []string{d.To, string(d.Channel), string(d.State), c.when(d.Since), fmt.Sprint(d.Attempts), c.when(d.Next), orDash(d.Words)}
		}
		if err := c.line(""); err != nil {
			return err
		}
		return c.table([]column{{"TO", 60}, {"BY", 0}, {"STATE", 0}, {"SINCE", 0}, {"ATTEMPTS", 0}, {"NEXT", 0}, {"SAID", 100}}, rows, "")
	}})
}

// text prints lines as they are, each without what could command a terminal.
func (c *call) text(text string) error {
	for line := range strings.Lines(text) {
		if err := c.line("%s", strings.TrimRight(line, "\n")); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) noticePreview() *cobra.Command {
	return t.verb(verb{
		use: "preview KIND RELEASE", short: "Show what a notice would say now, and to whom it would go", args: cobra.ExactArgs(2), reads: always,
		run: func(c *call) error {
			kind, err := parseKind(c.args[0])
			if err != nil {
				return err
			}
			answer, err := c.console().Do(c.ctx, c.actor(), engine.PreviewNotice{Kind: kind, Release: c.args[1]})
			if err != nil {
				return err
			}
			if c.json {
				return c.answer(answer)
			}
			return c.text(answer)
		},
	})
}

func (t *tree) noticeSend() *cobra.Command {
	var order engine.SendNotice
	command := t.verb(verb{
		use: "send KIND RELEASE", short: "Send a notice now; the engine then does not send it by itself", args: cobra.ExactArgs(2),
		example: "  patchdeck notice send summary 2026-11-security --note 'the review is on Friday'",
		run: func(c *call) (err error) {
			if order.Kind, err = parseKind(c.args[0]); err != nil {
				return err
			}
			order.Release = c.args[1]
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&order.Note, "note", "", "your own words, at the end of it")
	flags.BoolVar(&order.Again, "again", false, "also if it went out already")
	return command
}

func (t *tree) noticeRetry() *cobra.Command {
	var to string
	command := t.verb(verb{
		use: "retry NOTICE", short: "Send copies again that failed, or whose end is not known", args: cobra.ExactArgs(1),
		run: func(c *call) error { return c.do(engine.RetryNotice{Notice: strings.ToUpper(c.args[0]), To: to}) },
	})
	command.Flags().StringVar(&to, "to", "", "the copy for this `address` or webhook alone")
	return command
}

func (t *tree) noticeCancel() *cobra.Command {
	var to, reason string
	command := t.verb(verb{
		use: "cancel NOTICE", short: "Do not send the copies that are not sent yet", args: cobra.ExactArgs(1),
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			return c.do(engine.CancelNotice{Notice: strings.ToUpper(c.args[0]), To: to, Reason: reason})
		},
	})
	command.Flags().StringVar(&to, "to", "", "the copy for this `address` or webhook alone")
	reasonFlag(command, &reason)
	return command
}
