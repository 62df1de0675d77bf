package screen

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/ui/uitest"
)

func TestALostConsoleIsTakenUpWhereItWas(t *testing.T) {
	console := uitest.NewConsole(night())
	var kept []byte
	sit := func(place []byte) *Root {
		root := New(Options{Actor: lead, Console: console, Theme: coloured, Place: place, Keep: func(p []byte) { kept = p }})
		root.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		return root
	}
	press := func(r *Root, keys string) {
		for _, k := range keys {
			r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{k}})
		}
	}
	first := sit(nil)
	press(first, "6v/sql")
	first.Update(tea.KeyMsg{Type: tea.KeyEnter})
	press(first, "jj")
	before := first.View()
	first.Close()

	second := sit(kept)
	if got := second.View(); got != before {
		t.Errorf("the console was\n%s\nand came back as\n%s", before, got)
	}
	if !strings.Contains(before, "/sql") {
		t.Error("there was no filter to come back to")
	}
	second.Update(tea.KeyMsg{Type: tea.KeyCtrlC})
	if kept != nil {
		t.Errorf("who left on purpose would come back to %s", kept)
	}
	third := sit([]byte("{\"Front\":7}"))
	defer third.Close()
	if !strings.Contains(third.View(), "Needs a person") {
		t.Error("a place that cannot be read is not the Overview")
	}
}
