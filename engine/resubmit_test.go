package engine_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
)

// advised are the commands that a refusal names.
func advised(err error) []string {
	return regexp.MustCompile(`patchdeck [a-z -]+[A-Z]+-\d+ --reason "[^"]*"`).FindAllString(err.Error(), -1)
}

// Handbook 4 and 8: a plan whose windows are over starts nobody, so nobody decides on it any more; what the refusal names works. Resubmitted, the
// same is asked for in the windows of the schedule some whole weeks later.
func TestNobodyDecidesOnAPlanWhoseWindowsAreOver(t *testing.T) {
	for i, state := range []approval.State{approval.Submitted, approval.Authorised} {
		for choice := range 2 {
			inMonth(t, func(m *month) {
				o := &office{t, m.ctx, m.night, m.engine}
				m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
				m.on(11, 18, 10)
				m.sweeps()
				change := m.submit(engine.SubmitChange{Priority: approval.High, Ceiling: 40, Request: approval.Request{Assets: "all of them"}})
				who, step := rehearsal.Authority, "authorise"
				if state == approval.Authorised {
					m.do(who, o.step(who, change.ID, "authorise"))
					who, step = rehearsal.Board, "approve"
				}
				m.on(20, 12, 0)
				o.refused(who, o.step(who, change.ID, "reject"), "all windows of "+change.ID+" are over since Mon 17 Jan 04:00")
				_, err := o.Do(m.ctx, who, o.step(who, change.ID, step))
				if err == nil || len(advised(err)) != 2 {
					t.Fatalf("%s: %v", step, err)
				}
				if code, says := o.types(advised(err)[choice]); code != command.Done {
					t.Errorf("case %d: %s ends with %d: %s", i, advised(err)[choice], code, says)
				}
				if was := o.change(change.ID); was.State != approval.Withdrawn {
					t.Errorf("%s is %s", was.ID, was.State)
				}
				if choice == 1 {
					return // it was given up
				}
				next := o.change("CHG-2")
				if next.Priority != approval.High || next.Plan.Ceiling != 40 || next.Request.Assets != "all of them" || o.change(change.ID).Successor != next.ID {
					t.Errorf("%+v", next.Change)
				}
				opens := map[string]time.Time{}
				for _, w := range next.Plan.Windows {
					opens[w.ID] = w.Opens
				}
				if want := time.Date(2000, 1, 25, 19, 0, 0, 0, time.UTC); !opens["P1"].Equal(want) || !opens["W1"].Equal(want.AddDate(0, 0, 5).Add(-19*time.Hour)) {
					t.Errorf("two weeks later the windows are %v", opens)
				}
				m.do(rehearsal.Authority, o.step(rehearsal.Authority, next.ID, "authorise"))
			})
		}
	}
}

// A release whose month is over is submitted for later windows when somebody says so, and the refusal says how.
func TestALateReleaseIsSubmittedForLaterWindows(t *testing.T) {
	inMonth(t, func(m *month) {
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(20, 12, 0)
		m.sweeps()
		bulletin := m.script.Bulletin
		bulletin.ID, bulletin.Released = "2000-Jan", time.Date(2000, 1, 11, 8, 0, 0, 0, time.UTC)
		m.do(rehearsal.Lead, engine.ImportBulletin{Source: "model", Bulletin: bulletin})
		m.do(rehearsal.Lead, engine.CreateRelease{ID: "late", Title: "late", Bulletin: bulletin.ID, Reason: "test"})
		submit := engine.SubmitChange{Release: "late", Priority: approval.High, Reason: "late"}
		m.refused(rehearsal.Lead, submit, "submit with --shift")
		submit.Shift = true
		m.do(rehearsal.Lead, submit)
		if w := m.engine.View().Changes[0].Plan.Windows[0]; w.Ring != rollout.Pilot || w.Opens.Before(m.engine.View().At) || w.Opens.Weekday() != time.Tuesday {
			t.Errorf("the first window is %+v", w)
		}
	})
}

// Handbook 4: the priority's dates are brought to the windows of the plan, and what it asks for before the first of them is said.
func TestTheTimetableOfAChangeSaysWhatThePriorityAsksBeforeItsWindows(t *testing.T) {
	inMonth(t, func(m *month) {
		o := &office{t, m.ctx, m.night, m.engine}
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(6, 11, 0)
		m.sweeps()
		change := m.submit(engine.SubmitChange{Priority: approval.High})
		for _, milestone := range change.Timetable {
			if milestone.Name == approval.PilotBy && (!milestone.Due.Equal(time.Date(2000, 1, 11, 21, 0, 0, 0, time.UTC)) || milestone.Asked.IsZero()) {
				t.Errorf("the pilot is due %+v", milestone)
			}
		}
		if _, says := o.types("patchdeck change show " + change.ID); !strings.Contains(says, "pilot verified by 2000-01-11 21:00: priority asks for 2000-01-11 09:02, first window begins 2000-01-11 19:00") {
			t.Errorf("it is shown as\n%s", says)
		}
	})
}
