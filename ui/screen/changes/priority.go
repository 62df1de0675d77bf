package changes

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// priorityPage shows how a change request came to its priority, and lets the team agree or change it: criteria are ticked, the rules
// propose, a person decides.
type priorityPage struct {
	desk   *desk.Desk
	change string
	list   part.List
	ticked map[approval.Criterion]bool
}

func newPriorityPage(d *desk.Desk, change string) *priorityPage {
	p := &priorityPage{desk: d, change: change, ticked: map[approval.Criterion]bool{}}
	p.list.Columns = []part.Column{{Width: 3}, {Title: "Criterion", Width: 16}, {Title: "Effect", Width: 16}, {Title: "It holds when", Width: 20, Grow: 1}}
	p.list.Cell = p.cell
	p.list.Set(len(approval.Criteria), func(row int) string { return string(approval.Criteria[row].Criterion) })
	if c := lookUp(d.Current, change); c != nil {
		if known := newest(c); known != nil {
			for _, criterion := range known.Criteria {
				p.ticked[criterion] = true
			}
		}
	}
	return p
}

// newest is the assessment that counts: the team's, else the initiator's.
func newest(c *engine.ChangeView) *approval.Assessment {
	if c.Team != nil {
		return c.Team
	}
	return c.First
}

// criteria are those that are ticked, in the order of the table.
func (p *priorityPage) criteria() (list []approval.Criterion) {
	for _, c := range approval.Criteria {
		if p.ticked[c.Criterion] {
			list = append(list, c.Criterion)
		}
	}
	return list
}

// proposal is what the rules say of the release with the ticked criteria.
func (p *priorityPage) proposal() approval.Proposal {
	c := lookUp(p.desk.Current, p.change)
	if c == nil {
		return approval.Proposal{}
	}
	r := release(p.desk.Current, c.Release)
	worst, exploited := r.Worst()
	return approval.Propose(worst, exploited, p.criteria())
}

func (p *priorityPage) cell(row, column int) (part.Ink, string) {
	t, c := p.desk.Theme, approval.Criteria[row]
	switch column {
	case 0:
		if p.ticked[c.Criterion] {
			return t.Accent, "[x]"
		}
		return t.Dim, "[ ]"
	case 1:
		return t.Normal, string(c.Criterion)
	case 2:
		switch {
		case c.Always != "":
			return t.Tone(rollout.ToneBad), "always " + string(c.Always)
		case c.Raises > 0:
			return t.Tone(rollout.ToneMissed), "raises"
		default:
			return t.Tone(rollout.ToneGood), "lowers"
		}
	default:
		return t.Dim, c.Meaning
	}
}

// Title implements desk.Screen.
func (p *priorityPage) Title() string { return "Priority of " + p.change }

// Init implements desk.Screen.
func (p *priorityPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *priorityPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *priorityPage) Bindings() []part.Binding {
	const group = "Priority"
	assess := engine.AssessChange{}.Action()
	list := []part.Binding{
		{Keys: []string{"space"}, Help: "the criterion holds, or does not", Hint: "tick", Group: group, Run: func() part.Cmd {
			c := approval.Criterion(p.list.SelectedID())
			p.ticked[c] = !p.ticked[c]
			return nil
		}},
		{Keys: []string{"enter"}, Help: "record the proposed priority for the team", Hint: "agree", Group: group, Action: assess, Disabled: p.settled,
			Run: func() part.Cmd { p.ask(p.proposal().Priority); return nil }},
	}
	for _, choice := range priorities {
		list = append(list, part.Binding{Keys: []string{choice.key}, Help: fmt.Sprintf("record %s for the team, whatever is proposed", choice.priority),
			Group: group, Action: assess, Disabled: p.settled, Run: func() part.Cmd { p.ask(choice.priority); return nil }})
	}
	// The criterion's own space comes before that of the list.
	return append(list, p.list.Moves()...)
}

