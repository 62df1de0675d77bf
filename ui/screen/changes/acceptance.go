package changes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// acceptancePage is the matrix of a change request's tests: first the applications with what their owners found, to record results,
// then the updates with the minimum tests that the engine ran on the pilot.
type acceptancePage struct {
	desk         *desk.Desk
	change       string
	list         part.List
	applications []string
	updates      []string
}

func newAcceptancePage(d *desk.Desk, change string) *acceptancePage {
	p := &acceptancePage{desk: d, change: change}
	p.list.Columns = []part.Column{{Title: "Tested", Width: 14, Grow: 1}, {Title: "Result", Width: 12}, {Title: "Test plan", Width: 11},
		{Title: "By", Width: 10}, {Title: "Update", Width: 10, From: 100}, {Title: "Note", Width: 20, Grow: 3}}
	p.list.Cell = p.cell
	return p
}

// of gives the change request of the newest view; an empty one whose acceptance is closed when it has left.
func (p *acceptancePage) of() *engine.ChangeView {
	if c := lookUp(p.desk.Current, p.change); c != nil {
		return c
	}
	return &engine.ChangeView{Acceptance: pilot.Acceptance{Closed: true}}
}

// application is the one in a row; a row below them is an update.
func (p *acceptancePage) application(row int) (name string, is bool) {
	if row < len(p.applications) {
		return p.applications[row], true
	}
	return p.updates[row-len(p.applications)], false
}

func (p *acceptancePage) cell(row, column int) (part.Ink, string) {
	t, c := p.desk.Theme, p.of()
	name, application := p.application(row)
	if column == 0 {
		return t.Normal, name
	}
	answer, plan := c.Acceptance.Results[name], testPlanWords(p.desk.Current, c, name)
	if !application {
		answer, plan = minimumAnswer(c.Minimum, name), "minimum"
	}
	switch column {
	case 1:
		return t.Tone(resultTones[answer.Result]), string(answer.Result)
	case 2:
		return t.Dim, plan
	case 3:
		return t.Dim, answer.By
	case 4:
		return t.Normal, answer.Update
	default:
		return t.Dim, answer.Note
	}
}

// minimumAnswer sums the minimum tests of an update up as one answer.
func minimumAnswer(m pilot.Minimum, kb string) pilot.Answer {
	if w, ok := m.Workarounds[kb]; ok {
		w.Result = pilot.Workaround
		return w
	}
	sum := m.ByUpdate()[kb]
	answer := pilot.Answer{Result: pilot.Passed, By: "engine"}
	var words []string
	for _, test := range pilot.MinimumTests {
		result := sum[test.Test]
		if result == pilot.FailedTest || result != pilot.Passed && answer.Result == pilot.Passed {
			answer.Result = result
		}
		words = append(words, fmt.Sprintf("%s: %s", test.Test, result))
	}
	answer.Note = strings.Join(words, ", ")
	return answer
}

// testPlanWords say by which revision of its plan an application is tested.
func testPlanWords(view *engine.View, c *engine.ChangeView, application string) string {
	if rev := c.Acceptance.Plans[application]; rev > 0 {
		return fmt.Sprintf("revision %d", rev)
	}
	if testPlan(view, application) != nil {
		return "not then"
	}
	return "none"
}

func testPlan(view *engine.View, application string) *pilot.TestPlan {
	i := slices.IndexFunc(view.TestPlans, func(t pilot.TestPlan) bool { return t.Application == application })
	if i < 0 {
		return nil
	}
	return &view.TestPlans[i]
}

// Title implements desk.Screen.
func (p *acceptancePage) Title() string { return "Acceptance of " + p.change }

// Init implements desk.Screen.
func (p *acceptancePage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *acceptancePage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		c := p.of()
		p.applications = slices.Sorted(maps.Keys(c.Acceptance.Results))
		p.updates = slices.Sorted(maps.Keys(c.Minimum.ByUpdate()))
		p.list.Set(len(p.applications)+len(p.updates), func(row int) string {
			name, _ := p.application(row)
			return name
		})
	}
	return nil
}

// results are what can be recorded of an application, each with its key and what follows from it.
var results = []struct {
	key    string
	result pilot.Result
	effect string
}{
	{"p", pilot.Passed, "Its servers may be patched in Prod."},
	{"f", pilot.FailedTest, "Prod waits until the update is dropped, the servers are excluded, or a workaround is recorded."},
}

