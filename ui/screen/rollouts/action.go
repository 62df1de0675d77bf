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

// hold is one way to hold a rollout or let it go on.
type hold struct {
	key, step, verb, help string
	from                  []rollout.State
	effect                func(r *engine.RolloutView) string
}

var holds = []hold{
	{"p", "pause", "Pause", "pause: nobody new starts", []rollout.State{rollout.Active}, holdEffect},
	{"h", "halt", "Halt", "halt: nobody new starts until it is resumed with a reason", []rollout.State{rollout.Active, rollout.Paused}, holdEffect},
	{"R", "resume", "Resume", "resume", []rollout.State{rollout.Paused, rollout.Halted}, resumeEffect},
}

func holdEffect(r *engine.RolloutView) string {
	started := 0
	for d, n := range r.Counts {
		if d.Status().Started {
			started += n
		}
	}
	return fmt.Sprintf("%s in work will finish; %s will not start until somebody resumes.",
		part.Count(started, "server", "servers"), part.Count(r.Counts.Open()-started, "server", "servers"))
}

func resumeEffect(r *engine.RolloutView) string {
	words := fmt.Sprintf("Servers start again: %s still open, at most %d at once.", part.Count(r.Counts.Open(), "server is", "servers are"), r.Ceiling)
	if r.Stop != nil {
		words += fmt.Sprintf(" It was %s by %s: %s.", r.State, r.Stop.By, r.Stop.Reason)
	}
	return words
}

// holdBindings are the keys for the rollout that is shown.
func (s *Screen) holdBindings() []part.Binding {
	list := make([]part.Binding, len(holds))
	for i, h := range holds {
		list[i] = part.Binding{
			Keys: []string{h.key}, Help: h.help, Hint: h.step, Group: "Rollout", Action: engine.Hold{}.Action(),
			Disabled: func() string { return h.disabled(s.view()) },
			Run:      func() part.Cmd { s.askHold(h, s.view()); return nil },
		}
	}
	return list
}

func (h hold) disabled(r *engine.RolloutView) string {
	if r == nil {
		return "there is no rollout"
	}
	for _, state := range h.from {
		if r.State == state {
			return ""
		}
	}
	return fmt.Sprintf("%s is %s", r.ID, r.State)
}

func (s *Screen) askHold(h hold, r *engine.RolloutView) {
	id, open := r.ID, openNames(r)
	s.desk.Ask(part.Question{
		Title: fmt.Sprintf("%s %s %s?", h.verb, r.ID, r.Ring), Says: []string{h.effect(r)}, Names: open,
		Verb: h.verb, Reason: true,
		Do: func(reason string) part.Cmd { return s.desk.Do(engine.Hold{Rollout: id, Step: h.step, Reason: reason}) },
	})
}

// openNames lists the servers that still have something to do.
func openNames(r *engine.RolloutView) []string {
	var names []string
	for i := range r.Cells {
		if s := r.Cells[i].Delivery.Status(); s.Targeted && !s.Final {
			names = append(names, r.Cells[i].Name)
		}
	}
	return names
}

// action is something that is done to servers of a rollout.
type action struct {
	key, verb, help, name string
	fits                  func(rollout.Delivery) bool
	misfit                string // why a server does not fit
	effect                string // follows the number of servers
	commands              func(r *engine.RolloutView, servers []inventory.ServerID, reason string) []engine.Command
}

var actions = []action{
	{
		key: "r", verb: "Retry", help: "retry a failed, unreachable or missed server", name: engine.Retry{}.Action(),
		fits: func(d rollout.Delivery) bool {
			return d == rollout.Failed || d == rollout.Unreachable || d == rollout.WindowMissed
		},
		misfit: "only failed, unreachable and missed servers are retried",
		effect: "will be tried again in the windows that are left.",
		commands: func(r *engine.RolloutView, servers []inventory.ServerID, reason string) []engine.Command {
			return []engine.Command{engine.Retry{Rollout: r.ID, Servers: servers, Reason: reason}}
		},
	},
	{
		key: "s", verb: "Skip", help: "skip a server that has not started", name: engine.Skip{}.Action(),
		fits: notStarted, misfit: "only servers that have not started are skipped",
		effect: "will not be patched by this rollout.",
		commands: func(r *engine.RolloutView, servers []inventory.ServerID, reason string) []engine.Command {
			return []engine.Command{engine.Skip{Rollout: r.ID, Servers: servers, Reason: reason}}
		},
	},
	{
		key: "x", verb: "Exclude", help: "exclude a server from the change request", name: engine.ExcludeServer{}.Action(),
		fits: func(d rollout.Delivery) bool {
			s := d.Status()
			return s.Targeted && !s.Started && d != rollout.Succeeded
		},
		misfit: "what is installed or being installed cannot be excluded",
		effect: "will be taken out of the change request; that is recorded and keeps the approval.",
		commands: func(r *engine.RolloutView, servers []inventory.ServerID, reason string) []engine.Command {
			commands := make([]engine.Command, len(servers))
			for i, id := range servers {
				commands[i] = engine.ExcludeServer{Change: r.Change, Server: id, Reason: reason}
			}
			return commands
		},
	},
}

func notStarted(d rollout.Delivery) bool {
	s := d.Status()
	return s.Targeted && !s.Final && !s.Started
}

// serverBindings are the keys for the picked servers, else the one under the cursor; by error code, for all of the code under it.
func (s *Screen) serverBindings() []part.Binding {
	return s.actions(s.view, func() []engine.Cell {
		if s.layout == byCode {
			return s.codes.selected()
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
			Run:      func() part.Cmd { s.askAction(a, of(), a.fitting(targets())); return nil },
		}
	}
	return list
}

func (a action) fitting(cells []engine.Cell) []engine.Cell {
	var fit []engine.Cell
	for _, c := range cells {
		if a.fits(c.Delivery) {
			fit = append(fit, c)
		}
	}
	return fit
}

func (a action) disabled(r *engine.RolloutView, cells []engine.Cell) string {
	switch {
	case r == nil || len(cells) == 0:
		return "no server is selected"
	case len(a.fitting(cells)) == 0 && len(cells) == 1:
		return fmt.Sprintf("%s is %s: %s", cells[0].Name, cells[0].Delivery, a.misfit)
	case len(a.fitting(cells)) == 0:
		return a.misfit
	}
	return ""
}

// askAction confirms an action. The commands carry the servers that the question named.
func (s *Screen) askAction(a action, r *engine.RolloutView, cells []engine.Cell) {
	held := *r
	servers := make([]inventory.ServerID, len(cells))
	for i, c := range cells {
		servers[i] = c.Server
	}
	s.desk.Ask(part.Question{
		Title: fmt.Sprintf("%s %s of %s %s?", a.verb, part.Count(len(cells), "server", "servers"), r.ID, r.Ring),
		Says:  []string{part.Count(len(cells), "server", "servers") + " " + a.effect + statusCounts(cells)},
		Names: cellNames(cells), Verb: a.verb, Reason: true,
		Do: func(reason string) part.Cmd {
			s.unpick() // another action must not mean these by accident
			return s.desk.Do(a.commands(&held, servers, reason)...)
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
