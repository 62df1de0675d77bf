package audit

import (
	"strconv"

	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Place implements desk.Returner. Who is at the newest entry follows the trail, also after coming back.
func (s *Screen) Place() desk.Place {
	p := desk.Place{Filter: s.filter.Text()}
	switch {
	case s.wanted > 0:
		p.Selected = strconv.FormatUint(s.wanted, 10)
	case !s.atTop():
		p.Selected = s.list.SelectedID()
	}
	return p
}

// Return implements desk.Returner. The trail is read when the screen comes to the front, as far back as the entry stands.
func (s *Screen) Return(p desk.Place) {
	s.filter.Set(p.Filter)
	s.wanted, _ = strconv.ParseUint(p.Selected, 10, 64)
}

// back reads on until the entry that a person was at is there, and puts the cursor on it.
func (s *Screen) back() part.Cmd {
	if s.wanted == 0 {
		return nil
	}
	if s.list.Select(strconv.FormatUint(s.wanted, 10)) || len(s.records) == 0 || s.records[len(s.records)-1].seq <= s.wanted {
		s.wanted = 0
		return nil
	}
	command := s.older()
	if command == nil {
		s.wanted = 0 // more than the screen keeps
	}
	return command
}
