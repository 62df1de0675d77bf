package part

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// Msg and Cmd are Bubble Tea's; screens know them by these names only, so that another version is a change in this package.
type (
	Msg = tea.Msg
	Cmd = tea.Cmd
)

// Batch runs several commands at once.
func Batch(commands ...Cmd) Cmd { return tea.Batch(commands...) }

// Key is one key press. Name is how bindings call it ("j", "enter", "ctrl+c", "space"); Text is what it writes into a
// text field. Pasted text has no name, so that it never acts as a key.
type Key struct{ Name, Text string }

// Keys splits one message into the key presses that it holds: a fast typist's "jjk" arrives as one message.
func Keys(message tea.KeyMsg) []Key {
	if message.Paste {
		return []Key{{Text: string(message.Runes)}}
	}
	if message.Type == tea.KeySpace {
		return []Key{{Name: "space", Text: " "}}
	}
	if message.Type != tea.KeyRunes || message.Alt {
		return []Key{{Name: message.String()}}
	}
	keys := make([]Key, 0, len(message.Runes))
	for _, r := range message.Runes {
		if r == ' ' {
			keys = append(keys, Key{Name: "space", Text: " "})
			continue
		}
		keys = append(keys, Key{Name: string(r), Text: string(r)})
	}
	return keys
}

// keyTypes finds Bubble Tea's type of a key by the name that bindings use.
var keyTypes = func() map[string]tea.KeyType {
	const lowest, highest = -256, 127 // keys of terminals are negative, control characters are not
	types := map[string]tea.KeyType{}
	for t := tea.KeyType(lowest); t <= highest; t++ {
		if t != tea.KeyRunes && t.String() != "" {
			types[t.String()] = t
		}
	}
	return types
}()

// message is a key without text as Bubbles' own parts take it; nil when there is no such key.
func (k Key) message() tea.Msg {
	name, alt := strings.CutPrefix(k.Name, "alt+")
	if t, known := keyTypes[name]; known {
		return tea.KeyMsg{Type: t, Alt: alt}
	}
	return nil
}

// pasted is a text as Bubbles' own parts take it, marked so that they never read it as the name of a key.
func pasted(text string) tea.Msg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
}
