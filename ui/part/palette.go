package part

import "patchdeck/engine/rollout"

// swatch is one colour of the palette in every depth that a terminal may have. Numbers of the 16 colours are ANSI's; -1 is the
// terminal's own text colour. Without colour the attributes alone carry the weight.
type swatch struct {
	dark, light     string // 24 bit, on a dark and on a light background
	dark16, light16 int
	bold, faint     bool // also where there is no colour
	reverse         bool
}

const ownColour = -1

// tonePalette colours the statuses: the Okabe-Ito set, which colour-blind eyes tell apart. What is done recedes, what fails is
// bold.
var tonePalette = map[rollout.Tone]swatch{
	rollout.ToneFaint:    {dark: "#6C7680", light: "#8A949E", dark16: 8, light16: 8, faint: true},
	rollout.TonePlain:    {dark: "#B8C0C8", light: "#57606A", dark16: 7, light16: 8},
	rollout.ToneStage:    {dark: "#56B4E9", light: "#0072B2", dark16: 6, light16: 6},
	rollout.ToneActive:   {dark: "#56B4E9", light: "#0072B2", dark16: 12, light16: 4},
	rollout.ToneRestart:  {dark: "#F0E442", light: "#8A6D00", dark16: 3, light16: 3},
	rollout.ToneVerify:   {dark: "#8CCBEF", light: "#0B5C8A", dark16: 14, light16: 6},
	rollout.ToneGood:     {dark: "#2BBF8F", light: "#007A59", dark16: 2, light16: 2},
	rollout.ToneBad:      {dark: "#E8743B", light: "#B24700", dark16: 1, light16: 1, bold: true},
	rollout.ToneLost:     {dark: "#CC79A7", light: "#9A4A77", dark16: 5, light16: 5, bold: true},
	rollout.ToneMissed:   {dark: "#E69F00", light: "#9A6A00", dark16: 11, light16: 3},
	rollout.ToneExcluded: {dark: "#6C7680", light: "#8A949E", dark16: 8, light16: 8, faint: true},
}

// textPalette colours everything else: at most normal, dim and accent, and the bold forms of them.
var textPalette = struct{ dim, accent, strong, title, cursor swatch }{
	dim:    swatch{dark: "#7E8893", light: "#6B747D", dark16: 8, light16: 8, faint: true},
	accent: swatch{dark: "#56B4E9", light: "#0072B2", dark16: 14, light16: 4},
	strong: swatch{dark16: ownColour, light16: ownColour, bold: true},
	title:  swatch{dark: "#56B4E9", light: "#0072B2", dark16: 14, light16: 4, bold: true},
	cursor: swatch{dark16: ownColour, light16: ownColour, reverse: true},
}

// glyphSet are the drawing characters that are not statuses.
type glyphSet struct {
	rule, wall, pointer, cut, fullCell, picked string
	bar                                        [barKinds]string
	levels                                     []string // a cell filled from its foot, from not at all to all of it
	spark                                      []string // a number in one cell, from the least to the largest
}

var (
	drawnGlyphs = glyphSet{rule: "─", wall: "│", pointer: "▌", cut: "…", fullCell: "▣", picked: "◆", bar: [barKinds]string{"█", "▓", "▒", "░"},
		levels: []string{"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}}
	asciiGlyphs = glyphSet{rule: "-", wall: "|", pointer: ">", cut: "~", fullCell: "@", picked: "*", bar: [barKinds]string{"#", "=", "x", "."},
		levels: []string{".", "_", "#"}, spark: []string{".", ":", "-", "=", "+", "*", "#", "@"}}
)

// asciiFor replaces the characters that our own sentences use where a terminal has nothing but ASCII.
var asciiFor = map[rune]string{
	'·': "-", '–': "-", '—': "-", '…': "~", '→': ">", '─': "-", '│': "|", '▌': ">", '×': "x", '≥': ">=", '’': "'", '›': ">", '●': "#", '✓': "+", '↑': "^", '↓': "v",
}

// ToneColours gives the two colours of a tone in 24 bits, as #RRGGBB, for pages that are no terminal.
func ToneColours(t rollout.Tone) (dark, light string) {
	s := tonePalette[t]
	return s.dark, s.light
}
