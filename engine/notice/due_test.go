package notice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// month is a matter in the middle of its Prod windows, to be changed by tests.
func month() Matter {
	day := 24 * time.Hour
	board := &approval.Signature{By: "b", At: start.Add(2 * time.Hour)}
	change := approval.Change{ID: "CHG-1", Release: "r", State: approval.Approved, Priority: approval.High, Deadline: start.Add(30 * day),
		Submitted: approval.Signature{By: "a", At: start.Add(time.Hour)}, Authority: &approval.Signature{By: "c", At: start.Add(time.Hour)}, Board: board}
	return Matter{Release: approval.Release{ID: "r", Phase: approval.Deploy, Created: start}, Change: &change,
		Plan: &rollout.Plan{Windows: []rollout.Window{{ID: "D1", Ring: rollout.Dev, Opens: start, Closes: start.Add(day)}, {ID: "W1", Ring: rollout.Prod, Opens: start.Add(5 * day), Closes: start.Add(6 * day)}}},
		Rollouts: []*rollout.Rollout{{ID: "R-1", Ring: rollout.Pilot, State: rollout.Closed, Ended: start.Add(day)}, {ID: "R-2", Ring: rollout.Dev, State: rollout.Closed, Ended: start.Add(day)},
			{ID: "R-3", Ring: rollout.Prod, State: rollout.Active}}}
}

// dueAt lists the kinds that are due at a time when nothing was composed before.
func dueAt(m Matter, now time.Time, zone *time.Location) (kinds []string, next time.Time) {
	due, next := Scene{Now: now, Zone: zone, Daily: 8 * time.Hour, Composed: func(string) bool { return false }}.Due(m)
	for _, d := range due {
		kinds = append(kinds, string(d.Kind))
	}
	slices.Sort(kinds)
	return kinds, next
}

// Handbook section 6 and the table Kinds: each occasion calls for its notice, and nothing else does.
func TestEachOccasionCallsForItsNotice(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		change func(*Matter)
		at     time.Duration
		want   string
	}{
		"a release":             {func(m *Matter) { *m = Matter{Release: m.Release} }, time.Minute, "heads-up"},
		"a release of long ago": {func(m *Matter) { *m = Matter{Release: m.Release} }, 5 * day, ""},
		"approved":              {func(m *Matter) {}, 3 * time.Hour, "advance heads-up schedule update"},
		"submitted": {func(m *Matter) {
			m.Change.State, m.Change.Authority, m.Change.Board, m.Rollouts = approval.Submitted, nil, nil, nil
		}, 2 * time.Hour, "advance heads-up"},
		"rejected": {func(m *Matter) { m.Change.State, m.Rollouts = approval.Rejected, nil }, 3 * time.Hour, "heads-up"},
		"an emergency": {func(m *Matter) {
			m.Change.Priority, m.Change.State, m.Change.Board = approval.Emergency, approval.Submitted, nil
		}, 3 * time.Hour, "emergency"},
		"an emergency not confirmed": {func(m *Matter) {
			m.Change.Priority, m.Change.State, m.Change.Board, m.Change.ConfirmBy = approval.Emergency, approval.Authorised, nil, start.Add(25*time.Hour)
		}, 26 * time.Hour, "emergency overdue"},
		"acceptance opens":     {func(m *Matter) { *m = accepting(*m, pilot.Pending) }, 3 * day, "dev-complete"},
		"acceptance ends soon": {func(m *Matter) { *m = accepting(*m, pilot.Pending) }, 4*day - reminder, "acceptance dev-complete"},
		"all have answered":    {func(m *Matter) { *m = accepting(*m, pilot.Passed) }, 4*day - reminder, "dev-complete"},
		"a failure nobody answers": {func(m *Matter) {
			*m = accepting(*m, pilot.FailedTest)
			m.Acceptance.Closed, m.Blocks = true, []string{"shop"}
		}, 4*day + time.Hour, "overdue"},
		"a morning while Prod is on": {func(m *Matter) {}, 6*day - 12*time.Hour, "progress"},
		"before Prod opens":          {func(m *Matter) {}, 5 * day, ""},
		"a halt": {func(m *Matter) {
			m.Rollouts[2].State, m.Rollouts[2].Stop = rollout.Halted, &rollout.Stop{At: start.Add(5 * day)}
		}, 5*day + time.Minute, "halted"},
		"a pause": {func(m *Matter) {
			m.Rollouts[2].State, m.Rollouts[2].Stop = rollout.Paused, &rollout.Stop{At: start.Add(5 * day)}
		}, 5*day + time.Minute, "halted"},
		"Prod is through": {func(m *Matter) { m.Rollouts[2].State, m.Rollouts[2].Ended = rollout.Closed, start.Add(9*day) }, 9*day + time.Minute, "prod-updated"},
		"Prod is through, Dev is not": {func(m *Matter) {
			m.Rollouts[2].State, m.Rollouts[2].Ended, m.Rollouts[1].State = rollout.Closed, start.Add(9*day), rollout.Active
		}, 9*day + time.Minute, ""},
		"four days after":             {func(m *Matter) { m.Rollouts[2].State, m.Rollouts[2].Ended = rollout.Closed, start.Add(9*day) }, 9*day + summaryAfter, "summary"},
		"the priority's time is over": {func(m *Matter) { m.Rollouts = nil }, 30*day + time.Hour, "overdue"},
	} {
		m := month()
		c.change(&m)
		got, _ := dueAt(m, start.Add(c.at), time.UTC)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: due are %v, want %q", name, got, c.want)
		}
	}
}

