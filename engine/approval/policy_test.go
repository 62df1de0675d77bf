package approval

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/catalog"
)

// Handbook 4, "Priority": what each priority demands, on the calendar, also over the end of a short month and a year.
func TestEachPriorityBringsItsDeadlines(t *testing.T) {
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 17, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		priority         Priority
		from, due, until time.Time
	}{
		{Emergency, date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 24)},
		{High, date(2026, 11, 10), date(2026, 12, 10), date(2027, 1, 10)},
		{High, date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)},
		{High, date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30)},
		{Medium, date(2026, 10, 31), date(2027, 2, 28), date(2027, 4, 30)},
		{LowPrio, date(2028, 2, 29), date(2029, 2, 28), time.Time{}},
	} {
		change := Change{Submitted: Signature{At: c.from}}.WithPriority(c.priority)
		if !change.Deadline.Equal(c.due) || !change.Latest.Equal(c.until) {
			t.Errorf("%s from %s: due %s, at the latest %s", c.priority, c.from, change.Deadline, change.Latest)
		}
	}
	for i, term := range Terms[1:] {
		if !Terms[i].Priority.Above(term.Priority) || term.Priority.Above(Terms[i].Priority) {
			t.Errorf("%s is not above %s", Terms[i].Priority, term.Priority)
		}
	}
	if _, err := ParsePriority("urgent"); err == nil || !strings.Contains(err.Error(), "use Emergency, High, Medium, Low") {
		t.Error(err)
	}
}

// Handbook 4, "Priority adjustments" and "Policy": critical defaults to emergency; value, exposure and history raise, countermeasures and
// low value lower; exploited here and instability are always an emergency.
func TestThePriorityFollowsFromTheFacts(t *testing.T) {
	for _, c := range []struct {
		worst     catalog.Severity
		exploited bool
		criteria  []Criterion
		want      Priority
	}{
		{catalog.Critical, false, nil, Emergency},
		{catalog.Important, false, nil, High},
		{catalog.Moderate, false, nil, Medium},
		{catalog.Low, false, nil, LowPrio},
		{catalog.Unrated, false, nil, Medium},
		{catalog.Important, true, nil, Emergency},
		{catalog.Critical, true, []Criterion{HighValue}, Emergency}, // there is nothing above
		{catalog.Moderate, false, []Criterion{HighValue}, High},
		{catalog.Moderate, false, []Criterion{HighValue, Attacked}, Emergency},
		{catalog.Critical, false, []Criterion{Mitigated}, High},
		{catalog.Critical, false, []Criterion{Mitigated, LowValue}, Medium},
		{catalog.Low, false, []Criterion{LowValue}, LowPrio}, // nor below
		{catalog.Low, false, []Criterion{AttackedHere, Mitigated}, Emergency},
		{catalog.Unrated, false, []Criterion{Instability}, Emergency},
	} {
		p := Propose(c.worst, c.exploited, c.criteria)
		steps := 1 + len(c.criteria)
		if c.exploited {
			steps++
		}
		if slices.Contains(c.criteria, AttackedHere) {
			steps = 2 // what comes after "always" does not matter
		}
		if p.Priority != c.want || len(p.Steps) != steps {
			t.Errorf("%s, exploited %v, %v: %s by %q, want %s in %d steps", c.worst, c.exploited, c.criteria, p.Priority, p.Steps, c.want, steps)
		}
	}
	if _, err := ParseCriteria([]string{"high-value", "low-value"}); err == nil || !strings.Contains(err.Error(), "contradict") {
		t.Error(err)
	}
	if got, err := ParseCriteria([]string{"Mitigated", "exploited-here", "mitigated"}); err != nil || !slices.Equal(got, []Criterion{AttackedHere, Mitigated}) {
		t.Error(got, err)
	}
}

