package calendar

import (
	"strings"
	"testing"
	"time"
)

func TestAnEndIsADayWithItsLastMinuteOrATime(t *testing.T) {
	zone := time.FixedZone("east", 2*60*60)
	for text, want := range map[string]time.Time{
		"2026-12-31":       time.Date(2027, 1, 1, 0, 0, 0, 0, zone),
		"2026-12-31 18:00": time.Date(2026, 12, 31, 18, 0, 0, 0, zone),
		"2026-12-31T18:00": time.Date(2026, 12, 31, 18, 0, 0, 0, zone),
	} {
		if got, err := ParseEnd(text, zone); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	if _, err := ParseInstant("2026-12-31", zone); err == nil || !strings.Contains(err.Error(), "write \"2026-12-31 18:00\"") {
		t.Errorf("a day is no instant: %v", err)
	}
	for _, text := range []string{"", "tomorrow", "2026-02-30", "31.12.2026", strings.Repeat("9", 5000)} {
		if _, err := ParseEnd(text, zone); err == nil || len(err.Error()) > 200 || !strings.Contains(err.Error(), "write 2026-12-31") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