func accepting(m Matter, result pilot.Result) Matter {
	m.Acceptance = &pilot.Acceptance{Deadline: start.Add(4 * 24 * time.Hour), Results: map[string]pilot.Answer{"shop": {Result: result}}}
	return m
}

// Daily notices go at the configured time on the walls of the fleet's zone, once a day, also across changes of the clocks.
func TestDailyNoticesFollowTheClocksOfTheFleet(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	m := month()
	opens := time.Date(2026, 10, 23, 0, 0, 0, 0, dublin) // the clocks go back on the 25th
	m.Plan.Windows = []rollout.Window{{ID: "W1", Ring: rollout.Prod, Opens: opens, Closes: opens.Add(240 * time.Hour)}}
	composed := map[string]bool{}
	var went []string
	now := opens.Add(time.Minute)
	for range 8 {
		s := Scene{Now: now, Zone: dublin, Daily: 8 * time.Hour, Composed: func(key string) bool { return composed[key] }}
		due, next := s.Due(m)
		for _, d := range due {
			if d.Kind == Progress {
				composed[d.Key] = true
				went = append(went, now.In(dublin).Format("2 15:04"))
			}
		}
		if again, _ := s.Due(m); slices.ContainsFunc(again, func(d Due) bool { return d.Kind == Progress }) {
			t.Errorf("%v: due again after it was composed", now)
		}
		if next.IsZero() || !next.After(now) {
			t.Fatalf("%v: the next look is at %v", now, next)
		}
		now = next
	}
	if got, want := strings.Join(went, ", "), "23 08:00, 24 08:00, 25 08:00, 26 08:00, 27 08:00, 28 08:00, 29 08:00"; got != want {
		t.Errorf("progress went at %s, want %s", got, want)
	}
}

func TestANoticeByHandTakesThePlaceOfTheEngines(t *testing.T) {
	m := month()
	m.Rollouts[2].State, m.Rollouts[2].Ended = rollout.Closed, start.Add(9*24*time.Hour)
	s := Scene{Now: start.Add(9*24*time.Hour + time.Hour), Zone: time.UTC, Composed: func(string) bool { return false }}
	byHand := s.Occasion(m, Summary)
	s.Now = start.Add(9*24*time.Hour + summaryAfter)
	due, _ := s.Due(m)
	if len(due) != 1 || due[0].Key != byHand.Key {
		t.Errorf("by hand %+v, the engine's %+v, want one key", byHand, due)
	}
	if key := s.Occasion(Matter{Release: m.Release}, Halted).Key; key != "halted/r/by hand" {
		t.Errorf("a halt that never was: %s", key)
	}
}

func TestIncidentsAreToldOfTogetherAndOnce(t *testing.T) {
	told := map[string]time.Time{}
	tell := func(id string) time.Time { return told[id] }
	open := []Incident{{ID: "INC-1", State: Open, Raised: start}, {ID: "INC-2", State: Open, Raised: start.Add(5 * time.Minute)}}
	if ids, next := Untold(open, tell, time.Time{}, start.Add(time.Minute)); len(ids) > 0 || !next.Equal(start.Add(gather)) {
		t.Errorf("after a minute: %v, next %v", ids, next)
	}
	now := start.Add(gather)
	ids, _ := Untold(open, tell, time.Time{}, now)
	if strings.Join(ids, " ") != "INC-1 INC-2" {
		t.Errorf("after ten minutes: %v", ids)
	}
	for _, id := range ids {
		told[id] = now
	}
	if ids, next := Untold(open, tell, now, now.Add(time.Hour)); len(ids) > 0 || !next.IsZero() {
		t.Errorf("an hour later: %v, next %v", ids, next)
	}
	open[0].Raised = now.Add(time.Minute) // opened again
	if ids, next := Untold(open, tell, now, now.Add(20*time.Minute)); len(ids) > 0 || !next.Equal(now.Add(tellAgain)) {
		t.Errorf("opened again: %v, next %v, want the end of the hour", ids, next)
	}
	if ids, _ := Untold(open, tell, now, now.Add(tellAgain)); strings.Join(ids, " ") != "INC-1" {
		t.Errorf("at the end of the hour: %v", ids)
	}
}

func TestAnIncidentIsOpenedOnceACause(t *testing.T) {
	s := Sighting{Cause: Cause{"s1", "patch", "r"}, Code: "0x1", Title: "rolled back", Links: []string{"R-1", "CHG-1"}}
	i, step := See(nil, "INC-1", s, start)
	if step != "open" || i.State != Open || !i.ByEngine() || i.Cause() != s.Cause {
		t.Fatalf("%s %+v", step, i)
	}
	s.Links = []string{"R-2", "CHG-1"}
	again, step := See(&i, "INC-2", s, start.Add(time.Hour))
	if step != "recur" || again.ID != "INC-1" || again.Times != 2 || strings.Join(again.Links, " ") != "R-1 CHG-1 R-2" || !again.Raised.Equal(start) || len(i.Links) != 2 {
		t.Errorf("%s %+v", step, again)
	}
	ended, err := again.Resolve(Resolution{By: "m.silva", At: start, Words: "a driver"})
	if err != nil {
		t.Fatal(err)
	}
	back, step := See(&ended, "INC-2", s, start.Add(2*time.Hour))
	if step != "reopen" || back.State != Open || back.Times != 3 || !back.Raised.Equal(start.Add(2*time.Hour)) || back.Resolution == nil {
		t.Errorf("%s %+v", step, back)
	}
	for _, known := range IncidentSteps {
		if known.Step == step && known.From == Resolved && known.To == Open {
			return
		}
	}
	t.Error("the table of steps lacks it")
}
