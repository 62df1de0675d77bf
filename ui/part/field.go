package part

import (
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// fieldLimit is the longest text that a field takes, in characters.
const fieldLimit = 500

// Field is one line of text that a person types. Editing and scrolling are the text input's of Bubbles; what goes into it
// is cleaned before, and what it draws is cut to its place. The zero Field is empty and ready.
type Field struct{ input *textinput.Model }

// fieldKeys are the keys that edit. Two of the library's are left out: pasting by key would read the clipboard of the machine
// that the console runs on, not the person's, and deleting the word ahead reaches past the end of the text (v1.0.0).
var fieldKeys = func() textinput.KeyMap {
	keys := textinput.DefaultKeyMap
	keys.Paste, keys.DeleteWordForward = key.Binding{}, key.Binding{}
	return keys
}()

func (f *Field) made() *textinput.Model {
	if f.input == nil {
		input := textinput.New()
		input.Prompt, input.CharLimit, input.KeyMap = "", fieldLimit, fieldKeys
		input.Cursor.SetMode(cursor.CursorStatic) // a blinking one would redraw the screen for ever
		input.Focus()
		f.input = &input
	}
	return f.input
}

// Text is what stands in the field.
func (f *Field) Text() string {
	if f.input == nil {
		return ""
	}
	return f.input.Value()
}

// Set puts a text into the field and the cursor behind it.
func (f *Field) Set(text string) {
	f.Clear()
	f.Key(Key{Text: text})
}

// Clear empties the field.
func (f *Field) Clear() { f.input = nil }

// Key edits the field; a key that means nothing to it changes nothing.
func (f *Field) Key(k Key) {
	message := k.message()
	if k.Text != "" {
		message = pasted(Clean(k.Text[:min(len(k.Text), fieldLimit*utf8.UTFMax)]))
	}
	input, _ := f.made().Update(message) // with a standing cursor there is nothing to wait for
	*f.input = input
}

// Draw puts the field on a line: the part around the cursor, as much as fits in width columns.
func (f *Field) Draw(line *Line, t *Theme, width int, focused bool) {
	width = min(width, line.Room())
	input := *f.made()
	t.fieldLook().dress(&input)
	if !focused {
		input.Blur()
	}
	// The cursor may stand behind the last character. Moving it about makes the input choose its part anew, which it does not do
	// when only the width has changed, and with the character under the cursor in sight.
	at := input.Position()
	input.Width = max(width-1, 1)
	for _, place := range []int{fieldLimit, 0, at + 1, at} {
		input.SetCursor(place)
	}
	view := input.View()
	if t.ascii {
		view = toASCII(view)
	}
	view = ansi.Truncate(view, width, "")
	end := line.used + width
	line.Drawn(view, Seen(view)).Fill(end)
}

// fieldLook is how a session draws text inputs. All of it comes from the session's renderer.
type fieldLook struct{ text, dim, cursor lipgloss.Style }

// newFieldLook gives the look for a renderer. Where the terminal cannot show the cursor in reverse, a line stands before
// the character under it.
func newFieldLook(renderer *lipgloss.Renderer, dim lipgloss.Style, reverses bool) *fieldLook {
	look := &fieldLook{text: renderer.NewStyle(), dim: dim, cursor: renderer.NewStyle()}
	if !reverses {
		look.cursor = look.cursor.Transform(func(under string) string { return "_" + under })
	}
	return look
}

// dress replaces every style that an input draws with: those that it comes with belong to the terminal of the server.
func (l *fieldLook) dress(input *textinput.Model) {
	input.PromptStyle, input.TextStyle, input.PlaceholderStyle, input.CompletionStyle = l.text, l.text, l.dim, l.dim
	input.Cursor.Style, input.Cursor.TextStyle = l.cursor, l.text
}
