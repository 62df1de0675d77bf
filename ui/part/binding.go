package part

import (
	"slices"
	"strings"
)

// Binding is one thing that keys do on a screen. The same list feeds dispatch, the bottom line, help and the palette.
type Binding struct {
	Keys   []string
	Help   string // what it does, as help says it
	Hint   string // the same in one word for the bottom line; empty keeps it out of there
	Group  string
	Action string // the engine's name of the command that it leads to; who may not give it has no such key
	// Disabled tells why the key does nothing now; empty or nil when it works.
	Disabled func() string
	Run      func() Cmd
}

// Allowed leaves out the bindings that lead to commands which the person may not give.
func Allowed(bindings []Binding, may func(action string) bool) []Binding {
	return slices.DeleteFunc(slices.Clone(bindings), func(b Binding) bool { return b.Action != "" && !may(b.Action) })
}

// Find gives the binding of a key.
func Find(bindings []Binding, key Key) (Binding, bool) {
	if key.Name == "" {
		return Binding{}, false
	}
	i := slices.IndexFunc(bindings, func(b Binding) bool { return slices.Contains(b.Keys, key.Name) })
	if i < 0 {
		return Binding{}, false
	}
	return bindings[i], true
}

// Why tells why the binding does nothing now; empty when it works.
func (b Binding) Why() string {
	if b.Disabled == nil {
		return ""
	}
	return b.Disabled()
}

// keyWords are names of keys as people read them.
var keyWords = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "page up", "pgdown": "page down", " ": "space",
}

// KeyText gives the keys of a binding as help shows them.
func (b Binding) KeyText(t *Theme) string {
	words := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		words[i] = k
		if w, ok := keyWords[k]; ok && !t.ascii {
			words[i] = w
		}
	}
	return strings.Join(words, " ")
}
