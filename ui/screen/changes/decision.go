package changes

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// decision is one key of the machine of a change request: the steps that it may mean, whichever the state allows.
type decision struct {
	key, help, hint string
	steps           []string
}

var decisions = []decision{
	{"a", "authorise or approve it; confirm an emergency", "approve", []string{"authorise", "approve"}},
	{"x", "reject it", "reject", []string{"reject"}},
	{"c", "ask for changes: another plan must be submitted", "ask", []string{"ask"}},
	{"w", "withdraw it (lead): what has not started will not", "withdraw", []string{"withdraw"}},
}

// verbs are the steps as buttons say them.
var verbs = map[string]string{"authorise": "Authorise", "approve": "Approve", "reject": "Reject", "ask": "Ask for changes", "withdraw": "Withdraw"}

func verb(step string, c *engine.ChangeView) string {
	if step == "approve" && c.Priority == approval.Emergency {
		return "Confirm"
	}
	return verbs[step]
}

// decisionBindings are the steps that one of the person's roles takes in some state.
func (s *Screen) decisionBindings() []part.Binding {
	var list []part.Binding
	for _, d := range decisions {
		if !slices.ContainsFunc(approval.Transitions, func(t approval.Transition) bool { return slices.Contains(d.steps, t.Step) && s.desk.Actor.Has(t.By) }) {
			continue
		}
		list = append(list, part.Binding{Keys: []string{d.key}, Help: d.help, Hint: d.hint, Group: group, Action: engine.DecideChange{}.Action(),
			Disabled: func() string {
				_, why := s.step(d)
				return why
			},
			Run: func() part.Cmd {
				t, _ := s.step(d)
				s.ask(t)
				return nil
			}})
	}
	return list
}

// step finds the transition that the person may take now, or says why there is none. The engine decides again; these words save a
// person from writing a reason for nothing.
func (s *Screen) step(d decision) (approval.Transition, string) {
	c := s.change()
	if c == nil {
		return approval.Transition{}, noChange
	}
	i := slices.IndexFunc(approval.Transitions, func(t approval.Transition) bool { return t.From == c.State && slices.Contains(d.steps, t.Step) })
	if i < 0 {
		return approval.Transition{}, fmt.Sprintf("%s is %s: there is nothing to %s", c.ID, c.State, d.steps[len(d.steps)-1])
	}
	t, who := approval.Transitions[i], s.desk.Actor
	open := c.OpenObjections()
	switch {
	case !who.Has(t.By):
		return t, fmt.Sprintf("%s is %s: to %s it needs the role %s", c.ID, c.State, t.Step, t.By)
	case t.Others && c.Submitted.By == who.Name:
		return t, fmt.Sprintf("you submitted %s: another person must %s it", c.ID, t.Step)
	case t.Others && c.Authority != nil && c.Authority.By == who.Name:
		return t, fmt.Sprintf("you authorised %s: another person must %s it", c.ID, t.Step)
	case t.Unlocks != nil && t.Unlocks(c.Change) && len(open) > 0:
		return t, fmt.Sprintf("objection %d by %s is open: o answers or overrules it", open[0].Number, open[0].By)
	}
	return t, ""
}

// ask confirms a decision. The command carries the plan that the question named, whatever the screen shows by then.
func (s *Screen) ask(t approval.Transition) {
	c := s.change()
	command := engine.DecideChange{Change: c.ID, Step: t.Step, PlanHash: c.PlanHash}
	says := []string{
		fmt.Sprintf("Release %s, priority %s. This means: %s.", c.Release, c.Priority, t.Meaning),
		fmt.Sprintf("You decide on the plan %.12s.", c.PlanHash),
	}
	var names []string
	if c.Plan != nil {
		says = append(says, fmt.Sprintf("It holds %s in %s: %s.", part.Count(len(c.Plan.Assignments), "server", "servers"),
			part.Count(len(c.Plan.Windows), "window", "windows"), ringWords(c)))
		names = s.serverNames(c)
	}
	for _, o := range s.desk.Current.Overlaps[c.Release] {
		says = append(says, "Note: "+o.Words+".")
	}
	s.desk.Ask(part.Question{
		Title: verb(t.Step, c) + " " + c.ID + "?", Says: says, Names: names, Verb: verb(t.Step, c), Reason: true,
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
