package incidents

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen, desk.Typist, desk.Finder and desk.Returner.
type Screen struct {
	desk      *desk.Desk
	filter    desk.Filter
	onNotices bool
	incidents part.List
	notices   part.List
	shown     []int32 // incidents that the filter lets through, open ones first
	sent      []int32 // notices that the filter lets through
	names     func(inventory.ServerID) string
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d, names: desk.Names(d.Current)}
	s.incidents.Columns = []part.Column{{Title: "Incident", Width: 9}, {Title: "State", Width: 10}, {Title: "Server", Width: 15}, {Title: "Owner", Width: 9},
		{Title: "Seen", Width: 4, Right: true, From: 90}, {Title: "Last", Width: 16, From: 110}, {Title: "What", Width: 18, Grow: 1}}
	s.incidents.Cell = s.incidentCell
	s.notices.Columns = []part.Column{{Title: "Notice", Width: 7}, {Title: "When", Width: 16}, {Title: "Kind", Width: 12},
		{Title: "Copies", Width: 22, Grow: 1}, {Title: "Subject", Width: 18, Grow: 2}}
	s.notices.Cell = s.noticeCell
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Incidents and notices" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		s.names = desk.Names(s.desk.Current)
		s.narrow()
	}
	return nil
}

// narrow keeps what the filter lets through: open incidents before resolved ones, both newest first as the view has them.
func (s *Screen) narrow() {
	view := s.desk.Current
	s.shown, s.sent = s.shown[:0], s.sent[:0]
	for _, state := range []notice.IncidentState{notice.Open, notice.Resolved} {
		for k := range view.Incidents {
			i := &view.Incidents[k]
			if i.State == state && (!s.filter.Active() || s.filter.Match(i.ID, i.Title, i.Owner, s.names(i.Server), i.Code, i.Class, i.Release)) {
				s.shown = append(s.shown, int32(k))
			}
		}
	}
	for k := range view.Notices {
		n := &view.Notices[k]
		if !s.filter.Active() || s.filter.Match(n.ID, string(n.Kind), n.Subject, n.Release) {
			s.sent = append(s.sent, int32(k))
		}
	}
	shown, sent := s.shown, s.sent
	s.incidents.Set(len(shown), func(row int) string { return view.Incidents[shown[row]].ID })
	s.notices.Set(len(sent), func(row int) string { return view.Notices[sent[row]].ID })
}

func (s *Screen) incidentCell(row, column int) (part.Ink, string) {
	t, i := s.desk.Theme, &s.desk.Current.Incidents[s.shown[row]]
	ink := t.Normal
	if i.State == notice.Resolved {
		ink = t.Dim
	}
	switch column {
	case 0:
		return ink, i.ID
	case 1:
		return stateWords(t, i)
	case 2:
		return ink, s.names(i.Server)
	case 3:
		return t.Accent, i.Owner
	case 4:
		return t.Dim, fmt.Sprint(i.Times)
	case 5:
		return t.Dim, s.desk.Day(i.Last)
	default:
		return ink, i.Title
	}
}

// stateWords gives an incident's state with its sign; an open one that nobody has taken is loud.
func stateWords(t *part.Theme, i *notice.Incident) (part.Ink, string) {
	switch {
	case i.State == notice.Resolved:
		return t.Dim, "resolved"
	case i.Owner == "":
		return t.Tone(rollout.ToneBad), "! open"
	default:
		return t.Tone(rollout.ToneMissed), "open"
	}
}

func (s *Screen) noticeCell(row, column int) (part.Ink, string) {
	t, n := s.desk.Theme, &s.desk.Current.Notices[s.sent[row]]
	switch column {
	case 0:
		return t.Normal, n.ID
	case 1:
		return t.Dim, s.desk.Day(n.At)
	case 2:
		return t.Accent, string(n.Kind)
	case 3:
		return copiesWords(t, n)
	default:
		return t.Normal, n.Subject
	}
}

// copyTones colour the states of copies.
var copyTones = map[notice.State]rollout.Tone{
	notice.Waiting: rollout.TonePlain, notice.Sending: rollout.ToneActive, notice.Sent: rollout.ToneGood,
	notice.Unknown: rollout.ToneLost, notice.Failed: rollout.ToneBad, notice.Cancelled: rollout.ToneExcluded,
}

// copyOrder lists the states of copies, what needs a person first.
var copyOrder = []notice.State{notice.Failed, notice.Unknown, notice.Sending, notice.Waiting, notice.Sent, notice.Cancelled}

// copiesWords counts the copies of a notice by state, in the ink of the worst.
func copiesWords(t *part.Theme, n *engine.NoticeView) (part.Ink, string) {
	counts, words, worst := n.Counts(), "", notice.State("")
	for _, state := range copyOrder {
		if counts[state] == 0 {
			continue
		}
		if worst == "" {
			worst = state
		} else {
			words += ", "
		}
		words += fmt.Sprintf("%d %s", counts[state], state)
	}
	if worst == "" {
		return t.Dim, "kept, sent to nobody"
	}
	return t.Tone(copyTones[worst]), words
}

// Typing implements desk.Typist.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Type implements desk.Typist.
func (s *Screen) Type(k part.Key) {
	s.filter.Type(k)
	s.narrow()
}

// Find implements desk.Finder.
func (s *Screen) Find(id string) bool {
	s.filter.Clear()
	s.names = desk.Names(s.desk.Current)
	s.narrow()
	switch {
	case s.incidents.Select(id):
		s.onNotices = false
	case s.notices.Select(id):
		s.onNotices = true
	default:
		return false
	}
	return true
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	list := []part.Binding{
		{Keys: []string{"tab"}, Help: "from incidents to notices and back", Hint: "notices", Group: "Incidents", Run: func() part.Cmd { s.onNotices = !s.onNotices; return nil }},
		s.filter.Binding(),
	}
	if s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: "Incidents",
			Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
	}
	if s.onNotices {
		list[0].Hint = "incidents"
		list = append(list, s.noticeBindings()...)
		return append(list, s.notices.Moves()...)
	}
	list = append(list, s.incidentBindings()...)
	return append(list, s.incidents.Moves()...)
}

// byHand advises what a person may do.
func (s *Screen) byHand(advice string, command engine.Command) string {
	if !s.desk.May(command.Action()) {
		return ""
	}
	return advice
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, view := s.desk.Theme, s.desk.Current
	open, alone := 0, 0
	for k := range view.Incidents {
		if i := &view.Incidents[k]; i.State == notice.Open {
			open++
			if i.Owner == "" {
				alone++
			}
		}
	}
	top := t.Line(width)
	front, back := fmt.Sprintf("Incidents: %d open, %d without an owner", open, alone), part.Count(len(view.Notices), "notice", "notices")
	list, none := &s.incidents, "no incident: nothing has gone wrong, or nothing has begun"+s.byHand("; n opens one by hand", engine.OpenIncident{})
	if s.onNotices {
		front, back = "Notices: "+part.Number(len(view.Notices)), fmt.Sprintf("%d open incidents", open)
		list, none = &s.notices, "no notice has been written yet: they are when something happens"+s.byHand("; n writes one now", engine.SendNotice{})
	}
	top.Put(t.Title, front).Space(2)
	s.filter.Draw(top, t)
	top.End(t.Dim, "tab: "+back)
	lines := []string{top.String(), ""}
	if list.Len() == 0 {
		if s.filter.Active() {
			none = "nothing matches; esc clears the filter"
		}
		return append(lines, t.Text(t.Dim, width, none))
	}
	return append(lines, list.Render(t, width, height-len(lines))...)
}
