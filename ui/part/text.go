package part

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// printable tells that a text is ASCII without control characters: its width is its length.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

// Clean makes a text harmless on a terminal: one line, no control characters, nothing that changes the direction of
// writing or has no width of its own. What it takes out shows as a question mark, so that nobody reads a forged name as clean.
func Clean(text string) string {
	if printable(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			b.WriteByte('?')
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r == '\r' || unicode.In(r, unicode.Mn, unicode.Me):
			// Line ends come in pairs, and marks without a width of their own can be stacked without end.
		case !unicode.IsGraphic(r) || ansi.StringWidth(string(r)) == 0:
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// toASCII replaces what a terminal with nothing but ASCII cannot show.
func toASCII(text string) string {
	if printable(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch replacement, known := asciiFor[r]; {
		case known:
			b.WriteString(replacement)
		case r < 0x80:
			b.WriteRune(r)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// fit cuts a clean text to at most width columns, marking a cut, and tells how many columns it takes.
func fit(text string, width int, cut string) (string, int) {
	if width <= 0 {
		return "", 0
	}
	if printable(text) {
		if len(text) <= width {
			return text, len(text)
		}
		if len(cut) == 1 {
			return text[:width-1] + cut, width
		}
	} else if w := Width(text); w <= width {
		return text, w
	}
	text = ansi.Truncate(text, width, cut)
	return text, Width(text)
}

// Wrap breaks a text at spaces into lines of at most width columns; a longer word is broken where it must be.
func Wrap(text string, width int) []string {
	if width <= 0 {
		return nil
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(Clean(text)) {
		for _, piece := range pieces(word, width) {
			w := Width(piece)
			switch {
			case line == "":
				line, used = piece, w
			case used+1+w <= width:
				line, used = line+" "+piece, used+1+w
			default:
				lines = append(lines, line)
				line, used = piece, w
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// pieces breaks a word that is longer than a line. A character that is wider than a whole line becomes a question mark.
func pieces(word string, width int) []string {
	if Width(word) <= width {
		return []string{word}
	}
	var list []string
	from, used := 0, 0
	for at, r := range word {
		w := Width(string(r))
		if w > width {
			return append(list, "?")
		}
		if used+w > width {
			list, from, used = append(list, word[from:at]), at, 0
		}
		used += w
	}
	return append(list, word[from:])
}

// Clip cuts a text to at most width columns, without a mark, and cleans it.
func Clip(text string, width int) string {
	text = Clean(text)
	if Width(text) <= width {
		return text
	}
	return ansi.Truncate(text, width, "")
}
