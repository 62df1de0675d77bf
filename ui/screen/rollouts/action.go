package rollouts

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// action is something that is done to servers of a rollout.
type action struct {
	key, verb, help, name string
	title                 string // of the question; %s is how many servers
	fits                  func(*engine.RolloutView, *engine.Cell) bool
	misfit                string // why a server does not fit
	effect                func(*engine.RolloutView, []engine.Cell) string
	// commands are what the engine is asked for, with the cells and the rollout as the question showed them.
	commands func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command
}

// inStatus makes a condition of the status alone.
func inStatus(in func(rollout.Delivery) bool) func(*engine.RolloutView, *engine.Cell) bool {
	return func(_ *engine.RolloutView, c *engine.Cell) bool { return in(c.Delivery) }
}

// willBe makes an effect that begins with the number of servers.
func willBe(words string) func(*engine.RolloutView, []engine.Cell) string {
	return func(_ *engine.RolloutView, cells []engine.Cell) string {
		return part.Count(len(cells), "server", "servers") + " " + words
	}
}

var actions = []action{
	{
		key: "r", verb: "Retry", help: "retry a failed, unreachable or missed server", name: engine.Retry{}.Action(), title: "Retry %s",
		fits: inStatus(func(d rollout.Delivery) bool {
			return d == rollout.Failed || d == rollout.Unreachable || d == rollout.WindowMissed
		}),
		misfit: "only failed, unreachable and missed servers are retried",
		effect: willBe("will be tried again in the windows that are left."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			return []engine.Command{engine.Retry{Rollout: r.ID, Servers: serverIDs(cells), Reason: reason}}
		},
	},
	{
		key: "s", verb: "Skip", help: "skip a server that has not started", name: engine.Skip{}.Action(), title: "Skip %s",
		fits: inStatus(notStarted), misfit: "only servers that have not started are skipped",
		effect: willBe("will not be patched by this rollout."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			return []engine.Command{engine.Skip{Rollout: r.ID, Servers: serverIDs(cells), Reason: reason}}
		},
	},
	{
		key: "x", verb: "Exclude", help: "exclude a server from the change request", name: engine.ExcludeServer{}.Action(), title: "Exclude %s",
		fits: inStatus(func(d rollout.Delivery) bool {
			s := d.Status()
			return s.Targeted && !s.Started && d != rollout.Succeeded
		}),
		misfit: "what is installed or being installed cannot be excluded",
		effect: willBe("will be taken out of the change request; that is recorded and keeps the approval."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			commands := make([]engine.Command, len(cells))
			for i, c := range cells {
				commands[i] = engine.ExcludeServer{Change: r.Change, Server: c.Server, Reason: reason}
			}
			return commands
		},
	},
	{
		key: "i", verb: "Include", help: "take a server's exclusion back: it is in the plan again, as it was approved", name: engine.IncludeServers{}.Action(), title: "Take back the exclusion of %s",
		fits:   inStatus(func(d rollout.Delivery) bool { return d == rollout.Excluded }),
		misfit: "only an exclusion can be taken back; r tries others again",
		effect: willBe("will be in the plan again, in the windows that are left; that is recorded and keeps the approval."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			return []engine.Command{engine.IncludeServers{Change: r.Change, Servers: serverIDs(cells), Reason: reason}}
		},
	},
	{
		key: "f", verb: "Force", help: "start a server now in its open window, ahead of order and ramp", name: engine.ForceStart{}.Action(), title: "Start %s now",
		fits: inStatus(func(d rollout.Delivery) bool {
			return d == rollout.Waiting || d == rollout.Staged || d == rollout.Retrying
		}),
		misfit: "only servers that are ready are started ahead of their turn",
		effect: willBe("will start now, ahead of order and ramp. Locks, windows, stops and limits hold as ever: where one of them stands in the way, none is started."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			return []engine.Command{engine.ForceStart{Rollout: r.ID, Servers: serverIDs(cells), Reason: reason}}
		},
	},
	{
		key: "d", verb: "Done by hand", help: "note that a server was patched by hand; a check proves it or not", name: engine.CompleteByHand{}.Action(), title: "Note as done by hand: %s",
		fits: inStatus(func(d rollout.Delivery) bool {
			return !d.Status().Started && d != rollout.Succeeded && d != rollout.NotApplicable && d != rollout.Excluded
		}),
		misfit: "what is in work finishes first, and what is verified needs no hand",
		effect: willBe("will not be patched by this rollout any more. Each that can be reached is read now: without that proof it stays \"by hand, not verified\". Say what was installed, and how."),
		commands: func(r *engine.RolloutView, cells []engine.Cell, reason string) []engine.Command {
			return []engine.Command{engine.CompleteByHand{Rollout: r.ID, Servers: serverIDs(cells), Reason: reason}}
		},
	},
	{
		key: "b", verb: "Break lock", help: "break the cluster lock that a failed or unknown server holds", name: engine.BreakLock{}.Action(),
		title: "Break the cluster lock of %s", fits: holdsLost, misfit: "only a lock that a failed or unknown server holds can be broken",
		effect: breakEffect, commands: breakCommands,
	},
}

