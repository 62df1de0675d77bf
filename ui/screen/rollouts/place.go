package rollouts

import (
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/screen/desk"
)

// Place implements desk.Returner.
func (s *Screen) Place() desk.Place {
	return desk.Place{Thing: s.picker.Picked(), Look: layoutWords[s.layout], Filter: s.filter.Text(), Order: s.order.key, Reversed: s.order.reversed, Selected: s.selected}
}

// Return implements desk.Returner.
func (s *Screen) Return(p desk.Place) {
	s.renew()
	if p.Thing != "" && s.picker.Pick(p.Thing) {
		s.take()
	}
	r := s.view()
	if r == nil {
		return
	}
	s.layout = layout(max(0, slices.Index(layoutWords[:], p.Look)))
	s.filter.Set(p.Filter)
	if p.Order >= 0 && p.Order < len(sortKeys) {
		s.order.key, s.order.reversed = p.Order, p.Reversed
		s.order.sort(r)
	}
	s.narrow()
	s.takeGroups(r)
	if at := slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return c.ID == p.Selected }); at >= 0 {
		s.place(r, at)
	}
}
