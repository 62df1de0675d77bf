package desk

import (
	"fmt"

	"patchdeck/ui/part"
)

// Picker is which of a few things a screen shows: one rollout, one change request, one bulletin. It knows the thing by its
// id; until a person picks one, it follows the one that the screen proposes.
type Picker struct {
	ids    []string
	at     int
	picked string // empty while nobody picked
}

// Set gives the things there are and which of them to show while nobody picked.
func (p *Picker) Set(count int, id func(int) string, proposed int) {
	p.ids = p.ids[:0]
	p.at = min(max(proposed, 0), max(count-1, 0))
	for i := range count {
		p.ids = append(p.ids, id(i))
		if p.picked != "" && id(i) == p.picked {
			p.at = i
		}
	}
}

// Len is how many there are.
func (p *Picker) Len() int { return len(p.ids) }

// At is the index of the one shown.
func (p *Picker) At() int { return p.at }

// Pick shows the one with the id; false when there is none.
func (p *Picker) Pick(id string) bool {
	for i, known := range p.ids {
		if known == id {
			p.at, p.picked = i, id
			return true
		}
	}
	return false
}

func (p *Picker) step(by int) {
	if n := len(p.ids); n > 0 {
		p.Pick(p.ids[(p.at+by+n)%n])
	}
}

// Words says which of how many is shown; empty when there is one.
func (p *Picker) Words(noun string) string {
	if len(p.ids) < 2 {
		return ""
	}
	return fmt.Sprintf("%s %d of %d  [ ]", noun, p.at+1, len(p.ids))
}

// Bindings are the keys that go to the next one and to the one before; changed is called after.
func (p *Picker) Bindings(noun, group string, changed func()) []part.Binding {
	disabled := func() string {
		if len(p.ids) < 2 {
			return "there is no other " + noun
		}
		return ""
	}
	step := func(by int) func() part.Cmd {
		return func() part.Cmd { p.step(by); changed(); return nil }
	}
	return []part.Binding{
		{Keys: []string{"["}, Help: "the " + noun + " before", Group: group, Disabled: disabled, Run: step(-1)},
		{Keys: []string{"]"}, Help: "the next " + noun, Group: group, Disabled: disabled, Run: step(1)},
	}
}
