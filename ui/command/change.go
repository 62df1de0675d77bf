package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

func (t *tree) change() *cobra.Command {
	return t.noun("change", "Change requests: the plan of a release and its approvals",
		t.changeSubmit(), t.changeList(), t.changeShow(), t.changeGantt(),
		t.changeDescribe(), t.changePriority(),
		t.decide("authorise", "authorise", "Authorise a change request (change authority): unlocks the pilot"),
		t.decide("approve", "approve", "Approve the plan (change board): unlocks Dev and Prod"),
		t.decide("confirm", "approve", "Confirm an emergency that is under way (change board)"),
		t.decide("reject", "reject", "Reject a change request"),
		t.decide("ask", "ask", "Ask for changes: another plan must be submitted"),
		t.changeWithdraw(), t.changeResubmit(), t.changeObject(),
		t.changeSettle("answer", approval.Answered, "Answer an objection (lead)"),
		t.changeSettle("overrule", approval.Overruled, "Overrule an objection (change authority or board)"),
		t.changePreempt(), t.changeRelease())
}

func parsePriority(word string) (approval.Priority, error) {
	priority, err := approval.ParsePriority(word)
	if err != nil {
		return "", wrongUsage("--%w", err)
	}
	return priority, nil
}

func (t *tree) changeSubmit() *cobra.Command {
	var u urgency
	var enforce string
	var offers []string
	states := statement{}
	var order engine.SubmitChange
	command := t.verb(verb{
		use: "submit RELEASE", short: "Freeze a plan for a release and ask the change authority for it", args: cobra.ExactArgs(1),
		run: func(c *call) (err error) {
			if order.Priority, order.Criteria, err = u.parse(); err != nil {
				return err
			}
			if err := atLeast("ceiling", order.Ceiling, 0, 10000); err != nil {
				return err
			}
			if err := needReason(order.Reason); err != nil {
				return err
			}
			if order.Enforce, err = c.parseEnforce(enforce); err != nil {
				return err
			}
			for _, text := range offers {
				o, err := rollout.ParseOffering(text)
				if err != nil {
					return wrongUsage("--offer: %w", err)
				}
				order.Offers = append(order.Offers, o)
			}
			order.Release, order.Category, order.Request = c.args[0], u.category, states.request()
			return c.do(order)
		},
	})
	flags := command.Flags()
	u.flags(command)
	states.flags(command)
	flags.IntVar(&order.Ceiling, "ceiling", 0, "servers in work at once, at the most; 0 is what the forecast proposes: enough for everybody, and at least least_ceiling of the policy")
	flags.StringSliceVar(&order.Collections, "collection", nil, "plan for the servers of this collection only; may be repeated")
	flags.StringVar(&order.OverrideAudit, "override-audit", "", "why the plan is made although the audit of its servers is incomplete or old")
	flags.StringVar(&enforce, "enforce", "", "the enforcement date of Prod: until then administrators may install by hand; a day, a time, a grace such as 7d, or grace for the usual one")
	flags.StringArrayVar(&offers, "offer", nil, "how binding it is for Prod, OFFER[=GRACE][@COLLECTION]: mandatory, grace (enforced after it) or optional; may be repeated, the first that names a server counts")
	flags.StringVar(&order.OverrideClusters, "override-clusters", "", "why members of a cluster may share a window, as their owners chose it")
	flags.BoolVar(&order.Shift, "shift", false, "when no Prod window of the release's month is left, use the schedule some whole weeks later")
	reasonFlag(command, &order.Reason)
	return command
}

func (c *call) findChange(id string) (engine.ChangeView, error) {
	return find(c.view().Changes, func(c *engine.ChangeView) string { return c.ID }, "change request", id, "change list")
}

// changeLine is a change request in JSON; show adds the plan.
type changeLine struct {
	approval.Change
	Acceptance pilot.Acceptance `json:"acceptance"`
	Plan       *rollout.Plan    `json:"plan,omitempty"`
}

func (t *tree) changeList() *cobra.Command {
	return t.verb(verb{use: "list", short: "List the change requests", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, change := range c.view().Changes {
			if c.json {
				if err := c.object(changeLine{Change: change.Change, Acceptance: change.Acceptance}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{change.ID, string(change.State), string(change.Priority), change.Release, c.when(change.Deadline),
				change.Submitted.By, signer(change.Authority), signer(change.Board), fmt.Sprintf("%.12s", change.PlanHash)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"CHANGE", 12}, {"STATE", 0}, {"PRIORITY", 0}, {"RELEASE", 24}, {"DEADLINE", 0}, {"SUBMITTED", 20}, {"AUTHORITY", 20}, {"BOARD", 20}, {"PLAN", 0}}, rows,
			"there is no change request yet: patchdeck change submit RELEASE")
	}})
}

