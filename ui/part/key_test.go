package part

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestKeysThatArriveTogetherAreSplit(t *testing.T) {
	keys := Keys(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jj h")})
	want := []string{"j", "j", "space", "h"}
	if len(keys) != len(want) {
		t.Fatalf("%d keys, want %d", len(keys), len(want))
	}
	for i, k := range keys {
		if k.Name != want[i] {
			t.Errorf("key %d is %q, want %q", i, k.Name, want[i])
		}
	}
}

func TestPastedTextIsNeverAKey(t *testing.T) {
	bindings := []Binding{{Keys: []string{"h", "[h]", ""}}}
	for _, k := range Keys(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("h"), Paste: true}) {
		if _, found := Find(bindings, k); found || k.Text != "h" {
			t.Errorf("pasted text became the key %+v", k)
		}
	}
}

func TestKeysHaveTheNamesOfTheirBindings(t *testing.T) {
	for want, message := range map[string]tea.KeyMsg{
		"up": {Type: tea.KeyUp}, "enter": {Type: tea.KeyEnter}, "esc": {Type: tea.KeyEsc}, "ctrl+c": {Type: tea.KeyCtrlC},
		"space": {Type: tea.KeySpace, Runes: []rune{' '}}, "pgdown": {Type: tea.KeyPgDown}, "alt+h": {Type: tea.KeyRunes, Runes: []rune("h"), Alt: true},
		"shift+tab": {Type: tea.KeyShiftTab}, "backspace": {Type: tea.KeyBackspace},
	} {
		if keys := Keys(message); len(keys) != 1 || keys[0].Name != want {
			t.Errorf("%v is %+v, want %q", message, keys, want)
		}
	}
}
