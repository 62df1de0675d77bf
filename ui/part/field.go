package part

import (
	"slices"
	"unicode"
)

// fieldLimit is the longest text that a field takes.
const fieldLimit = 500

// Field is one line of text that a person types. It has a standing cursor: a blinking one would redraw the screen for ever.
type Field struct {
	text   []rune
	cursor int
}

// Text is what stands in the field.
func (f *Field) Text() string { return string(f.text) }

// Clear empties the field.
func (f *Field) Clear() { f.text, f.cursor = nil, 0 }

// Key edits the field; it tells whether the key meant something to it.
func (f *Field) Key(k Key) bool {
	switch k.Name {
	case "left":
		f.cursor = max(0, f.cursor-1)
	case "right":
		f.cursor = min(len(f.text), f.cursor+1)
	case "home", "ctrl+a":
		f.cursor = 0
	case "end", "ctrl+e":
		f.cursor = len(f.text)
	case "backspace", "ctrl+h":
		f.erase(f.cursor-1, f.cursor)
	case "delete":
		f.erase(f.cursor, f.cursor+1)
	case "ctrl+u":
		f.erase(0, f.cursor)
	case "ctrl+w":
		f.erase(f.wordStart(), f.cursor)
	default:
		return f.insert(k.Text)
	}
	return true
}

func (f *Field) insert(text string) bool {
	added := []rune(Clean(text))
	added = added[:min(len(added), max(0, fieldLimit-len(f.text)))]
	f.text = slices.Insert(f.text, f.cursor, added...)
	f.cursor += len(added)
	return text != ""
}

func (f *Field) erase(from, to int) {
	from, to = max(from, 0), min(to, len(f.text))
	if from < to {
		f.text = slices.Delete(f.text, from, to)
		f.cursor = from
	}
}

func (f *Field) wordStart() int {
	at := f.cursor
	for at > 0 && unicode.IsSpace(f.text[at-1]) {
		at--
	}
	for at > 0 && !unicode.IsSpace(f.text[at-1]) {
		at--
	}
	return at
}

// Draw puts the field on a line: the part around the cursor, as much as fits in width columns.
func (f *Field) Draw(line *Line, t *Theme, width int, focused bool) {
	from := 0
	for Width(string(f.text[from:f.cursor])) >= width && from < f.cursor {
		from++
	}
	before, under, after := string(f.text[from:f.cursor]), " ", ""
	if f.cursor < len(f.text) {
		under, after = string(f.text[f.cursor]), string(f.text[f.cursor+1:])
	}
	end := min(line.used+width, line.width)
	line.Put(t.Normal, before)
	switch {
	case !focused:
		line.put(t.Normal, under, end-line.used)
	case t.Cursor.Plain():
		line.put(t.Normal, "_"+under, end-line.used)
	default:
		line.put(t.Cursor, under, end-line.used)
	}
	line.put(t.Normal, after, end-line.used)
	line.Fill(end)
}
