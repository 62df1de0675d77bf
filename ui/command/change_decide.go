package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
)

// decide makes the verbs of the decisions. The plan must be named, so that nobody decides on one they did not see.
func (t *tree) decide(use, step, short string) *cobra.Command {
	var plan, reason string
	command := t.verb(verb{use: use + " CHANGE", short: short, args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		change, err := c.findChange(c.args[0])
		if err != nil {
			return err
		}
		if use == "confirm" && change.Priority != approval.Emergency {
			return fmt.Errorf("%s has priority %s: only an emergency is confirmed afterwards; say patchdeck change approve", change.ID, change.Priority)
		}
		hash, err := namedPlan(change, plan)
		if err != nil {
			return err
		}
		return c.do(engine.DecideChange{Change: change.ID, Step: step, PlanHash: hash, Reason: reason})
	}})
	command.Flags().StringVar(&plan, "plan", "", "the first digits of the `hash` of the plan that you decide on (required)")
	reasonFlag(command, &reason)
	return command
}

const leastPlanDigits = 8

func namedPlan(change engine.ChangeView, digits string) (string, error) {
	if len(digits) < leastPlanDigits {
		return "", wrongUsage("--plan needs at least %d digits of the plan's hash: read patchdeck change show %s first", leastPlanDigits, change.ID)
	}
	if !strings.HasPrefix(change.PlanHash, strings.ToLower(digits)) {
		return "", fmt.Errorf("%s now has the plan %.12s, not %.12s: read patchdeck change show %s again before you decide", change.ID, change.PlanHash, digits, change.ID)
	}
	return change.PlanHash, nil
}

