package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/pilot"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// named is one value that an argument may have, with a word about it.
type named struct{ value, about string }

// placeholders say what an argument in a verb's usage line stands for: its values are what a shell offers. An argument whose word is
// not here is completed as a file's name, or not at all.
var placeholders = map[string]func(*engine.View) []named{
	"CHANGE": func(v *engine.View) (list []named) {
		for _, c := range v.Changes {
			list = append(list, named{c.ID, string(c.State) + ", " + c.Release})
		}
		return list
	},
	"ROLLOUT": func(v *engine.View) (list []named) {
		for i := range v.Rollouts {
			r := &v.Rollouts[i]
			list = append(list, named{r.ID, string(r.Ring) + ", " + string(r.State)})
		}
		return list
	},
	"RELEASE": func(v *engine.View) (list []named) {
		for _, r := range v.Releases {
			list = append(list, named{r.ID, string(r.Phase)})
		}
		return list
	},
	"SERVER": func(v *engine.View) (list []named) {
		for i := range v.Servers {
			list = append(list, named{v.Servers[i].Name, v.Servers[i].OS})
		}
		return list
	},
	"KB": func(v *engine.View) (list []named) {
		for _, b := range v.Bulletins {
			for _, u := range b.Updates {
				list = append(list, named{u.KB, b.ID})
			}
		}
		return list
	},
	"COLLECTION": func(v *engine.View) (list []named) {
		for _, c := range v.Collections {
			list = append(list, named{c.Name, c.Title})
		}
		return list
	},
	"BASELINE": func(v *engine.View) (list []named) {
		for _, b := range v.Baselines {
			list = append(list, named{b.Name, b.Class})
		}
		return list
	},
	"FINDING": func(v *engine.View) (list []named) {
		for _, f := range v.Findings {
			if f.Open() {
				list = append(list, named{f.ID, string(f.Kind) + ", " + f.Subject})
			}
		}
		return list
	},
	"CLUSTER": func(v *engine.View) []named {
		return ofServers(v, func(s *inventory.Server) []string { return []string{s.Cluster} })
	},
	"APPLICATION": func(v *engine.View) []named {
		return ofServers(v, func(s *inventory.Server) []string { return s.Applications })
	},
	"NOTICE": func(v *engine.View) (list []named) {
		for _, n := range v.Notices {
			list = append(list, named{n.ID, string(n.Kind) + ", " + n.Release})
		}
		return list
	},
	"KIND": func(*engine.View) (list []named) {
		for _, l := range notice.Kinds {
			list = append(list, named{string(l.Kind), l.When})
		}
		return list
	},
	"INCIDENT": func(v *engine.View) (list []named) {
		for _, i := range v.Incidents {
			list = append(list, named{i.ID, string(i.State) + ", " + i.Title})
		}
		return list
	},
	"WINDOW": func(v *engine.View) (list []named) {
		for _, cycle := range v.Procedure.Cycles {
			for _, w := range cycle.Windows {
				if w.Kind == rollout.Standard {
					list = append(list, named{w.ID, string(w.Ring)})
				}
			}
		}
		return append(list, named{noWindow, "plans choose"})
	},
	"MONTH": months,
	"TASK": func(*engine.View) (list []named) {
		for _, task := range procedure.Tasks {
			list = append(list, named{strconv.Itoa(task.Number), task.Title})
		}
		return list
	},
	"ACTION": func(v *engine.View) (list []named) {
		for _, a := range v.Procedure.Actions {
			list = append(list, named{a.ID, a.Owner + ", " + a.Words})
		}
		return list
	},
	"QUESTION": func(*engine.View) (list []named) {
		for _, q := range procedure.QuarterlyQuestions {
			list = append(list, named{q.Key, q.Words})
		}
		return list
	},
	"RESULT": func(*engine.View) []named {
		return []named{{string(pilot.Passed), ""}, {string(pilot.FailedTest), ""}, {string(pilot.Workaround), ""}}
	},
}

// ofServers gathers what servers name, each once.
func ofServers(v *engine.View, of func(*inventory.Server) []string) (list []named) {
	seen := map[string]bool{"": true}
	for i := range v.Servers {
		for _, name := range of(&v.Servers[i]) {
			if !seen[name] {
				seen[name] = true
				list = append(list, named{value: name})
			}
		}
	}
	return list
}

// mostNamed bounds what a shell is offered at once, and completionTime how long it waits for it.
const (
	mostNamed      = 500
	completionTime = 2 * time.Second
)

// names is the hidden verb behind completion: it prints what a placeholder may stand for, where the store is.
func (t *tree) names() *cobra.Command {
	command := t.verb(verb{use: "names WORD", short: "Print what an argument may be, for shells", args: cobra.RangeArgs(1, 2), reads: always, run: func(c *call) error {
		values, ok := placeholders[c.args[0]]
		if !ok {
			return wrongUsage("no argument is called %q", c.args[0])
		}
		begun := ""
		if len(c.args) > 1 {
			begun = c.args[1]
		}
		for _, n := range offeredNames(values(c.view()), begun) {
			if _, err := fmt.Fprintln(c.env.Out, n); err != nil { // cleaned already; the tab stays
				return err
			}
		}
		return nil
	}})
	command.Hidden = true
	return command
}

// offeredNames are the values that begin like what is typed, each once, with the word about it after a tab, as cobra takes them.
func offeredNames(values []named, begun string) (lines []string) {
	for _, n := range values {
		if len(lines) == mostNamed {
			break
		}
		value := plain(n.value)
		if value == "" || len(begun) > len(value) || !strings.EqualFold(value[:len(begun)], begun) {
			continue
		}
		if n.about != "" {
			value += "\t" + plain(n.about)
		}
		if !slices.Contains(lines, value) {
			lines = append(lines, value)
		}
	}
	return lines
}

// complete offers what the next argument of a verb may be. A shell is never answered with an error: it gets nothing.
func (t *tree) complete(v verb) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(command *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if v.file != noFile && len(args) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		word := placeholderAt(v.use, len(args))
		if placeholders[word] == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(context.Background(), completionTime)
		defer cancel()
		var out bytes.Buffer
		env := *t.env
		env.Streams = Streams{In: strings.NewReader(""), Out: &out, Err: io.Discard}
		root := New(env)
		root.SetArgs([]string{"names", "--data", t.data, "--", word, begun})
		if root.ExecuteContext(ctx) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return strings.Split(strings.TrimSpace(out.String()), "\n"), cobra.ShellCompDirectiveNoFileComp
	}
}

// placeholderAt gives the word of a usage line for the argument at a place; the last one repeats where the line says so.
func placeholderAt(use string, place int) string {
	words := strings.Fields(use)[1:]
	if len(words) == 0 {
		return ""
	}
	if place >= len(words) {
		if !strings.Contains(words[len(words)-1], "...") {
			return ""
		}
		place = len(words) - 1
	}
	return strings.Trim(words[place], "[].")
}
