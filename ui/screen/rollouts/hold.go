package rollouts

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// hold is one way to hold a rollout, to let it go on, or to end it.
type hold struct {
	key, step, verb, help string
	from                  []rollout.State                  // where it can be done
	hinted                []rollout.State                  // where the bottom line offers it
	touches               func(rollout.Delivery) bool      // whom the question names
	effect                func(*engine.RolloutView) string // what the question says
}

var (
	running = []rollout.State{rollout.Active}
	held    = []rollout.State{rollout.Paused, rollout.Halted}
)

var holds = []hold{
	{"p", "pause", "Pause", "pause: nobody new starts", running, running, unfinished, holdEffect},
	{"h", "halt", "Halt", "halt: nobody new starts until it is resumed with a reason", []rollout.State{rollout.Active, rollout.Paused}, running, unfinished, holdEffect},
	{"R", "resume", "Resume", "resume", held, held, unfinished, resumeEffect},
	{"C", "close", "Close", "close: end it for good, what has not started will not", append(running, held...), held, notStarted, closeEffect},
}

func holdEffect(r *engine.RolloutView) string {
	started := startedServers(r)
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

func closeEffect(r *engine.RolloutView) string {
	started := startedServers(r)
	return fmt.Sprintf("%s will not start and %s counted as not started; %s in work will finish. A closed rollout is never opened again.",
		part.Count(r.Counts.Open()-started, "server", "servers"), isOrAre(r.Counts.Open()-started), part.Count(started, "server", "servers"))
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// startedServers counts those that are in work.
func startedServers(r *engine.RolloutView) int {
	started := 0
	for d, n := range r.Counts {
		if d.Status().Started {
			started += n
		}
	}
	return started
}

// holdBindings are the keys for the rollout that is shown.
func (s *Screen) holdBindings() []part.Binding {
	list := make([]part.Binding, len(holds))
	for i, h := range holds {
		list[i] = part.Binding{
			Keys: []string{h.key}, Help: h.help, Group: "Rollout", Action: engine.Hold{}.Action(),
			Disabled: func() string { return h.disabled(s.view()) },
			Run:      func() part.Cmd { s.askHold(h, s.view()); return nil },
		}
		if r := s.view(); r != nil && slices.Contains(h.hinted, r.State) {
			list[i].Hint = h.step
		}
	}
	return list
}

func (h hold) disabled(r *engine.RolloutView) string {
	switch {
	case r == nil:
		return "there is no rollout"
	case !slices.Contains(h.from, r.State):
		return fmt.Sprintf("%s is %s", r.ID, r.State)
	}
	return ""
}

func (s *Screen) askHold(h hold, r *engine.RolloutView) {
	id, touched := r.ID, namesOf(r, h.touches)
	s.desk.Ask(part.Question{
		Title: fmt.Sprintf("%s %s %s?", h.verb, r.ID, r.Ring), Says: []string{h.effect(r)}, Names: touched,
		Verb: h.verb, Reason: true,
		Do: func(reason string) part.Cmd { return s.desk.Do(engine.Hold{Rollout: id, Step: h.step, Reason: reason}) },
	})
}

// namesOf lists the servers in certain statuses.
func namesOf(r *engine.RolloutView, in func(rollout.Delivery) bool) []string {
	var names []string
	for i := range r.Cells {
		if in(r.Cells[i].Delivery) {
			names = append(names, r.Cells[i].Name)
		}
	}
	return names
}

// unfinished tells that a server still has something to do.
func unfinished(d rollout.Delivery) bool {
	s := d.Status()
	return s.Targeted && !s.Final
}

func notStarted(d rollout.Delivery) bool { return unfinished(d) && !d.Status().Started }
