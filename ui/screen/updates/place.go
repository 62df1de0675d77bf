package updates

import "patchdeck/ui/screen/desk"

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	p := desk.Place{Thing: s.picker.Picked(), Filter: s.filter.Text()}
	p.TakeTable(s.table)
	return p
}

// Return implements desk.Returner.
func (s *Screen) Return(p desk.Place) {
	s.filter.Set(p.Filter)
	s.Init()
	if s.picker.Pick(p.Thing) {
		s.narrow()
	}
	p.Arrange(s.table)
}
