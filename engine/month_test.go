package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/assets"
	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/notice"
	"patchdeck/engine/pilot"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

var security = approval.Actor{Name: "sid.marsh", Roles: []approval.Role{approval.Security}, Via: "test"}

// month is a whole month in virtual time, which begins on 1 January 2000; Patch Tuesday is the 11th.
type month struct {
	*night
	ctx    context.Context
	engine *engine.Engine
	ended  chan error
	stop   context.CancelFunc
}

// configured are the windows of a configuration: one for the pilot and Dev, and two days of Prod.
var configured = []rollout.WindowSpec{
	{ID: "P1", Ring: rollout.Pilot, Kind: rollout.Standard, Day: 0, Start: 19 * time.Hour, Length: 2 * time.Hour},
	{ID: "D1", Ring: rollout.Dev, Kind: rollout.Standard, Day: 0, Start: 21 * time.Hour, Length: 10 * time.Hour},
	{ID: "W1", Ring: rollout.Prod, Kind: rollout.Standard, Day: 5, Start: 0, Length: 4 * time.Hour},
	{ID: "W2", Ring: rollout.Prod, Kind: rollout.Standard, Day: 6, Start: 0, Length: 4 * time.Hour},
	{ID: "E1", Ring: rollout.Prod, Kind: rollout.EmergencyWindow, Day: 0, Start: 20 * time.Hour, Length: time.Hour},
	{ID: "E2", Ring: rollout.Prod, Kind: rollout.EmergencyWindow, Day: 0, Start: 21 * time.Hour, Length: time.Hour},
}

func inMonth(t *testing.T, body func(m *month)) {
	synctest.Test(t, func(t *testing.T) {
		m := &month{night: newNight(t, 12, 9, nil)}
		m.start()
		defer func() { m.end() }()
		body(m)
		m.end()
		foldsToItsRecords(t, m.store)
	})
}

func (m *month) start() {
	templates, err := notice.ParseTemplates(assets.Templates())
	if err != nil {
		m.t.Fatal(err)
	}
	m.engine, err = engine.New(engine.Options{Store: m.store, Fleet: m.world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy(), Zone: time.UTC,
		Schedule: configured, Notices: engine.NoticeOptions{Templates: templates, Daily: 8 * time.Hour}})
	if err != nil {
		m.t.Fatal(err)
	}
	m.ctx, m.stop = context.WithCancel(context.Background())
	m.ended = make(chan error, 1)
	go func() { m.ended <- m.engine.Run(m.ctx) }()
}

func (m *month) end() {
	if m.stop != nil {
		m.stop()
		<-m.ended
		m.stop = nil
	}
}

// on waits until a day of January 2000 and a time of day.
func (m *month) on(day, hour, minute int) {
	m.t.Helper()
	at := time.NewTimer(time.Until(time.Date(2000, 1, day, hour, minute, 30, 0, time.UTC)))
	defer at.Stop()
	<-at.C
	m.do(rehearsal.Lead, engine.ImportServers{Source: "again"}) // a command: what follows is seen in the view
}

func (m *month) do(who approval.Actor, c engine.Command) string {
	m.t.Helper()
	words, err := m.engine.Do(m.ctx, who, c)
	if err != nil {
		m.t.Fatalf("%s: %v", c.Action(), err)
	}
	return words
}

func (m *month) refused(who approval.Actor, c engine.Command, says string) {
	m.t.Helper()
	if words, err := m.engine.Do(m.ctx, who, c); err == nil || !strings.Contains(err.Error(), says) {
		m.t.Errorf("%s by %s: %q, %v; want a refusal that says %q", c.Action(), who.Name, words, err, says)
	}
}

// expects holds the state of tasks, and for the newest tick who did it and what it says.
func (m *month) expects(cycle string, state procedure.State, tasks ...int) {
	m.t.Helper()
	for _, number := range tasks {
		if line := m.line(cycle, number); line.State != state {
			m.t.Errorf("%s: task %d is %s (due %s, %q), want %s", time.Now().UTC().Format("2 Jan 15:04"), number, line.State, line.Due.Format("2 Jan 15:04"), line.Evidence(), state)
		}
	}
}

