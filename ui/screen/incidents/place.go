package incidents

import "patchdeck/ui/screen/desk"

// onNoticesLook is how a place says that the notices were in front.
const onNoticesLook = "notices"

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	p := desk.Place{Filter: s.filter.Text(), Selected: s.incidents.SelectedID()}
	if s.onNotices {
		p.Look, p.Selected = onNoticesLook, s.notices.SelectedID()
	}
	return p
}

// Return implements desk.Returner.
func (s *Screen) Return(p desk.Place) {
	s.filter.Set(p.Filter)
	s.Init()
	if s.onNotices = p.Look == onNoticesLook; s.onNotices {
		s.notices.Select(p.Selected)
	} else {
		s.incidents.Select(p.Selected)
	}
}
