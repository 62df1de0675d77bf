package procedure

import (
	"slices"

	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	return desk.Place{Thing: s.cycle, Look: lookNames[s.look], Selected: s.inFront().SelectedID()}
}

// Return implements desk.Returner. A month that has left is the current one.
func (s *Screen) Return(p desk.Place) {
	s.cycle, s.look = p.Thing, look(max(0, slices.Index(lookNames[:], p.Look)))
	if _, known := s.at(); !known {
		s.cycle = ""
	}
	s.take()
	s.inFront().Select(p.Selected)
}

// inFront is the list that is shown.
func (s *Screen) inFront() *part.List { return [looks]*part.List{&s.list, &s.checks, &s.bars}[s.look] }