func (m *month) line(cycle string, number int) procedure.Line {
	m.t.Helper()
	for _, c := range m.engine.View().Procedure.Cycles {
		if c.ID == cycle {
			return c.Lines(m.engine.View().At)[number-1]
		}
	}
	m.t.Fatalf("there is no cycle %s", cycle)
	return procedure.Line{}
}

func (m *month) evidence(cycle string, number int, says string) {
	m.t.Helper()
	line := m.line(cycle, number)
	if len(line.Ticks) == 0 || !line.Ticks[len(line.Ticks)-1].Seen || !strings.Contains(line.Evidence(), says) {
		m.t.Errorf("task %d: ticks %+v, want the engine's evidence to say %q", number, line.Ticks, says)
	}
}

// sweeps waits until the inventory was read.
func (m *month) sweeps() {
	m.t.Helper()
	wake, stop := m.engine.Watch()
	defer stop()
	for _, kind := range []engine.SweepKind{engine.SweepFacts, engine.SweepScan} {
		m.do(rehearsal.Lead, engine.Sweep{Kind: kind})
		for len(m.engine.View().Sweeps) > 0 {
			<-wake
		}
	}
}

// submit makes the month's release and asks for it.
func (m *month) submit(order engine.SubmitChange) engine.ChangeView {
	m.t.Helper()
	bulletin := enginetest.Bulletin()
	bulletin.ID, bulletin.Released = "2000-Jan", time.Date(2000, 1, 11, 8, 0, 0, 0, time.UTC)
	m.do(rehearsal.Lead, engine.ImportBulletin{Source: "model", Bulletin: bulletin})
	m.do(rehearsal.Lead, engine.CreateRelease{ID: "2000-01-security", Title: "January", Bulletin: "2000-Jan", Reason: "the scan offers it"})
	order.Release, order.Reason = "2000-01-security", "monthly release"
	m.do(rehearsal.Lead, order)
	return m.engine.View().Changes[0]
}

