package part

import (
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
