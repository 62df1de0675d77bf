package part

// The kinds of a bar's parts, each with a glyph of its own, so that a bar reads without colour.
const (
	BarDone = iota
	BarMoving
	BarTrouble
	BarWaiting
	barKinds
)

// Share is one part of a bar.
type Share struct {
	Count int
	Kind  int // BarDone, ...
	Ink   Ink
}

// Bar draws shares of a whole in exactly width columns. What is not nothing gets a column at least, taken from the
// largest share: one failure among thousands is seen.
func (t *Theme) Bar(width int, shares []Share) string {
	columns := barColumns(width, shares)
	line := t.Line(width)
	for i, s := range shares {
		for range columns[i] {
			line.raw(s.Ink, t.glyph().bar[s.Kind], 1)
		}
	}
	return line.Fill(width).String()
}

func barColumns(width int, shares []Share) []int {
	columns := make([]int, len(shares))
	total, largest, given := 0, 0, 0
	for i, s := range shares {
		total += s.Count
		if s.Count > shares[largest].Count {
			largest = i
		}
	}
	if total == 0 {
		return columns
	}
	for i, s := range shares {
		columns[i] = s.Count * width / total
		if s.Count > 0 && columns[i] == 0 {
			columns[i] = 1
		}
		given += columns[i]
	}
	columns[largest] = max(0, columns[largest]+width-given)
	return columns
}

// BarGlyph is the glyph of a part of a bar, for its legend.
func (t *Theme) BarGlyph(kind int) string { return t.glyph().bar[kind] }
