package procedure

import (
	"errors"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
)

// Handbook section 9: the review after a deployment has actions with owner and date that carry forward.
func TestActionsCarryForwardUntilTheyAreDone(t *testing.T) {
	a := Action{ID: "ACT-1", Cycle: "2026-10", Words: "write the runbook", Owner: "ada", Due: calendar.Date{Year: 2026, Month: time.November, Day: 5}}
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	day := calendar.Date{Year: 2026, Month: time.November, Day: 5}
	if a.State(day) != ActionOpen || a.State(day.Add(1)) != ActionOverdue {
		t.Errorf("on its day %s, the day after %s", a.State(day), a.State(day.Add(1)))
	}
	carried := a.Carry("2026-11")
	if !carried.In("2026-10") || !carried.In("2026-11") || a.In("2026-11") {
		t.Error("a carried action belongs to both months, and the one of before to its own")
	}
	done, err := carried.Finish(Closing{By: "ada", Note: "it stands in the wiki"})
	if err != nil || done.State(day.Add(9)) != ActionDone {
		t.Errorf("finished: %v, %s", err, done.State(day.Add(9)))
	}
	var clash *approval.Conflict
	if _, err := done.Finish(Closing{By: "lea"}); !errors.As(err, &clash) {
		t.Errorf("finished twice: %v", err)
	}
	for _, bad := range []Action{{Owner: "a", Due: day}, {Words: "w", Due: day}, {Words: "w", Owner: "a"}} {
		if bad.Check() == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	in, out := map[ActionState]bool{}, map[ActionState]bool{}
	for _, tr := range ActionTransitions {
		in[tr.To], out[tr.From] = true, true
	}
	if !in[ActionDone] || out[ActionDone] || !in[ActionOverdue] || !out[ActionOpen] {
		t.Error("the table of an action's states does not lead from open to done")
	}
}

func TestAReviewAnswersWhatIsAsked(t *testing.T) {
	good := Review{Summary: "all well", Answers: map[string]string{"hole": "yes", "better": "start earlier"}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]Review{
		"no summary":        {Answers: good.Answers},
		"another question":  {Summary: "s", Answers: map[string]string{"weather": "fine"}},
		"an answer of none": {Summary: "s", Answers: map[string]string{"hole": "  "}},
	} {
		if bad.Check() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Handbook section 9: a quarterly questionnaire asks about people, awareness, skills, formal change and release process, emergency process,
// testing, hours, roles, servers per administrator, tools, coverage.
func TestTheQuarterlyQuestionnaireAsksEverything(t *testing.T) {
	want := []string{"people", "awareness", "skills", "change", "emergency", "testing", "hours", "roles", "ratio", "tools", "coverage"}
	if len(QuarterlyQuestions) != len(want) {
		t.Errorf("%d questions", len(QuarterlyQuestions))
	}
	for i, key := range want {
		if QuarterlyQuestions[i].Key != key {
			t.Errorf("question %d is %s, want %s", i+1, QuarterlyQuestions[i].Key, key)
		}
		if err := CheckAnswer(key, "yes"); err != nil {
			t.Error(err)
		}
	}
	if CheckAnswer("weather", "fine") == nil {
		t.Error("an answer to no question was taken")
	}
	q := Questionnaire{Answers: map[string]Answer{"people": {Words: "two"}}}
	if len(q.Missing()) != len(want)-1 {
		t.Errorf("%d answers are missing", len(q.Missing()))
	}
	quarter := calendar.Quarter{Year: 2026, Number: 4}
	if due := QuarterDue(quarter, time.UTC); !due.Equal(time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("due %s", due)
	}
}

// Handbook section 5: Security keeps the list of outside sources, reviewed each quarter.
func TestSourcesAreReviewedEachQuarter(t *testing.T) {
	quarter := calendar.Quarter{Year: 2026, Number: 4}
	for _, s := range FirstSources {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		after, err := s.Review(quarter, "keep: it was first twice")
		if err != nil || after.Reviewed != "2026-Q4" || s.Reviewed != "" {
			t.Errorf("%v, reviewed %q", err, after.Reviewed)
		}
		if _, err := s.Review(quarter, " "); err == nil {
			t.Error("a review without a verdict was taken")
		}
	}
	for _, bad := range []Source{{Name: "", Address: "https://a.example", Why: "w"}, {Name: "n", Address: "http://a.example", Why: "w"},
		{Name: "n", Address: "https://", Why: "w"}, {Name: "n", Address: "javascript:alert(1)", Why: "w"}, {Name: "n", Address: "https://a.example/ b", Why: "w"},
		{Name: "n", Address: `https://a.example/"`, Why: "w"}, {Name: "n", Address: "https://a.example"}} {
		if bad.Check() == nil {
			t.Errorf("source %+v was taken", bad)
		}
	}
	if _, err := (Source{Name: "n", Gone: true}).Review(quarter, "keep"); err == nil {
		t.Error("a source that is off the list was reviewed")
	}
}
