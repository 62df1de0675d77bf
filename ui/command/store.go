package command

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
)

// StoreReport says what a store holds, or a backup of one.
type StoreReport struct {
	Records uint64    `json:"records"`
	Entries uint64    `json:"entries"`
	Since   time.Time `json:"since,omitzero"`
	Till    time.Time `json:"till,omitzero"`
	Head    string    `json:"head"`
}

// StoreHooks reach the store past the engine, for what is about the store itself. A hook that is nil takes its verb out of the tree.
type StoreHooks struct {
	// Verify reads a backup to its end and checks all of it.
	Verify func(io.Reader) (StoreReport, error)
	// Restore makes the store of an empty data folder from a backup.
	Restore func(ctx context.Context, data string, from io.Reader) (StoreReport, error)
	// Accept opens a store whose anchor does not agree with it. Trouble is what was wrong, empty when nothing was.
	Accept func(ctx context.Context, data string) (session *Session, trouble string, err error)
}

func (t *tree) store() *cobra.Command {
	verbs := []*cobra.Command{t.storeBackup(), t.storeInfo()}
	if t.env.Store.Verify != nil {
		verbs = append(verbs, t.storeVerify())
	}
	if t.env.Store.Restore != nil {
		verbs = append(verbs, t.storeRestore())
	}
	if t.env.Store.Accept != nil {
		verbs = append(verbs, t.storeAccept())
	}
	return t.noun("store", "The store: back it up, verify it, restore it", verbs...)
}

func (t *tree) storeBackup() *cobra.Command {
	var to string
	command := t.verb(verb{
		use: "backup FILE", short: "Write everything in the store to a file, while work goes on; - is standard output",
		example: "  patchdeck store backup nightly.patchdeck\n  ssh console store backup - > nightly.patchdeck",
		file:    writesFile, private: true,
		args: func(command *cobra.Command, args []string) error {
			if err := cobra.ExactArgs(1)(command, args); err != nil || to != "" {
				return err
			}
			return command.Flags().Set("to", args[0])
		},
		run: func(c *call) error {
			if to == "-" || to == "" {
				to = "the output of a command"
			}
			if _, err := c.console().Do(c.ctx, c.actor(), engine.BackUp{To: cut(plain(to), mostName)}); err != nil {
				return err
			}
			report, err := c.session.Backup(c.write)
			if err != nil {
				return fmt.Errorf("the backup is not complete, do not keep it: %w", err)
			}
			_, err = fmt.Fprintf(c.env.Err, "backup of %s and %s, head %s\n", plural(int(report.Records), "record"), entries(report.Entries), report.Head)
			return err
		},
	})
	command.Flags().StringVar(&to, "to", "", "what the copy is called in the audit trail; left out, the file's name")
	return command
}

func (t *tree) storeInfo() *cobra.Command {
	return t.verb(verb{use: "info", short: "Say how much the store holds and how much room its disk has", reads: always, run: func(c *call) error {
		head := c.view().Head
		free, err := c.session.Free()
		if err != nil {
			return err
		}
		if c.json {
			return c.object(struct {
				Entries uint64 `json:"entries"`
				Head    string `json:"head"`
				Free    uint64 `json:"free_bytes"`
			}{head.Seq, head.String(), free})
		}
		return c.line("%s in the audit trail, head %s, %d MiB free on its disk", entries(head.Seq), head, free>>20)
	}})
}

func (t *tree) storeVerify() *cobra.Command {
	return t.verb(verb{
		use: "verify [BACKUP]", short: "Read every record and entry of the store, or of a backup, and check them", file: readsFile, args: cobra.MaximumNArgs(1), reads: always,
		here: func(args []string) bool { return len(args) == 1 },
		run: func(c *call) error {
			if c.file != nil {
				report, err := t.env.Store.Verify(c.file)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				return c.storeReport(report, "verified, nothing changed, nothing missing")
			}
			report, err := c.session.Backup(io.Discard)
			if err != nil {
				return err
			}
			return c.storeReport(report, "verified, nothing changed, nothing missing")
		},
	})
}

func (t *tree) storeRestore() *cobra.Command {
	return t.verb(verb{
		use: "restore BACKUP", short: "Make the store of an empty data folder from a backup", file: readsFile, args: cobra.ExactArgs(1),
		example: "  patchdeck store restore nightly.patchdeck --data /var/lib/patchdeck",
		here:    func([]string) bool { return true },
		run: func(c *call) error {
			report, err := t.env.Store.Restore(c.ctx, t.data, c.file)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			return c.storeReport(report, "restored; compare the head with the last one you noted, then ask the servers for their facts before the next window")
		},
	})
}

func (t *tree) storeAccept() *cobra.Command {
	var reason string
	command := t.verb(verb{
		use: "accept", short: "Go on with a store that a start refuses because its end is missing or was replaced",
		here: func([]string) bool { return true },
		run: func(c *call) error {
			if err := needReason(reason); err != nil {
				return err
			}
			session, trouble, err := t.env.Store.Accept(c.ctx, t.data)
			if err != nil {
				return err
			}
			defer session.Close()
			c.session = session
			if trouble == "" {
				return fmt.Errorf("the store in %s agrees with its anchor: there is nothing to accept", t.data)
			}
			return c.do(engine.AcceptStore{Trouble: trouble, Reason: reason})
		},
	})
	reasonFlag(command, &reason)
	return command
}

func (c *call) storeReport(r StoreReport, words string) error {
	if c.json {
		return c.object(r)
	}
	if err := c.line("%s and %s %s", plural(int(r.Records), "record"), entries(r.Entries), words); err != nil {
		return err
	}
	return c.line("head %s", r.Head)
}
