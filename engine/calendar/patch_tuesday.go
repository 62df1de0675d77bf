package calendar

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones must be known on machines that have none installed
)

// Month is a month of the calendar: "2026-11" names the cycle around its Patch Tuesday.
type Month struct {
	Year  int
	Month time.Month
}

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// ParseMonth reads a month as String writes it.
func ParseMonth(text string) (Month, error) {
	at, err := time.Parse("2006-01", text)
	if err != nil {
		return Month{}, fmt.Errorf("%.20q is no month: write it like 2026-11", text)
	}
	return Month{at.Year(), at.Month()}, nil
}

// Next is the month that many months later.
func (m Month) Next(months int) Month {
	d := DateOf(time.Date(m.Year, m.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC), time.UTC)
	return Month{d.Year, d.Month}
}

// PatchTuesday is the second Tuesday: day 0 of the cycle.
func (m Month) PatchTuesday() Date {
	first := Date{m.Year, m.Month, 1}
	toTuesday := (int(time.Tuesday) - int(first.Weekday()) + 7) % 7
	return first.Add(toTuesday + 7)
}

// MonthOf is the month of a day.
func MonthOf(d Date) Month { return Month{d.Year, d.Month} }

// Pacific is the zone by whose clocks the vendor releases.
var Pacific = pacific()

func pacific() *time.Location {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic("calendar: the zones are embedded in the program, and America/Los_Angeles is not among them: " + err.Error())
	}
	return zone
}

// Release is the instant at which the vendor releases the updates of a Patch Tuesday: 10:00 Pacific.
func Release(patchTuesday Date) time.Time { return patchTuesday.At(ClockAt(10, 0), Pacific) }

// AheadOfPacific tells whether the clocks of a zone are ahead of the vendor's at an instant.
func AheadOfPacific(at time.Time, zone *time.Location) bool {
	return offset(at, zone) > offset(at, Pacific)
}
