package calendar

import "time"

// Clock is a time of day as a clock on the wall shows it, counted from midnight by its hands.
type Clock = time.Duration

// ClockAt is a time of day.
func ClockAt(hour, minute int) Clock {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// furthest is more than any zone's distance from UTC.
const furthest = 16 * time.Hour

// At is the instant at which the clocks on the wall of a zone show a time of day on this date. A time that they skip means the first
// instant after the gap, also where a zone skipped a whole day; a time that they show twice means the first of the two.
//
// It asks the zone for offsets alone: time.Time.ZoneBounds ends leap years after 2037 a day early.
func (d Date) At(clock Clock, zone *time.Location) time.Time {
	shown := d.utc().Add(clock)
	before, after := shown.Add(-furthest), shown.Add(furthest)
	first := shown.Add(-offset(before, zone))
	second := shown.Add(-offset(after, zone))
	shows := func(at time.Time) bool { return at.Add(offset(at, zone)).Equal(shown) }
	if second.Before(first) {
		first, second = second, first
	}
	switch {
	case shows(first):
		return first
	case shows(second):
		return second
	}
	for after.Sub(before) > time.Second { // the clocks jump somewhere between the two
		if middle := before.Add(after.Sub(before) / 2).Truncate(time.Second); offset(middle, zone) == offset(before, zone) {
			before = middle
		} else {
			after = middle
		}
	}
	return after
}

// offset is how far the clocks of a zone are ahead of UTC at an instant.
func offset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
