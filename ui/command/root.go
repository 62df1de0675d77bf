package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// tree is the state of one call while its words are read.
type tree struct {
	env  *Environment
	data string
	json bool
	look Look
}

// New builds the tree of commands for one call.
func New(env Environment) *cobra.Command {
	t := &tree{env: &env}
	root := &cobra.Command{
		Use:               "patchdeck",
		Short:             "Patch Windows servers by the month: inventory, releases, approvals, windows, evidence",
		Long:              "patchdeck is an operations console for patching Windows servers. Without a verb it opens the console.",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: env.Remote},
		Args:              cobra.ArbitraryArgs, // an unknown word is answered by open
		PersistentPreRunE: t.check,
		RunE:              t.open,
	}
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.PersistentFlags().BoolVar(&t.json, "json", false, "print JSON, one object a line")
	t.data = env.DefaultData
	if !env.Remote {
		root.PersistentFlags().StringVar(&t.data, "data", env.DefaultData, "the data `folder`")
	}
	if env.Attach != nil {
		root.Flags().BoolVar(&t.look.Plain, "plain", false, "the console as lines of text, for screen readers and terminals that cannot draw")
		root.Flags().BoolVar(&t.look.Mouse, "mouse", false, "the console takes the mouse: the wheel scrolls, a click selects; M gives it back")
	}
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return wrongUsage("%s: %w; see %s --help", command.CommandPath(), err, command.CommandPath())
	})
	root.AddCommand(t.catalog(), t.inventory(), t.collection(), t.baseline(), t.standard(), t.finding(), t.release(), t.change(), t.acceptance(), t.rollout(), t.exemption(), t.escalation(), t.application(), t.site(), t.group(), t.notice(), t.incident(), t.procedure(), t.review(), t.calendar(), t.audit(),
		t.store(), t.users(), t.version(), t.names(), t.report())
	root.AddCommand(t.processes()...)
	return root
}

// check refuses what no command can work with.
func (t *tree) check(command *cobra.Command, _ []string) error {
	if t.data == "" && command.Flags().Changed("data") {
		return wrongUsage("--data is empty: name the data folder, or leave --data out for %s", t.env.DefaultData)
	}
	return nil
}

// open is the tree without a verb: the console.
func (t *tree) open(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return t.unknown(command, args[0])
	}
	if t.env.Attach == nil {
		return wrongUsage("a verb is missing: %s", offered(command))
	}
	return t.env.Attach(command.Context(), t.data, t.look)
}

// noun groups verbs.
func (t *tree) noun(use, short string, verbs ...*cobra.Command) *cobra.Command {
	noun := &cobra.Command{Use: use, Short: short, RunE: func(command *cobra.Command, args []string) error {
		if len(args) > 0 {
			return t.unknown(command, args[0])
		}
		return wrongUsage("%s needs a verb: %s", command.CommandPath(), offered(command))
	}}
	noun.AddCommand(verbs...)
	return noun
}

func (t *tree) unknown(command *cobra.Command, word string) error {
	command.SuggestionsMinimumDistance = 2
	like := command.SuggestionsFor(word)
	if len(like) > 0 {
		return wrongUsage("%s does not know %q; do you mean %s?", command.CommandPath(), word, strings.Join(like, " or "))
	}
	return wrongUsage("%s does not know %q: use %s", command.CommandPath(), word, offered(command))
}

func offered(command *cobra.Command) string {
	var names []string
	for _, verb := range command.Commands() {
		if verb.IsAvailableCommand() {
			names = append(names, verb.Name())
		}
	}
	return strings.Join(names, ", ")
}

func (t *tree) version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: t.noArgs, RunE: func(*cobra.Command, []string) error {
		out := output{w: t.env.Out, json: t.json, columns: t.env.Columns}
		if t.json {
			return out.object(map[string]string{"version": t.env.Version})
		}
		return out.line("patchdeck %s", t.env.Version)
	}}
}

func (t *tree) noArgs(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return wrongUsage("%s takes no argument %q; flags begin with --", command.CommandPath(), args[0])
	}
	return nil
}

// oneOf checks the value of a flag against the words that it may have.
func oneOf(flag, value string, words ...string) error {
	for _, word := range words {
		if value == word {
			return nil
		}
	}
	return wrongUsage("--%s %q is not known: use %s", flag, value, strings.Join(words, ", "))
}

// atLeast checks a number that a flag gave.
func atLeast(flag string, value, least, most int) error {
	if value < least || value > most {
		return wrongUsage("--%s %d is out of range: use %d to %d", flag, value, least, most)
	}
	return nil
}

// reasonFlag adds the reason that a decision takes into the audit trail.
func reasonFlag(command *cobra.Command, reason *string) {
	command.Flags().StringVar(reason, "reason", "", "why, for the audit trail (required)")
}

// needReason refuses a decision without a reason.
func needReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return wrongUsage("a reason is missing: give --reason \"...\", it stands in the audit trail")
	}
	if len(reason) > 1000 {
		return wrongUsage("the reason is %d bytes long, 1000 are enough: put the rest into the ticket and name it here", len(reason))
	}
	return nil
}

// plural gives a number with its noun.
func plural(n int, noun string) string { return count(n, noun, noun+"s") }

// count gives a number with the word for one or for many.
func count[N int | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