// Handbook section 6: the month begins by itself before day -5, the engine completes what it sees, people the rest, and what is late says what
// to do. One month, every task.
func TestAMonthIsLedThroughItsTasks(t *testing.T) {
	inMonth(t, func(m *month) {
		const id = "2000-01"
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(4, 12, 0)
		if months := m.engine.View().Procedure.Months; len(months) != 0 {
			t.Fatalf("seven days before Patch Tuesday there are months already: %+v", months)
		}
		m.refused(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 1, Note: "n"}, "no month has begun")
		m.on(5, 0, 0)
		p := m.engine.View().Procedure
		if len(p.Months) != 1 || p.Current != id || len(p.Tasks) != 31 || len(p.Checklist) != 23 || len(p.Gantt.Bars) != 31+4 || p.Next == nil || p.Next.Task != 1 {
			t.Fatalf("on day -6: %d months, current %q, %d tasks, next %+v", len(p.Months), p.Current, len(p.Tasks), p.Next)
		}

		m.on(6, 11, 45) // day -5
		m.expects(id, procedure.Overdue, 1)
		m.expects(id, procedure.Open, 2)
		m.do(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 1, Note: "one update for Windows Server"})
		m.evidence(id, 2, "task 1 is done")
		m.on(6, 17, 30)
		m.expects(id, procedure.Overdue, 3, 4, 5, 6, 7)
		m.expects(id, procedure.Open, 8, 9)
		needs := ""
		for _, n := range m.engine.View().Needs {
			needs += n.Words + "\n"
		}
		for _, says := range []string{"task 4 of 2000-01 is overdue since 6 Jan 14:00 (lead, now with the secondary of the lead): submit it", "task 7 of 2000-01"} {
			if !strings.Contains(needs, says) {
				t.Errorf("needs are\n%swant %q among them", needs, says)
			}
		}
		m.refused(rehearsal.Support, engine.DoTask{Cycle: id, Task: 4, Note: "n"}, "belongs to the lead")
		m.refused(rehearsal.Watcher, engine.DoTask{Cycle: id, Task: 8, Note: "n"}, "; you are: ")
		m.refused(rehearsal.Support, engine.DoTask{Cycle: id, Task: 8}, "note")
		m.refused(rehearsal.Lead, engine.SkipTask{Cycle: id, Task: 8}, "reason")
		m.refused(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 32, Note: "n"}, "1 to 31")
		m.do(rehearsal.Support, engine.DoTask{Cycle: id, Task: 8, Note: "no issues"})
		m.refused(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 8, Note: "again"}, "sam.okoye: no issues")
		m.do(security, engine.SkipTask{Cycle: id, Task: 9, Reason: "nothing changed"})
		m.expects(id, procedure.Done, 8)
		m.expects(id, procedure.Skipped, 9)
		m.do(security, engine.ReopenTask{Cycle: id, Task: 9, Reason: "the threat level rose"})
		m.expects(id, procedure.Open, 9)
		m.do(security, engine.DoTask{Cycle: id, Task: 9, Note: "exploited since Friday"})

		m.on(11, 18, 10) // day 0, ten minutes after the release
		m.expects(id, procedure.Open, 10)
		m.sweeps()
		m.evidence(id, 14, "12 servers")
		m.evidence(id, 15, "could be read")
		change := m.submit(engine.SubmitChange{Priority: approval.High})
		m.evidence(id, 10, "2000-Jan is in the catalogue")
		m.evidence(id, 11, "task 10 is done")
		m.evidence(id, 3, "2000-01-security")
		m.evidence(id, 12, enginetest.KB)
		m.evidence(id, 4, "CHG-1 was submitted by lea.lind")
		m.evidence(id, 17, "12 servers")
		m.do(rehearsal.Authority, engine.DecideChange{Change: "CHG-1", Step: "authorise", PlanHash: change.PlanHash, Reason: "reviewed"})
		m.evidence(id, 7, "arun.das: reviewed")
		m.evidence(id, 18, "before the board")
		m.expects(id, procedure.Waiting, 20)
		m.on(11, 20, 59)
		m.evidence(id, 16, "succeeded")
		m.do(rehearsal.Board, engine.DecideChange{Change: "CHG-1", Step: "approve", PlanHash: change.PlanHash, Reason: "pilot fine"})
		m.evidence(id, 20, "advertised to Dev")
		for task, kind := range map[int]string{5: "heads-up", 6: "advance", 13: "update", 19: "update"} {
			m.evidence(id, task, kind)
		}

		m.on(12, 8, 30) // day +1
		m.evidence(id, 21, "dev-complete")
		m.expects(id, procedure.Open, 22, 23)
		for app := range m.engine.View().Changes[0].Acceptance.Results {
			m.do(rehearsal.Support, engine.RecordAcceptance{Change: "CHG-1", Application: app, Result: pilot.Passed, Note: "fine"})
		}
		m.evidence(id, 22, "passed")
		m.expects(id, procedure.Waiting, 24)
		m.on(13, 17, 1) // day +2
		m.evidence(id, 24, "nothing blocks")
		m.evidence(id, 25, "advertised to Prod")
		m.expects(id, procedure.Open, 23)
		m.on(14, 17, 1) // day +3
		m.evidence(id, 23, "excluded from CHG-1: 0 servers")
		m.expects(id, procedure.Open, 26)

		m.on(16, 0, 5) // day +5
		m.evidence(id, 26, "targeted")
		m.on(16, 10, 1)
		m.evidence(id, 27, "progress")
		m.expects(id, procedure.Open, 28)
		m.on(17, 10, 1)
		m.evidence(id, 27, "prod-updated")
		m.evidence(id, 28, "succeeded")
		m.expects(id, procedure.Done, 27)
		m.on(18, 17, 1)
		m.expects(id, procedure.Done, 28)
		m.expects(id, procedure.Overdue, 29)
		m.do(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 29, Note: "the records are up to date"})
		m.refused(rehearsal.Lead, engine.HoldReview{Cycle: id}, "summary")
		m.refused(rehearsal.Lead, engine.HoldReview{Cycle: "1999-01", Summary: "s"}, "2000-01")
		m.do(rehearsal.Lead, engine.HoldReview{Cycle: id, Summary: "it went well", Answers: map[string]string{"hole": "yes"}, Attendees: []string{"lea", "bea"}})
		m.evidence(id, 30, "it went well")
		m.do(rehearsal.Lead, engine.DoTask{Cycle: id, Task: 31, Note: "in the wiki"})
		if s := m.engine.View().Procedure.Months[0]; s.Done != 31 || s.Overdue != 0 || s.Next != nil {
			t.Errorf("at the end of the month: %+v", s)
		}
		if n := enginetest.Actions(t, m.store)["procedure.overdue"]; n == 0 {
			t.Error("the trail tells of no deadline that passed")
		}
	})
}

