package updates

import (
	"fmt"
	"strconv"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen and desk.Typist.
type Screen struct {
	desk   *desk.Desk
	picker desk.Picker // the bulletin
	list   part.List
	filter desk.Filter

	surveyed *engine.View // the view that survey was made from
	survey   survey
	shown    []catalog.Update
	counts   []counts
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d}
	s.list.Columns = []part.Column{
		{Title: "Update", Width: 10}, {Title: "Severity", Width: 10}, {Title: "Exploited", Width: 9}, {Title: "Restart", Width: 8},
		{Title: "CVEs", Width: 4, Right: true}, {Title: "Missing", Width: 7, Right: true}, {Title: "Compliant", Width: 9, Right: true},
		{Title: "Unknown", Width: 7, Right: true, From: 90}, {Title: "Products", Width: 1, Grow: 1, From: 100},
	}
	s.list.Cell = s.cell
	return s
}

// restartWords says what installing does to the server.
var restartWords = map[catalog.Restart]string{
	catalog.RestartYes: "yes", catalog.RestartNo: "no", catalog.RestartMaybe: "perhaps", catalog.RestartUnknown: "unknown",
}

func (s *Screen) cell(row, column int) (part.Ink, string) {
	t, u, c := s.desk.Theme, &s.shown[row], s.counts[row]
	switch column {
	case 0:
		return t.Strong, u.KB
	case 1:
		if u.Severity == catalog.Critical {
			return t.Tone(rollout.ToneBad), desk.Severity(u.Severity)
		}
		return t.Normal, desk.Severity(u.Severity)
	case 2:
		if u.Exploited {
			return t.Tone(rollout.ToneBad), "exploited"
		}
		return t.Dim, "–"
	case 3:
		return t.Normal, restartWords[u.Restart]
	case 4:
		return t.Normal, strconv.Itoa(len(u.CVEs))
	case 5:
		return t.Normal, part.Number(c.missing)
	case 6:
		return t.Normal, part.Number(c.compliant)
	case 7:
		return t.Dim, part.Number(c.unknown)
	default:
		return t.Dim, productNames(u)
	}
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
		for _, u := range worstFirst(b.Updates) {
			if s.filter.Match(append([]string{u.KB, desk.Severity(u.Severity), restartWords[u.Restart], productNames(&u)}, u.CVEs...)...) {
				s.shown, s.counts = append(s.shown, u), append(s.counts, s.survey.count(u))
			}
		}
	}
	shown := s.shown
	s.list.Set(len(shown), func(row int) string { return shown[row].KB })
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
			if s.list.Len() == 0 {
				return "no update is shown"
			}
			return ""
		}},
		s.releaseBinding(group),
		s.filter.Binding(),
	}
	if s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
	}
	return append(append(list, s.picker.Bindings("bulletin", group, s.narrow)...), s.list.Moves()...)
}

func (s *Screen) open() part.Cmd {
	row, _ := s.list.Selected()
	return s.desk.Open(&page{desk: s.desk, update: s.shown[row], counts: s.counts[row]})
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t, b := s.desk.Theme, s.bulletin()
	if b == nil {
		return []string{t.Text(t.Title, width, "Updates"), "", t.Text(t.Dim, width, "no bulletins yet: patchdeck catalog import FILE")}
	}
	head := t.Line(width).Put(t.Title, b.Title).Space(2)
	s.filter.Draw(head, t)
	head.End(t.Dim, s.picker.Words("bulletin"))
	words := fmt.Sprintf("released %s, revision %s · %s for Windows Server", s.desk.Day(b.Released), b.Revision, part.Count(len(b.Updates), "update", "updates"))
	lines := []string{head.String(), t.Text(t.Dim, width, words)}
	if n := len(b.Skipped); n > 0 {
		lines = append(lines, t.Text(t.Tone(rollout.ToneMissed), width, fmt.Sprintf("%s of the document could not be read: %s: %s",
			part.Count(n, "record", "records"), b.Skipped[0].Where, b.Skipped[0].Reason)))
	}
	lines = append(lines, "")
	return append(lines, s.list.Render(t, width, height-len(lines))...)
}
