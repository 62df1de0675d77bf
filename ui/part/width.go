package part

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Characters that take one column and join with nothing: the letters of western names, and our own glyphs. Lines are mostly made of
// these, and measuring them one by one is twenty times faster than looking for grapheme clusters.
const (
	lettersFrom, lettersTo = 0xa1, 0x250
	glyphsFrom, glyphsTo   = 0x2010, 0x2800
)

// oneColumn tells for each glyph whether it is such a character.
var oneColumn = func() (table [glyphsTo - glyphsFrom]bool) {
	for i := range table {
		table[i] = ansi.StringWidth(string(rune(glyphsFrom+i))) == 1
	}
	return table
}()

func isOneColumn(r rune) bool {
	return r >= lettersFrom && r < lettersTo || r >= glyphsFrom && r < glyphsTo && oneColumn[r-glyphsFrom]
}

// Width is the number of columns that a clean text takes.
func Width(text string) int {
	width := 0
	for i := 0; i < len(text); width++ {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isOneColumn(r) {
			return ansi.StringWidth(text)
		}
		i += size
	}
	return width
}

// Seen is the number of columns that drawn text takes on the screen: its inks take none.
func Seen(drawn string) int {
	width := 0
	for {
		text, after, found := strings.Cut(drawn, "\x1b[")
		width += Width(text)
		if !found {
			return width
		}
		_, drawn, _ = strings.Cut(after, "m")
	}
}
