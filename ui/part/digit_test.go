package part

import (
	"strings"
	"testing"
)

// Read at 3 a.m. (handbook 8): no two digits may look alike, with colours or without.
func TestLargeDigitsDifferAndFitTheirWidth(t *testing.T) {
	for name, theme := range map[string]*Theme{"drawn": {}, "ascii": {ascii: true, glyphs: &asciiGlyphs}} {
		seen := map[string]rune{}
		for _, r := range "0123456789" {
			lines := theme.Digits(Ink{}, string(r))
			if len(lines) != DigitHeight() {
				t.Fatalf("%s: %c has %d lines", name, r, len(lines))
			}
			shape := strings.Join(lines, "\n")
			if other, ok := seen[shape]; ok {
				t.Errorf("%s: %c looks like %c", name, r, other)
			}
			seen[shape] = r
		}
		for _, text := range []string{"0", "1:45", "10293", "-", ""} {
			for _, line := range theme.Digits(Ink{}, text) {
				if Seen(line) != DigitsWidth(text) {
					t.Errorf("%s: a line of %q takes %d columns, want %d", name, text, Seen(line), DigitsWidth(text))
				}
			}
		}
	}
}
