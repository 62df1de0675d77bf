package command_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestEachVerbOfTheMonthGivesItsCommand(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead, approval.Security)
	for _, c := range []struct {
		words []string
		want  engine.Command
	}{
		{[]string{"procedure", "done", "29", "--note", "records are right"}, engine.DoTask{Cycle: "2026-11", Task: 29, Note: "records are right"}},
		{[]string{"procedure", "done", "31", "--month", "2026-10", "--note", "n"}, engine.DoTask{Cycle: "2026-10", Task: 31, Note: "n"}},
		{[]string{"procedure", "skip", "9", "--reason", "asked"}, engine.SkipTask{Cycle: "2026-11", Task: 9, Reason: "asked"}},
		{[]string{"procedure", "reopen", "1", "--reason", "wrong month"}, engine.ReopenTask{Cycle: "2026-11", Task: 1, Reason: "wrong month"}},
		{[]string{"review", "hold", "2026-10", "--summary", "fine", "--answer", "hole=yes, all", "--attendee", "k.osei"},
			engine.HoldReview{Cycle: "2026-10", Summary: "fine", Attendees: []string{"k.osei"}, Answers: map[string]string{"hole": "yes, all"}}},
		{[]string{"review", "act", "stage earlier", "--owner", "ada", "--due", "2026-12-01"},
			engine.AddAction{Cycle: "2026-11", Words: "stage earlier", Owner: "ada", Due: calendar.Date{Year: 2026, Month: time.December, Day: 1}}},
		{[]string{"review", "finish", "act-1", "--note", "done"}, engine.FinishAction{ID: "ACT-1", Note: "done"}},
		{[]string{"review", "answer", "people", "two"}, engine.AnswerQuestion{Quarter: "2026-Q4", Question: "people", Words: "two"}},
		{[]string{"review", "answer", "people", "two", "--quarter", "2026-Q3"}, engine.AnswerQuestion{Quarter: "2026-Q3", Question: "people", Words: "two"}},
		{[]string{"review", "source", "Windows release health", "--verdict", "keep"}, engine.ReviewOutsideSource{Quarter: "2026-Q4", Name: "Windows release health", Verdict: "keep"}},
		{[]string{"review", "add-source", "Blog", "--address", "https://blog.example", "--why", "early"}, engine.ListOutsideSource{Name: "Blog", Address: "https://blog.example", Why: "early"}},
		{[]string{"review", "drop-source", "Blog", "--reason", "late"}, engine.DropOutsideSource{Name: "Blog", Reason: "late"}},
	} {
		s.expect(command.Done, c.want.Action()+" done", c.words...)
		s.gave(c.want)
	}
}

func TestWrongWordsAboutTheMonthAreToldInOneLine(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	for _, c := range []struct {
		code  int
		says  string
		words []string
	}{
		{command.Usage, "use 1 to 31", []string{"procedure", "done", "32", "--note", "n"}},
		{command.Usage, "use 1 to 31", []string{"procedure", "skip", "one", "--reason", "n"}},
		{command.Usage, "a note is missing", []string{"procedure", "done", "3"}},
		{command.Usage, "a reason is missing", []string{"procedure", "reopen", "3"}},
		{command.Failure, `there is no month "2031-01"`, []string{"procedure", "show", "2031-01"}},
		{command.Usage, "waiting, open, overdue, done, skipped", []string{"procedure", "show", "--state", "late"}},
		{command.Usage, "--summary is missing", []string{"review", "hold"}},
		{command.Usage, "categories, hole, baseline, better", []string{"review", "hold", "--summary", "s", "--answer", "yes"}},
		{command.Usage, "write it like 2026-11-10", []string{"review", "act", "w", "--owner", "o", "--due", "tomorrow"}},
		{command.Usage, "--owner is missing", []string{"review", "act", "w", "--due", "2026-12-01"}},
		{command.Usage, "write it like 2026-Q4", []string{"review", "questions", "--quarter", "Q4"}},
		{command.Usage, "people, awareness", []string{"review", "answer", "weather", "fine"}},
		{command.Usage, "--verdict is missing", []string{"review", "source", "n"}},
		{command.Usage, "https://", []string{"review", "add-source", "n", "--address", "blog", "--why", "w"}},
		{command.Failure, "that review was not held yet", []string{"review", "show", "2026-11"}},
		{command.Failure, "there is no server of that owner or name", []string{"calendar", "export", "-", "--server", "nobody"}},
		{command.Failure, "there is no month", []string{"calendar", "export", "-", "--month", "2031-01"}},
	} {
		if r := s.expect(c.code, c.says, c.words...); strings.Count(r.err, "\n") != 1 || r.out != "" {
			t.Errorf("%v: out %q, err %q", c.words, r.out, r.err)
		}
	}
}

func TestTheMonthAsJSON(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Viewer)
	lines := strings.Split(strings.TrimSpace(s.run("", "procedure", "show", "--json").out), "\n")
	if len(lines) != 31 {
		t.Fatalf("%d lines", len(lines))
	}
	var ninth struct {
		Cycle, Who, State string
		Task              int
		ToDo              string `json:"what_to_do"`
		Told              string
	}
	if err := json.Unmarshal([]byte(lines[8]), &ninth); err != nil || ninth.Task != 9 || ninth.State != "overdue" || ninth.ToDo == "" || ninth.Told != "the secondary of security" || ninth.Cycle != "2026-11" {
		t.Errorf("%v: %+v", err, ninth)
	}
	var g procedure.Gantt
	if err := json.Unmarshal([]byte(s.run("", "procedure", "gantt", "--json").out), &g); err != nil || len(g.Bars) < 31 || g.Now.IsZero() {
		t.Errorf("%v: %d bars", err, len(g.Bars))
	}
	var a procedure.Appointment
	out := s.run("", "calendar", "export", "-", "--json").out
	first, _, _ := strings.Cut(out, "\n")
	if err := json.Unmarshal([]byte(first), &a); err != nil || a.UID == "" || a.From.IsZero() {
		t.Errorf("%v: %q", err, first)
	}
}

func TestTheCalendarOfAnOwnerHoldsTheirWindowsAlone(t *testing.T) {
	view := uitest.Night(60)
	s := at(t, view, approval.Viewer)
	owner := view.Servers[20].Owner
	whole, part := s.run("", "calendar", "export", "-", "--month", "2026-11").out, s.run("", "calendar", "export", "-", "--month", "2026-11", "--owner", strings.ToUpper(owner)).out
	if !strings.Contains(whole, "UID:2026-11.task-7@patchdeck") || !strings.Contains(whole, "UID:chg-12.deadline@patchdeck") {
		t.Errorf("the whole calendar lacks tasks or the deadline of the change request: %.600s", whole)
	}
	if strings.Contains(part, ".task-") || strings.Contains(part, "deadline@") || !strings.Contains(part, ".window.") || strings.Count(part, "BEGIN:VEVENT") >= strings.Count(whole, "BEGIN:VEVENT") {
		t.Errorf("the calendar of %s: %.600s", owner, part)
	}
	r := s.run("", "calendar", "export", "-", "--server", "s00030", "--month", "2026-11")
	if r.code != command.Done || r.err != "1 appointment written\n" {
		t.Errorf("exit code %d, err %q", r.code, r.err)
	}
	uitest.Golden(t, "calendar", strings.ReplaceAll(strings.TrimSuffix(r.out, "\r\n"), "\r\n", "\n"))
	for line := range strings.SplitSeq(part, "\r\n") {
		if strings.HasPrefix(line, "UID:") && !strings.Contains(whole, line) {
			t.Errorf("%s has another name in the whole calendar", line)
		}
	}
}