// Bindings implements desk.Screen.
func (p *acceptancePage) Bindings() []part.Binding {
	const group = "Acceptance"
	list := []part.Binding{{Keys: []string{"enter"}, Help: "its test plan, or the proofs of each pilot server", Hint: "open", Group: group, Disabled: p.nothing, Run: func() part.Cmd {
		name, application := p.selected()
		return p.desk.Open(&trialPage{desk: p.desk, change: p.change, about: name, application: application})
	}}}
	for _, r := range results {
		list = append(list, part.Binding{
			Keys: []string{r.key}, Help: fmt.Sprintf("record: %s", r.result), Hint: string(r.result), Group: group,
			Action: engine.RecordAcceptance{}.Action(), Disabled: p.closed, Run: func() part.Cmd { p.ask(r.result, r.effect); return nil },
		})
	}
	list = append(list, part.Binding{Keys: []string{"w"}, Help: "record a workaround for what failed", Hint: "workaround", Group: group,
		Action: engine.RecordWorkaround{}.Action(), Disabled: p.healthy, Run: p.askWorkaround})
	return append(list, p.list.Moves()...)
}

func (p *acceptancePage) selected() (name string, application bool) {
	row, _ := p.list.Selected()
	return p.application(row)
}

func (p *acceptancePage) nothing() string {
	if p.list.Len() == 0 {
		return "nothing is tested"
	}
	return ""
}

func (p *acceptancePage) closed() string {
	if why := p.nothing(); why != "" {
		return why
	}
	a := p.of().Acceptance
	name, application := p.selected()
	switch {
	case !application:
		return "the engine tests " + name + " itself; w records a workaround for what failed"
	case a.Closed:
		return "acceptance closed at " + p.desk.Day(a.Deadline)
	}
	return ""
}

// healthy says why there is nothing to work around.
func (p *acceptancePage) healthy() string {
	if why := p.nothing(); why != "" {
		return why
	}
	c := p.of()
	name, application := p.selected()
	result := c.Acceptance.Results[name].Result
	if !application {
		result = minimumAnswer(c.Minimum, name).Result
	}
	if result != pilot.FailedTest {
		return fmt.Sprintf("%s is %s: a workaround answers a failure", name, result)
	}
	return ""
}

func (p *acceptancePage) ask(result pilot.Result, effect string) {
	name, _ := p.selected()
	command := engine.RecordAcceptance{Change: p.change, Application: name, Result: result}
	p.desk.Ask(part.Question{
		Title: fmt.Sprintf("Record for %s: %s %s?", p.change, name, result), Says: []string{effect}, Verb: "Record", Reason: true,
		Do: func(note string) part.Cmd {
			command.Note = note
			return p.desk.Do(command)
		},
	})
}

func (p *acceptancePage) askWorkaround() part.Cmd {
	name, _ := p.selected()
	p.desk.Ask(part.Question{
		Title: fmt.Sprintf("Record a workaround for %s in %s?", name, p.change), Says: []string{"It failed, and the note says how to live with it: Prod may go on."},
		Verb: "Record", Reason: true, Field: "How to live with it",
		Do: func(note string) part.Cmd {
			return p.desk.Do(engine.RecordWorkaround{Change: p.change, About: name, Note: note})
		},
	})
	return nil
}

// View implements desk.Screen.
func (p *acceptancePage) View(width, height int) []string {
	t, a := p.desk.Theme, p.of().Acceptance
	state := "closed"
	switch {
	case len(a.Results) == 0:
		state = "applications are asked when Dev is through"
	case !a.Closed:
		state = "no response by " + p.desk.Day(a.Deadline) + " counts as no issues"
	}
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, state).String()
	return append([]string{head, ""}, p.list.Render(t, width, height-2)...)
}

// failureWords tell a failed minimum test.
func failureWords(f pilot.FailedProof, names func(inventory.ServerID) string) string {
	words := fmt.Sprintf("%s %s on %s: %s", f.Update, f.Test, names(inventory.ServerID(f.Server)), f.Words)
	if f.Blocks() {
		words += "; it blocks Prod"
	}
	return words
}
