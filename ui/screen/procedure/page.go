package procedure

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// page is one task in full.
type page struct {
	screen *Screen
	task   int
	scroll part.Scroll
}

// Title implements desk.Screen.
func (p *page) Title() string { return fmt.Sprintf("Task %d", p.task) }

// Init implements desk.Screen.
func (p *page) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *page) Update(message part.Msg) part.Cmd { return p.screen.Update(message) }

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	return append(p.screen.steps(func() int { return p.task }), p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	d, l := p.screen.desk, p.screen.line(p.task)
	t := d.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	if l == nil {
		sheet.Say(t.Dim, p.Title()+" is not in the newest view")
		return sheet.Lines
	}
	sheet.Head(p.Title(), "")
	sheet.Say(t.Strong, l.Title)
	sheet.Gap()
	sheet.Fact("state", t.Tone(stateTones[l.State]), stateWord(l.State))
	sheet.Fact("who", t.Accent, string(l.Who))
	sheet.Fact("due", t.Normal, d.Day(l.Due))
	sheet.Fact("builds on", t.Normal, numbers(l.BuildsOn))
	switch {
	case l.Hand:
		sheet.Fact("completed", t.Normal, "by hand: a tick was undone, so the engine leaves it to people")
	case l.Auto:
		sheet.Fact("completed", t.Normal, "by the engine from what it sees, or by hand")
	default:
		sheet.Fact("completed", t.Normal, "by hand")
	}
	if l.ToDo != "" {
		sheet.Head("Overdue", "")
		sheet.Fact("what to do", t.Tone(rollout.ToneBad), l.ToDo)
		sheet.Fact("now with", t.Normal, l.Told)
	}
	if len(l.Ticks) > 0 {
		sheet.Head("What happened", "")
	}
	for _, tick := range l.Ticks {
		how := "ticked by " + tick.By
		switch {
		case tick.Seen:
			how = "seen by the engine"
		case tick.Skipped:
			how = "skipped by " + tick.By
		}
		sheet.Fact(d.Clock(tick.At), t.Dim, d.Day(tick.At)+", "+how)
		sheet.Fact("", t.Normal, tick.Note)
	}
	if len(l.Times) > 0 {
		sheet.Head("Its times", "")
		for _, at := range l.Times {
			sheet.Say(t.Normal, d.Day(at))
		}
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}

// actionsPage lists what reviews decided to do.
type actionsPage struct {
	desk *desk.Desk
	list part.List
}

func newActionsPage(d *desk.Desk) *actionsPage {
	p := &actionsPage{desk: d}
	p.list.Columns = []part.Column{{Title: "Action", Width: 7}, {Title: "State", Width: 9}, {Title: "Due", Width: 10}, {Title: "Owner", Width: 10},
		{Title: "From", Width: 8}, {Title: "What is to be done", Width: 20, Grow: 1}}
	p.list.Cell = p.cell
	return p
}

func (p *actionsPage) state(a *procedure.Action) procedure.ActionState {
	return a.State(calendar.DateOf(p.desk.Current.At, p.desk.Zone))
}

var actionTones = map[procedure.ActionState]rollout.Tone{
	procedure.ActionOpen: rollout.ToneActive, procedure.ActionOverdue: rollout.ToneBad, procedure.ActionDone: rollout.ToneGood,
}

func (p *actionsPage) cell(row, column int) (part.Ink, string) {
	t, a := p.desk.Theme, &p.desk.Current.Procedure.Actions[row]
	switch column {
	case 0:
		return t.Normal, a.ID
	case 1:
		return t.Tone(actionTones[p.state(a)]), string(p.state(a))
	case 2:
		return t.Dim, a.Due.String()
	case 3:
		return t.Accent, a.Owner
	case 4:
		return t.Dim, a.Cycle
	default:
		return t.Normal, a.Words
	}
}

// Title implements desk.Screen.
func (p *actionsPage) Title() string { return "Actions of the reviews" }

// Init implements desk.Screen.
func (p *actionsPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *actionsPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		actions := p.desk.Current.Procedure.Actions
		p.list.Set(len(actions), func(row int) string { return actions[row].ID })
	}
	return nil
}

// Bindings implements desk.Screen.
func (p *actionsPage) Bindings() []part.Binding {
	list := []part.Binding{{Keys: []string{"d"}, Help: "the action is done, with a note", Hint: "done", Group: "Procedure", Action: engine.FinishAction{}.Action(),
		Disabled: func() string {
			row, ok := p.list.Selected()
			if !ok {
				return "no action is selected"
			}
			if a := &p.desk.Current.Procedure.Actions[row]; a.Done != nil {
				return a.ID + " was done by " + a.Done.By
			}
			return ""
		},
		Run: func() part.Cmd {
			row, _ := p.list.Selected()
			a := p.desk.Current.Procedure.Actions[row]
			p.desk.Ask(part.Question{Title: "Is " + a.ID + " done?", Says: []string{a.Words}, Verb: "Done", Reason: true, Field: "Note",
				Do: func(note string) part.Cmd { return p.desk.Do(engine.FinishAction{ID: a.ID, Note: note}) }})
			return nil
		}}}
	return append(list, p.list.Moves()...)
}

// View implements desk.Screen.
func (p *actionsPage) View(width, height int) []string {
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, part.Count(len(p.desk.Current.Procedure.Reviews), "review", "reviews")+" held").String()
	if p.list.Len() == 0 {
		return []string{head, "", t.Text(t.Dim, width, "no review has asked for anything yet: patchdeck review action adds what one decides")}
	}
	lines := []string{head, ""}
	return append(lines, p.list.Render(t, width, height-2)...)
}