func serverIDs(cells []engine.Cell) []inventory.ServerID {
	ids := make([]inventory.ServerID, len(cells))
	for i, c := range cells {
		ids[i] = c.Server
	}
	return ids
}

// serverBindings are the keys for the picked servers, else the one under the cursor; by error code, for all of the code under it.
func (s *Screen) serverBindings() []part.Binding {
	return s.actions(s.view, func() []engine.Cell {
		switch s.layout {
		case byCode:
			return s.codes.selected()
		case byUpdate:
			return nil
		}
		if len(s.picked) > 0 {
			return s.pickedCells()
		}
		if c := s.cell(); c != nil {
			return []engine.Cell{*c}
		}
		return nil
	})
}

// actions are the keys for what is done to the servers that targets gives.
func (s *Screen) actions(of func() *engine.RolloutView, targets func() []engine.Cell) []part.Binding {
	list := make([]part.Binding, len(actions))
	for i, a := range actions {
		list[i] = part.Binding{
			Keys: []string{a.key}, Help: a.help, Hint: strings.ToLower(a.verb), Group: "Server", Action: a.name,
			Disabled: func() string { return a.disabled(of(), targets()) },
			Run:      func() part.Cmd { s.askAction(a, of(), a.fitting(of(), targets())); return nil },
		}
	}
	return list
}

func (a action) fitting(r *engine.RolloutView, cells []engine.Cell) []engine.Cell {
	var fit []engine.Cell
	for i := range cells {
		if a.fits(r, &cells[i]) {
			fit = append(fit, cells[i])
		}
	}
	return fit
}

func (a action) disabled(r *engine.RolloutView, cells []engine.Cell) string {
	switch {
	case r == nil || len(cells) == 0:
		return "no server is selected"
	case len(a.fitting(r, cells)) == 0 && len(cells) == 1:
		return fmt.Sprintf("%s is %s: %s", cells[0].Name, cells[0].Delivery, a.misfit)
	case len(a.fitting(r, cells)) == 0:
		return a.misfit
	}
	return ""
}

// askAction confirms an action. The commands carry the servers that the question named.
func (s *Screen) askAction(a action, r *engine.RolloutView, cells []engine.Cell) {
	shown := *r
	s.desk.Ask(part.Question{
		Title: fmt.Sprintf(a.title+" of %s %s?", part.Count(len(cells), "server", "servers"), r.ID, r.Ring),
		Says:  []string{a.effect(r, cells) + statusCounts(cells)},
		Names: cellNames(cells), Verb: a.verb, Reason: true,
		Do: func(reason string) part.Cmd {
			s.unpick() // another action must not mean these by accident
			return s.desk.Do(a.commands(&shown, cells, reason)...)
		},
	})
}

// statusCounts says what the servers are doing now.
func statusCounts(cells []engine.Cell) string {
	counts := rollout.Counts{}
	for _, c := range cells {
		counts[c.Delivery]++
	}
	var words []string
	for _, d := range desk.CountOrder {
		if counts[d] > 0 {
			words = append(words, fmt.Sprintf("%s %s", part.Number(counts[d]), d))
		}
	}
	return " Now: " + strings.Join(words, ", ") + "."
}
