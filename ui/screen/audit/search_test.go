package audit

import (
	"encoding/json"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/ui/uitest"
)

func TestTimesOfASearchAreThoseOfTheFleet(t *testing.T) {
	zone := time.FixedZone("fleet", 2*3600)
	now := time.Date(2026, 11, 15, 2, 14, 0, 0, zone)
	for text, want := range map[string]time.Time{
		"2026-11-15":       time.Date(2026, 11, 15, 0, 0, 0, 0, zone),
		"2026-11-15T02:00": time.Date(2026, 11, 15, 2, 0, 0, 0, zone),
		"02:00":            time.Date(2026, 11, 15, 2, 0, 0, 0, zone),
		"3h":               now.Add(-3 * time.Hour),
		"2d":               now.Add(-48 * time.Hour),
	} {
		if got, err := parseTime(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "-3h", "2026-13-01", "yesterday", "9999999999999d"} {
		if got, err := parseTime(text, now); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// FuzzTheShortcutNeverHidesAnEntry compares the look at the bytes with the look at the parsed entry.
func FuzzTheShortcutNeverHidesAnEntry(f *testing.F) {
	raws, _ := uitest.Trail(5)
	view := uitest.Quiet(3)
	for _, raw := range raws {
		f.Add(raw, "who:k.osei storage")
	}
	f.Add([]byte(`{"actor":"\u006b.osei","reason":"a<b & \"c\""}`), `a<b object:x since:3h "c"`)
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		q, err := parseQuery(text, view, time.UTC)
		var e trail.Entry
		if err != nil || json.Unmarshal(raw, &e) != nil {
			return
		}
		written, err := json.Marshal(e) // as the trail writes it: one form for each character
		if err != nil {
			return
		}
		if q.match(&e) && !q.may(appendLower(nil, written)) {
			t.Errorf("%q would be missed in %s", text, written)
		}
	})
}

// BenchmarkSearch looks through 100,000 entries, of which one in five matches in one case and none in the other.
func BenchmarkSearch(b *testing.B) {
	const entries = 100_000
	_, head := uitest.Trail(entries)
	view := &engine.View{At: uitest.At, Head: head}
	console := uitest.NewConsole(view)
	for _, text := range []string{"storage", "nowhere", "until:2026-01-01"} {
		b.Run(text, func(b *testing.B) {
			q, err := parseQuery(text, view, time.UTC)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := searchEntries(console, q, 1, entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/entries, "ns/entry")
		})
	}
}
