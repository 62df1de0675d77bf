package desk

import (
	"strings"

	"patchdeck/ui/part"
)

// Filter is the text that a list is narrowed by. Every word of it must occur somewhere in a row, in any case.
type Filter struct {
	field  part.Field
	typing bool
	words  []string
}

// Typing tells that keys go into the filter.
func (f *Filter) Typing() bool { return f.typing }

// Open starts typing.
func (f *Filter) Open() { f.typing = true }

// Active tells that rows are being left out.
func (f *Filter) Active() bool { return len(f.words) > 0 }

// Type takes one key: enter keeps the filter, esc drops it.
func (f *Filter) Type(k part.Key) {
	switch k.Name {
	case "enter", "down", "up", "tab":
		f.typing = false
	case "esc":
		f.Clear()
	default:
		f.field.Key(k)
	}
	f.words = strings.Fields(strings.ToLower(f.field.Text()))
}

// Clear drops the filter.
func (f *Filter) Clear() {
	f.field.Clear()
	f.typing, f.words = false, nil
}

// Match tells whether a row with these texts stays.
func (f *Filter) Match(texts ...string) bool { return HasWords(f.words, texts) }

// HasWords tells whether every one of some lower-case words occurs in one of the texts.
func HasWords(words, texts []string) bool {
	for _, word := range words {
		if !anyContains(texts, word) {
			return false
		}
	}
	return true
}

// anyContains looks for a lower-case word.
func anyContains(texts []string, word string) bool {
	for _, text := range texts {
		if ContainsFold(text, word) {
			return true
		}
	}
	return false
}

// ContainsFold is strings.Contains without regard to case. Texts are mostly ASCII, for which it allocates nothing: a list of 10,000
// servers is searched at every key.
func ContainsFold(text, word string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return strings.Contains(strings.ToLower(text), word)
		}
	}
	for from := 0; from+len(word) <= len(text); from++ {
		if hasPrefixFold(text[from:], word) {
			return true
		}
	}
	return false
}

func hasPrefixFold(text, word string) bool {
	for i := range len(word) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// Draw puts the filter on a line: the field while typing, else the words that narrow.
func (f *Filter) Draw(line *part.Line, t *part.Theme) {
	switch {
	case f.typing:
		f.Prompt(line, t, "/", 30)
	case f.Active():
		line.Put(t.Accent, "/"+f.field.Text())
		line.Put(t.Dim, " (esc clears)")
	}
}

// Prompt puts a sign and the text that is being typed on a line, the text in so many columns.
func (f *Filter) Prompt(line *part.Line, t *part.Theme, sign string, width int) {
	line.Put(t.Accent, sign)
	f.field.Draw(line, t, width, true)
}

// Binding opens the filter.
func (f *Filter) Binding() part.Binding {
	return part.Binding{Keys: []string{"/"}, Help: "filter: every word must occur in the row; esc clears", Hint: "filter", Group: "List",
		Run: func() part.Cmd { f.Open(); return nil }}
}
