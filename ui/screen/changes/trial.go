package changes

import (
	"fmt"
	"maps"
	"slices"

	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// trialPage is one line of the matrix in full: an application with its answer and its test plan, or an update with the proof of each
// minimum test on each pilot server.
type trialPage struct {
	desk          *desk.Desk
	change, about string
	application   bool
	scroll        part.Scroll
}

// Title implements desk.Screen.
func (p *trialPage) Title() string { return "Test of " + p.about }

// Init implements desk.Screen.
func (p *trialPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *trialPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *trialPage) Bindings() []part.Binding { return p.scroll.Moves() }

// View implements desk.Screen.
func (p *trialPage) View(width, height int) []string {
	t := p.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(p.Title(), p.change)
	if p.application {
		p.plan(&sheet)
	} else {
		p.proofs(&sheet)
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}

func (p *trialPage) plan(sheet *part.Sheet) {
	t := sheet.Theme
	c := lookUp(p.desk.Current, p.change)
	if c == nil {
		sheet.Say(t.Dim, p.change+" is not in the newest view")
		return
	}
	answer := c.Acceptance.Results[p.about]
	sheet.Fact("result", t.Tone(resultTones[answer.Result]), string(answer.Result))
	if answer.By != "" {
		sheet.Fact("by", t.Normal, answer.By+", "+p.desk.Day(answer.At))
	}
	sheet.Fact("update", t.Normal, answer.Update)
	sheet.Fact("note", t.Normal, answer.Note)
	plan := testPlan(p.desk.Current, p.about)
	if plan == nil {
		sheet.Head("Test plan", "none")
		sheet.Say(t.Dim, "Nobody wrote one. Before testing starts T on the screen Changes writes it.")
		return
	}
	sheet.Head("Test plan", fmt.Sprintf("revision %d by %s, %s", plan.Rev, plan.By, p.desk.Day(plan.At)))
	if rev := c.Acceptance.Plans[p.about]; rev != plan.Rev && len(c.Acceptance.Results) > 0 {
		sheet.Say(t.Dim, fmt.Sprintf("Testing began with %s.", testPlanWords(p.desk.Current, c, p.about)))
	}
	for i, step := range plan.Steps {
		sheet.Fact(fmt.Sprintf("%d", i+1), t.Normal, step)
	}
}

func (p *trialPage) proofs(sheet *part.Sheet) {
	t := sheet.Theme
	c := lookUp(p.desk.Current, p.change)
	if c == nil {
		sheet.Say(t.Dim, p.change+" is not in the newest view")
		return
	}
	if w, ok := c.Minimum.Workarounds[p.about]; ok {
		sheet.Fact("workaround", t.Tone(resultTones[pilot.Workaround]), fmt.Sprintf("%s, %s: %s", w.By, p.desk.Day(w.At), w.Note))
	}
	for _, test := range pilot.MinimumTests {
		sheet.Fact(string(test.Test), t.Dim, "passes when "+test.Means)
	}
	names := desk.Names(p.desk.Current)
	for _, server := range slices.Sorted(maps.Keys(c.Minimum.Servers)) {
		tested := c.Minimum.Servers[server]
		sheet.Head(names(inventory.ServerID(server)), p.desk.Day(tested.At))
		for _, proof := range tested.Proofs {
			if proof.Update == p.about {
				sheet.Fact(string(proof.Test), t.Tone(resultTones[proof.Result]), string(proof.Result)+": "+proof.Words)
			}
		}
	}
}
