package changes

import (
	"fmt"
	"maps"
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// testPlansPage lists the inventory's applications with how each is tested, to write it before testing starts.
type testPlansPage struct {
	desk         *desk.Desk
	list         part.List
	applications []string
	servers      map[string]int // that run an application
	counted      *engine.View
}

func newTestPlansPage(d *desk.Desk) *testPlansPage {
	p := &testPlansPage{desk: d}
	p.list.Columns = []part.Column{{Title: "Application", Width: 20, Grow: 1}, {Title: "Servers", Width: 7, Right: true}, {Title: "Plan", Width: 26}, {Title: "By", Width: 12},
		{Title: "Written", Width: 16, From: 100}}
	p.list.Cell = p.cell
	return p
}

func (p *testPlansPage) cell(row, column int) (part.Ink, string) {
	t, name := p.desk.Theme, p.applications[row]
	plan := testPlan(p.desk.Current, name)
	switch {
	case column == 0:
		return t.Normal, name
	case column == 1:
		return t.Dim, part.Number(p.servers[name])
	case plan == nil && column == 2:
		return t.Dim, "none yet: enter writes one"
	case plan == nil:
		return t.Dim, ""
	case column == 2:
		return t.Normal, fmt.Sprintf("revision %d, %s", plan.Rev, part.Count(len(plan.Steps), "step", "steps"))
	case column == 3:
		return t.Accent, plan.By
	default:
		return t.Dim, p.desk.Day(plan.At)
	}
}

// Title implements desk.Screen.
func (p *testPlansPage) Title() string { return "Test plans" }

// Init implements desk.Screen.
func (p *testPlansPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *testPlansPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); !ok || p.counted == p.desk.Current {
		return nil
	}
	p.counted, p.servers = p.desk.Current, map[string]int{}
	for i := range p.counted.Servers {
		for _, name := range p.counted.Servers[i].Applications {
			p.servers[name]++
		}
	}
	p.applications = slices.Sorted(maps.Keys(p.servers))
	applications := p.applications
	p.list.Set(len(applications), func(row int) string { return applications[row] })
	return nil
}

// Bindings implements desk.Screen.
func (p *testPlansPage) Bindings() []part.Binding {
	list := []part.Binding{{Keys: []string{"enter"}, Help: "write how the application is tested, for every month from now on", Hint: "write", Group: "Acceptance",
		Action: engine.WriteTestPlan{}.Action(), Disabled: func() string {
			if p.list.Len() == 0 {
				return "no server names an application"
			}
			return ""
		}, Run: func() part.Cmd { return p.desk.Fill(planForm(p.desk.Current, p.list.SelectedID())) }}}
	return append(list, p.list.Moves()...)
}

// roomForSteps is how many empty steps a form has below those that are there, and how many it has at least.
const roomForSteps, leastSteps = 3, 8

func planForm(view *engine.View, application string) *desk.Form {
	var steps []string
	if plan := testPlan(view, application); plan != nil {
		steps = plan.Steps
	}
	form := &desk.Form{Name: "Test plan of " + application, Group: "Acceptance", Verb: "write this revision", Action: engine.WriteTestPlan{}.Action(),
		Says: []string{"Whoever tests follows it from top to bottom. Empty steps are left out."}}
	for n := range max(len(steps)+roomForSteps, leastSteps) {
		b := desk.Blank{Key: fmt.Sprint(n), Label: fmt.Sprintf("step %d", n+1), Meaning: "what is done, and what must come of it"}
		if n < len(steps) {
			b.Text = steps[n]
		}
		form.Blanks = append(form.Blanks, b)
	}
	blanks := len(form.Blanks)
	form.Make = func(written map[string]string) (engine.Command, error) {
		command := engine.WriteTestPlan{Application: application}
		for n := range blanks {
			if step := written[fmt.Sprint(n)]; step != "" {
				command.Steps = append(command.Steps, step)
			}
		}
		if len(command.Steps) == 0 {
			return nil, fmt.Errorf("a test plan has at least one step")
		}
		return command, nil
	}
	return form
}

// View implements desk.Screen.
func (p *testPlansPage) View(width, height int) []string {
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, part.Count(len(p.applications), "application", "applications")).String()
	if p.list.Len() == 0 {
		return []string{head, "", t.Text(t.Dim, width, "no server names an application: the inventory's column applications does")}
	}
	return append([]string{head, ""}, p.list.Render(t, width, height-2)...)
}
