package incidents

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/notice"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/history"
)

// selected is the incident under the cursor; nil when there is none.
func (s *Screen) selected() *notice.Incident {
	row, ok := s.incidents.Selected()
	if !ok {
		return nil
	}
	return &s.desk.Current.Incidents[s.shown[row]]
}

const incidentGroup = "Incidents"

// incidentBindings are the steps of the machine of an incident, and looking.
func (s *Screen) incidentBindings() []part.Binding {
	return append([]part.Binding{
		{Keys: []string{"enter"}, Help: "the whole incident", Hint: "open", Group: incidentGroup, Disabled: s.noIncident,
			Run: func() part.Cmd { return s.desk.Open(&incidentPage{desk: s.desk, id: s.selected().ID}) }},
		{Keys: []string{"n"}, Help: "open a new incident", Hint: "new", Group: incidentGroup, Action: engine.OpenIncident{}.Action(), Run: s.askNew},
	}, incidentSteps(s.desk, s.selected)...)
}

func (s *Screen) noIncident() string {
	if s.selected() == nil {
		return "no incident is selected"
	}
	return ""
}

func (s *Screen) askNew() part.Cmd {
	s.desk.Ask(part.Question{Title: "Open an incident", Says: []string{"Say in one line what is wrong. Link it to a server, rollout or change request afterwards."},
		Verb: "Open it", Reason: true, Field: "What is wrong", Do: func(title string) part.Cmd { return s.desk.Do(engine.OpenIncident{Title: title}) }})
	return nil
}

// incidentSteps are what a person may do to one incident, in a list and on its page.
func incidentSteps(d *desk.Desk, which func() *notice.Incident) []part.Binding {
	when := func(state notice.IncidentState) func() string {
		return func() string {
			i := which()
			switch {
			case i == nil:
				return "no incident is selected"
			case i.State != state:
				return i.ID + " is " + string(i.State)
			}
			return ""
		}
	}
	ask := func(title, says, verb, field string, command func(id, text string) engine.Command) func() part.Cmd {
		return func() part.Cmd {
			i := which()
			d.Ask(part.Question{Title: fmt.Sprintf(title, i.ID), Says: []string{i.Title, says}, Verb: verb, Reason: true, Field: field,
				Do: func(text string) part.Cmd { return d.Do(command(i.ID, text)) }})
			return nil
		}
	}
	return []part.Binding{
		{Keys: []string{"t"}, Help: "take it: it is mine", Hint: "take", Group: incidentGroup, Action: engine.AssignIncident{}.Action(), Disabled: when(notice.Open),
			Run: func() part.Cmd { return d.Do(engine.AssignIncident{Incident: which().ID, Owner: d.Actor.Name}) }},
		{Keys: []string{"a"}, Help: "give it to somebody", Group: incidentGroup, Action: engine.AssignIncident{}.Action(), Disabled: when(notice.Open),
			Run: ask("Give %s to somebody?", "Whoever has it is named in every list.", "Give", "Who",
				func(id, who string) engine.Command { return engine.AssignIncident{Incident: id, Owner: who} })},
		{Keys: []string{"L"}, Help: "link it to a server, rollout, change request or incident", Group: incidentGroup, Action: engine.LinkIncident{}.Action(),
			Disabled: func() string {
				if which() == nil {
					return "no incident is selected"
				}
				return ""
			},
			Run: ask("Link %s?", "Give the id of what it belongs to: a server, R-3, CHG-12, a release or INC-7.", "Link", "To what",
				func(id, to string) engine.Command { return engine.LinkIncident{Incident: id, To: to} })},
		{Keys: []string{"r"}, Help: "resolve it with what was done", Hint: "resolve", Group: incidentGroup, Action: engine.ResolveIncident{}.Action(), Disabled: when(notice.Open),
			Run: ask("Resolve %s?", "Say what was done; it stands in the audit trail. If the engine sees the same again, it opens again.", "Resolve", "What was done",
				func(id, words string) engine.Command {
					return engine.ResolveIncident{Incident: id, Resolution: words}
				})},
		{Keys: []string{"o"}, Help: "open a resolved one again", Group: incidentGroup, Action: engine.ReopenIncident{}.Action(), Disabled: when(notice.Resolved),
			Run: ask("Open %s again?", "It stands among the open ones again, with its history.", "Open again", "",
				func(id, reason string) engine.Command { return engine.ReopenIncident{Incident: id, Reason: reason} })},
	}
}

// incidentPage is one incident in full.
type incidentPage struct {
	desk   *desk.Desk
	id     string
	scroll part.Scroll
}

func (p *incidentPage) incident() *notice.Incident {
	for k := range p.desk.Current.Incidents {
		if p.desk.Current.Incidents[k].ID == p.id {
			return &p.desk.Current.Incidents[k]
		}
	}
	return nil
}

// Title implements desk.Screen.
func (p *incidentPage) Title() string { return p.id }

// Init implements desk.Screen.
func (p *incidentPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *incidentPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements desk.Screen.
func (p *incidentPage) Bindings() []part.Binding {
	list := append(incidentSteps(p.desk, p.incident), part.Binding{Keys: []string{"l"}, Help: "its history", Hint: "history", Group: incidentGroup,
		Run: func() part.Cmd { return p.desk.Open(history.New(p.desk, p.id, p.id)) }})
	return append(list, p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *incidentPage) View(width, height int) []string {
	t, i := p.desk.Theme, p.incident()
	sheet := part.Sheet{Theme: t, Width: width}
	if i == nil {
		sheet.Say(t.Dim, p.id+" is not in the newest view")
		return sheet.Lines
	}
	ink, state := stateWords(t, i)
	sheet.Head(i.ID, "")
	sheet.Say(t.Strong, i.Title)
	sheet.Gap()
	sheet.Fact("state", ink, state)
	sheet.Fact("owner", t.Accent, i.Owner)
	sheet.Fact("server", t.Normal, desk.Names(p.desk.Current)(i.Server))
	sheet.Fact("release", t.Normal, i.Release)
	sheet.Fact("class", t.Normal, strings.TrimSpace(i.Class+" "+i.Code))
	sheet.Fact("linked to", t.Normal, strings.Join(i.Links, ", "))
	sheet.Fact("opened", t.Normal, p.desk.DayAndSecond(i.Opened)+" by "+i.By)
	if i.Times > 1 {
		sheet.Fact("seen", t.Normal, fmt.Sprintf("%d times, last %s (%s)", i.Times, p.desk.DayAndSecond(i.Last), p.desk.Ago(i.Last)))
	}
	if r := i.Resolution; r != nil {
		sheet.Head("Resolution", "")
		how := "in their words"
		if r.Evidence {
			how = "seen on the server"
		}
		sheet.Fact(r.By, t.Normal, r.Words)
		sheet.Fact("when", t.Dim, p.desk.DayAndSecond(r.At)+", "+how)
		if i.State == notice.Open {
			sheet.Say(t.Dim, "It was opened again after that.")
		}
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}
