package desk

import "strings"

// Place is where a person is on a screen: enough to come back to it.
type Place struct {
	Thing    string `json:",omitempty"` // the id that was picked among several
	Look     string `json:",omitempty"` // one of the screen's layouts
	Filter   string `json:",omitempty"`
	Order    int    `json:",omitempty"`
	Reversed bool   `json:",omitempty"`
	Selected string `json:",omitempty"` // the id under the cursor
}

// Returner is a screen that a person can come back to after a lost session. What is gone by then is left out.
type Returner interface {
	Place() Place
	Return(Place)
}

// Text is what the filter narrows by.
func (f *Filter) Text() string { return f.field.Text() }

// Set narrows by a text without typing.
func (f *Filter) Set(text string) {
	f.field.Set(text)
	f.typing, f.words = false, strings.Fields(strings.ToLower(f.field.Text()))
}

// Picked is the id that a person picked; empty while nobody did.
func (p *Picker) Picked() string { return p.picked }
