package part

// Large digits are five lines high and at most five columns wide, in full cells: they read across a room, and without colour.
const (
	digitHeight = 5
	digitGap    = 1
)

// digitShapes are drawn with # where a cell is full.
var digitShapes = map[rune][digitHeight]string{
	'0': {"#####", "#   #", "#   #", "#   #", "#####"},
	'1': {"  #  ", " ##  ", "  #  ", "  #  ", " ### "},
	'2': {"#####", "    #", "#####", "#    ", "#####"},
	'3': {"#####", "    #", " ####", "    #", "#####"},
	'4': {"#   #", "#   #", "#####", "    #", "    #"},
	'5': {"#####", "#    ", "#####", "    #", "#####"},
	'6': {"#####", "#    ", "#####", "#   #", "#####"},
	'7': {"#####", "    #", "   # ", "  #  ", "  #  "},
	'8': {"#####", "#   #", "#####", "#   #", "#####"},
	'9': {"#####", "#   #", "#####", "    #", "#####"},
	':': {"  ", "##", "  ", "##", "  "},
	'-': {"     ", "     ", "#####", "     ", "     "},
}

// DigitHeight is how many lines large digits take.
func DigitHeight() int { return digitHeight }

// DigitsWidth is how many columns a text of digits, colons and dashes takes in large type.
func DigitsWidth(text string) int {
	width := 0
	for _, r := range text {
		width += len(digitShapes[r][0]) + digitGap
	}
	return max(0, width-digitGap)
}

// Digits writes digits, colons and dashes in large type, DigitHeight lines of exactly DigitsWidth columns. What has no large form is
// left out.
func (t *Theme) Digits(ink Ink, text string) []string {
	full := t.glyph().bar[BarDone]
	lines := make([]string, digitHeight)
	width := DigitsWidth(text)
	for row := range lines {
		line := t.Line(width)
		for _, r := range text {
			for _, cell := range digitShapes[r][row] {
				if cell == '#' {
					line.raw(ink, full, 1)
				} else {
					line.Space(1)
				}
			}
			line.Space(digitGap)
		}
		lines[row] = line.String()
	}
	return lines
}
