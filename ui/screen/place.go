package screen

import (
	"bytes"
	"encoding/json"

	"patchdeck/ui/screen/desk"
)

// place is where a person is in the console: which screen is in front, and where they are on each that can say it.
type place struct {
	Front   string
	Screens map[string]desk.Place
	Mouse   bool `json:",omitempty"`
}

// keepPlace tells where the person is, when that has changed. Who leaves on purpose begins anew next time.
func (r *Root) keepPlace() {
	if r.keep == nil {
		return
	}
	select {
	case <-r.over:
		r.keep(nil)
		return
	default:
	}
	p := place{Front: r.tabs[r.front].name, Screens: map[string]desk.Place{}, Mouse: r.hasMouse()}
	for _, t := range r.tabs {
		if s, ok := t.stack[0].(desk.Returner); ok {
			p.Screens[t.name] = s.Place()
		}
	}
	if state, err := json.Marshal(p); err == nil && !bytes.Equal(state, r.kept) {
		r.kept = state
		r.keep(state)
	}
}

// returnTo goes to where the person was; a state that another version kept and nobody can read is no place.
func (r *Root) returnTo(state []byte) {
	var p place
	if json.Unmarshal(state, &p) != nil {
		return
	}
	r.takeMouse(p.Mouse)
	for i, t := range r.tabs {
		if s, ok := t.stack[0].(desk.Returner); ok {
			if at, known := p.Screens[t.name]; known {
				s.Return(at)
			}
		}
		if t.name == p.Front {
			r.front = i
		}
	}
}
