package part

import (
	"strings"
	"testing"

	"patchdeck/engine/rollout"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v
			}
		}
		return ""
	}
}

func TestAThemeFitsItsTerminal(t *testing.T) {
	const red16, red256, redFull = "\x1b[1;31m", "\x1b[1;38;5;", "\x1b[1;38;2;232;116;59m"
	cases := []struct {
		name  string
		env   []string
		flags Flags
		bad   string // beginning of what switches the ink of failures on
		glyph string
	}{
		{"true colour", []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, Flags{}, redFull, "✗"},
		{"true colour by name", []string{"TERM=xterm-kitty"}, Flags{}, redFull, "✗"},
		{"256 colours", []string{"TERM=screen-256color"}, Flags{}, red256, "✗"},
		{"16 colours", []string{"TERM=xterm"}, Flags{}, red16, "✗"},
		{"light", []string{"TERM=xterm", "COLORTERM=24bit"}, Flags{Light: true}, "\x1b[1;38;2;178;71;0m", "✗"},
		{"NO_COLOR", []string{"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=1"}, Flags{}, "\x1b[1m", "✗"},
		{"an empty NO_COLOR says nothing", []string{"TERM=xterm", "NO_COLOR="}, Flags{}, red16, "✗"},
		{"by flag", []string{"TERM=xterm"}, Flags{NoColour: true, ASCII: true}, "\x1b[1m", "X"},
		{"monochrome", []string{"TERM=vt100"}, Flags{}, "\x1b[1m", "✗"},
		{"dumb", []string{"TERM=dumb", "COLORTERM=truecolor"}, Flags{}, "", "X"},
		{"Linux console", []string{"TERM=linux"}, Flags{}, red16, "X"},
		{"Latin-1", []string{"TERM=xterm", "LC_ALL=de_DE.ISO-8859-1"}, Flags{}, red16, "X"},
		{"the C locale", []string{"TERM=xterm", "LANG=C", "LC_ALL=C"}, Flags{}, red16, "X"},
		{"the POSIX locale", []string{"TERM=xterm", "LC_CTYPE=POSIX", "LANG=en_GB.UTF-8"}, Flags{}, red16, "X"},
		{"a locale without a character set", []string{"TERM=xterm", "LANG=en_GB"}, Flags{}, red16, "X"},
		{"the C locale in UTF-8", []string{"TERM=xterm", "LANG=C.UTF-8"}, Flags{}, red16, "✗"},
		{"macOS", []string{"TERM=xterm", "LC_CTYPE=UTF-8"}, Flags{}, red16, "✗"},
		{"nothing said", []string{"TERM=xterm", "LC_ALL=", "LANG="}, Flags{}, red16, "✗"},
		{"UTF-8", []string{"TERM=xterm", "LANG=en_GB.utf8"}, Flags{}, red16, "✗"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			theme := ThemeFrom(environment(c.env...), c.flags)
			glyph, ink := theme.Status(rollout.Failed.Status())
			if glyph != c.glyph || !strings.HasPrefix(ink.on, c.bad) || (c.bad == "") != (ink.on == "") {
				t.Errorf("a failure is %q in %q, want %q in %q", glyph, ink.on, c.glyph, c.bad)
			}
		})
	}
}

func TestWithoutColourNothingSetsOne(t *testing.T) {
	theme := ThemeFrom(environment("TERM=xterm-256color", "NO_COLOR=1"), Flags{})
	inks := []Ink{theme.Dim, theme.Accent, theme.Strong, theme.Title, theme.Cursor}
	for _, s := range rollout.Statuses {
		_, ink := theme.Status(s)
		inks = append(inks, ink)
	}
	for _, ink := range inks {
		for _, colour := range []string{"3", "4", "9", "10"} {
			for _, part := range strings.FieldsFunc(ink.on, func(r rune) bool { return r == '[' || r == ';' || r == 'm' || r == '\x1b' }) {
				if len(part) > 1 && strings.HasPrefix(part, colour) {
					t.Errorf("%q sets a colour", ink.on)
				}
			}
		}
	}
}

func TestEveryStatusHasATone(t *testing.T) {
	for _, s := range rollout.Statuses {
		if _, ok := tonePalette[s.Tone]; !ok {
			t.Errorf("%s has the tone %q, which the palette lacks", s.Delivery, s.Tone)
		}
		if Width(s.Glyph) != 1 || len(s.ASCII) != 1 {
			t.Errorf("%s has glyphs that are not one column wide", s.Delivery)
		}
	}
}
