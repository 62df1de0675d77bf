package plan

import "patchdeck/ui/screen/desk"

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	p := desk.Place{Thing: s.picker.Picked()}
	if w, ok := s.window(); ok {
		p.Selected = w.ID
	}
	return p
}

// Return implements desk.Returner.
func (s *Screen) Return(p desk.Place) {
	s.take()
	if s.picker.Pick(p.Thing) {
		s.show()
	}
	for row, d := range s.days {
		for at, w := range d.windows {
			if w.ID == p.Selected {
				s.row, s.at = row, at
			}
		}
	}
}
