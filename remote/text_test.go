package remote

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextOfServersIsMadeFitToShow(t *testing.T) {
	for in, want := range map[string]string{
		"plain words":                          "plain words",
		"":                                     "",
		"  a\t\tb\r\n c  ":                     "a b c",
		"\x1b[31;1mred\x1b[0m":                 "red",
		"\x1b]0;title\adone":                   "done",
		"\x1b]8;;http://evil\x1b\\link":        "link",
		"\u009b2Jgone":                         "gone",
		"\x1bPq\x1b\\after":                    "after",
		"bell\a back\b null\x00":               "bell back null",
		"right\u202eto left":                   "rightto left",
		"zero\u200bwidth":                      "zerowidth",
		"\x1b":                                 "",
		"\x1b[":                                "",
		"\x1b]never ends":                      "",
		"bad \xff bytes":                       "bad \ufffd bytes",
		"Grüße 你好":                             "Grüße 你好",
		strings.Repeat("x", shortWords+1):      strings.Repeat("x", shortWords-1) + "…",
		strings.Repeat("ä ", shortWords):       strings.Repeat("ä ", shortWords/2-1) + "ä…",
		strings.Repeat("x", shortWords):        strings.Repeat("x", shortWords),
		strings.Repeat("\x1b[31m", 1000) + "x": "x",
	} {
		if got := clean(in, shortWords); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;x\a\u009bé ")
	f.Add("\x1b\x1b[\x1b")
	f.Fuzz(func(t *testing.T, text string) {
		const most = 20
		got := clean(text, most)
		if utf8.RuneCountInString(got) > most || !utf8.ValidString(got) || clean(got, most) != got {
			t.Errorf("%q became %q", text, got)
		}
		for _, r := range got {
			if unicode.Is(unicode.C, r) || r != ' ' && unicode.IsSpace(r) {
				t.Errorf("%q holds %U", got, r)
			}
		}
	})
}
