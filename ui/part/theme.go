package part

import (
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"patchdeck/engine/rollout"
)

// Theme is how one session draws: inks and glyphs for its terminal. It is made once a session and never changes. The
// zero Theme draws without colours and attributes.
type Theme struct {
	Normal, Dim, Accent, Strong, Title, Cursor Ink

	// Mouse learns where parts are drawn; nil while the mouse is the terminal's own.
	Mouse *Mouse

	tones  map[rollout.Tone]Ink
	ascii  bool
	glyphs *glyphSet
	fields *fieldLook
}

// Flags are what a person may say about the terminal that its environment does not tell.
type Flags struct {
	Light    bool // the background is light
	ASCII    bool // the font or the line has ASCII only
	NoColour bool
}

// ThemeFrom builds the theme from what the terminal's environment says. It asks the terminal nothing: silent
// terminals would hang, and late answers would arrive as keys.
func ThemeFrom(environ func(string) string, flags Flags) Theme {
	depth := colourDepth(environ)
	if flags.NoColour || environ("NO_COLOR") != "" {
		depth = min(depth, attributesOnly)
	}
	return newTheme(depth, flags.Light, flags.ASCII || onlyASCII(environ))
}

// depth is how much colour a terminal has.
type depth int

const (
	nothing        depth = iota // not even bold
	attributesOnly              // bold, faint, reverse
	sixteen
	twoHundred // 256 colours
	full       // 24 bit
)

// fullTerms are terminal names that mean 24 bit colour though COLORTERM did not travel.
var fullTerms = []string{"-direct", "kitty", "ghostty", "alacritty", "wezterm", "foot"}

func colourDepth(environ func(string) string) depth {
	term, colours := strings.ToLower(environ("TERM")), strings.ToLower(environ("COLORTERM"))
	switch {
	case term == "" || term == "dumb":
		return nothing
	case strings.HasPrefix(term, "vt1") || strings.HasPrefix(term, "vt2") || strings.HasSuffix(term, "-mono"):
		return attributesOnly
	case colours == "truecolor" || colours == "24bit":
		return full
	}
	for _, name := range fullTerms {
		if strings.Contains(term, name) {
			return full
		}
	}
	if strings.Contains(term, "256color") {
		return twoHundred
	}
	return sixteen
}

// onlyASCII tells that the terminal is known to lack our glyphs: the bare Linux console, or a locale that does not name UTF-8
// as its character set. Where nothing is said (SSH carries no locale by default) UTF-8 is taken for granted.
func onlyASCII(environ func(string) string) bool {
	if term := environ("TERM"); term == "linux" || term == "dumb" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := environ(name); value != "" {
			charset := strings.ToLower(value)
			if _, after, named := strings.Cut(charset, "."); named {
				charset = after // else all of it may be one: "UTF-8" is what macOS sends
			}
			return !strings.HasPrefix(strings.ReplaceAll(charset, "-", ""), "utf8")
		}
	}
	return false
}

func newTheme(d depth, light, ascii bool) Theme {
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(profileOf[d])
	renderer.SetHasDarkBackground(!light)
	ink := func(s swatch) Ink { return cutInk(s.style(renderer, d, light)) }
	t := Theme{
		Dim: ink(textPalette.dim), Accent: ink(textPalette.accent), Strong: ink(textPalette.strong),
		Title: ink(textPalette.title), Cursor: ink(textPalette.cursor),
		tones: make(map[rollout.Tone]Ink, len(tonePalette)), ascii: ascii, glyphs: &drawnGlyphs,
	}
	if ascii {
		t.glyphs = &asciiGlyphs
	}
	for tone, s := range tonePalette {
		t.tones[tone] = ink(s)
	}
	t.fields = newFieldLook(renderer, textPalette.dim.style(renderer, d, light), !t.Cursor.Plain())
	return t
}

// profileOf gives the renderer's profile. Attributes need the ANSI profile: the colourless one drops bold and reverse too.
var profileOf = map[depth]termenv.Profile{
	nothing: termenv.Ascii, attributesOnly: termenv.ANSI, sixteen: termenv.ANSI, twoHundred: termenv.ANSI256, full: termenv.TrueColor,
}

func (s swatch) style(renderer *lipgloss.Renderer, d depth, light bool) lipgloss.Style {
	style := renderer.NewStyle().Bold(s.bold).Reverse(s.reverse)
	colour, number := s.dark, s.dark16
	if light {
		colour, number = s.light, s.light16
	}
	switch {
	case d == attributesOnly:
		return style.Faint(s.faint)
	case d == sixteen && number != ownColour:
		return style.Foreground(lipgloss.Color(strconv.Itoa(number)))
	case d > sixteen && colour != "":
		return style.Foreground(lipgloss.Color(colour))
	}
	return style
}

// Tone gives the ink of a group of statuses.
func (t *Theme) Tone(tone rollout.Tone) Ink { return t.tones[tone] }

// Status gives the glyph and the ink of a delivery status.
func (t *Theme) Status(s rollout.Status) (glyph string, ink Ink) {
	if t.ascii {
		return s.ASCII, t.tones[s.Tone]
	}
	return s.Glyph, t.tones[s.Tone]
}

func (t *Theme) glyph() *glyphSet {
	if t.glyphs == nil {
		return &drawnGlyphs
	}
	return t.glyphs
}

func (t *Theme) fieldLook() *fieldLook {
	if t.fields == nil {
		plain := newTheme(nothing, false, t.ascii)
		return plain.fields
	}
	return t.fields
}

// Rule is a horizontal line.
func (t *Theme) Rule(width int) string {
	return t.Dim.Paint(strings.Repeat(t.glyph().rule, max(width, 0)))
}

// PickedGlyph marks what a person picked.
func (t *Theme) PickedGlyph() string { return t.glyph().picked }

// Pointer marks the line under the cursor.
func (t *Theme) Pointer() string { return t.glyph().pointer }

// Wall is the vertical line between two panes.
func (t *Theme) Wall() string { return t.Dim.Paint(t.glyph().wall) }