func (p *priorityPage) settled() string {
	c := lookUp(p.desk.Current, p.change)
	switch {
	case c == nil:
		return p.change + " is not in the newest view"
	case c.State != approval.Submitted && c.State != approval.Authorised:
		return fmt.Sprintf("%s is %s: its priority is settled", c.ID, c.State)
	case c.Submitted.By == p.desk.Actor.Name:
		return fmt.Sprintf("you submitted %s and set its first priority: another person must review it", c.ID)
	}
	if _, err := approval.ParseCriteria(p.words()); err != nil {
		return err.Error()
	}
	return ""
}

func (p *priorityPage) words() (words []string) {
	for _, c := range p.criteria() {
		words = append(words, string(c))
	}
	return words
}

func (p *priorityPage) ask(priority approval.Priority) {
	c, proposal := lookUp(p.desk.Current, p.change), p.proposal()
	command := engine.AssessChange{Change: p.change, Priority: priority, Criteria: p.criteria()}
	says := []string{fmt.Sprintf("%s means: %s. Proposed is %s: %s.", priority, priority.Term().Words, proposal.Priority, strings.Join(proposal.Steps, "; "))}
	if (priority == approval.Emergency) != (c.Priority == approval.Emergency) {
		says = append(says, "Emergency windows are others than the month's: the request goes back, and another plan must be submitted.")
	}
	p.desk.Ask(part.Question{Title: fmt.Sprintf("Record priority %s for %s?", priority, p.change), Says: says, Verb: "Record", Reason: true,
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return p.desk.Do(command)
		}})
}

// View implements desk.Screen.
func (p *priorityPage) View(width, height int) []string {
	t, c := p.desk.Theme, lookUp(p.desk.Current, p.change)
	if c == nil {
		return []string{t.Text(t.Dim, width, p.change+" is not in the newest view")}
	}
	head := t.Line(width).Put(t.Title, p.Title()).Space(2).Put(t.Strong, string(c.Priority)).End(t.Dim, c.Priority.Term().Words).String()
	lines := append([]string{head, ""}, p.list.Render(t, width, len(approval.Criteria)+1)...)
	sheet := part.Sheet{Theme: t, Width: width}
	proposal := p.proposal()
	sheet.Head("Proposed with these criteria", "")
	sheet.Fact(string(proposal.Priority), t.Normal, strings.Join(proposal.Steps, "; "))
	writeAssessments(&sheet, p.desk, c)
	lines = append(append(lines, ""), sheet.Lines...)
	return lines[:min(len(lines), height)]
}

// writeAssessments says what the initiator and the team think.
func writeAssessments(sheet *part.Sheet, d *desk.Desk, c *engine.ChangeView) {
	for _, party := range []struct {
		label string
		said  *approval.Assessment
	}{{"initiator", c.First}, {"team", c.Team}} {
		a := party.said
		if a == nil {
			continue
		}
		words := string(a.Priority)
		if a.Category != "" {
			words += ", " + a.Category + " assets"
		}
		for _, criterion := range a.Criteria {
			words += ", " + effect(criterion)
		}
		if a.Proposed != nil && a.Proposed.Priority != a.Priority {
			words += fmt.Sprintf(" (proposed %s)", a.Proposed.Priority)
		}
		sheet.Fact(party.label, sheet.Theme.Normal, fmt.Sprintf("%s; %s, %s: %s", words, a.By, d.Day(a.At), a.Reason))
	}
}

// effect is a criterion with what it does to the priority.
func effect(criterion approval.Criterion) string {
	for _, c := range approval.Criteria {
		switch {
		case c.Criterion != criterion:
		case c.Always != "":
			return string(criterion) + " (always " + string(c.Always) + ")"
		case c.Raises > 0:
			return string(criterion) + " raised it"
		default:
			return string(criterion) + " lowered it"
		}
	}
	return string(criterion)
}
