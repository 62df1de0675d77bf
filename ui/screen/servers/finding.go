package servers

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// findingsPage lists what is wrong with the inventory, and under the list what to do about the selected finding.
type findingsPage struct {
	desk   *desk.Desk
	table  *part.Table
	filter desk.Filter
	all    bool // closed ones too
	shown  []*inventory.Finding
}

func newFindingsPage(d *desk.Desk) *findingsPage {
	p := &findingsPage{desk: d}
	text := func(get func(*inventory.Finding) string) func(int) (part.Ink, string) {
		return func(row int) (part.Ink, string) { return d.Theme.Normal, get(p.shown[row]) }
	}
	p.table = part.NewTable(
		part.TableColumn{Column: part.Column{Title: "Finding", Width: 8}, Value: text(func(f *inventory.Finding) string { return f.ID }),
			Number: func(row int) float64 { return float64(p.shown[row].Opened.Unix()) }},
		part.TableColumn{Column: part.Column{Title: "Severity", Width: 8}, Number: func(row int) float64 { return float64(slices.Index(inventory.Severities, p.shown[row].Severity)) },
			Value: func(row int) (part.Ink, string) {
				f := p.shown[row]
				return d.Theme.Tone(severityTones[f.Severity]), string(f.Severity)
			}},
		part.TableColumn{Column: part.Column{Title: "Kind", Width: 14}, Value: text(func(f *inventory.Finding) string { return string(f.Kind) })},
		part.TableColumn{Column: part.Column{Title: "About", Width: 16, Grow: 1}, Value: text(func(f *inventory.Finding) string { return f.Subject })},
		part.TableColumn{Column: part.Column{Title: "Due", Width: 10}, Number: func(row int) float64 { return float64(p.shown[row].Due.Unix()) }, Value: p.due},
		part.TableColumn{Column: part.Column{Title: "What", Width: 10, Grow: 4}, Value: text(func(f *inventory.Finding) string { return f.Words })},
	)
	return p
}

func (p *findingsPage) due(row int) (part.Ink, string) {
	t, f := p.desk.Theme, p.shown[row]
	switch {
	case !f.Open():
		return t.Dim, "closed"
	case f.Due.IsZero():
		return t.Dim, "–"
	case f.Overdue(p.desk.Current.At):
		return t.Tone(rollout.ToneBad), "overdue"
	}
	return t.Normal, p.desk.Left(f.Due)
}

// Title implements desk.Screen.
func (p *findingsPage) Title() string { return "Findings" }

// Init implements desk.Screen.
func (p *findingsPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *findingsPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		p.narrow()
	}
	return nil
}

func (p *findingsPage) narrow() {
	p.shown = nil
	findings := p.desk.Current.Findings
	for i := range findings {
		if f := &findings[i]; (p.all || f.Open()) && p.filter.Match(f.ID, string(f.Severity), string(f.Kind), f.Subject, f.Words, f.Rule) {
			p.shown = append(p.shown, f)
		}
	}
	p.table.Set(len(p.shown), func(row int) string { return p.shown[row].ID })
}

// Typing implements desk.Typist.
func (p *findingsPage) Typing() bool { return p.filter.Typing() }

// Type implements desk.Typist.
func (p *findingsPage) Type(k part.Key) {
	p.filter.Type(k)
	p.narrow()
}

func (p *findingsPage) at() *inventory.Finding {
	row, ok := p.table.Selected()
	if !ok {
		return nil
	}
	return p.shown[row]
}

// Bindings implements desk.Screen.
func (p *findingsPage) Bindings() []part.Binding {
	const group = "Findings"
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "the server that it is about", Hint: "server", Group: group, Run: func() part.Cmd { return p.desk.Open(newPage(p.desk, p.at().Server)) },
			Disabled: func() string {
				if f := p.at(); f == nil || f.Server == "" {
					return "it is about no server of the inventory"
				}
				return ""
			}},
		{Keys: []string{"x"}, Help: "close the finding with what was done; it opens anew if it is seen again", Hint: "close", Group: group,
			Action: engine.CloseFinding{}.Action(), Run: p.askClose, Disabled: func() string {
				if f := p.at(); f == nil || !f.Open() {
					return "no open finding is selected"
				}
				return ""
			}},
		{Keys: []string{"v"}, Help: "open ones, or all", Hint: "all", Group: group, Run: func() part.Cmd { p.all = !p.all; p.narrow(); return nil }},
		p.filter.Binding(),
	}
	if p.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { p.filter.Clear(); p.narrow(); return nil }})
	}
	return append(append(list, p.desk.CopyRows(p.table)...), p.table.Moves()...)
}

func (p *findingsPage) askClose() part.Cmd {
	f := p.at()
	id := f.ID
	p.desk.Ask(part.Question{Title: "Close " + id + "?", Says: []string{f.Subject + ": " + f.Words}, Verb: "Close", Reason: true,
		Do: func(reason string) part.Cmd { return p.desk.Do(engine.CloseFinding{Finding: id, Reason: reason}) }})
	return nil
}

// View implements desk.Screen.
func (p *findingsPage) View(width, height int) []string {
	const under = 7
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, "Findings").Space(2)
	p.filter.Draw(head, t)
	words := part.Count(len(p.shown), "finding", "findings")
	if p.table.Marks() > 0 {
		words = p.table.Words() + " · " + words
	}
	lines := []string{head.End(t.Dim, words).String()}
	if p.table.Len() == 0 {
		return append(lines, "", t.Text(t.Dim, width, "nothing is open that the inventory knows of"))
	}
	lines = append(lines, p.table.Render(t, width, height-1-under)...)
	sheet := part.Sheet{Theme: t, Width: width}
	f := p.at()
	sheet.Head(fmt.Sprintf("%s %s: %s", f.ID, f.Kind, f.Subject), "opened "+p.desk.Ago(f.Opened)+" by "+f.Evidence)
	sheet.Fact("what", t.Normal, f.Words)
	sheet.Fact("what to do", t.Strong, f.Todo)
	sheet.Fact("rule", t.Dim, f.Rule)
	if !f.Open() {
		sheet.Fact("closed", t.Tone(rollout.ToneGood), p.desk.Day(f.Closed)+" by "+f.ClosedBy)
	}
	return append(append(lines, t.Rule(width)), sheet.Lines[:min(len(sheet.Lines), under-1)]...)
}