// Handbook section 9: actions with owner and date carry forward to the next month until they are done.
func TestActionsOfAReviewCarryForward(t *testing.T) {
	inMonth(t, func(m *month) {
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(5, 1, 0)
		today := calendar.Date{Year: 2000, Month: time.January, Day: 5}
		m.do(rehearsal.Lead, engine.AddAction{Cycle: "2000-01", Words: "write the runbook", Owner: "ada", Due: today.Add(20)})
		m.do(rehearsal.Lead, engine.AddAction{Cycle: "2000-01", Words: "buy a clock", Owner: "bo", Due: today})
		m.refused(rehearsal.Lead, engine.AddAction{Cycle: "2000-01", Words: "w", Owner: "o", Due: today.Add(-1)}, "is over")
		m.refused(rehearsal.Lead, engine.AddAction{Cycle: "2000-01", Words: "w", Due: today}, "owner")
		m.do(rehearsal.Support, engine.FinishAction{ID: "ACT-2", Note: "bought"})
		m.refused(rehearsal.Lead, engine.FinishAction{ID: "ACT-2", Note: "n"}, "done already by sam.okoye: bought")
		m.refused(rehearsal.Lead, engine.FinishAction{ID: "ACT-9", Note: "n"}, "ACT-9")
		m.on(33, 1, 0) // 2 February, day -6 of the next month
		p := m.engine.View().Procedure
		if p.Current != "2000-02" || len(p.Months) != 2 || p.Months[0].ID != "2000-02" {
			t.Fatalf("months %+v, current %s", p.Months, p.Current)
		}
		if !slices.Equal(p.Actions[0].Carried, []string{"2000-02"}) || len(p.Actions[1].Carried) != 0 {
			t.Errorf("actions %+v: the open one goes on, the done one does not", p.Actions)
		}
		needs := fmt.Sprint(m.engine.View().Needs)
		if !strings.Contains(needs, "ACT-1 of ada was due 2000-01-25: write the runbook") || !strings.Contains(needs, "of January 2000 overdue") {
			t.Errorf("needs %s", needs)
		}
	})
}

// Handbook sections 5 and 9: each quarter the questionnaire is answered and Security reviews the outside sources.
func TestAQuarterNamesWhatItLacksBeforeItsEnd(t *testing.T) {
	inMonth(t, func(m *month) {
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(5, 1, 0)
		lacks := func() string {
			words := ""
			for _, n := range m.engine.View().Needs {
				if n.Object == "2000-Q1" {
					words += n.Words + "; "
				}
			}
			return words
		}
		if lacks() != "" {
			t.Errorf("in January: %s", lacks())
		}
		m.on(60+20, 1, 0) // 20 March
		if words := lacks(); !strings.Contains(words, "11 questions") || !strings.Contains(words, "4 outside sources") {
			t.Errorf("in the last days of the quarter: %q", words)
		}
		m.refused(rehearsal.Lead, engine.AnswerQuestion{Quarter: "2000-Q1", Question: "weather", Words: "fine"}, "people, awareness")
		m.refused(rehearsal.Lead, engine.AnswerQuestion{Quarter: "2000-Q2", Question: "people", Words: "two"}, "has not begun")
		m.refused(rehearsal.Lead, engine.ReviewOutsideSource{Quarter: "2000-Q1", Name: "Windows release health", Verdict: "keep"}, "; you are: ")
		m.do(rehearsal.Lead, engine.AnswerQuestion{Quarter: "2000-Q1", Question: "people", Words: "two, and one who knows how"})
		m.do(security, engine.ListOutsideSource{Name: "Vendor blog", Address: "https://blog.example", Why: "early words"})
		m.refused(security, engine.ListOutsideSource{Name: "x", Address: "ftp://blog.example", Why: "w"}, "https://")
		m.do(security, engine.DropOutsideSource{Name: "National Vulnerability Database", Reason: "too slow for us"})
		m.refused(security, engine.DropOutsideSource{Name: "National Vulnerability Database", Reason: "r"}, "already")
		for _, s := range m.engine.View().Procedure.Sources {
			m.do(security, engine.ReviewOutsideSource{Quarter: "2000-Q1", Name: s.Name, Verdict: "keep"})
		}
		if words := lacks(); !strings.Contains(words, "10 questions") || strings.Contains(words, "outside") {
			t.Errorf("after the reviews: %q", words)
		}
	})
}