// about makes a verb that does something to a change request for a reason.
func (t *tree) about(use, short string, args cobra.PositionalArgs, order func(c *call, change engine.ChangeView, reason string) (engine.Command, error)) *cobra.Command {
	var reason string
	command := t.verb(verb{use: use, short: short, args: args, run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		change, err := c.findChange(c.args[0])
		if err != nil {
			return err
		}
		command, err := order(c, change, reason)
		if err != nil {
			return err
		}
		return c.do(command)
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) changeWithdraw() *cobra.Command {
	return t.about("withdraw CHANGE", "Withdraw a change request: what has not started will not", cobra.ExactArgs(1),
		func(_ *call, change engine.ChangeView, reason string) (engine.Command, error) {
			return engine.DecideChange{Change: change.ID, Step: "withdraw", Reason: reason}, nil
		})
}

func (t *tree) changeResubmit() *cobra.Command {
	var order engine.ResubmitChange
	command := t.verb(verb{
		use: "resubmit CHANGE", short: "Withdraw a change request whose windows are over and ask for the same in windows to come", args: cobra.ExactArgs(1),
		example: "  patchdeck change resubmit CHG-12 --reason \"the board met too late\"",
		run: func(c *call) error {
			if err := needReason(order.Reason); err != nil {
				return err
			}
			change, err := c.findChange(c.args[0])
			if err != nil {
				return err
			}
			order.Change = change.ID
			return c.do(order)
		},
	})
	command.Flags().StringVar(&order.OverrideAudit, "override-audit", "", "why the plan is made although the audit of its servers is incomplete or old")
	command.Flags().StringVar(&order.OverrideClusters, "override-clusters", "", "why members of a cluster may share a window, as their owners chose it")
	reasonFlag(command, &order.Reason)
	return command
}

func (t *tree) changeObject() *cobra.Command {
	return t.about("object CHANGE", "Object to a change request, until the board has met (application support, security, technology owners)", cobra.ExactArgs(1),
		func(_ *call, change engine.ChangeView, reason string) (engine.Command, error) {
			return engine.ObjectToChange{Change: change.ID, Reason: reason}, nil
		})
}

func (t *tree) changeSettle(use string, state approval.ObjectionState, short string) *cobra.Command {
	return t.about(use+" CHANGE NUMBER", short, cobra.ExactArgs(2), func(c *call, change engine.ChangeView, reason string) (engine.Command, error) {
		number, err := strconv.Atoi(c.args[1])
		if err != nil || number < 1 {
			return nil, wrongUsage("%q is no number of an objection: read patchdeck change show %s", c.args[1], change.ID)
		}
		return engine.SettleObjection{Change: change.ID, Number: number, State: state, Reason: reason}, nil
	})
}

func (t *tree) changePreempt() *cobra.Command {
	return t.about("preempt EMERGENCY [CHANGE...]", "Hold less urgent changes back for an emergency; without names all that are rolling", cobra.MinimumNArgs(1),
		func(c *call, change engine.ChangeView, reason string) (engine.Command, error) {
			order := engine.Preempt{Change: change.ID, Reason: reason}
			for _, name := range c.args[1:] {
				over, err := c.findChange(name)
				if err != nil {
					return nil, err
				}
				order.Over = append(order.Over, over.ID)
			}
			return order, nil
		})
}

func (t *tree) changeRelease() *cobra.Command {
	return t.about("release CHANGE", "Let a change go on that an emergency holds back", cobra.ExactArgs(1),
		func(_ *call, change engine.ChangeView, reason string) (engine.Command, error) {
			return engine.ReleaseHold{Change: change.ID, Reason: reason}, nil
		})
}

// urgency are the flags of a priority with what speaks for it.
type urgency struct {
	priority, category string
	criteria           []string
}

func (u *urgency) flags(command *cobra.Command) {
	var priorities, criteria, categories []string
	for _, term := range approval.Terms {
		priorities = append(priorities, string(term.Priority))
	}
	for _, c := range approval.Criteria {
		criteria = append(criteria, string(c.Criterion))
	}
	for _, c := range approval.Categories {
		categories = append(categories, c.Name)
	}
	flags := command.Flags()
	flags.StringVar(&u.priority, "priority", "", strings.Join(priorities, ", ")+"; left out, what severity, exploitation and criteria propose")
	flags.StringVar(&u.category, "category", "", "of the assets, for the timetable: "+strings.Join(categories, ", "))
	flags.StringArrayVar(&u.criteria, "criterion", nil, "what raises or lowers the priority, may be repeated: "+strings.Join(criteria, ", "))
}

func (u *urgency) parse() (priority approval.Priority, criteria []approval.Criterion, err error) {
	if u.priority != "" {
		if priority, err = parsePriority(u.priority); err != nil {
			return "", nil, err
		}
	}
	if _, err := approval.ParseCategory(u.category); err != nil {
		return "", nil, wrongUsage("--category: %w", err)
	}
	if criteria, err = approval.ParseCriteria(u.criteria); err != nil {
		return "", nil, wrongUsage("--criterion: %w", err)
	}
	return priority, criteria, nil
}

func (t *tree) changePriority() *cobra.Command {
	var u urgency
	command := t.about("priority CHANGE", "Review a change request's priority for the team: agree with it or change it", cobra.ExactArgs(1),
		func(_ *call, change engine.ChangeView, reason string) (engine.Command, error) {
			priority, criteria, err := u.parse()
			return engine.AssessChange{Change: change.ID, Priority: priority, Category: u.category, Criteria: criteria, Reason: reason}, err
		})
	u.flags(command)
	return command
}

// statement are the flags of what a change request states.
type statement map[string]*string

func (s statement) flags(command *cobra.Command) {
	for _, field := range approval.RequestFields {
		s[field.Name] = command.Flags().String(field.Name, "", field.Meaning)
	}
}

func (s statement) request() (r approval.Request) {
	for _, field := range approval.RequestFields {
		r = r.Set(field, *s[field.Name])
	}
	return r
}

func (t *tree) changeDescribe() *cobra.Command {
	states := statement{}
	command := t.verb(verb{use: "describe CHANGE", short: "State what a change request is about, until it is authorised", args: cobra.ExactArgs(1), run: func(c *call) error {
		change, err := c.findChange(c.args[0])
		if err != nil {
			return err
		}
		request := states.request()
		if request == (approval.Request{}) {
			return wrongUsage("nothing is stated: give for instance --risk-of-leaving \"...\"")
		}
		return c.do(engine.DescribeChange{Change: change.ID, Request: request})
	}})
	states.flags(command)
	return command
}

// requestLines are what a change request states and what is decided about its urgency, as "show" prints it.
func (c *call) requestLines(change engine.ChangeView) [][2]string {
	var lines [][2]string
	add := func(name, format string, args ...any) {
		lines = append(lines, [2]string{name, fmt.Sprintf(format, args...)})
	}
	if !change.Latest.IsZero() {
		add("at latest", "%s", c.when(change.Latest))
	}
	for _, party := range []struct {
		name string
		said *approval.Assessment
	}{{"initiator", change.First}, {"team", change.Team}} {
		if a := party.said; a != nil {
			add(party.name, "%s", strings.TrimSpace(fmt.Sprintf("%s %s %s by %s, %s: %s", a.Priority, a.Category, joined(a.Criteria), a.By, c.when(a.At), a.Reason)))
		}
	}
	if change.First != nil && change.First.Proposed != nil {
		add("proposed", "%s: %s", change.First.Proposed.Priority, strings.Join(change.First.Proposed.Steps, "; "))
	}
	for _, m := range change.Timetable {
		words := fmt.Sprintf("%s by %s", m.Name, c.when(m.Due))
		if asks := m.Asks(c.when); asks != "" {
			words += ": " + asks
		}
		add("timetable", "%s", words)
	}
	for _, field := range approval.RequestFields {
		if words := field.Of(change.Request); words != "" {
			add("states", "%s: %s", field.Name, words)
		}
	}
	for _, o := range change.Objections {
		words := fmt.Sprintf("%d by %s, %s: %s", o.Number, o.By, o.State, o.Reason)
		if o.Closed != nil {
			words += fmt.Sprintf(" (%s: %s)", o.Closed.By, o.Closed.Reason)
		}
		add("objection", "%s", words)
	}
	if change.Held != nil {
		add("held back", "for %s by %s, %s: %s", change.Held.By, change.Held.Actor, c.when(change.Held.At), change.Held.Reason)
	}
	for _, id := range sortedKeys(change.Overrides) {
		o := change.Overrides[id]
		add("override", "the halt of %s by %s, %s: %s", id, o.By, c.when(o.At), o.Reason)
	}
	if change.Ending != nil {
		add(string(change.State), "%s", c.signature(change.Ending))
	}
	if change.Successor != "" {
		add("successor", "%s", change.Successor)
	}
	return lines
}

func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
