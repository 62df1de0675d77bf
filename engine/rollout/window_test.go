package rollout

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A window opens when the clocks on the wall show its start, on either side of a change of the clocks, and lasts its length.
func TestWindowsFollowTheClocksOnTheWall(t *testing.T) {
	patchTuesday := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 18, 0, 0, 0, time.UTC)
	}
	cases := []struct {
		name, zone   string
		zero         time.Time
		day          int
		start        time.Duration
		opens, close string
	}{
		{"an ordinary night", "Europe/Dublin", patchTuesday(2026, 11, 10), 5, 0, "2026-11-15T00:00:00Z", "2026-11-15T04:00:00Z"},
		{"after the clocks went back", "America/New_York", patchTuesday(2026, 10, 13), 20, 2 * time.Hour, "2026-11-02T07:00:00Z", "2026-11-02T11:00:00Z"},
		{"in the night in which they go back", "Europe/Dublin", patchTuesday(2026, 10, 13), 12, 0, "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"},
		{"at a time that the clocks skip", "Europe/Dublin", patchTuesday(2026, 3, 10), 19, 90 * time.Minute, "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"},
		{"over the end of a year", "Asia/Tokyo", patchTuesday(2026, 12, 29), 4, 0, "2027-01-02T15:00:00Z", "2027-01-02T19:00:00Z"},
		{"day 0 is the zone's own day", "Pacific/Auckland", patchTuesday(2026, 11, 10), 0, 20 * time.Hour, "2026-11-11T07:00:00Z", "2026-11-11T11:00:00Z"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := WindowSpec{ID: "W1", Ring: Prod, Day: c.day, Start: c.start, Length: 4 * time.Hour}.Resolve(c.zero, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			if got := w.Opens.Format(time.RFC3339); got != c.opens {
				t.Errorf("opens %s, want %s", got, c.opens)
			}
			if got := w.Closes.Format(time.RFC3339); got != c.close {
				t.Errorf("closes %s, want %s", got, c.close)
			}
			if !w.Contains(w.Opens) || w.Contains(w.Closes) {
				t.Error("a window holds its opening and not its closing")
			}
		})
	}
}

func TestAWindowWithoutLengthIsRefused(t *testing.T) {
	if _, err := (WindowSpec{ID: "W1"}).Resolve(time.Now(), time.UTC); err == nil {
		t.Error("a window of no length was accepted")
	}
}
