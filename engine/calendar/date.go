package calendar

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day that a calendar in a zone shows at an instant.
func DateOf(at time.Time, zone *time.Location) Date {
	year, month, day := at.In(zone).Date()
	return Date{year, month, day}
}

// utc is the day's midnight on a clock that never changes: for arithmetic alone.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Add gives the day that many days later, over the ends of months and years.
func (d Date) Add(days int) Date { return DateOf(d.utc().AddDate(0, 0, days), time.UTC) }

// Until counts the days to another date.
func (d Date) Until(other Date) int { return int(other.utc().Sub(d.utc()) / (24 * time.Hour)) }

// Before tells whether a day comes before another.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

// Weekday is the day's name.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// IsZero tells that no day was given.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// ParseDate reads a day as String writes it.
func ParseDate(text string) (Date, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("%.20q is no date: write it like 2026-11-10", text)
	}
	return DateOf(at, time.UTC), nil
}

// MarshalText writes the day for records; the zero date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}
