package notice_test

import (
	"path/filepath"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/engine/notice"
	"patchdeck/ui/uitest"
)

// Handbook 9: notices from templates. What each kind says stands in testdata, to be read as those read it who get it.
func TestWhatEveryKindOfNoticeSays(t *testing.T) {
	templates, err := notice.ParseTemplates(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range notice.Kinds {
		subject, body, err := templates.Render(l.Kind, notice.Full(), "k.osei", "")
		if err != nil {
			t.Fatal(err)
		}
		uitest.Kept(t, filepath.Join("testdata", string(l.Kind)+".txt"), "Subject: "+subject+"\n\n"+body)
	}
}

// A window's time is told in the fewest words, and in all where the clocks change within it.
func TestASpanIsToldInTheFewestWords(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) notice.Moment {
		return notice.MomentIn(time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC), dublin)
	}
	for want, span := range map[string]notice.Text{
		"Tue 20 Oct 2026 21:00 to 23:00 IST":                     notice.Span(at(20, 20), at(20, 22)),
		"Tue 20 Oct 2026 23:00 to Wed 03:00 IST":                 notice.Span(at(20, 22), at(21, 2)),
		"Sun 25 Oct 2026 01:00 IST to Sun 25 Oct 2026 03:00 GMT": notice.Span(at(25, 0), at(25, 3)),
		"not set to Tue 20 Oct 2026 21:00 IST":                   notice.Span(notice.Moment{}, at(20, 20)),
	} {
		if string(span) != want {
			t.Errorf("%q, want %q", span, want)
		}
	}
}

func TestAnAccountLeavesOutWhatHappenedToNobody(t *testing.T) {
	for want, counts := range map[string]notice.CountFacts{
		"10 of 10 servers succeeded":                                      {Targeted: 10, Succeeded: 10},
		"0 of 1 server succeeded, 1 still to come":                        {Targeted: 1, Open: 1},
		"14 of 21 servers succeeded, 2 failed, 1 not reached, 3 excluded": {Targeted: 21, Succeeded: 14, Failed: 2, Unreachable: 1, Excluded: 3},
	} {
		if got := counts.Account(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
