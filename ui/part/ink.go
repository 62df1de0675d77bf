package part

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Ink is a text style reduced to the bytes that switch it on, so that drawing a cell is appending bytes. The zero Ink
// is the terminal's own look.
type Ink struct {
	on string
	// colourOnly tells that the ink sets a colour and nothing else: another such ink may follow without switching it off first.
	colourOnly bool
}

// inkOff ends every ink.
const inkOff = "\x1b[0m"

// cutInk takes the switching bytes out of a style, once.
func cutInk(style lipgloss.Style) Ink {
	const marker = "x"
	on, _, _ := strings.Cut(style.Render(marker), marker)
	attributes := style.GetBold() || style.GetFaint() || style.GetReverse()
	return Ink{on, on != "" && !attributes}
}

// follow appends what switches from one ink to the next.
func (i Ink) follow(buf []byte, next Ink) []byte {
	if i.on != "" && !(i.colourOnly && next.colourOnly) {
		buf = append(buf, inkOff...)
	}
	return append(buf, next.on...)
}

// Paint gives text in this ink. The text must be clean.
func (i Ink) Paint(text string) string {
	if i.on == "" || text == "" {
		return text
	}
	return i.on + text + inkOff
}

// Plain tells that the ink changes nothing.
func (i Ink) Plain() bool { return i.on == "" }
