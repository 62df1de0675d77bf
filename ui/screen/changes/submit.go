package changes

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// unasked lists the releases that hold updates and wait for a change request: they never had one, or it came to nothing.
func unasked(view *engine.View) []approval.Release {
	var list []approval.Release
	for _, r := range view.Releases {
		asked := slices.ContainsFunc(view.Changes, func(c engine.ChangeView) bool {
			return c.Release == r.ID && (!c.State.Ended() || c.State == approval.Completed)
		})
		if !asked && r.Phase != approval.Closed && len(r.Active()) > 0 {
			list = append(list, r)
		}
	}
	return list
}

// submitBinding opens the page on which a release is submitted.
func (s *Screen) submitBinding() part.Binding {
	return part.Binding{Keys: []string{"s"}, Help: "submit a release that has no change request", Hint: "submit", Group: group,
		Action: engine.SubmitChange{}.Action(), Run: func() part.Cmd { return s.desk.Open(newSubmitPage(s.desk)) },
		Disabled: func() string {
			if len(unasked(s.desk.Current)) == 0 {
				return "no release waits for a change request; the screen Updates creates one"
			}
			return ""
		}}
}

// submitPage lists the releases without a change request, to submit one with a priority.
type submitPage struct {
	desk     *desk.Desk
	list     part.List
	releases []approval.Release
}

func newSubmitPage(d *desk.Desk) *submitPage {
	p := &submitPage{desk: d}
	p.list.Columns = []part.Column{{Title: "Release", Width: 20, Grow: 2}, {Title: "Worst", Width: 19}, {Title: "Owner", Width: 12, From: 100},
		{Title: "Created", Width: 16, From: 100}, {Title: "Updates", Width: 20, Grow: 3}}
	p.list.Cell = p.cell
	return p
}

func (p *submitPage) cell(row, column int) (part.Ink, string) {
	t, r := p.desk.Theme, &p.releases[row]
	switch column {
	case 0:
		return t.Strong, r.ID
	case 1:
		return t.Normal, worstWords(r)
	case 2:
		return t.Dim, r.Owner
	case 3:
		return t.Dim, p.desk.Day(r.Created)
	default:
		return t.Normal, strings.Join(r.Active(), " ")
	}
}

// worstWords says how bad the worst update of a release is.
func worstWords(r *approval.Release) string {
	worst, exploited := r.Worst()
	if exploited {
		return desk.Severity(worst) + ", exploited"
	}
	return desk.Severity(worst)
}

// Title implements desk.Screen.
func (p *submitPage) Title() string { return "Submit a release" }

// Init implements desk.Screen.
func (p *submitPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *submitPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		p.releases = unasked(p.desk.Current)
		releases := p.releases
		p.list.Set(len(releases), func(row int) string { return releases[row].ID })
	}
	return nil
}

// priorities are what a release can be submitted with, each with its key and what follows from it.
var priorities = []struct {
	key      string
	priority approval.Priority
	effect   string
}{
	{"e", approval.Emergency, "Its windows are the next emergency windows from now. The change authority alone starts it; the board confirms later."},
	{"h", approval.High, ""}, {"m", approval.Medium, ""}, {"l", approval.LowPrio, ""},
}

// Bindings implements desk.Screen.
func (p *submitPage) Bindings() []part.Binding {
	list := []part.Binding{{Keys: []string{"enter"}, Help: "the release: its updates to drop or add, its owner", Hint: "open", Group: "Submit", Disabled: p.nothing,
		Run: func() part.Cmd { return p.desk.Open(newReleasePage(p.desk, p.list.SelectedID())) }}}
	for _, choice := range priorities {
		list = append(list, part.Binding{
			Keys: []string{choice.key}, Help: fmt.Sprintf("submit with priority %s: through %s", choice.priority, choice.priority.Term().Words),
			Hint: strings.ToLower(string(choice.priority)), Group: "Submit", Action: engine.SubmitChange{}.Action(),
			Disabled: p.nothing, Run: func() part.Cmd { p.ask(choice.priority, choice.effect); return nil },
		})
	}
	return append(list, p.list.Moves()...)
}

// due is how long a priority leaves, in short.
func due(p approval.Priority) string {
	if span := p.Term().Due; span.Months > 0 {
		return part.Count(span.Months, "month", "months")
	}
	return part.Count(p.Term().Due.Hours, "hour", "hours")
}

func (p *submitPage) nothing() string {
	if p.list.Len() == 0 {
		return "no release waits for a change request"
	}
	return ""
}

func (p *submitPage) ask(priority approval.Priority, effect string) {
	row, _ := p.list.Selected()
	r := p.releases[row]
	var names []string
	for _, u := range r.Updates {
		if u.Dropped == nil {
			names = append(names, fmt.Sprintf("%s %s on %s", u.KB, desk.Severity(u.Severity), part.Number(u.Missing)))
		}
	}
	command := engine.SubmitChange{Release: r.ID, Priority: priority}
	trouble := p.desk.Current.AuditTrouble
	if trouble != "" {
		effect = strings.TrimSpace(effect + " The audit is incomplete or old: " + trouble + ". Submitting overrides that, with this reason.")
	}
	p.desk.Ask(part.Question{
		Title: fmt.Sprintf("Submit %s with priority %s?", r.ID, priority),
		Says: []string{strings.TrimSpace(fmt.Sprintf("A plan for its %s is frozen from what the servers have reported, and the change authority is asked. It is due by %s. %s",
			part.Count(len(names), "update", "updates"), p.desk.Day(priority.Term().Due.From(p.desk.Current.At)), effect))},
		Names: names, Verb: "Submit", Reason: true,
		Do: func(reason string) part.Cmd {
			if command.Reason = reason; trouble != "" {
				command.OverrideAudit = reason
			}
			return p.desk.DoAndLeave(p, command)
		},
	})
}

// View implements desk.Screen.
func (p *submitPage) View(width, height int) []string {
	t := p.desk.Theme
	head := t.Line(width).Put(t.Title, p.Title()).End(t.Dim, part.Count(p.list.Len(), "release waits", "releases wait")).String()
	if p.list.Len() == 0 {
		return []string{head, "", t.Text(t.Dim, width, p.nothing())}
	}
	var keys []string
	for _, choice := range priorities {
		keys = append(keys, fmt.Sprintf("%s %s, %s", choice.key, choice.priority, due(choice.priority)))
	}
	return append([]string{head, t.Text(t.Dim, width, strings.Join(keys, " · ")), ""}, p.list.Render(t, width, height-3)...)
}
