package part

import "time"

// Scale is a stretch of time across a number of columns.
type Scale struct {
	From, To time.Time
	Width    int
}

// column is where an instant stands; what lies outside stands at the edge.
func (s Scale) column(at time.Time) int {
	whole := s.To.Sub(s.From)
	if whole <= 0 || s.Width <= 0 {
		return 0
	}
	return min(max(int(int64(s.Width)*int64(at.Sub(s.From)/time.Second)/max(1, int64(whole/time.Second))), 0), s.Width-1)
}

// instant is the middle of a column.
func (s Scale) instant(column int) time.Time {
	return s.From.Add(time.Duration(float64(s.To.Sub(s.From)) * (float64(column) + 0.5) / float64(max(s.Width, 1))))
}

// Span is one bar on a scale: the part that is done is drawn fuller than the rest.
type Span struct {
	From, To time.Time
	Done     int // percent
	Ink      Ink
}

// Span draws a bar in exactly the scale's columns, with the present as a wall where the bar leaves it free. A bar takes a column at
// least.
func (t *Theme) Span(s Scale, b Span, now time.Time) string {
	line := t.Line(s.Width)
	first, last := s.column(b.From), max(s.column(b.To), s.column(b.From))
	present := -1
	if !now.Before(s.From) && now.Before(s.To) {
		present = s.column(now)
	}
	full := first + (last-first+1)*min(max(b.Done, 0), 100)/100
	for c := range s.Width {
		switch {
		case c >= first && c < full:
			line.raw(b.Ink, t.glyph().bar[BarDone], 1)
		case c >= full && c <= last && c >= first:
			line.raw(b.Ink, t.glyph().bar[BarWaiting], 1)
		case c == present:
			line.raw(t.Accent, t.glyph().wall, 1)
		default:
			line.Space(1)
		}
	}
	return line.String()
}

// Ruler draws the days of a scale at their columns, as many as there is room for, in a layout of package time.
func (t *Theme) Ruler(s Scale, zone *time.Location, layout string) string {
	line := t.Line(s.Width)
	day := s.From.In(zone)
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	for ; day.Before(s.To); day = day.AddDate(0, 0, 1) {
		at, word := s.column(day), day.Format(layout)
		if day.Before(s.From) {
			at = 0
		}
		if at >= line.used && at+Width(word) <= s.Width && (line.used == 0 || at > line.used) {
			line.Fill(at).Put(t.Dim, word)
		}
	}
	return line.String()
}
