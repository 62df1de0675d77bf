package changes

import (
	"fmt"
	"maps"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/pilot"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// acceptancePage lists the applications of a change request with what their owners found, to record results.
type acceptancePage struct {
	desk   *desk.Desk
	change string
	list   part.List
	names  []string
}

func newAcceptancePage(d *desk.Desk, change string) *acceptancePage {
	p := &acceptancePage{desk: d, change: change}
	p.list.Columns = []part.Column{{Title: "Application", Width: 20, Grow: 1}, {Title: "Result", Width: 12}, {Title: "By", Width: 10},
		{Title: "Note", Width: 20, Grow: 3}}
	p.list.Cell = p.cell
	return p
}

// acceptance is the present state; empty when the change request has left the view.
func (p *acceptancePage) acceptance() pilot.Acceptance {
	i := slices.IndexFunc(p.desk.Current.Changes, func(c engine.ChangeView) bool { return c.ID == p.change })
	if i < 0 {
		return pilot.Acceptance{Closed: true}
	}
	return p.desk.Current.Changes[i].Acceptance
}

func (p *acceptancePage) cell(row, column int) (part.Ink, string) {
	t, answer := p.desk.Theme, p.acceptance().Results[p.names[row]]
	switch column {
	case 0:
		return t.Normal, p.names[row]
	case 1:
		return t.Tone(resultTones[answer.Result]), string(answer.Result)
	case 2:
		return t.Dim, answer.By
	default:
		return t.Dim, answer.Note
	}
}

// Title implements desk.Screen.
func (p *acceptancePage) Title() string { return "Acceptance of " + p.change }

// Init implements desk.Screen.
func (p *acceptancePage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *acceptancePage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		p.names = slices.Sorted(maps.Keys(p.acceptance().Results))
		names := p.names
		p.list.Set(len(names), func(row int) string { return names[row] })
	}
	return nil
}

// results are what can be recorded, each with its key and what follows from it.
var results = []struct {
	key    string
	result pilot.Result
	effect string
}{
	{"p", pilot.Passed, "Its servers may be patched in Prod."},
	{"f", pilot.FailedTest, "Prod waits until the update is dropped, the servers are excluded, or a workaround is recorded."},
	{"w", pilot.Workaround, "It failed, and the note says how to live with it: Prod may go on."},
}

// Bindings implements desk.Screen.
func (p *acceptancePage) Bindings() []part.Binding {
	var list []part.Binding
	for _, r := range results {
		list = append(list, part.Binding{
			Keys: []string{r.key}, Help: fmt.Sprintf("record: %s", r.result), Hint: string(r.result), Group: "Acceptance",
			Action: engine.RecordAcceptance{}.Action(), Disabled: p.closed, Run: func() part.Cmd { p.ask(r.result, r.effect); return nil },
		})
	}
	return append(list, p.list.Moves()...)
}

func (p *acceptancePage) closed() string {
	switch a := p.acceptance(); {
	case p.list.Len() == 0:
		return "no application is asked"
	case a.Closed:
		return "acceptance closed at " + p.desk.Day(a.Deadline)
	}
	return ""
}

func (p *acceptancePage) ask(result pilot.Result, effect string) {
	command := engine.RecordAcceptance{Change: p.change, Application: p.list.SelectedID(), Result: result}
	p.desk.Ask(part.Question{
		Title: fmt.Sprintf("Record for %s: %s %s?", p.change, command.Application, result), Says: []string{effect}, Verb: "Record", Reason: true,
		Do: func(note string) part.Cmd {
			command.Note = note
			return p.desk.Do(command)
		},
	})
}

// View implements desk.Screen.
func (p *acceptancePage) View(width, height int) []string {
	t, a := p.desk.Theme, p.acceptance()
	state := "closed"
	if !a.Closed {
		state = "no response by " + p.desk.Day(a.Deadline) + " counts as no issues"
	}
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, state).String()
	return append([]string{head, ""}, p.list.Render(t, width, height-2)...)
}
