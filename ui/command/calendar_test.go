package command

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"

	"patchdeck/engine/procedure"
)

var noon = time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)

func write(t testing.TB, list []procedure.Appointment) (text string, read *ical.Calendar) {
	t.Helper()
	var file bytes.Buffer
	if err := WriteCalendar(&file, list, noon); err != nil {
		t.Fatal(err)
	}
	read, err := ical.ParseCalendar(strings.NewReader(file.String()))
	if err != nil {
		t.Fatalf("%v: %q", err, file.String())
	}
	return file.String(), read
}

func value(e *ical.VEvent, p ical.ComponentProperty) string {
	if property := e.GetProperty(p); property != nil {
		return property.Value
	}
	return ""
}

func TestAppointmentsStandInUTCOnEitherSideOfAChangeOfTheClocks(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	opens := time.Date(2026, 10, 25, 0, 30, 0, 0, dublin) // the clocks go back at 02:00
	text, read := write(t, []procedure.Appointment{
		{UID: "2026-10.window.w1@patchdeck", Kind: procedure.WindowKind, Title: "window W1", From: opens, To: opens.Add(4 * time.Hour), Revision: 7},
		{UID: "2026-10.task-7@patchdeck", Kind: procedure.TaskKind, Title: "task 7", From: noon, To: noon},
	})
	for _, line := range []string{"DTSTART:20261024T233000Z", "DTEND:20261025T033000Z", "SEQUENCE:7", "DTSTAMP:20261025T120000Z", "CATEGORIES:window", "UID:2026-10.window.w1@patchdeck", "TRANSP:TRANSPARENT"} {
		if !strings.Contains(text, "\r\n"+line+"\r\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	if n := strings.Count(text, "DTEND"); n != 1 || len(read.Events()) != 2 {
		t.Errorf("%d ends of %d appointments: a deadline is a moment", n, len(read.Events()))
	}
}

// Names come from plans and inventories that others write: no name leaves its line, whatever it holds.
func FuzzACalendarKeepsEveryNameOnItsLine(f *testing.F) {
	for _, s := range []string{"W1", "a,b;c\\d", "x\r\nBEGIN:VEVENT\r\nUID:evil", "\x00\x1b[31m", strings.Repeat("ä", 90), strings.Repeat("日本", 60), "\u202e", "\n ", "\xff\xfe", "x:\"y\"", "\\n", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text, read := write(t, []procedure.Appointment{{UID: "a@patchdeck", Kind: procedure.TaskKind, Title: name, Words: name, From: noon, To: noon.Add(time.Hour)}})
		for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00\x1b") {
				t.Fatalf("line of %d octets: %q", len(line), line)
			}
		}
		if n := strings.Count(text, "\r\nUID:"); n != 1 || len(read.Events()) != 1 {
			t.Fatalf("%d appointments, %d ids: %q", len(read.Events()), n, text)
		}
		if got := value(read.Events()[0], ical.ComponentPropertySummary); strings.TrimSpace(got) != strings.TrimSpace(plain(name)) && !strings.Contains(name, `\`) {
			t.Fatalf("%q came back as %q", plain(name), got)
		}
	})
}
