package part

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// typed gives a field into which a text was typed, followed by named keys.
func typed(text string, names ...string) *Field {
	var f Field
	for _, r := range text {
		f.Key(Key{Name: string(r), Text: string(r)})
	}
	for _, name := range names {
		f.Key(Key{Name: name})
	}
	return &f
}

func drawn(f *Field, t Theme, width int, focused bool) string {
	line := t.Line(200)
	f.Draw(line, &t, width, focused)
	return line.String()
}

func TestAFieldIsEdited(t *testing.T) {
	for _, c := range []struct {
		keys []string
		then string
		want string
	}{
		{[]string{"left", "backspace"}, "a", "storage team"},
		{[]string{"ctrl+w"}, "", "storage "},
		{[]string{"home", "delete", "end"}, "!", "torage teem!"},
		{[]string{"ctrl+a", "ctrl+k"}, "all", "all"},
		{[]string{"alt+left", "alt+backspace"}, "", "teem"},
		{[]string{"ctrl+u"}, "", ""},
		{[]string{"f5", "nonsense", "alt+é", ""}, "", "storage teem"},
	} {
		f := typed("storage teem", c.keys...)
		f.Key(Key{Name: c.then, Text: c.then})
		if f.Text() != c.want {
			t.Errorf("%v %q gives %q, want %q", c.keys, c.then, f.Text(), c.want)
		}
	}
}

func TestPastedTextIsCleanedAndBoundedAndNeverAKey(t *testing.T) {
	f := typed("a")
	f.Key(Key{Text: "ctrl+u"})
	if f.Text() != "actrl+u" {
		t.Errorf("pasting the name of a key gives %q", f.Text())
	}
	f.Key(Key{Text: strings.Repeat("long\x1b[31m\n\u202e", 400_000)})
	if utf8.RuneCountInString(f.Text()) != fieldLimit || strings.ContainsAny(f.Text(), "\x1b\n\u202e") {
		t.Errorf("the field holds %d bytes: %.40q", len(f.Text()), f.Text())
	}
}

func TestNoKeyOfAFieldAsksTheServersClipboard(t *testing.T) {
	f := typed("reason")
	for name := range keyTypes {
		if _, command := f.made().Update(Key{Name: name}.message()); command != nil {
			t.Errorf("%s leads to a command", name)
		}
	}
}

func TestAFieldDrawsWithTheSessionsLookOnly(t *testing.T) {
	was := lipgloss.ColorProfile()
	defer lipgloss.SetColorProfile(was)
	for _, server := range []termenv.Profile{termenv.Ascii, termenv.TrueColor} {
		lipgloss.SetColorProfile(server)
		for name, want := range map[string]struct {
			theme Theme
			text  string
		}{
			"colour":    {newTheme(full, false, false), "déj\x1b[7mà\x1b[0m   "},
			"no colour": {newTheme(attributesOnly, false, false), "déj\x1b[7mà\x1b[0m   "},
			"dumb":      {newTheme(nothing, false, true), "d?j_?  "},
			"zero":      {Theme{}, "déj_à  "},
		} {
			if got := drawn(typed("déjà", "left"), want.theme, 7, true); got != want.text {
				t.Errorf("%s: %q, want %q", name, got, want.text)
			}
		}
		if got := drawn(typed("seen", "left"), newTheme(full, false, false), 7, false); got != "seen   " {
			t.Errorf("without the focus it is %q", got)
		}
	}
}

func TestAFieldShowsThePartAroundItsCursorAtEveryWidth(t *testing.T) {
	theme := newTheme(nothing, false, false)
	f := typed("abcdefghijklmnopqrstuvwxyz")
	for _, c := range []struct {
		key   string
		width int
		want  string
	}{{"end", 8, "tuvwxyz_ "}, {"left", 5, "wxy_z"}, {"end", 30, "abcdefghijklmnopqrstuvwxyz_ "}, {"home", 4, "_abc"}} {
		f.Key(Key{Name: c.key})
		got := drawn(f, theme, c.width, true)
		if !strings.HasPrefix(c.want, strings.TrimRight(got, " ")) || !strings.Contains(got, "_") || Width(got) != c.width {
			t.Errorf("%s at width %d shows %q, want %q", c.key, c.width, got, c.want)
		}
	}
}

func FuzzField(f *testing.F) {
	f.Add("storage team", "alt+d", uint8(3))
	f.Add("東京サーバー東京サーバー", "left", uint8(5))
	f.Add("👩‍👩‍👧‍👦🇩🇪 a\u0301\u0301", "ctrl+w", uint8(2))
	f.Add("\xff\xfe\x1b[2J", "alt+delete", uint8(1))
	f.Fuzz(func(t *testing.T, text, name string, width uint8) {
		theme := newTheme(full, false, false)
		var field Field
		for _, k := range []Key{{Text: text}, {Name: name}, {Name: "left"}, {Name: name}, {Name: "home"}, {Name: name}, {Text: "界" + text}, {Name: "end"}, {Name: name}} {
			field.Key(k)
			got := drawn(&field, theme, int(width), true)
			if Seen(got) != int(min(width, 200)) || utf8.RuneCountInString(field.Text()) > fieldLimit || Clean(field.Text()) != field.Text() {
				t.Fatalf("after %+v width %d: %d columns %q of %q", k, width, Seen(got), got, field.Text())
			}
		}
	})
}

func TestKeysOfTheTerminalComeBackAsTheyWere(t *testing.T) {
	for _, message := range []tea.KeyMsg{{Type: tea.KeyLeft}, {Type: tea.KeyCtrlW}, {Type: tea.KeyBackspace}, {Type: tea.KeyRight, Alt: true},
		{Type: tea.KeyCtrlLeft}, {Type: tea.KeyDelete}} {
		back, ok := Keys(message)[0].message().(tea.KeyMsg)
		if !ok || back.String() != message.String() {
			t.Errorf("%s came back as %s", message, back)
		}
	}
}
