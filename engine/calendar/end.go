package calendar

import (
	"fmt"
	"time"
)

// ParseEnd reads until when something holds, in a zone: a day, whose end counts, or a time.
func ParseEnd(text string, zone *time.Location) (time.Time, error) {
	if day, err := ParseDate(text); err == nil {
		return day.Add(1).At(0, zone), nil
	}
	if at, err := ParseInstant(text, zone); err == nil {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%.40q is no day and no time: write 2026-12-31 or \"2026-12-31 18:00\"", text)
}

// ParseInstant reads a day with a time, as the clocks of a zone show them.
func ParseInstant(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no day with a time: write \"2026-12-31 18:00\"", text)
}
