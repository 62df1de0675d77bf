package servers

import (
	"fmt"

	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Screen implements desk.Screen, desk.Typist and desk.Finder.
type Screen struct {
	desk      *desk.Desk
	list      part.List
	filter    desk.Filter
	standings desk.Standings
	shown     []int32 // rows: indexes into the view's servers
}

// columns of the list; the cell of each is drawn by the function beside it.
var columns = []struct {
	part.Column
	text func(*inventory.Server) string
}{
	{part.Column{Title: "Server", Width: 16, Grow: 2}, func(s *inventory.Server) string { return s.Name }},
	{part.Column{Title: "OS", Width: 6, Grow: 1}, func(s *inventory.Server) string { return shortOS(s.OS) }},
	{part.Column{Title: "Build", Width: 16, From: 100}, buildText},
	{part.Column{Title: "Env", Width: 4}, func(s *inventory.Server) string { return string(s.Environment) }},
	{part.Column{Title: "Site", Width: 5}, func(s *inventory.Server) string { return s.Site }},
	{part.Column{Title: "Owner", Width: 10, Grow: 2}, func(s *inventory.Server) string { return s.Owner }},
	{part.Column{Title: "Window", Width: 6}, func(s *inventory.Server) string { return s.Window }},
	{part.Column{Title: "Cluster", Width: 10, From: 140}, func(s *inventory.Server) string { return s.Cluster }},
	{part.Column{Title: "Address", Width: 15, From: 140}, func(s *inventory.Server) string { return s.Address }},
	{part.Column{Title: "State", Width: 16, Grow: 5}, nil},
}

// New makes the screen.
func New(d *desk.Desk) *Screen {
	s := &Screen{desk: d}
	for _, c := range columns {
		s.list.Columns = append(s.list.Columns, c.Column)
	}
	s.list.Cell = s.cell
	return s
}

// shortOS leaves out what all products share.
func shortOS(os string) string {
	const shared = "Windows Server "
	if len(os) > len(shared) && os[:len(shared)] == shared {
		return os[len(shared):]
	}
	return os
}

func buildText(s *inventory.Server) string {
	if s.Facts == nil || s.Facts.Build.IsZero() {
		return "unknown"
	}
	return s.Facts.Build.String()
}

func (s *Screen) cell(row, column int) (part.Ink, string) {
	at := s.shown[row]
	if text := columns[column].text; text != nil {
		return s.desk.Theme.Normal, text(&s.desk.Current.Servers[at])
	}
	standing := s.standings.Of(int(at))
	return s.desk.Theme.Tone(desk.ComplianceTone(standing.Compliance)), standing.Words
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return "Inventory" }

// Init implements desk.Screen.
func (s *Screen) Init() part.Cmd { return s.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (s *Screen) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); ok {
		s.standings.Take(s.desk.Current)
		s.narrow()
	}
	return nil
}

// narrow chooses the rows.
func (s *Screen) narrow() {
	servers := s.desk.Current.Servers
	s.shown = s.shown[:0]
	texts := make([]string, 0, len(columns)+3)
	for i := range servers {
		if s.filter.Active() {
			texts = texts[:0]
			for _, c := range columns {
				if c.text != nil {
					texts = append(texts, c.text(&servers[i]))
				}
			}
			texts = append(texts, s.standings.Of(i).Words, servers[i].OS)
			if !s.filter.Match(append(texts, servers[i].Applications...)...) {
				continue
			}
		}
		s.shown = append(s.shown, int32(i))
	}
	shown := s.shown
	s.list.Set(len(shown), func(row int) string { return string(servers[shown[row]].ID) })
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
	s.Init()
	return s.list.Select(id)
}

// Bindings implements desk.Screen.
func (s *Screen) Bindings() []part.Binding {
	const group = "Inventory"
	list := []part.Binding{
		{Keys: []string{"enter"}, Help: "everything known of the server", Hint: "open", Group: group, Run: s.open, Disabled: s.nothing},
		s.filter.Binding(),
	}
	if s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "clear the filter", Hint: "clear", Group: group,
			Run: func() part.Cmd { s.filter.Clear(); s.narrow(); return nil }})
	}
	return append(list, s.list.Moves()...)
}

func (s *Screen) nothing() string {
	if s.list.Len() == 0 {
		return "no server is shown"
	}
	return ""
}

func (s *Screen) open() part.Cmd {
	return s.desk.Open(newPage(s.desk, inventory.ServerID(s.list.SelectedID())))
}

// View implements desk.Screen.
func (s *Screen) View(width, height int) []string {
	t := s.desk.Theme
	head := t.Line(width).Put(t.Title, "Inventory").Space(2)
	s.filter.Draw(head, t)
	total := len(s.desk.Current.Servers)
	count := part.Count(total, "server", "servers")
	if len(s.shown) != total {
		count = fmt.Sprintf("%s of %s", part.Number(len(s.shown)), count)
	}
	lines := []string{head.End(t.Dim, count).String()}
	if s.list.Len() == 0 {
		return append(lines, "", t.Text(t.Dim, width, s.emptyWords()))
	}
	return append(lines, s.list.Render(t, width, height-1)...)
}

func (s *Screen) emptyWords() string {
	if s.filter.Active() {
		return "no server matches; esc clears the filter"
	}
	return "no servers yet: import them with patchdeck inventory import FILE"
}
