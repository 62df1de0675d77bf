package servers

import (
	"fmt"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/inbox"
)

// Screen implements desk.Screen, desk.Typist, desk.Follower, desk.Finder and desk.Returner.
type Screen struct {
	desk      *desk.Desk
	table     *part.Table
	standings desk.Standings
	shown     []int32 // rows: indexes into the view's servers
	texts     []string

	query     query
	matches   map[inventory.ServerID]bool
	undecided string

	pane       part.List // collections
	inPane     bool
	collection string // that narrows; empty is all servers
	holds      map[string]holding
	wanted     string // the server to go to once it is known what the collection holds

	busy     bool // a question is being answered
	asked    time.Time
	answered question
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d}
	s.table = s.newTable()
	s.pane.Cell = s.paneCell
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Inventory" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	switch m := message.(type) {
	case desk.Viewed:
		s.standings.Take(s.desk.Current)
		s.setPane()
		s.narrow()
		return s.work()
	case answer:
		if m.screen == s {
			return s.take(m)
		}
	}
	return nil
}

// Typing implements desk.Typist.
func (s *Screen) Typing() bool { return s.query.typing }

// Type implements desk.Typist.
func (s *Screen) Type(k part.Key) {
	s.query.key(k)
	s.narrow()
}

// Follow implements desk.Follower.
func (s *Screen) Follow() part.Cmd { return s.work() }

// Find implements desk.Finder.
func (s *Screen) Find(id string) bool {
	s.query.clear()
	s.collection, s.inPane = "", false
	s.standings.Take(s.desk.Current)
	s.setPane()
	s.narrow()
	return s.table.Select(id)
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	if s.inPane {
		return s.paneBindings()
	}
	const group = "Inventory"
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "everything known of the server", Hint: "open", Group: group, Run: s.open, Disabled: s.nothing},
		{Keys: []string{"/"}, Help: "filter by words, or by an expression such as site == \"DUB\"; tab completes, up recalls", Hint: "filter", Group: group,
			Run: func() part.Cmd { s.query.open(); return s.work() }},
		{Keys: []string{"tab"}, Help: "to the collections", Hint: "collections", Group: group, Run: func() part.Cmd {
			s.inPane = true
			s.pane.Select(s.collection)
			return nil
		}},
		{Keys: []string{"f"}, Help: "what is wrong, and what to do about it", Hint: "findings", Group: group, Run: func() part.Cmd { return s.desk.Open(newFindingsPage(s.desk)) }},
		{Keys: []string{"A"}, Help: "what the audits found, one beside the other", Hint: "audits", Group: group, Run: func() part.Cmd { return s.desk.Open(newAuditPage(s.desk)) }},
		{Keys: []string{"b"}, Help: "the baselines and who stands below, at and above them", Hint: "baselines", Group: group,
			Run: func() part.Cmd { return s.desk.Open(newBaselinesPage(s.desk)) }},
		{Keys: []string{"e"}, Help: "whom somebody excluded from the collection shown, and back", Hint: "exclusions", Group: group,
			Run: func() part.Cmd { return s.desk.Open(newExclusionsPage(s.desk, s.collection)) }, Disabled: func() string {
				if s.collection == "" {
					return noCollection
				}
				return ""
			}},
		s.desk.ColumnsBinding("c", s.table),
	}
	list = append(list, inbox.Binding(s.desk, group, inbox.Servers(s.desk.Windows)))
	list = append(append(append(list, s.actions()...), s.windowBindings()...), s.desk.CopyRows(s.table)...)
	if s.query.active() || s.collection != "" || s.table.Marks() > 0 {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "drop the marks, else the filter, else the collection", Hint: "clear", Group: group, Run: s.clear})
	}
	return append(list, s.table.Moves()...)
}

func (s *Screen) clear() part.Cmd {
	switch {
	case s.table.Marks() > 0:
		s.table.Unmark()
	case s.query.active():
		s.query.clear()
	default:
		s.collection = ""
	}
	s.narrow()
	return s.work()
}

func (s *Screen) nothing() string {
	if s.table.Len() == 0 {
		return "no server is shown"
	}
	return ""
}

