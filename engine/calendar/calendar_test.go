package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func in(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Handbook section 3: released on the second Tuesday of the month, about 10:00 Pacific.
func TestPatchTuesdayIsTheSecondTuesday(t *testing.T) {
	for month, want := range map[string]string{
		"2026-01": "2026-01-13", "2026-02": "2026-02-10", "2026-09": "2026-09-08", "2026-11": "2026-11-10", "2026-12": "2026-12-08", "2027-06": "2027-06-08",
	} {
		m, err := ParseMonth(month)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.PatchTuesday().String(); got != want {
			t.Errorf("Patch Tuesday of %s is %s, want %s", month, got, want)
		}
	}
	m := Month{2000, time.January}
	for range 12 * 100 {
		d := m.PatchTuesday()
		if d.Weekday() != time.Tuesday || d.Day < 8 || d.Day > 14 {
			t.Fatalf("Patch Tuesday of %s is %s, a %s", m, d, d.Weekday())
		}
		m = m.Next(1)
	}
}

func TestTheVendorReleasesAtTenPacificInSummerAndWinter(t *testing.T) {
	for month, want := range map[Month]string{
		{2026, time.November}: "2026-11-10T18:00:00Z", {2026, time.July}: "2026-07-14T17:00:00Z", {2026, time.March}: "2026-03-10T17:00:00Z",
	} {
		if got := Release(month.PatchTuesday()).UTC().Format(time.RFC3339); got != want {
			t.Errorf("release of %s at %s, want %s", month, got, want)
		}
	}
}

func TestTimesThatDoNotExistOrExistTwice(t *testing.T) {
	for _, c := range []struct {
		name, zone, date string
		clock            Clock
		want             string
	}{
		{"an ordinary time", "Europe/Dublin", "2026-11-10", ClockAt(17, 0), "2026-11-10T17:00:00Z"},
		{"skipped in spring", "Europe/Dublin", "2026-03-29", ClockAt(1, 30), "2026-03-29T01:00:00Z"},
		{"the first instant after the gap", "Europe/Dublin", "2026-03-29", ClockAt(2, 0), "2026-03-29T01:00:00Z"},
		{"shown twice in autumn: the first", "Europe/Dublin", "2026-10-25", ClockAt(1, 30), "2026-10-25T00:30:00Z"},
		{"after what is shown twice", "Europe/Dublin", "2026-10-25", ClockAt(2, 0), "2026-10-25T02:00:00Z"},
		{"skipped in New York", "America/New_York", "2026-03-08", ClockAt(2, 30), "2026-03-08T07:00:00Z"},
		{"shown twice in New York", "America/New_York", "2026-11-01", ClockAt(1, 30), "2026-11-01T05:30:00Z"},
		{"midnight that does not exist", "Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00:00Z"},
		{"half an hour of daylight saving", "Australia/Lord_Howe", "2026-10-04", ClockAt(2, 15), "2026-10-03T15:30:00Z"},
		{"a whole day that Samoa skipped", "Pacific/Apia", "2011-12-30", ClockAt(12, 0), "2011-12-30T10:00:00Z"},
		{"a quarter of an hour off", "Asia/Kathmandu", "2026-11-10", ClockAt(11, 0), "2026-11-10T05:15:00Z"},
		{"the last hours of a year", "Pacific/Kiritimati", "2026-12-31", ClockAt(23, 59), "2026-12-31T09:59:00Z"},
		{"a leap year beyond the tables of the zones", "Europe/Dublin", "2040-12-31", ClockAt(12, 0), "2040-12-31T12:00:00Z"},
		{"summer beyond them", "America/New_York", "2044-07-12", ClockAt(12, 0), "2044-07-12T16:00:00Z"},
		{"24:00 is the next day", "UTC", "2026-12-31", ClockAt(24, 0), "2027-01-01T00:00:00Z"},
	} {
		d, err := ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.At(c.clock, in(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s %v in %s is %s, want %s", c.name, c.date, c.clock, c.zone, got, c.want)
		}
	}
}

// zones is a choice that holds every kind of rule: none, north, south, half an hour, Ramadan, abolished, far east and far west.
var zones = []string{"UTC", "Europe/Dublin", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland",
	"Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Africa/Casablanca",
	"Africa/Cairo", "America/Sao_Paulo", "America/Caracas", "Asia/Tehran", "Asia/Gaza", "Australia/Lord_Howe", "Antarctica/Troll", "America/St_Johns"}

func drawDate(t *rapid.T) Date {
	return Date{2000, time.January, 1}.Add(rapid.IntRange(0, 36500).Draw(t, "day"))
}

// In any zone and year the instant shows the time that was meant; only where no clock shows it, the first one after the gap.
func TestAnInstantShowsTheTimeThatWasMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := drawDate(t)
		clock := time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "minute")) * time.Minute
		at := d.At(clock, zone)
		meant := d.utc().Add(clock)
		shows := func(at time.Time) time.Time {
			_, offset := at.In(zone).Zone()
			return at.UTC().Add(time.Duration(offset) * time.Second)
		}
		if got := shows(at); !got.Equal(meant) {
			if before := shows(at.Add(-time.Second)); !got.After(meant) || !before.Before(meant) {
				t.Fatalf("%s %v in %s: the clocks show %s, and %s a second before", d, clock, zone, got, before)
			}
		}
		if earlier := at.Add(-time.Minute); shows(earlier).Equal(meant) {
			t.Fatalf("%s %v in %s was shown already at %s", d, clock, zone, earlier)
		}
		for back := 30 * time.Minute; back < 3*time.Hour; back += 30 * time.Minute {
			if shows(at.Add(-back)).Equal(meant) {
				t.Fatalf("%s %v in %s: the clocks showed it %v earlier", d, clock, zone, back)
			}
		}
	})
}

func TestLaterOnTheWallIsNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := drawDate(t)
		a := time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "a")) * time.Minute
		b := a + time.Duration(rapid.IntRange(0, 3*24*60).Draw(t, "more"))*time.Minute
		if later := d.At(b, zone); later.Before(d.At(a, zone)) {
			t.Fatalf("%s in %s: %v comes after %v", d, zone, a, b)
		}
	})
}

func TestDatesCountOverMonthsAndYears(t *testing.T) {
	d := Date{2027, time.December, 28}
	if got := d.Add(9).String(); got != "2028-01-06" {
		t.Errorf("nine days after %s is %s", d, got)
	}
	if got := (Date{2028, time.February, 28}).Add(1).String(); got != "2028-02-29" {
		t.Errorf("the day after 28 February 2028 is %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := drawDate(t), rapid.IntRange(-400, 400).Draw(t, "days")
		if got := d.Until(d.Add(n)); got != n {
			t.Fatalf("from %s to %s are %d days, want %d", d, d.Add(n), got, n)
		}
	})
}

func TestWordsForDaysMonthsAndQuarters(t *testing.T) {
	if q := QuarterOf(Date{2026, time.November, 10}); q.String() != "2026-Q4" || q.First().String() != "2026-10-01" || q.Last().String() != "2026-12-31" || q.Next().String() != "2027-Q1" {
		t.Errorf("quarter %s from %s to %s, then %s", q, q.First(), q.Last(), q.Next())
	}
	for _, bad := range []string{"", "2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-Q1x", "2026-q1"} {
		if q, err := ParseQuarter(bad); err == nil {
			t.Errorf("quarter %q was read as %s", bad, q)
		}
	}
	for _, bad := range []string{"", "2026-13-01", "2026-02-30", "10.11.2026", "2026-11-10x"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("date %q was read as %s", bad, d)
		}
	}
	for _, bad := range []string{"", "2026-13", "2026", "2026-11-10", "Nov"} {
		if m, err := ParseMonth(bad); err == nil {
			t.Errorf("month %q was read as %s", bad, m)
		}
	}
	text, err := json.Marshal(map[string]Date{"a": {2026, time.November, 10}, "b": {}})
	var back map[string]Date
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil || back["a"] != (Date{2026, time.November, 10}) || !back["b"].IsZero() {
		t.Errorf("%s came back as %v: %v", text, back, err)
	}
}

func TestAheadOfPacific(t *testing.T) {
	release := Release(Month{2026, time.November}.PatchTuesday())
	for zone, want := range map[string]bool{"America/Los_Angeles": false, "Pacific/Honolulu": false, "UTC": true, "Europe/Dublin": true, "Pacific/Auckland": true} {
		if got := AheadOfPacific(release, in(t, zone)); got != want {
			t.Errorf("%s ahead of Pacific: %v", zone, got)
		}
	}
}