// Handbook section 6: the same phases run compressed for an emergency, beside the month's own release.
func TestAnEmergencyHasAFoldedCycleBesideTheMonth(t *testing.T) {
	inMonth(t, func(m *month) {
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(11, 18, 10)
		m.sweeps()
		change := m.submit(engine.SubmitChange{Priority: approval.High})
		second := enginetest.Bulletin()
		second.ID, second.SHA256, second.Released = "2000-Jan-B", "other", time.Date(2000, 1, 11, 19, 0, 0, 0, time.UTC)
		m.do(rehearsal.Lead, engine.ImportBulletin{Source: "model", Bulletin: second})
		m.do(rehearsal.Lead, engine.CreateRelease{ID: "urgent", Title: "urgent", Bulletin: "2000-Jan-B", Updates: []string{enginetest.KB}, Reason: "exploited"})
		m.do(rehearsal.Lead, engine.SubmitChange{Release: "urgent", Priority: approval.Emergency, Reason: "exploited here"})
		p := m.engine.View().Procedure
		if len(p.Months) != 2 || p.Current != "2000-01-CHG-2" {
			t.Fatalf("months %+v, current %s", p.Months, p.Current)
		}
		var folded, own procedure.Cycle
		for _, c := range p.Cycles {
			if c.Folded {
				folded = c
			} else {
				own = c
			}
		}
		if own.Change != change.ID || folded.Change != "CHG-2" || len(folded.Entries) != 31 {
			t.Errorf("the month follows %s, the emergency's cycle %s with %d tasks", own.Change, folded.Change, len(folded.Entries))
		}
		if prod := folded.Entries[26-1].Due[0]; prod.Sub(m.engine.View().At) > 24*time.Hour {
			t.Errorf("the emergency's Prod opens at %s", prod)
		}
	})
}

// A rehearsed night folds the month into hours: its cycle follows its windows, and the people of the demonstration lead it.
func TestARehearsedNightHasItsProcedure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 20, nil)
		for !h.play(func(v *engine.View) bool { return rehearsal.Over(v) }) {
		}
		p := h.view.Procedure
		if len(p.Months) != 1 || !p.Months[0].Folded || p.Current == "" {
			t.Fatalf("months %+v", p.Months)
		}
		for _, line := range p.Tasks {
			if line.Task <= 22 && !line.State.Finished() {
				t.Errorf("when the night is over task %d is %s since %s", line.Task, line.State, line.Due)
			}
		}
	})
}

// A console that is started for the first time after a month's Prod has nothing to lead through.
func TestAConsoleThatComesLateBeginsWithTheNextMonth(t *testing.T) {
	inMonth(t, func(m *month) {
		m.on(20, 0, 0)
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(21, 0, 0)
		if months := m.engine.View().Procedure.Months; len(months) != 0 {
			t.Errorf("on the 21st begins %s", months[0].ID)
		}
		m.on(33, 0, 1)
		if months := m.engine.View().Procedure.Months; len(months) != 1 || months[0].ID != "2000-02" {
			t.Errorf("on 2 February there are %+v", months)
		}
	})
}

// A restart neither repeats a tick nor tells of a deadline twice.
func TestARestartRepeatsNothingOfTheMonth(t *testing.T) {
	inMonth(t, func(m *month) {
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(7, 12, 0)
		before := enginetest.Actions(t, m.store)
		m.end()
		m.start()
		m.on(7, 13, 0)
		after := enginetest.Actions(t, m.store)
		for _, action := range []string{"procedure.begun", "procedure.overdue", "procedure.done"} {
			if before[action] != after[action] {
				t.Errorf("%s: %d times before the restart, %d after it", action, before[action], after[action])
			}
		}
		var denied *approval.Denied
		if _, err := m.engine.Do(m.ctx, rehearsal.Watcher, engine.SkipTask{Cycle: "2000-01", Task: 1, Reason: "r"}); !errors.As(err, &denied) {
			t.Errorf("a viewer skips a task: %v", err)
		}
	})
}
