package calendar

import "time"

// Clock is a time of day as a clock on the wall shows it, counted from midnight by its hands.
type Clock = time.Duration

// ClockAt is a time of day.
func ClockAt(hour, minute int) Clock {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// furthest is more than any zone's distance from UTC.
const furthest = 27 * time.Hour

// At is the instant at which the clocks on the wall of a zone show a time of day on this date. A time that they skip means the first
// instant after the gap, also where a zone skipped a whole day; a time that they show twice means the first of the two.
func (d Date) At(clock Clock, zone *time.Location) time.Time {
	shown := d.utc().Add(clock)
	for at := shown.Add(-furthest).In(zone); ; {
		begins, ends := at.ZoneBounds()
		_, offset := at.Zone()
		candidate := shown.Add(-time.Duration(offset) * time.Second)
		switch {
		case !begins.IsZero() && candidate.Before(begins):
			return begins.UTC()
		case ends.IsZero() || candidate.Before(ends):
			return candidate
		}
		at = ends
	}
}
