package updates

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/inbox"
)

// Screen implements desk.Screen, desk.Typist and desk.Returner.
type Screen struct {
	desk   *desk.Desk
	picker desk.Picker // the bulletin
	table  *part.Table
	filter desk.Filter

	surveyed *engine.View // the view that survey was made from
	survey   survey
	shown    []catalog.Update
	counts   []counts
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d}
	s.table = s.newTable()
	return s
}

// restartWords says what installing does to the server.
var restartWords = map[catalog.Restart]string{
	catalog.RestartYes: "yes", catalog.RestartNo: "no", catalog.RestartMaybe: "perhaps", catalog.RestartUnknown: "unknown",
}

func productNames(u *catalog.Update) string {
	names := make([]string, len(u.Products))
	for i, p := range u.Products {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Updates" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); !ok {
		return nil
	}
	view := s.desk.Current
	s.picker.Set(len(view.Bulletins), func(i int) string { return view.Bulletins[i].ID }, 0)
	if s.surveyed != view {
		s.surveyed, s.survey = view, surveyOf(view.Servers)
	}
	s.narrow()
	return nil
}

func (s *Screen) bulletin() *catalog.Bulletin {
	if s.picker.Len() == 0 {
		return nil
	}
	return &s.desk.Current.Bulletins[s.picker.At()]
}

func (s *Screen) narrow() {
	s.shown, s.counts = nil, nil
	if b := s.bulletin(); b != nil {
		for _, u := range worstFirst(s.rated(b.Updates)) {
			if s.filter.Match(append([]string{u.KB, desk.Severity(u.Severity), restartWords[u.Restart], productNames(&u), s.relevance(u.KB)}, u.CVEs...)...) {
				s.shown, s.counts = append(s.shown, u), append(s.counts, s.survey.count(u))
			}
		}
	}
	shown := s.shown
	s.table.Set(len(shown), func(row int) string { return shown[row].KB })
}

// Typing implements desk.Typist.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Type implements desk.Typist.
func (s *Screen) Type(k part.Key) {
	s.filter.Type(k)
	s.narrow()
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Updates"
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "everything known of the update", Hint: "open", Group: group, Run: s.open, Disabled: func() string {
			if s.table.Len() == 0 {
				return "no update is shown"
			}
			return ""
		}},
		s.releaseBinding(group),
		inbox.Binding(s.desk, group, inbox.Bulletins),
		relevanceBinding(s.desk, group, s.table.SelectedID, "r", true),
		relevanceBinding(s.desk, group, s.table.SelectedID, "R", false),
		s.desk.ColumnsBinding("C", s.table),
		s.filter.Binding(),
	}
	if s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
	}
	list = append(append(list, s.picker.Bindings("bulletin", group, s.narrow)...), s.desk.CopyRows(s.table)...)
	return append(list, s.table.Moves()...)
}

func (s *Screen) open() part.Cmd {
	return s.desk.Open(&page{desk: s.desk, kb: s.table.SelectedID()})
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, b := s.desk.Theme, s.bulletin()
	if b == nil {
		return []string{t.Text(t.Title, width, "Updates"), "", t.Text(t.Dim, width, "no bulletins yet: i imports one from the inbox")}
	}
	head := t.Line(width).Put(t.Title, b.Title).Space(2)
	s.filter.Draw(head, t)
	right := s.picker.Words("bulletin")
	if words := s.table.Words(); words != "" {
		right = words + " · " + right
	}
	head.End(t.Dim, right)
	words := fmt.Sprintf("released %s, revision %s · %s for Windows Server", s.desk.Day(b.Released), b.Revision, part.Count(len(b.Updates), "update", "updates"))
	lines := []string{head.String(), t.Text(t.Dim, width, words)}
	if n := len(b.Skipped); n > 0 {
		lines = append(lines, t.Text(t.Tone(rollout.ToneMissed), width, fmt.Sprintf("%s of the document could not be read: %s: %s",
			part.Count(n, "record", "records"), b.Skipped[0].Where, b.Skipped[0].Reason)))
	}
	lines = append(lines, "")
	return append(lines, s.table.Render(t, width, height-len(lines))...)
}
