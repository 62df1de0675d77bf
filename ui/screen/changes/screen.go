package changes

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen and desk.Finder.
type Screen struct {
	desk   *desk.Desk
	picker desk.Picker
	scroll part.Scroll
}

// New makes the screen.
func New(d *desk.Desk) *Screen { return &Screen{desk: d} }

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Changes" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		changes := s.desk.Current.Changes
		s.picker.Set(len(changes), func(i int) string { return changes[i].ID }, s.proposed())
	}
	return nil
}

// proposed is the change request that waits for a decision, else the newest.
func (s *Screen) proposed() int {
	changes := s.desk.Current.Changes
	for i, c := range changes {
		if waits(c.State) {
			return i
		}
	}
	return len(changes) - 1
}

func waits(state approval.State) bool { return len(state.Awaits()) > 0 }

// Find implements desk.Finder.
func (s *Screen) Find(id string) bool {
	s.Init()
	s.scroll.Top()
	return s.picker.Pick(id)
}

func (s *Screen) change() *engine.ChangeView {
	if s.picker.Len() == 0 {
		return nil
	}
	return &s.desk.Current.Changes[s.picker.At()]
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Change request"
	list := []part.Binding{
		s.decision("a", "authorise or approve it", "approve", group, func(step string) bool { return step != "reject" }),
		s.decision("x", "reject it", "reject", group, func(step string) bool { return step == "reject" }),
		s.submitBinding(group),
		{Keys: []string{"t"}, Help: "acceptance by application, to record results", Hint: "acceptance", Group: group, Run: s.openAcceptance,
			Disabled: func() string {
				if c := s.change(); c == nil || len(c.Acceptance.Results) == 0 {
					return "acceptance opens when Dev is through"
				}
				return ""
			}},
	}
	return append(append(list, s.picker.Bindings("change request", group, s.scroll.Top)...), s.scroll.Moves()...)
}

// decision is the key of a step of the change request that is shown.
func (s *Screen) decision(key, help, hint, group string, wanted func(step string) bool) part.Binding {
	return part.Binding{
		Keys: []string{key}, Help: help, Hint: hint, Group: group, Action: engine.DecideChange{}.Action(),
		Disabled: func() string {
			_, why := s.step(wanted)
			return why
		},
		Run: func() part.Cmd {
			if t, why := s.step(wanted); why == "" {
				s.ask(t)
			}
			return nil
		},
	}
}

func (s *Screen) openAcceptance() part.Cmd {
	return s.desk.Open(newAcceptancePage(s.desk, s.change().ID))
}

// step finds the transition that the person may take now, or says why there is none.
func (s *Screen) step(wanted func(step string) bool) (approval.Transition, string) {
	c := s.change()
	if c == nil {
		return approval.Transition{}, "there is no change request"
	}
	decisions := c.State.Awaits()
	i := slices.IndexFunc(decisions, func(t approval.Transition) bool { return wanted(t.Step) })
	if i < 0 {
		return approval.Transition{}, fmt.Sprintf("%s is %s: there is nothing to decide", c.ID, c.State)
	}
	t := decisions[i]
	if !s.desk.Actor.Has(t.By) {
		return t, fmt.Sprintf("%s is %s: to %s it takes the role %s", c.ID, c.State, t.Step, t.By)
	}
	return t, ""
}

// verbs are the transitions as buttons say them.
var verbs = map[string]string{"authorise": "Authorise", "approve": "Approve", "reject": "Reject"}

// ask confirms a decision. The command carries the plan that the question named, whatever the screen shows by then.
func (s *Screen) ask(t approval.Transition) {
	c := s.change()
	command := engine.DecideChange{Change: c.ID, Step: t.Step, PlanHash: c.PlanHash}
	says := []string{
		fmt.Sprintf("Release %s, priority %s. This %s.", c.Release, c.Priority, t.Meaning),
		fmt.Sprintf("You decide on the plan %.12s.", c.PlanHash),
	}
	var names []string
	if c.Plan != nil {
		says = append(says, fmt.Sprintf("It holds %s in %s: %s.", part.Count(len(c.Plan.Assignments), "server", "servers"),
			part.Count(len(c.Plan.Windows), "window", "windows"), ringWords(c)))
		names = s.serverNames(c)
	}
	s.desk.Ask(part.Question{
		Title: verbs[t.Step] + " " + c.ID + "?", Says: says, Names: names, Verb: verbs[t.Step], Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		},
	})
}

// serverNames lists the plan's servers by name, in the order of the plan.
func (s *Screen) serverNames(c *engine.ChangeView) []string {
	known := desk.Names(s.desk.Current)
	names := make([]string, len(c.Plan.Assignments))
	for i, a := range c.Plan.Assignments {
		names[i] = known(a.Server)
	}
	return names
}
