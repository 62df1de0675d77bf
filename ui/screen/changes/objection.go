package changes

import (
	"fmt"
	"strconv"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// objectionsPage lists the objections to a change request: they are raised, answered and overruled here.
type objectionsPage struct {
	desk   *desk.Desk
	change string
	list   part.List
}

func newObjectionsPage(d *desk.Desk, change string) *objectionsPage {
	p := &objectionsPage{desk: d, change: change}
	p.list.Columns = []part.Column{{Title: "No", Width: 3, Right: true}, {Title: "State", Width: 9}, {Title: "By", Width: 12}, {Title: "When", Width: 16, From: 100},
		{Title: "Objection", Width: 20, Grow: 3}, {Title: "What became of it", Width: 16, Grow: 2}}
	p.list.Cell = p.cell
	return p
}

// objections are those of the newest view.
func (p *objectionsPage) objections() []approval.Objection {
	if c := lookUp(p.desk.Current, p.change); c != nil {
		return c.Objections
	}
	return nil
}

// objectionTones lend the states of an objection the looks of the statuses that feel the same.
var objectionTones = map[approval.ObjectionState]rollout.Tone{
	approval.Open: rollout.ToneBad, approval.Answered: rollout.ToneGood, approval.Overruled: rollout.ToneMissed,
}

func (p *objectionsPage) cell(row, column int) (part.Ink, string) {
	t := p.desk.Theme
	o, known := p.at(row)
	if !known {
		return t.Dim, ""
	}
	switch column {
	case 0:
		return t.Dim, strconv.Itoa(o.Number)
	case 1:
		return t.Tone(objectionTones[o.State]), string(o.State)
	case 2:
		return t.Accent, o.By
	case 3:
		return t.Dim, p.desk.Day(o.At)
	case 4:
		return t.Normal, o.Reason
	default:
		return t.Dim, closedWords(o)
	}
}

// closedWords says who closed an objection with which words.
func closedWords(o approval.Objection) string {
	if o.Closed == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s): %s", o.Closed.By, o.Closed.Role, o.Closed.Reason)
}

func (p *objectionsPage) at(row int) (approval.Objection, bool) {
	list := p.objections()
	if row < 0 || row >= len(list) {
		return approval.Objection{}, false
	}
	return list[row], true
}

// Title implements desk.Screen.
func (p *objectionsPage) Title() string { return "Objections to " + p.change }

// Init implements desk.Screen.
func (p *objectionsPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *objectionsPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		list := p.objections()
		p.list.Set(len(list), func(row int) string { return strconv.Itoa(list[row].Number) })
	}
	return nil
}

// settlings are the ways to close an objection, each with its key and who takes it.
var settlings = []struct {
	key, help, hint, verb, says string
	state                       approval.ObjectionState
	roles                       []approval.Role
}{
	{"a", "answer it (lead)", "answer", "Answer", "The answer closes the objection; who raised it can read it and object again.", approval.Answered, []approval.Role{approval.Lead}},
	{"v", "overrule it (change authority, board)", "overrule", "Overrule", "The change goes on against the objection, with your reason.", approval.Overruled,
		[]approval.Role{approval.Authority, approval.Board}},
}

// Bindings implements desk.Screen.
func (p *objectionsPage) Bindings() []part.Binding {
	const group = "Objections"
	list := []part.Binding{{Keys: []string{"o"}, Help: "object, until the board has met", Hint: "object", Group: group, Action: engine.ObjectToChange{}.Action(),
		Disabled: p.tooLate, Run: p.askObject}}
	for _, w := range settlings {
		if !p.desk.Actor.Has(w.roles...) {
			continue
		}
		list = append(list, part.Binding{Keys: []string{w.key}, Help: w.help, Hint: w.hint, Group: group, Action: engine.SettleObjection{}.Action(), Disabled: p.settled,
			Run: func() part.Cmd {
				row, _ := p.list.Selected()
				o, _ := p.at(row)
				command := engine.SettleObjection{Change: p.change, Number: o.Number, State: w.state}
				p.desk.Ask(part.Question{Title: fmt.Sprintf("%s objection %d of %s to %s?", w.verb, o.Number, o.By, p.change), Says: []string{o.Reason, w.says},
					Verb: w.verb, Reason: true, Do: func(reason string) part.Cmd {
						command.Reason = reason
						return p.desk.Do(command)
					}})
				return nil
			}})
	}
	return append(list, p.list.Moves()...)
}

func (p *objectionsPage) tooLate() string {
	switch c := lookUp(p.desk.Current, p.change); {
	case c == nil:
		return p.change + " is not in the newest view"
	case c.State != approval.Submitted && c.State != approval.Authorised && c.State != approval.Returned:
		return fmt.Sprintf("%s is %s: objections are possible until the board has met", c.ID, c.State)
	}
	return ""
}

func (p *objectionsPage) settled() string {
	row, _ := p.list.Selected()
	o, known := p.at(row)
	switch {
	case !known:
		return "no objection is selected"
	case o.State != approval.Open:
		return fmt.Sprintf("objection %d is %s", o.Number, o.State)
	case o.By == p.desk.Actor.Name:
		return fmt.Sprintf("you raised objection %d: another person must settle it", o.Number)
	}
	return ""
}

func (p *objectionsPage) askObject() part.Cmd {
	p.desk.Ask(part.Question{Title: "Object to " + p.change + "?", Says: []string{"It blocks what would unlock Prod until it is answered or overruled."}, Verb: "Object", Reason: true,
		Do: func(reason string) part.Cmd {
			return p.desk.Do(engine.ObjectToChange{Change: p.change, Reason: reason})
		}})
	return nil
}

// View implements desk.Screen.
func (p *objectionsPage) View(width, height int) []string {
	t := p.desk.Theme
	open := 0
	for _, o := range p.objections() {
		if o.State == approval.Open {
			open++
		}
	}
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, fmt.Sprintf("%d open of %d", open, len(p.objections()))).String()
	if p.list.Len() == 0 {
		return []string{head, "", t.Text(t.Dim, width, "nobody objected. Application support, Security and technology owners may, until the board has met")}
	}
	lines := append([]string{head, ""}, p.list.Render(t, width, height/2)...)
	row, _ := p.list.Selected()
	o, known := p.at(row)
	if !known {
		return lines
	}
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(fmt.Sprintf("Objection %d", o.Number), p.desk.Day(o.At))
	sheet.Fact(o.By, t.Normal, o.Reason)
	sheet.Fact(string(o.State), t.Tone(objectionTones[o.State]), closedWords(o))
	return append(append(lines, ""), sheet.Lines...)
}
