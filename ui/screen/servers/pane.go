package servers

import (
	"cmp"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// The panes beside the table, and from which width on they stand there.
const (
	paneWidth   = 26
	paneFrom    = 110
	detailWidth = 58
	detailFrom  = 180
)

// setPane gives the left pane its rows: all servers, then every collection.
func (s *Screen) setPane() {
	collections := s.desk.Current.Collections
	s.pane.Set(1+len(collections), func(row int) string {
		if row == 0 {
			return ""
		}
		return collections[row-1].Name
	})
	if _, known := s.inFront(); s.collection != "" && !known {
		s.collection = "" // somebody deleted it
		s.narrow()
	}
}

// inFront is the collection that narrows the table.
func (s *Screen) inFront() (engine.CollectionView, bool) {
	collections := s.desk.Current.Collections
	i := slices.IndexFunc(collections, func(c engine.CollectionView) bool { return c.Name == s.collection })
	if i < 0 {
		return engine.CollectionView{}, false
	}
	return collections[i], true
}

// Focus implements desk.Focuser.
func (s *Screen) Focus(at part.Pointed) { s.inPane = at == part.Pointed(&s.pane) }

func (s *Screen) paneCell(row, column int) (part.Ink, string) {
	t := s.desk.Theme
	name, count := "all servers", len(s.desk.Current.Servers)
	ink := t.Normal
	if row > 0 {
		name = s.desk.Current.Collections[row-1].Name
		h, counted := s.holds[name]
		count = len(h.members)
		switch {
		case column == 1 && !counted:
			return t.Dim, "…"
		case h.trouble != "" || h.undecided > 0:
			ink = t.Tone(rollout.ToneLost)
		}
	}
	if name == cmp.Or(s.collection, "all servers") {
		ink = t.Accent
	}
	if column == 0 {
		return ink, name
	}
	return t.Dim, part.Number(count)
}

// paneBindings are the keys while the left pane has the focus.
func (s *Screen) paneBindings() []part.Binding {
	const group = "Collections"
	leave := func() part.Cmd { s.inPane = false; return nil }
	return append([]part.Binding{
		{Keys: []string{"enter"}, Help: "show the servers of the collection", Hint: "show", Group: group, Run: func() part.Cmd {
			s.collection, s.inPane = s.pane.SelectedID(), false
			s.narrow()
			return nil
		}},
		{Keys: []string{"D"}, Help: "delete the collection, with a reason", Group: group, Action: engine.DeleteCollection{}.Action(), Run: s.askDelete,
			Disabled: func() string {
				if s.pane.SelectedID() == "" {
					return "no collection is selected"
				}
				return ""
			}},
		{Keys: []string{"tab", "esc"}, Help: "back to the servers", Hint: "servers", Group: group, Run: leave},
	}, s.pane.Moves()...)
}

// drawPane draws the left pane.
func (s *Screen) drawPane(height int) []string {
	s.pane.Columns = []part.Column{{Title: "Collection", Width: 10, Grow: 1}, {Title: "", Width: 6, Right: true}}
	return s.pane.Render(s.desk.Theme, paneWidth, height)
}
