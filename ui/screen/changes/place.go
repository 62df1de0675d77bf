package changes

import "patchdeck/ui/screen/desk"

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place { return desk.Place{Thing: s.picker.Picked()} }

// Return implements desk.Returner.
func (s *Screen) Return(p desk.Place) {
	s.Init()
	s.picker.Pick(p.Thing)
}
