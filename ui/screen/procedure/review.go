package procedure

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// actionsPage lists what reviews decided to do, and records the review of the month in front with what it wants done.
type actionsPage struct {
	desk  *desk.Desk
	cycle string // the month that was in front; empty when none has begun
	list  part.List
}

func newActionsPage(d *desk.Desk, cycle string) *actionsPage {
	p := &actionsPage{desk: d, cycle: cycle}
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
	list := []part.Binding{p.reviewBinding(), p.actionBinding(), {Keys: []string{"d"}, Help: "the action is done, with a note", Hint: "done", Group: "Procedure", Action: engine.FinishAction{}.Action(),
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
	lines := append([]string{head}, p.found(width)...)
	lines = append(lines, "")
	if p.list.Len() == 0 {
		return append(lines, t.Text(t.Dim, width, "no review has asked for anything yet: h holds the month's review, n adds what it wants done"))
	}
	return append(lines, p.list.Render(t, width, height-len(lines))...)
}

// held is the review of the month in front.
func (p *actionsPage) held() (procedure.Review, bool) {
	reviews := p.desk.Current.Procedure.Reviews
	i := slices.IndexFunc(reviews, func(r procedure.Review) bool { return r.Cycle == p.cycle })
	if i < 0 {
		return procedure.Review{}, false
	}
	return reviews[i], true
}

// found says what the month's review found, in a few lines.
func (p *actionsPage) found(width int) []string {
	t := p.desk.Theme
	if p.cycle == "" {
		return nil
	}
	sheet := part.Sheet{Theme: t, Width: width}
	r, ok := p.held()
	if !ok {
		sheet.Say(t.Dim, "the review of "+p.cycle+" was not held yet")
		return sheet.Lines
	}
	sheet.Say(t.Normal, fmt.Sprintf("%s, held %s by %s: %s", r.Cycle, p.desk.Day(r.At), r.By, r.Summary))
	const most = 3
	return sheet.Lines[:min(len(sheet.Lines), most)]
}

func (p *actionsPage) noMonth() string {
	if p.cycle == "" {
		return "no month has begun"
	}
	return ""
}

// reviewBinding writes what the change review meeting of the month said; what it said before stands in the form.
func (p *actionsPage) reviewBinding() part.Binding {
	return part.Binding{Keys: []string{"h"}, Help: "hold the change review meeting of the month; held again, it replaces what was said", Hint: "hold review", Group: "Procedure",
		Action: engine.HoldReview{}.Action(), Disabled: p.noMonth, Run: func() part.Cmd {
			was, _ := p.held()
			form := &desk.Form{Name: "Review of " + p.cycle, Group: "Procedure", Verb: "hold the review", Action: engine.HoldReview{}.Action(),
				Says: []string{"With every question answered it also closes the releases of the month that are through."},
				Blanks: []desk.Blank{
					{Key: "summary", Label: "summary", Meaning: "what was found, in a sentence or more", Text: was.Summary, Required: true},
					{Key: "attendees", Label: "attendees", Meaning: "who was there, with commas between", Text: strings.Join(was.Attendees, ", ")},
				},
				Make: func(written map[string]string) (engine.Command, error) {
					command := engine.HoldReview{Cycle: p.cycle, Summary: written["summary"], Attendees: listed(written["attendees"]), Answers: map[string]string{}}
					for _, q := range procedure.ReviewQuestions {
						if words := written[q.Key]; words != "" {
							command.Answers[q.Key] = words
						}
					}
					return command, nil
				}}
			for _, q := range procedure.ReviewQuestions {
				form.Blanks = append(form.Blanks, desk.Blank{Key: q.Key, Label: q.Key, Meaning: q.Words, Text: was.Answers[q.Key]})
			}
			return p.desk.Fill(form)
		}}
}

// listed reads names with commas between.
func listed(text string) (names []string) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// actionBinding adds what a review wants done.
func (p *actionsPage) actionBinding() part.Binding {
	return part.Binding{Keys: []string{"n"}, Help: "a new action: what is to be done, by whom and until when", Hint: "new action", Group: "Procedure",
		Action: engine.AddAction{}.Action(), Disabled: p.noMonth, Run: func() part.Cmd {
			return p.desk.Fill(&desk.Form{Name: "A new action of " + p.cycle, Group: "Procedure", Verb: "add the action", Action: engine.AddAction{}.Action(),
				Says: []string{"It goes on into each next month until it is done."},
				Blanks: []desk.Blank{
					{Key: "words", Label: "what", Meaning: "what is to be done", Required: true},
					{Key: "owner", Label: "owner", Meaning: "who does it", Text: p.desk.Actor.Name, Required: true},
					{Key: "due", Label: "due", Meaning: "the day until which it is done, like " + calendar.DateOf(p.desk.Current.At, p.desk.Zone).Add(14).String(), Required: true},
				},
				Make: func(written map[string]string) (engine.Command, error) {
					due, err := calendar.ParseDate(written["due"])
					return engine.AddAction{Cycle: p.cycle, Words: written["words"], Owner: written["owner"], Due: due}, err
				}})
		}}
}