// Handbook 4, "Policy": Critical and Important monthly; everything else to Dev monthly and to Prod quarterly. Handbook 8: nobody is exempt
// from critical security updates.
func TestThePolicyCoversEverySeverity(t *testing.T) {
	for s := catalog.Unrated; s <= catalog.Critical; s++ {
		n := 0
		for _, r := range Policy {
			if slices.Contains(r.Severities, s) {
				n++
			}
		}
		rule := PolicyFor(s)
		if n != 1 || rule.Dev != Monthly || rule.ProdNow(time.November) != (s >= catalog.Important) || !rule.ProdNow(time.December) {
			t.Errorf("%q stands in %d rules: %+v", s, n, rule)
		}
		var clash *Conflict
		if err := MayExempt(catalog.Update{KB: "KB1", Severity: s}); errors.As(err, &clash) != (s == catalog.Critical) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// Handbook 4: "Templates of timetables per asset category and priority."
func TestEachCategoryAndPriorityHasATimetable(t *testing.T) {
	for _, category := range Categories {
		for _, term := range Terms {
			plan := Timetable(category, term.Priority, now)
			at := map[string]time.Time{}
			for i, m := range plan {
				at[m.Name] = m.Due
				if term.Priority != Emergency && i > 0 && m.Due.Before(plan[i-1].Due) {
					t.Errorf("%s %s: %s comes before %s", category.Name, term.Priority, m.Name, plan[i-1].Name)
				}
			}
			if len(at) != 5 || at[ThroughBy].After(term.Due.From(now)) || !at[PilotBy].After(at[AuthorisedBy]) || !at[AcceptedBy].After(at[PilotBy]) {
				t.Errorf("%s %s: %v", category.Name, term.Priority, plan)
			}
		}
	}
	exposed, _ := ParseCategory("exposed")
	standard, _ := ParseCategory("")
	through := func(c Category) time.Time { plan := Timetable(c, High, now); return plan[len(plan)-1].Due }
	if half := through(standard).Sub(now) / 2; through(exposed).Sub(now) != half {
		t.Errorf("exposed servers are through by %s, half the time is %s", through(exposed), half)
	}
	if confirm := Timetable(standard, Emergency, now); confirm[len(confirm)-1] != (Milestone{Name: ApprovedBy, Due: now.Add(EmergencyConfirmation)}) {
		t.Errorf("the board confirms an emergency by %v", confirm)
	}
}

// Handbook 4: "The request states" all of it, bounded and with a recommendation.
func TestARequestIsBounded(t *testing.T) {
	var names []string
	for _, f := range RequestFields {
		names = append(names, f.Name)
		r := Request{}.Set(f, "go on")
		if f.Of(r) != "go on" || len(r.Unsaid()) != len(RequestFields)-1 {
			t.Errorf("%s: %+v", f.Name, r)
		}
	}
	if len(names) != 11 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 11 {
		t.Errorf("parts %v", names)
	}
	if _, err := (Request{}).With(Request{Assets: strings.Repeat("x", mostRequestText+1)}); err == nil || !strings.Contains(err.Error(), "assets is 4001 bytes long") {
		t.Error(err)
	}
	kept, err := Request{Cost: "none", People: "two"}.With(Request{People: "three", Go: "no-go: month end"})
	if err != nil || kept.Cost != "none" || kept.People != "three" || kept.Go != "no-go: month end" {
		t.Errorf("%+v, %v", kept, err)
	}
}

// Handbook 1: each gate holds its phase back alone.
func TestEachGateHoldsItsPhaseBack(t *testing.T) {
	open := Evidence{Notification: "2026-Nov", Affects: true, Requested: true, Settled: true, Approved: true, Planned: true, Reviewed: true}
	for _, phase := range []Phase{Assess, Identify, Evaluate, Deploy} {
		if err := Leave("r", phase, open); err != nil {
			t.Errorf("%s with everything: %v", phase, err)
		}
	}
	for words, c := range map[string]struct {
		phase Phase
		spoil func(*Evidence)
	}{
		"nothing tells of an update":        {Assess, func(e *Evidence) { e.Notification = "" }},
		"that affects the environment":      {Assess, func(e *Evidence) { e.Affects = false }},
		"decided to be relevant are not":    {Identify, func(e *Evidence) { e.Undecided = []string{"KB1"} }},
		"no source file with a verified":    {Identify, func(e *Evidence) { e.Unverified = []string{"EX-1"} }},
		"no change request is submitted":    {Identify, func(e *Evidence) { e.Requested = false }},
		"has not settled priority":          {Evaluate, func(e *Evidence) { e.Settled = false }},
		"the change request is not app":     {Evaluate, func(e *Evidence) { e.Approved = false }},
		"no plan is frozen":                 {Evaluate, func(e *Evidence) { e.Planned = false }},
		"acceptance is open until Friday":   {Evaluate, func(e *Evidence) { e.Acceptance = "acceptance is open until Friday" }},
		"R-3 is not through":                {Deploy, func(e *Evidence) { e.Open = []string{"R-3"} }},
		"the post-implementation review is": {Deploy, func(e *Evidence) { e.Reviewed = false }},
	} {
		e := open
		c.spoil(&e)
		if lacks := Lacking(c.phase, e); len(lacks) != 1 || !strings.Contains(lacks[0], words) {
			t.Errorf("%s lacks %q, want %q alone", c.phase, lacks, words)
		}
	}
}

// Handbook 1: "Releases that share servers, dependencies or superseded updates are flagged on both."
func TestOverlapsAreFlaggedOnBoth(t *testing.T) {
	flags := Overlaps([]Scope{
		{Release: "a", Updates: []catalog.Update{{KB: "KB2", Supersedes: []string{"KB1"}}}, Servers: map[string]bool{"s1": true, "s2": true}},
		{Release: "b", Updates: []catalog.Update{{KB: "KB1"}, {KB: "KB3", DependsOn: []string{"KB2"}}}, Servers: map[string]bool{"s2": true}},
		{Release: "c", Updates: []catalog.Update{{KB: "KB9"}}, Servers: map[string]bool{"s3": true}},
	})
	for _, side := range [][2]string{{"a", "b"}, {"b", "a"}} {
		want := []string{"a and b share servers: 1", "KB2 of a supersedes KB1 of b", "KB3 of b depends on KB2 of a"}
		var got []string
		for _, f := range flags[side[0]] {
			if f.Release != side[1] {
				t.Errorf("%s is flagged with %s", side[0], f.Release)
			}
			got = append(got, f.Words)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", side[0], got)
		}
	}
	if len(flags["c"]) != 0 {
		t.Errorf("c shares nothing and is flagged: %v", flags["c"])
	}
}

// Handbook 1: the review answers its questions, all of them.
func TestAReviewAnswersEveryQuestion(t *testing.T) {
	r := Review{Answers: map[string]string{}}
	for i, q := range ReviewQuestions {
		if len(Unanswered(r.Answers)) != len(ReviewQuestions)-i || r.Check() == nil {
			t.Errorf("with %d answers: %v", i, r.Check())
		}
		r.Answers[q.Key] = "yes"
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	r.Answers["weather"] = "fine"
	if err := r.Check(); err == nil {
		t.Error("an answer to what nobody asked was taken")
	}
}