func (s *Screen) open() part.Cmd {
	return s.desk.Open(newPage(s.desk, inventory.ServerID(s.table.SelectedID())))
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	lines := s.head(width)
	height -= len(lines)
	if s.inPane && width < paneFrom {
		return append(lines, s.drawPane(height)...)
	}
	// What stands where depends on the width alone, so that nothing jumps while a person moves about.
	left := width
	pane, detail := width >= paneFrom && len(s.desk.Current.Collections) > 0 || s.inPane, width >= detailFrom
	if pane {
		left -= paneWidth + 2
	}
	if detail {
		left -= detailWidth + 2
	}
	body := s.drawTable(left, height)
	if detail {
		body = s.desk.Theme.Beside(body, left, s.drawDetail(detailWidth, height))
	}
	if pane {
		body = s.desk.Theme.Beside(s.drawPane(height), paneWidth, body)
	}
	return append(lines, body...)
}

func (s *Screen) drawTable(width, height int) []string {
	t := s.desk.Theme
	if s.table.Len() == 0 {
		lines := append(make([]string, 1, height+1), t.Text(t.Dim, width, s.emptyWords()))
		return lines[:min(len(lines), height)]
	}
	return s.table.Render(t, width, height)
}

func (s *Screen) drawDetail(width, height int) []string {
	id := s.table.SelectedID()
	if id == "" {
		return nil
	}
	p := newPage(s.desk, inventory.ServerID(id))
	return p.View(width, height)
}

// head is what stands above the table: the filter with its proposals or what is wrong with it, and sweeps that run.
func (s *Screen) head(width int) []string {
	t := s.desk.Theme
	line := t.Line(width).Put(t.Title, "Inventory").Space(2)
	if s.collection != "" {
		line.Put(t.Accent, s.collection).Space(2)
	}
	s.drawQuery(line)
	total := len(s.desk.Current.Servers)
	count := part.Count(total, "server", "servers")
	if len(s.shown) != total {
		count = fmt.Sprintf("%s of %s", part.Number(len(s.shown)), count)
	}
	if words := s.table.Words(); words != "" {
		count = words + " · " + count
	}
	lines := []string{line.End(t.Dim, count).String()}
	if under := s.underQuery(width); under != "" {
		lines = append(lines, under)
	}
	return append(lines, s.sweeps(width)...)
}

// drawQuery puts the filter on a line.
func (s *Screen) drawQuery(line *part.Line) {
	t := s.desk.Theme
	switch {
	case s.query.typing:
		line.Put(t.Accent, "/")
		s.query.field.Draw(line, t, max(20, line.Room()-26), true)
	case s.query.active():
		line.Put(t.Accent, "/"+s.query.text()).Put(t.Dim, " (esc clears)")
	}
}

// underQuery says in one line what is wrong with the filter, or what may come next.
func (s *Screen) underQuery(width int) string {
	t := s.desk.Theme
	switch {
	case s.query.wrong != "":
		return t.Line(width).Put(t.Tone(rollout.ToneBad), "! "+s.query.wrong).String()
	case s.query.expr != "" && s.undecided != "":
		return t.Line(width).Put(t.Tone(rollout.ToneLost), "! "+s.undecided).String()
	case !s.query.typing:
		return ""
	}
	line := t.Line(width).Put(t.Dim, "tab: ")
	for i, p := range s.query.proposals() {
		ink := t.Dim
		if i == 0 {
			ink = t.Accent
		}
		line.Put(ink, p).Space(2)
	}
	return line.String()
}

// sweeps are the sweeps that run, with how far they are.
func (s *Screen) sweeps(width int) (lines []string) {
	const bar, most = 24, 2
	t := s.desk.Theme
	for i, w := range s.desk.Current.Sweeps {
		if i == most {
			break
		}
		line := t.Line(width).Put(t.Dim, fmt.Sprintf("%s %s ", w.ID, w.Kind))
		line.Drawn(t.Bar(bar, []part.Share{{Count: w.Done - w.Trouble, Kind: part.BarDone, Ink: t.Tone(rollout.ToneGood)},
			{Count: w.Trouble, Kind: part.BarTrouble, Ink: t.Tone(rollout.ToneBad)}, {Count: w.Total - w.Done, Kind: part.BarWaiting, Ink: t.Dim}}), bar)
		line.Put(t.Normal, fmt.Sprintf(" %s of %s asked", part.Number(w.Done), part.Number(w.Total)))
		if w.Trouble > 0 {
			line.Put(t.Tone(rollout.ToneBad), fmt.Sprintf(", %s not read", part.Number(w.Trouble)))
		}
		lines = append(lines, line.String())
	}
	return lines
}

func (s *Screen) emptyWords() string {
	switch {
	case s.query.active():
		return "no server matches; esc clears the filter"
	case s.collection != "":
		return "the collection holds no server now; esc shows all"
	}
	return "no servers yet: i imports them from the inbox"
}
