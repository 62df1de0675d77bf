package part

import (
	"cmp"
	"slices"
	"time"
)

// Point is a number at an instant.
type Point struct {
	At    time.Time
	Value float64
}

// Curve is numbers in the order of time; between two points it is a straight line, outside them it is nothing.
type Curve []Point

// At gives the curve's value.
func (c Curve) At(t time.Time) (float64, bool) {
	i, exact := slices.BinarySearchFunc(c, t, func(p Point, t time.Time) int { return p.At.Compare(t) })
	switch {
	case exact:
		return c[i].Value, true
	case i == 0 || i == len(c):
		return 0, false
	}
	a, b := c[i-1], c[i]
	return a.Value + (b.Value-a.Value)*float64(t.Sub(a.At))/float64(b.At.Sub(a.At)), true
}

// Chart is a count over time: what it was, as an area, and the bands in which it was or is expected.
type Chart struct {
	Scale   Scale // the columns
	Top     int   // the number at the upper edge
	Area    Curve
	Bands   []Band // that do not overlap in time
	AreaInk Ink
	BandInk Ink
	Now     time.Time
}

// Band is what lies between two curves.
type Band struct{ Low, High Curve }

// Add makes a band longer.
func (b *Band) Add(at time.Time, low, high float64) {
	b.Low, b.High = append(b.Low, Point{at, low}), append(b.High, Point{at, high})
}

// eighths of a cell from its foot; the first is none.
const eighths = 8

// Chart draws in exactly height lines of the scale's width. Area and band have glyphs of their own, so that it reads without colour; where the
// area ends inside the band, the band goes on above it, where it ends below, a gap parts them. The present stands as a wall.
func (t *Theme) Chart(c Chart, height int) []string {
	columns := make([]chartColumn, max(c.Scale.Width, 0))
	for x := range columns {
		columns[x] = c.column(x, height)
	}
	present := -1
	if !c.Now.Before(c.Scale.From) && c.Now.Before(c.Scale.To) {
		present = c.Scale.column(c.Now)
	}
	lines := make([]string, max(height, 0))
	for row := range lines {
		line, foot := t.Line(c.Scale.Width), (height-1-row)*eighths
		for x, column := range columns {
			switch filled := column.area - foot; {
			case filled > 0:
				line.raw(c.AreaInk, t.level(filled), 1)
			case column.high > foot && column.low < foot+eighths:
				line.raw(c.BandInk, t.glyph().bar[BarWaiting], 1)
			case x == present:
				line.raw(t.Dim, t.glyph().wall, 1)
			default:
				line.Space(1)
			}
		}
		lines[row] = line.String()
	}
	return lines
}

// chartColumn is one column of a chart in eighths of a line from the foot.
type chartColumn struct{ area, low, high int }

// column looks at the curves where the column has its middle.
func (c Chart) column(x, height int) chartColumn {
	at := c.Scale.instant(x)
	scaled := func(curve Curve) (int, bool) {
		v, ok := curve.At(at)
		return int(v*float64(height*eighths)/float64(max(c.Top, 1)) + 0.5), ok
	}
	var column chartColumn
	if area, ok := scaled(c.Area); ok {
		column.area = area
	}
	for _, band := range c.Bands {
		low, ok := scaled(band.Low)
		if high, too := scaled(band.High); ok && too {
			column.low, column.high = low, max(high, low+1)
		}
	}
	return column
}

// level is a cell that is filled so far from its foot, in eighths; where there is nothing but ASCII, half or more is full.
func (t *Theme) level(filled int) string {
	levels := t.glyph().levels
	return levels[min(len(levels)-1, (max(filled, 1)*(len(levels)-1)+eighths-1)/eighths)]
}

// Bars draws numbers as columns that stand side by side, in exactly height lines of exactly width columns; of too many the newest are
// shown. The highest number, or top when that is more, reaches the upper edge; what is not nothing is seen.
func (t *Theme) Bars(numbers []int, top int, ink Ink, width, height int) []string {
	numbers = numbers[max(0, len(numbers)-max(width, 0)):]
	each, gap := barSize(width, len(numbers))
	for _, n := range numbers {
		top = max(top, n)
	}
	lines := make([]string, max(height, 0))
	for row := range lines {
		line, foot := t.Line(width), (height-1-row)*eighths
		for _, n := range numbers {
			filled := 0
			if n > 0 {
				filled = max(1, n*height*eighths/max(top, 1))
			}
			for range each {
				switch {
				case filled > foot:
					line.raw(ink, t.level(filled-foot), 1)
				case row == height-1:
					line.raw(t.Dim, t.glyph().levels[0], 1)
				default:
					line.Space(1)
				}
			}
			line.Space(gap)
		}
		lines[row] = line.Fill(width).String()
	}
	return lines
}

// barSize is how wide so many bars may be, and how far apart.
func barSize(width, bars int) (each, gap int) {
	const widest = 4
	if bars == 0 {
		return 0, 0
	}
	room := width / bars
	if room >= 2 {
		gap = 1
	}
	return min(widest, max(1, room-gap)), gap
}

// Spark is numbers as a row of small columns, one each, without an ink; of too many the newest are shown.
func (t *Theme) Spark(numbers []int, width int) string {
	numbers = numbers[max(0, len(numbers)-max(width, 0)):]
	levels, spark := t.glyph().spark, ""
	for _, n := range numbers {
		if n <= 0 {
			spark += t.glyph().levels[0]
			continue
		}
		spark += levels[n*(len(levels)-1)/slices.Max(numbers)]
	}
	return spark
}

// hourSteps are how far apart the times of an axis may stand.
var hourSteps = []time.Duration{10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// Hours draws times of day at their columns, as many as there is room for.
func (t *Theme) Hours(s Scale, zone *time.Location) string {
	const word = len("15:04 ")
	step := hourSteps[len(hourSteps)-1]
	for _, h := range hourSteps {
		if int64(s.Width)*int64(h/time.Second) >= int64(word+2)*int64(s.To.Sub(s.From)/time.Second) {
			step = h
			break
		}
	}
	line := t.Line(s.Width)
	for at := s.From; !at.After(s.To); at = at.Add(step) {
		text := at.In(zone).Format("15:04")
		column := min(s.column(at), s.Width-len(text))
		if column < line.used+cmp.Compare(line.used, 0) {
			continue
		}
		line.Fill(column).Put(t.Dim, text)
	}
	return line.String()
}
