package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain gives text of others on one line without anything that could command a terminal: control characters and
// invisible direction marks are dropped, white space becomes one blank.
func plain(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlain(s string) bool {
	for _, r := range s {
		if r != ' ' && !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// cut shortens text to a number of columns of a table, marking what is left out.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// orDash shows that a value is empty on purpose.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
