package part

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestCleanTakesOutWhatATerminalWouldObey(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"plain", "DUB-SQL-014", "DUB-SQL-014"},
		{"letters of other scripts", "Zürich 東京", "Zürich 東京"},
		{"colour", "\x1b[31mred", "?[31mred"},
		{"clipboard", "\x1b]52;c;aGk=\x07", "?]52;c;aGk=?"},
		{"eight bit control", "a\u009bb", "a?b"},
		{"new line and tab", "one\ntwo\tthree\r\n", "one two three "},
		{"other direction", "safe\u202egpj.exe", "safe?gpj.exe"},
		{"no width", "a\u200bb\ufeffc", "a?b?c"},
		{"stacked marks", "a\u0301\u0301\u0301b", "ab"},
		{"broken UTF-8", "a\xff\xfeb", "a??b"},
		{"a real replacement character", "a\ufffdb", "a\ufffdb"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.text); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

// hostile are texts that a damaged or lying server could send.
var hostile = []string{
	"", "plain", "\x1b[2J\x1b[H", "\x1b]0;title\x07", strings.Repeat("W", 400), "東京東京東京", "e\u0301e\u0301", "\u202eabc",
	"👩‍👩‍👧‍👦 family", "a\x00b\x7fc", "\xf0\x28\x8c\x28", "tab\there", "\u2028line", "ﷺﷺﷺ", "🇩🇪🇫🇷", "\ufe0f\ufe0f",
}

func FuzzLineNeverLeavesItsWidth(f *testing.F) {
	for i, text := range hostile {
		f.Add(text, i*7%60)
	}
	themes := []Theme{{}, newTheme(full, false, false), newTheme(nothing, false, true)}
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = min(max(width, 0), 300)
		clean := Clean(text)
		if again := Clean(clean); again != clean {
			t.Errorf("cleaning %q again gives %q", clean, again)
		}
		if got, want := Width(clean), ansi.StringWidth(clean); got != want {
			t.Errorf("Width(%q) = %d, want %d", clean, got, want)
		}
		for _, r := range clean {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("Clean(%q) left %U", text, r)
			}
		}
		for i := range themes {
			theme := &themes[i]
			drawn := []string{
				theme.Text(theme.Accent, width, text),
				theme.Line(width).Column(theme.Dim, text, width/2).Right(theme.Accent, text, width/3).End(theme.Strong, text).String(),
				theme.Line(width).Over(theme.Cursor).Put(theme.Dim, text).Fill(width).String(),
			}
			drawn = append(drawn, Wrap(text, width)...)
			for _, line := range drawn {
				if seen := ansi.StringWidth(line); seen > width || seen != Seen(line) {
					t.Errorf("%q takes %d columns of %d, Seen says %d", line, seen, width, Seen(line))
				}
				if !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r") {
					t.Errorf("%q is not one line of text", line)
				}
			}
		}
	})
}

func TestWrapKeepsEveryWord(t *testing.T) {
	const text = "could not be reached before it started: is the server up and WinRM allowed through the firewall?"
	for width := 12; width < 100; width += 7 {
		lines := Wrap(text, width)
		if joined := strings.Join(lines, " "); joined != text {
			t.Errorf("width %d: %q", width, joined)
		}
	}
	if lines := Wrap("0123456789", 4); strings.Join(lines, "|") != "0123|4567|89" {
		t.Errorf("a long word is broken into %q", lines)
	}
}

func TestASCIITerminalsGetNothingElse(t *testing.T) {
	theme := newTheme(nothing, false, true)
	line := theme.Line(60).Put(theme.Normal, "R-3 · window 5 – Zürich … → 東京").String()
	if !printable(line) {
		t.Errorf("%q holds more than ASCII", line)
	}
}
