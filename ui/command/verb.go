package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"patchdeck/engine"
	"patchdeck/engine/approval"
)

// fileUse tells what the first argument of a verb is.
type fileUse int

const (
	noFile fileUse = iota
	readsFile
	writesFile
)

// verb describes one command that works on an engine.
type verb struct {
	use     string // words and arguments: "import FILE"
	short   string
	example string
	args    cobra.PositionalArgs
	file    fileUse
	private bool // the file it writes is for its owner alone
	// here tells for this call that it needs no store: it is never forwarded, and call.session is nil.
	here func(args []string) bool
	// reads tells for this call that it changes nothing; nil is a verb that may.
	reads func() bool
	run   func(*call) error
}

// always is for verbs that change nothing, however they are called.
func always() bool { return true }

// call is one run of a verb.
type call struct {
	output
	ctx     context.Context
	env     *Environment
	session *Session
	args    []string
	file    io.Reader // what a reading verb reads
	write   io.Writer // what a writing verb writes
	name    string    // of that file, as the person named it
	source  string    // what standard input is called
}

func (c *call) console() engine.Console { return c.session.Console }
func (c *call) actor() approval.Actor   { return c.session.Actor }
func (c *call) view() *engine.View      { return c.session.Console.View() }

// do gives the engine a command and prints its answer.
func (c *call) do(command engine.Command) error {
	answer, err := c.console().Do(c.ctx, c.actor(), command)
	if err != nil {
		return err
	}
	return c.answer(answer)
}

// when prints an instant in the zone of the configuration, second prints it to the second.
func (c *call) when(at time.Time) string   { return c.inZone(at, "2006-01-02 15:04") }
func (c *call) second(at time.Time) string { return c.inZone(at, time.DateTime) }

func (c *call) inZone(at time.Time, layout string) string {
	if at.IsZero() {
		return "-"
	}
	return at.In(c.zone()).Format(layout)
}

// zone is the zone of the configuration.
func (c *call) zone() *time.Location {
	if c.session.Zone == nil {
		return time.UTC
	}
	return c.session.Zone
}

// sourceFlag carries the name of a file along when its content is handed to the process that holds the store.
const sourceFlag = "source"

// verb makes the cobra command of a verb.
func (t *tree) verb(v verb) *cobra.Command {
	command := &cobra.Command{
		Use: v.use, Short: v.short, Example: v.example, ValidArgsFunction: t.complete(v),
		Args: func(command *cobra.Command, args []string) error {
			if v.args == nil {
				v.args = cobra.NoArgs
			}
			if err := v.args(command, args); err != nil {
				return wrongUsage("%s: %w; usage: %s", command.CommandPath(), err, command.UseLine())
			}
			return nil
		},
	}
	var source string
	if v.file == readsFile {
		command.Flags().StringVar(&source, sourceFlag, "", "what standard input is called in messages and in the audit trail")
		_ = command.Flags().MarkHidden(sourceFlag)
	}
	command.RunE = func(command *cobra.Command, args []string) error {
		c := &call{source: source, output: output{w: t.env.Out, json: t.json, columns: t.env.Columns}, ctx: command.Context(), env: t.env, args: args}
		return t.withFile(v, c, func() error { return t.dispatch(v, c, command) })
	}
	return command
}

// dispatch runs a verb where the store is: in the process that holds it, or here.
func (t *tree) dispatch(v verb, c *call, command *cobra.Command) error {
	if v.here != nil && v.here(c.args) {
		return v.run(c)
	}
	if t.env.Forward != nil {
		words := forwarded(v, command, c.args)
		handled, code, err := t.env.Forward(c.ctx, t.data, words, t.streamsFor(c, words))
		switch {
		case err != nil:
			return err
		case handled && code != Done:
			return &ExitError{Code: code}
		case handled:
			return nil
		}
	}
	session, err := t.env.Open(c.ctx, t.data, v.reads != nil && v.reads())
	if err != nil {
		return err
	}
	if session.Close != nil {
		defer session.Close()
	}
	c.session = session
	return v.run(c)
}

// streamsFor gives the streams of a forwarded call. Standard input goes along only where the words ask for it, so that what a
// person types meanwhile stays with their shell.
func (t *tree) streamsFor(c *call, words []string) Streams {
	streams := Streams{Out: t.env.Out, Err: t.env.Err, Columns: t.env.Columns}
	switch {
	case c.file != nil:
		streams.In = c.file
	case slices.Contains(words, "--password-file=-"):
		streams.In = t.env.In
	}
	if c.write != nil {
		streams.Out, streams.Columns = c.write, 0
	}
	return streams
}

// withFile opens the file that a verb names on this side, runs it, and keeps what was written only if all went well.
func (t *tree) withFile(v verb, c *call, run func() error) error {
	if v.file == noFile || len(c.args) == 0 {
		return run()
	}
	c.name = c.args[0]
	switch {
	case v.file == readsFile && c.name == "-":
		c.file, c.name = t.env.In, "standard input"
		if c.source != "" {
			c.name = cut(plain(c.source), mostName)
		}
		return run()
	case v.file == writesFile && c.name == "-":
		c.write = t.env.Out
		return run()
	case v.file == readsFile && t.env.OpenFile != nil:
		file, err := t.env.OpenFile(c.name)
		if err != nil {
			return err
		}
		defer file.Close()
		c.file = file
		return run()
	case v.file == writesFile && t.env.CreateFile != nil:
		file, err := t.env.CreateFile(c.name)
		if err != nil {
			return err
		}
		if v.private {
			file.Private()
		}
		c.write = file
		if err := run(); err != nil {
			file.Drop()
			return err
		}
		return file.Keep()
	}
	return wrongUsage("%q: over SSH only - (standard input and output) can be named; say: ssh HOST '... -' with < FILE or > FILE", c.name)
}

// mostName bounds what a file is called.
const mostName = 200

// forwarded gives the words of a call for the process that holds the store: a named file becomes "-".
func forwarded(v verb, command *cobra.Command, args []string) []string {
	words := strings.Fields(command.CommandPath())[1:]
	command.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "data" {
			return
		}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			for _, one := range several.GetSlice() {
				words = append(words, "--"+f.Name+"="+one)
			}
			return
		}
		words = append(words, "--"+f.Name+"="+f.Value.String())
	})
	words = append(words, "--")
	for i, arg := range args {
		if i == 0 && v.file != noFile && arg != "-" {
			if v.file == readsFile {
				words = slices.Insert(words, len(words)-1, "--"+sourceFlag+"="+arg)
			}
			arg = "-"
		}
		words = append(words, arg)
	}
	return words
}

// find gives the one thing of a list that has an id, without regard to case; look says where the ids stand.
func find[T any](list []T, idOf func(*T) string, what, id, look string) (found T, err error) {
	for i := range list {
		if strings.EqualFold(idOf(&list[i]), id) {
			return list[i], nil
		}
	}
	return found, fmt.Errorf("there is no %s %q: see patchdeck %s", what, cut(id, 40), look)
}
