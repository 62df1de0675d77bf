package command

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Finding is the outcome of one check of the doctor.
type Finding struct {
	Check string `json:"check"`
	State string `json:"state"` // one of the Finding states below
	Words string `json:"words"` // what was found
	Mend  string `json:"mend,omitempty"`
}

// States of a finding. A warning is something that a person should know; only what fails makes the doctor fail.
const (
	Fine   = "ok"
	Warns  = "warn"
	Failed = "fail"
)

// serverCheck is the check that the verb makes itself: it goes through the daemon, as every call to a server does.
const serverCheck = "server"

func (t *tree) doctor() *cobra.Command {
	var server string
	command := t.verb(verb{
		use: "doctor", short: "Check configuration, people, keys, store, disk, clock and one server, and say how to mend what is wrong",
		example: "  patchdeck doctor --server DUB-SQL-014",
		here:    func([]string) bool { return true },
		run: func(c *call) error {
			findings := t.env.Doctor(c.ctx, t.data)
			if server != "" {
				findings = append(findings, t.askServer(c.ctx, server))
			} else {
				findings = append(findings, Finding{Check: serverCheck, State: Warns, Words: "no server was asked", Mend: "name one of the inventory: patchdeck doctor --server NAME"})
			}
			return c.findings(findings)
		},
	})
	command.Flags().StringVar(&server, "server", "", "a server of the inventory to reach, log in to, and read")
	return command
}

// askServer runs "inventory probe" as a person would, wherever the store is.
func (t *tree) askServer(ctx context.Context, server string) Finding {
	var out, failed bytes.Buffer
	env := *t.env
	env.Streams = Streams{In: strings.NewReader(""), Out: &out, Err: &failed}
	if code := Execute(ctx, New(env), []string{"inventory", "probe", "--data", t.data, "--", server}); code != Done {
		return Finding{Check: serverCheck, State: Failed, Words: strings.TrimPrefix(strings.TrimSpace(failed.String()), "patchdeck: "),
			Mend: "mend what the line says and ask again; patchdeck inventory probe --help reaches a server outside the inventory"}
	}
	return Finding{Check: serverCheck, State: Fine, Words: server + " was reached, took our account and gave its facts"}
}

// findings prints what was found, and fails when something has to be mended before patchdeck can work.
func (c *call) findings(list []Finding) error {
	broken := 0
	for _, f := range list {
		if f.State == Failed {
			broken++
		}
		if c.json {
			if err := c.object(f); err != nil {
				return err
			}
			continue
		}
		if err := c.line("%-4s  %-13s  %s", f.State, f.Check, f.Words); err != nil {
			return err
		}
		if f.State != Fine && f.Mend != "" {
			if err := c.line("                     -> %s", f.Mend); err != nil {
				return err
			}
		}
	}
	if broken > 0 {
		return fmt.Errorf("%s failed: patchdeck cannot do its work until they are mended", plural(broken, "check"))
	}
	return nil
}
