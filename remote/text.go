package remote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much text of a server is kept, in characters.
const (
	shortWords = 256
	longWords  = 1024
)

// clean makes text of a stranger fit to be stored and shown: terminal sequences, control and invisible formatting
// characters are gone, white space is single blanks, and at most most characters are left.
func clean(text string, most int) string {
	if plain(text) && len(text) <= most {
		return text
	}
	var out strings.Builder
	count, blank := 0, false
	for len(text) > 0 {
		if n := sequence(text); n > 0 {
			text = text[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case unicode.IsSpace(r):
			blank = count > 0
			continue
		case unicode.Is(unicode.C, r):
			continue
		}
		if count >= most-1 {
			out.WriteRune('…')
			break
		}
		if blank {
			out.WriteByte(' ')
			count, blank = count+1, false
			if count >= most-1 {
				out.WriteRune('…')
				break
			}
		}
		out.WriteRune(r)
		count++
	}
	return out.String()
}

// plain tells that text is printable ASCII without blanks that clean would take away.
func plain(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			return false
		}
	}
	return true
}

// sequence is the length of the terminal control sequence at the beginning of text, in its 7-bit and 8-bit forms.
func sequence(text string) int {
	body := 2
	switch {
	case strings.HasPrefix(text, "\x1b["), strings.HasPrefix(text, "\u009b"):
		for body < len(text) && text[body] >= 0x20 && text[body] < 0x40 {
			body++
		}
		return min(body+1, len(text))
	case strings.HasPrefix(text, "\x1b]"), strings.HasPrefix(text, "\x1bP"), strings.HasPrefix(text, "\x1b_"),
		strings.HasPrefix(text, "\x1b^"), strings.HasPrefix(text, "\x1bX"), strings.HasPrefix(text, "\u009d"):
		for body < len(text) && text[body] != '\a' && text[body] != '\x1b' {
			body++
		}
		return body // what ends it is a control character or a sequence itself
	case strings.HasPrefix(text, "\x1b"):
		return min(2, len(text))
	}
	return 0
}
