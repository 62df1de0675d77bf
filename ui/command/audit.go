package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/trail"
)

func (t *tree) audit() *cobra.Command {
	return t.noun("audit", "The audit trail: verify, export, keep a copy, read", t.auditVerify(), t.auditExport(), t.auditKeep(), t.auditList())
}

func (t *tree) auditVerify() *cobra.Command {
	return t.verb(verb{
		use: "verify [EXPORT]", short: "Check every entry of the audit trail, or of an exported file", file: readsFile, args: cobra.MaximumNArgs(1), reads: always,
		here: func(args []string) bool { return len(args) == 1 },
		run: func(c *call) error {
			if c.file != nil {
				report, err := trail.VerifyExport(c.file)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				return c.verified(report)
			}
			return c.verifyTrail()
		},
	})
}

// verifyTrail checks the entries against the head that the engine had when the check began; entries that are written
// meanwhile are not its business.
func (c *call) verifyTrail() error {
	head := c.view().Head
	verifier := trail.NewVerifier()
	err := c.console().Entries(1, func(seq uint64, raw []byte) error {
		if seq > head.Seq || c.ctx.Err() != nil {
			return errEnough
		}
		return verifier.Add(raw)
	})
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err != nil && err != errEnough {
		return err
	}
	report := verifier.Report()
	if report.Head != head {
		return fmt.Errorf("the audit trail ends with entry %d and %s, but the engine knows entry %d and %s: the trail lost its end; keep this copy as evidence and restore a backup",
			report.Last, report.Head, head.Seq, head)
	}
	return c.verified(report)
}

// errEnough ends an iteration early; it never leaves this package.
var errEnough = fmt.Errorf("enough")

func (c *call) verified(r trail.Report) error {
	if c.json {
		return c.object(struct {
			OK      bool      `json:"ok"`
			Entries uint64    `json:"entries"`
			First   uint64    `json:"first"`
			Last    uint64    `json:"last"`
			Since   time.Time `json:"since,omitzero"`
			Till    time.Time `json:"till,omitzero"`
			Head    string    `json:"head"`
		}{true, r.Entries, r.First, r.Last, r.Since, r.Till, r.Head.String()})
	}
	if r.Entries == 0 {
		return c.line("the audit trail is empty")
	}
	if err := c.line("%s verified, %d to %d, none changed, none missing", entries(r.Entries), r.First, r.Last); err != nil {
		return err
	}
	return c.line("head %s", r.Head)
}

func entries(n uint64) string { return count(n, "entry", "entries") }

func (t *tree) auditExport() *cobra.Command {
	return t.verb(verb{
		use: "export FILE", short: "Write the audit trail to a file that anybody can verify; - is standard output", file: writesFile, args: cobra.ExactArgs(1), reads: always,
		run: func(c *call) error {
			report, err := engine.WriteTrail(c.ctx, c.console(), c.write)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.env.Err, "%s exported, head %s\n", entries(report.Entries), report.Head)
			return err
		},
	})
}

func (t *tree) auditKeep() *cobra.Command {
	var reason string
	command := t.verb(verb{
		use: "keep", short: "Keep a copy of the audit trail in the folder exports of the console's machine, on the record",
		example: "  patchdeck audit keep --reason \"quarterly review\"",
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			answer, err := c.console().ExportTrail(c.ctx, c.actor(), reason)
			if err != nil {
				return err
			}
			return c.answer(answer)
		},
	})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) auditList() *cobra.Command {
	var object string
	var most int
	command := t.verb(verb{use: "list", short: "Read the newest entries of the audit trail, newest first", reads: always, run: func(c *call) error {
		if err := atLeast("most", most, 1, 10000); err != nil {
			return err
		}
		lines, err := c.console().History(object, most)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, line := range lines {
			if c.json {
				if err := c.object(historyLine(line)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{fmt.Sprint(line.Seq), c.second(line.At), line.Actor, line.Action, line.Words})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"ENTRY", 0}, {"AT", 20}, {"ACTOR", 20}, {"ACTION", 24}, {"WHAT", 80}}, rows, "the audit trail has nothing about that")
	}})
	command.Flags().StringVar(&object, "object", "", "only about this object: a server's id, a change request, a rollout")
	command.Flags().IntVar(&most, "most", 50, "how many entries")
	return command
}

type historyLine struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Words  string    `json:"words"`
}
