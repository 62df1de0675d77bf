package servers

import (
	"cmp"

	"patchdeck/ui/screen/desk"
)

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	p := desk.Place{Thing: s.collection, Filter: s.query.text()}
	p.TakeTable(s.table)
	p.Selected = cmp.Or(p.Selected, s.wanted)
	return p
}

// Return implements desk.Returner. Which servers the collection holds is asked when the screen comes to the front: the cursor goes to its
// server then.
func (s *Screen) Return(p desk.Place) {
	s.standings.Take(s.desk.Current)
	s.collection = p.Thing
	s.setPane()
	s.pane.Select(s.collection)
	s.query.field.Set(p.Filter)
	s.query.read()
	s.narrow()
	p.Arrange(s.table)
	if s.table.Len() == 0 {
		s.wanted = p.Selected
	}
}