func signer(s *approval.Signature) string {
	if s == nil {
		return "-"
	}
	return s.By
}

func (t *tree) changeShow() *cobra.Command {
	return t.verb(verb{use: "show CHANGE", short: "Show a change request with its plan", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		change, err := c.findChange(c.args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.object(changeLine{Change: change.Change, Acceptance: change.Acceptance, Plan: change.Plan})
		}
		if err := c.changeHead(change); err != nil || change.Plan == nil {
			return err
		}
		return c.plan(change)
	}})
}

func (c *call) changeHead(change engine.ChangeView) error {
	lines := [][2]string{
		{"change", change.ID}, {"release", change.Release}, {"state", string(change.State)}, {"priority", string(change.Priority)},
		{"deadline", c.deadline(change)}, {"plan", change.PlanHash},
		{"submitted", c.signature(&change.Submitted)}, {"authority", c.signature(change.Authority)}, {"board", c.signature(change.Board)},
	}
	if change.Rejection != nil {
		lines = append(lines, [2]string{"rejected", c.signature(change.Rejection)})
	}
	lines = append(lines, c.requestLines(change)...)
	for _, name := range sortedKeys(change.Acceptance.Results) {
		answer := change.Acceptance.Results[name]
		lines = append(lines, [2]string{"acceptance", strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", name, answer.Result, answer.By, answer.Note))})
	}
	for _, server := range sortedKeys(change.Exclusions) {
		lines = append(lines, [2]string{"excluded", fmt.Sprintf("%s by %s: %s", c.serverName(inventory.ServerID(server)), change.Exclusions[server].By, change.Exclusions[server].Reason)})
	}
	return c.named(lines)
}

// deadline is what the priority asks for, and says where the plan's first window of Prod is later.
func (c *call) deadline(change engine.ChangeView) string {
	words := c.when(change.Deadline)
	if opens := change.ProdOpens(); change.Deadline.Before(opens) {
		words += fmt.Sprintf(": priority %s asks for it, and the first window of Prod begins %s", change.Priority, c.when(opens))
	}
	return words
}

func (c *call) signature(s *approval.Signature) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%s (%s), %s: %s", s.By, s.Role, c.when(s.At), s.Reason)
}

// plan prints the windows of a plan with the number of servers whose first window each is, and its findings.
func (c *call) plan(change engine.ChangeView) error {
	first := map[string]int{}
	for _, assignment := range change.Plan.Assignments {
		if len(assignment.Windows) > 0 {
			first[assignment.Windows[0]]++
		}
	}
	var rows [][]string
	for _, window := range change.Plan.Windows {
		rows = append(rows, []string{window.ID, string(window.Ring), c.when(window.Opens), c.when(window.Closes), fmt.Sprint(first[window.ID])})
	}
	if err := c.table([]column{{"WINDOW", 12}, {"RING", 0}, {"OPENS", 0}, {"CLOSES", 0}, {"SERVERS", 0}}, rows, "the plan has no windows"); err != nil {
		return err
	}
	if err := c.offers(change.Plan); err != nil {
		return err
	}
	if err := c.line("%s in the plan, %d compliant already, %d not offered", plural(len(change.Plan.Assignments), "server"), len(change.Plan.Compliant), len(change.Plan.NotOffered)); err != nil {
		return err
	}
	for i, omitted := range change.Plan.Excluded {
		if i == mostLines {
			if err := c.line("excluded: and %d more; --json lists all", len(change.Plan.Excluded)-i); err != nil {
				return err
			}
			break
		}
		if err := c.line("excluded: %s: %s", c.serverName(omitted.Server), omitted.Reason); err != nil {
			return err
		}
	}
	for i, finding := range change.Plan.Findings {
		if i == mostLines {
			return c.line("finding: and %d more; --json lists all", len(change.Plan.Findings)-i)
		}
		name := ""
		if finding.Server != "" {
			name = c.serverName(finding.Server) + ": "
		}
		if err := c.line("finding: %s%s", name, finding.Words); err != nil {
			return err
		}
	}
	return nil
}

// serverNames gives the names of servers, for lists that may be long.
func (c *call) serverNames() func(inventory.ServerID) string {
	names := map[inventory.ServerID]string{}
	for _, server := range c.view().Servers {
		names[server.ID] = server.Name
	}
	return func(id inventory.ServerID) string { return cmp.Or(names[id], string(id)) }
}

func (c *call) serverName(id inventory.ServerID) string {
	for _, server := range c.view().Servers {
		if server.ID == id {
			return server.Name
		}
	}
	return string(id)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// sortedKeysBy gives the keys of a map in the order of what is said of them.
func sortedKeysBy[K comparable, V any](m map[K]V, order func(K) string) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b K) int { return strings.Compare(order(a), order(b)) })
	return keys
}
