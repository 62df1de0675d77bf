package engine

import (
	"fmt"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Acceptance ends at 17:00 by the clocks on the wall on the day after Dev closed, whatever they did in between, and no later than Prod opens.
func TestAcceptanceEndsAtFiveOnTheWallAcrossChangesOfTheClocks(t *testing.T) {
	for _, c := range []struct{ zone, devCloses, prodOpens, want string }{
		{"UTC", "2026-11-11T07:00:00Z", "2026-11-15T00:00:00Z", "2026-11-12T17:00:00Z"},
		{"Europe/Dublin", "2026-10-24T06:00:00Z", "2026-10-30T00:00:00Z", "2026-10-25T17:00:00Z"},    // 24 October 07:00 IST; the 25th has 25 hours
		{"America/New_York", "2026-03-07T12:00:00Z", "2026-03-13T00:00:00Z", "2026-03-08T21:00:00Z"}, // 8 March has 23 hours
		{"Asia/Tokyo", "2026-12-30T22:00:00Z", "2027-01-04T15:00:00Z", "2027-01-01T08:00:00Z"},       // 31 December 07:00; over the end of the year
		{"UTC", "2026-11-11T07:00:00Z", "2026-11-12T00:00:00Z", "2026-11-12T00:00:00Z"},
	} {
		at := func(text string) time.Time {
			instant, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return instant
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := acceptanceDeadline(at(c.devCloses), at(c.prodOpens), zone); !got.Equal(at(c.want)) {
			t.Errorf("%s, Dev closes %s: acceptance ends %s, want %s", c.zone, c.devCloses, got, c.want)
		}
	}
}

// fixedClock always shows the same time.
type fixedClock struct{ at time.Time }

func (c fixedClock) Now() time.Time                             { return c.at }
func (c fixedClock) After(time.Time) (<-chan time.Time, func()) { return nil, func() {} }

// emptyStore holds nothing and takes everything.
type emptyStore struct{}

func (emptyStore) Commit(Batch) error                               { return nil }
func (emptyStore) Load(func(Record) error) error                    { return nil }
func (emptyStore) Head() trail.Head                                 { return trail.Head{} }
func (emptyStore) Entries(uint64, func(uint64, []byte) error) error { return nil }
func (emptyStore) Close() error                                     { return nil }

// aBusyMonth is an engine with so many servers in a rolling Prod release, and years of months behind it.
func aBusyMonth(tb testing.TB, servers int) (*Engine, time.Time) {
	tb.Helper()
	now := time.Date(2026, 11, 15, 3, 0, 0, 0, time.UTC)
	e, err := New(Options{Store: emptyStore{}, Clock: fixedClock{now}, Policy: rollout.DefaultPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	for m := range 60 {
		month := calendar.Month{Year: 2021, Month: time.December}.Next(m)
		began := month.PatchTuesday().Add(-6).At(0, time.UTC)
		e.state.putServer(inventory.Server{ID: "s00001", Name: "SRV"})
		e.beginMonth(began.Add(time.Hour))
		e.state.putBulletin(catalog.Bulletin{ID: month.String(), Released: began})
		e.state.putRelease(approval.Release{ID: month.String(), Bulletin: month.String()})
	}
	plan := rollout.Plan{Hash: "h", Windows: []rollout.Window{{ID: "W1", Ring: rollout.Prod, Opens: now.Add(-3 * time.Hour), Closes: now.Add(time.Hour)}}}
	e.state.putPlan(plan)
	e.state.putChange(approval.Change{ID: "CHG-1", Release: "2026-11", State: approval.Approved, PlanHash: "h", Submitted: approval.Signature{At: now.Add(-200 * time.Hour)}})
	e.state.putRollout(rollout.Rollout{ID: "R-1", Change: "CHG-1", Release: "2026-11", PlanHash: "h", Ring: rollout.Prod, State: rollout.Active})
	for i := range servers {
		id := fmt.Sprintf("r1-s%05d", i)
		e.state.putAd(rollout.Advertisement{ID: id, Rollout: "R-1", Server: inventory.ServerID(fmt.Sprintf("s%05d", i)), Delivery: rollout.Running})
	}
	e.lookAtProcedure(now)
	if len(e.state.cycles) != 60 || e.state.cycleOf["CHG-1"] != "2026-11" {
		tb.Fatalf("%d cycles, the change request follows %q", len(e.state.cycles), e.state.cycleOf["CHG-1"])
	}
	return e, now
}

// A look at the month walks over no server: with a hundred times as many it allocates the same.
func TestALookAtTheMonthDoesNotGrowWithTheFleet(t *testing.T) {
	costs := map[int]float64{}
	for _, servers := range []int{10, 1000} {
		e, now := aBusyMonth(t, servers)
		costs[servers] = testing.AllocsPerRun(50, func() {
			e.month.seen = 0 // as if something had happened
			e.lookAtProcedure(now)
		})
	}
	if costs[1000] > costs[10]+5 {
		t.Errorf("a look allocates %v times with 10 servers and %v times with 1000", costs[10], costs[1000])
	}
}

func BenchmarkALookAtTheMonthAfterAnEvent(b *testing.B) {
	e, now := aBusyMonth(b, 10_000)
	for b.Loop() {
		e.month.seen = 0
		e.lookAtProcedure(now)
	}
}

func BenchmarkALookAtTheMonthWhenNothingHappened(b *testing.B) {
	e, now := aBusyMonth(b, 10_000)
	for b.Loop() {
		e.lookAtProcedure(now)
	}
}

func BenchmarkTheMonthInAView(b *testing.B) {
	e, now := aBusyMonth(b, 10_000)
	for b.Loop() {
		e.makeProcedureView(now)
	}
}
