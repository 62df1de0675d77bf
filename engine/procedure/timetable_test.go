package procedure

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patchdeck/engine/calendar"
	"patchdeck/engine/rollout"
)

func in(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// november is the month whose Patch Tuesday is 10 November 2026, begun in time.
func november(t testing.TB, zone string) Basis {
	z := in(t, zone)
	day := calendar.Month{Year: 2026, Month: time.November}.PatchTuesday()
	return Basis{DayZero: day, Zone: z, Began: day.Add(-6).At(0, z)}
}

// Handbook section 6, each row by its number: due by the clocks on the wall in the vendor's own zone; in Dublin and Auckland, which are
// ahead of it, tasks 10 to 20 keep their distance from the release at 18:00 UTC.
func TestEachRowOfTheProcedureIsDueInItsTime(t *testing.T) {
	rows := []struct {
		row                       int
		who                       Party
		auto                      bool
		pacific, dublin, auckland string
		fromPacific               string // of a span
	}{
		{row: 1, who: Vendor, pacific: "5 11:00", dublin: "5 11:00", auckland: "5 11:00"},
		{row: 2, who: Lead, pacific: "5 12:00", dublin: "5 12:00", auckland: "5 12:00"},
		{row: 3, who: Lead, auto: true, pacific: "5 13:00", dublin: "5 13:00", auckland: "5 13:00"},
		{row: 4, who: Lead, auto: true, pacific: "5 14:00", dublin: "5 14:00", auckland: "5 14:00"},
		{row: 5, who: Lead, auto: true, pacific: "5 17:00", dublin: "5 17:00", auckland: "5 17:00"},
		{row: 6, who: Lead, auto: true, pacific: "5 17:00", dublin: "5 17:00", auckland: "5 17:00"},
		{row: 7, who: Authority, auto: true, pacific: "5 17:00", dublin: "5 17:00", auckland: "5 17:00"},
		{row: 8, who: Support, pacific: "9 17:00", dublin: "9 17:00", auckland: "9 17:00", fromPacific: "5 17:00"},
		{row: 9, who: Security, pacific: "9 17:00", dublin: "9 17:00", auckland: "9 17:00", fromPacific: "5 17:00"},
		{row: 10, who: Vendor, auto: true, pacific: "10 11:00", dublin: "10 19:00", auckland: "11 08:00"},
		{row: 11, who: Lead, pacific: "10 11:30", dublin: "10 19:30", auckland: "11 08:30"},
		{row: 12, who: Lead, auto: true, pacific: "10 14:00", dublin: "10 22:00", auckland: "11 11:00"},
		{row: 13, who: Lead, auto: true, pacific: "10 14:00", dublin: "10 22:00", auckland: "11 11:00"},
		{row: 14, who: Lead, auto: true, pacific: "10 14:00", dublin: "10 22:00", auckland: "11 11:00"},
		{row: 15, who: Lead, auto: true, pacific: "10 14:00", dublin: "10 22:00", auckland: "11 11:00"},
		{row: 16, who: Lead, auto: true, pacific: "10 14:00", dublin: "10 22:00", auckland: "11 11:00"},
		{row: 17, who: Lead, auto: true, pacific: "10 15:00", dublin: "10 23:00", auckland: "11 12:00"},
		{row: 18, who: Lead, auto: true, pacific: "10 16:00", dublin: "11 00:00", auckland: "11 13:00"},
		{row: 19, who: Lead, auto: true, pacific: "10 17:00", dublin: "11 01:00", auckland: "11 14:00"},
		{row: 20, who: Lead, auto: true, pacific: "10 17:00", dublin: "11 01:00", auckland: "11 14:00"},
		{row: 21, who: Lead, auto: true, pacific: "11 08:00", dublin: "11 08:00", auckland: "11 14:00"}, // not before 20
		{row: 22, who: Support, pacific: "12 17:00", dublin: "12 17:00", auckland: "12 17:00", fromPacific: "11 08:00"},
		{row: 23, who: Lead, auto: true, pacific: "13 17:00", dublin: "13 17:00", auckland: "13 17:00", fromPacific: "11 08:00"},
		{row: 24, who: Administrator, auto: true, pacific: "12 17:00", dublin: "12 17:00", auckland: "12 17:00"},
		{row: 25, who: Administrator, auto: true, pacific: "13 09:00", dublin: "13 09:00", auckland: "13 09:00"},
		{row: 26, who: Engine, auto: true, pacific: "15 00:01", dublin: "15 00:01", auckland: "15 00:01"},
		{row: 27, who: Lead, auto: true, pacific: "15 02:00", dublin: "15 02:00", auckland: "15 02:00"},
		{row: 28, who: Administrator, auto: true, pacific: "16 10:00", dublin: "16 10:00", auckland: "16 10:00"},
		{row: 29, who: Lead, pacific: "16 17:00", dublin: "16 17:00", auckland: "16 17:00"},
		{row: 30, who: Everybody, pacific: "19 17:00", dublin: "19 17:00", auckland: "19 17:00", fromPacific: "17 00:00"},
		{row: 31, who: Writer, pacific: "19 17:00", dublin: "19 17:00", auckland: "19 17:00"},
	}
	if len(rows) != len(Tasks) {
		t.Fatalf("%d rows, the procedure has %d tasks", len(rows), len(Tasks))
	}
	tables := map[string][]Entry{}
	for _, zone := range []string{"America/Los_Angeles", "Europe/Dublin", "Pacific/Auckland"} {
		tables[zone] = Timetable(november(t, zone))
	}
	for i, row := range rows {
		t.Run(fmt.Sprintf("row %d", row.row), func(t *testing.T) {
			task, ok := TaskOf(row.row)
			if !ok || task.Who != row.who || task.Auto != row.auto || task.Late == "" || task.Title == "" {
				t.Errorf("task %+v, want it to belong to the %s, auto %v, and to say what to do when it is overdue", task, row.who, row.auto)
			}
			for zone, want := range map[string]string{"America/Los_Angeles": row.pacific, "Europe/Dublin": row.dublin, "Pacific/Auckland": row.auckland} {
				e := tables[zone][i]
				if got := e.Last().In(in(t, zone)).Format("2 15:04"); got != want || len(e.Due) != 1 {
					t.Errorf("due on %s November in %s (%d times), want %s", got, zone, len(e.Due), want)
				}
			}
			if row.fromPacific != "" {
				if got := tables["America/Los_Angeles"][i].From.In(in(t, "America/Los_Angeles")).Format("2 15:04"); got != row.fromPacific {
					t.Errorf("its span begins on %s November, want %s", got, row.fromPacific)
				}
			}
		})
	}
	if _, ok := TaskOf(32); ok {
		t.Error("there is a task 32")
	}
}

// fourDays are 24 windows of four hours from day 5 on, and the check after them.
func fourDays(b Basis) []rollout.Window {
	opens := b.DayZero.Add(5).At(0, b.Zone)
	var list []rollout.Window
	for i := range 24 {
		list = append(list, rollout.Window{ID: fmt.Sprintf("W%d", i+1), Ring: rollout.Prod, Kind: rollout.Standard,
			Opens: opens.Add(time.Duration(4*i) * time.Hour), Closes: opens.Add(time.Duration(4*i+4) * time.Hour)})
	}
	return append(list, rollout.Window{ID: "CHECK", Ring: rollout.Prod, Kind: rollout.Check, Opens: opens.Add(96 * time.Hour), Closes: opens.Add(100 * time.Hour)})
}

func times(list []time.Time, zone *time.Location) []string {
	var out []string
	for _, at := range list {
		out = append(out, at.In(zone).Format("2 15:04"))
	}
	return out
}

// Handbook section 6: with several Prod windows 26 is the first opening; 27 sends progress daily and "Prod updated" when the last window
// closes; 28 repeats daily; 29 to 31 count from that closing.
func TestSeveralProdWindowsMoveRows26To31(t *testing.T) {
	b := november(t, "Europe/Dublin")
	b.Windows = fourDays(b)
	table := Timetable(b)
	for row, want := range map[int][]string{
		26: {"15 00:00"},
		27: {"15 10:00", "16 10:00", "17 10:00", "18 10:00", "19 06:00"},
		28: {"16 10:00", "17 10:00", "18 10:00", "19 10:00", "20 10:00"},
		29: {"20 17:00"}, 30: {"23 17:00"}, 31: {"23 17:00"},
	} {
		if got := times(table[row-1].Due, b.Zone); !slices.Equal(got, want) {
			t.Errorf("row %d is due on %v, want %v", row, got, want)
		}
	}
	if got := table[30-1].From.In(b.Zone).Format("2 15:04"); got != "21 00:00" {
		t.Errorf("the review may be held from %s on, want the 21st", got)
	}
	b.Windows = []rollout.Window{{ID: "W1", Ring: rollout.Prod, Opens: b.DayZero.Add(5).At(calendar.ClockAt(20, 0), b.Zone), Closes: b.DayZero.Add(6).At(0, b.Zone)}}
	table = Timetable(b)
	for row, want := range map[int][]string{26: {"15 20:00"}, 27: {"16 02:00"}, 28: {"16 10:00"}, 29: {"16 17:00"}} {
		if got := times(table[row-1].Due, b.Zone); !slices.Equal(got, want) {
			t.Errorf("one window in the evening: row %d is due on %v, want %v", row, got, want)
		}
	}
}

func TestThePilotAndDevWindowsHoldRows16And21(t *testing.T) {
	b := november(t, "UTC")
	zero := b.DayZero
	b.Windows = []rollout.Window{
		{ID: "P1", Ring: rollout.Pilot, Opens: zero.At(calendar.ClockAt(20, 0), b.Zone), Closes: zero.Add(1).At(0, b.Zone)},
		{ID: "D1", Ring: rollout.Dev, Opens: zero.Add(1).At(calendar.ClockAt(1, 0), b.Zone), Closes: zero.Add(1).At(calendar.ClockAt(11, 0), b.Zone)},
	}
	b.AcceptBy = zero.Add(2).At(calendar.ClockAt(15, 0), b.Zone)
	table := Timetable(b)
	for row, want := range map[int]string{16: "11 00:00", 21: "11 11:00", 22: "12 15:00", 24: "12 15:00", 25: "13 09:00"} {
		if got := table[row-1].Last().In(b.Zone).Format("2 15:04"); got != want {
			t.Errorf("row %d is due on %s, want %s", row, got, want)
		}
	}
}

// folded is a month of half a day, as an emergency or a demonstration runs it.
func folded(began time.Time) Basis {
	window := func(id string, ring rollout.Ring, opens, length time.Duration) rollout.Window {
		return rollout.Window{ID: id, Ring: ring, Opens: began.Add(opens), Closes: began.Add(opens + length)}
	}
	return Basis{DayZero: calendar.Date{Year: 2026, Month: time.November, Day: 10}, Zone: time.UTC, Began: began, Folded: true, AcceptBy: began.Add(245 * time.Minute),
		Windows: []rollout.Window{window("P1", rollout.Pilot, 5*time.Minute, 70*time.Minute), window("D1", rollout.Dev, 75*time.Minute, 160*time.Minute),
			window("W1", rollout.Prod, 250*time.Minute, 2*time.Hour), window("W2", rollout.Prod, 370*time.Minute, 2*time.Hour)}}
}

// Handbook section 6: the same phases run compressed for an emergency; only the timeline differs.
func TestAFoldedMonthHasTheSameTasksOnItsOwnTimeline(t *testing.T) {
	began := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	b := folded(began)
	table := Timetable(b)
	if len(table) != len(Tasks) {
		t.Fatalf("%d tasks", len(table))
	}
	minutes := func(row int) int { return int(table[row-1].Last().Sub(began) / time.Minute) }
	for row, within := range map[int][2]int{1: {0, 5}, 7: {0, 5}, 12: {5, 5}, 16: {75, 75}, 20: {75, 75}, 21: {235, 235}, 22: {245, 245}, 24: {245, 245}, 25: {245, 250}, 26: {250, 250}, 27: {610, 610}} {
		if got := minutes(row); got < within[0] || got > within[1] {
			t.Errorf("row %d is due %d minutes after the beginning, want %v", row, got, within)
		}
	}
	if got := times(table[29-1].Due, time.UTC); !slices.Equal(got, []string{"12 17:00"}) {
		t.Errorf("people update the records on %v, the day after the closing", got)
	}
}

func TestAMonthThatBeginsLateGivesTimeForWhatWasMissed(t *testing.T) {
	b := november(t, "Europe/Dublin")
	b.Windows = fourDays(b)
	b.Began = b.DayZero.At(calendar.ClockAt(20, 0), b.Zone)
	onTime := b
	onTime.Began = b.DayZero.Add(-6).At(0, b.Zone)
	late, table := Timetable(b), Timetable(onTime)
	for i := range late {
		if late[i].Due[0].Before(b.Began) {
			t.Errorf("row %d was due at %s, before the month began", i+1, late[i].Due[0])
		}
	}
	for _, row := range []int{12, 20, 26, 29} {
		if !late[row-1].Last().Equal(table[row-1].Last()) {
			t.Errorf("row %d lies ahead and moved from %s to %s", row, table[row-1].Last(), late[row-1].Last())
		}
	}
}

// drawBasis makes any cycle: any month of forty years, many zones, begun early or late, folded or not, with any windows.
func drawBasis(t *rapid.T) Basis {
	names := []string{"UTC", "Europe/Dublin", "America/Los_Angeles", "America/New_York", "Pacific/Honolulu", "Pacific/Auckland", "Pacific/Kiritimati",
		"Pacific/Pago_Pago", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Antarctica/Troll"}
	zone, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	day := calendar.Month{Year: rapid.IntRange(2005, 2045).Draw(t, "year"), Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month"))}.PatchTuesday()
	b := Basis{DayZero: day, Zone: zone, Folded: rapid.Bool().Draw(t, "folded")}
	b.Began = day.Add(rapid.IntRange(-6, 12).Draw(t, "began")).At(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute"))*time.Minute, zone)
	opens := b.Began
	for _, ring := range rollout.Rings {
		for n := range rapid.IntRange(0, 4).Draw(t, string(ring)) {
			opens = opens.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Minute)
			closes := opens.Add(time.Duration(rapid.IntRange(10, 600).Draw(t, "length")) * time.Minute)
			b.Windows = append(b.Windows, rollout.Window{ID: fmt.Sprint(ring, n), Ring: ring, Opens: opens, Closes: closes})
			opens = closes
		}
		if ring == rollout.Dev && rapid.Bool().Draw(t, "acceptance") {
			b.AcceptBy = opens.Add(time.Hour)
		}
	}
	return b
}

// Handbook section 6: no task is due before the one it builds on; in any zone, month, and schedule.
func TestNoTaskIsDueBeforeTheOneItBuildsOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBasis(t)
		table := Timetable(b)
		for i, task := range Tasks {
			e := table[i]
			if e.Task != task.Number || len(e.Due) == 0 {
				t.Fatalf("entry %d: %+v", i, e)
			}
			for _, before := range task.BuildsOn {
				if before >= task.Number {
					t.Fatalf("task %d builds on %d", task.Number, before)
				}
				if e.Due[0].Before(table[before-1].Last()) {
					t.Fatalf("task %d is due %s, before %d at %s", task.Number, e.Due[0], before, table[before-1].Last())
				}
			}
			if !slices.IsSortedFunc(e.Due, time.Time.Compare) || e.From.After(e.Due[0]) || e.Due[0].Before(b.Began) {
				t.Fatalf("task %d, begun %s: from %s, due %v", task.Number, b.Began, e.From, e.Due)
			}
		}
	})
}

// The rows that lie on fixed days show the table's own time in every zone and month, whatever the clocks do around them.
func TestDeadlinesShowTheTableTimeAcrossChangesOfTheClocks(t *testing.T) {
	for _, name := range []string{"Europe/Dublin", "America/New_York", "Australia/Sydney", "America/Santiago", "Africa/Cairo", "Asia/Tokyo"} {
		zone := in(t, name)
		month := calendar.Month{Year: 2020, Month: time.January}
		for range 240 {
			day := month.PatchTuesday()
			table := Timetable(Basis{DayZero: day, Zone: zone, Began: day.Add(-6).At(0, zone)})
			for _, row := range []int{1, 4, 8, 22, 24, 25, 29, 31} {
				rule := Tasks[row-1].Rule.By
				got := table[row-1].Last().In(zone)
				want := fmt.Sprintf("%s %02d:%02d", day.Add(rule.Day), rule.Clock/time.Hour, rule.Clock%time.Hour/time.Minute)
				if got.Format("2006-01-02 15:04") != want {
					t.Errorf("%s, row %d in %s: due %s, want %s", month, row, name, got, want)
				}
			}
			month = month.Next(1)
		}
	}
}
