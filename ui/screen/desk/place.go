package desk

import (
	"strings"

	"patchdeck/ui/part"
)

// Place is where a person is on a screen: enough to come back to it. Marks are no part of it: half of them, after servers came and
// went, would be worse than none.
type Place struct {
	Thing    string   `json:",omitempty"` // the id that was picked among several
	Look     string   `json:",omitempty"` // one of the screen's layouts
	Filter   string   `json:",omitempty"`
	Order    int      `json:",omitempty"`
	Column   string   `json:",omitempty"` // that a table is sorted by
	Reversed bool     `json:",omitempty"`
	Columns  []string `json:",omitempty"` // that a person chose, in their order; empty are the usual ones
	Selected string   `json:",omitempty"` // the id under the cursor
}

// Returner is a screen that a person can come back to after a lost session. What is gone by then is left out.
type Returner interface {
	Place() Place
	// Return gives no command: Init follows when the screen comes to the front.
	Return(Place)
}

// TakeTable notes how a person arranged a table, and where they are in it.
func (p *Place) TakeTable(t *part.Table) {
	p.Column, p.Reversed = t.SortedBy()
	p.Columns, p.Selected = t.Picked(), t.SelectedID()
}

// Arrange brings a table, whose rows are there, back to how it was.
func (p *Place) Arrange(t *part.Table) {
	if len(p.Columns) > 0 {
		t.Choose(p.Columns...)
	}
	if p.Column != "" {
		t.SortBy(p.Column, p.Reversed)
	}
	t.Select(p.Selected)
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
