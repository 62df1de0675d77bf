package inventory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Handbook 2, completeness: each audit is compared with the one before; a marked rise or fall of the count is a finding.
func TestAMarkedRiseOrFallIsToldAndASmallOneIsNot(t *testing.T) {
	before := Audit{Number: 1, Whole: true, Known: 100, Read: 98}
	for _, c := range []struct {
		known, read int
		says        []string
	}{
		{104, 97, nil}, {106, 98, []string{"the servers in the inventory rose from 100 to 106 since AUD-1"}},
		{94, 80, []string{"the servers in the inventory fell from 100 to 94 since AUD-1", "the servers that could be read fell from 98 to 80 since AUD-1"}},
	} {
		a := Audit{Number: 2, Whole: true, Known: c.known, Read: c.read}
		a.Compare(before, []string{"new"}, nil)
		if got := a.Marked(DefaultPolicy()); fmt.Sprint(got) != fmt.Sprint(c.says) {
			t.Errorf("%d known, %d read: %q, want %q", c.known, c.read, got, c.says)
		}
		a.Whole = false
		if got := a.Marked(DefaultPolicy()); got != nil {
			t.Errorf("an audit of a part is compared with the whole: %q", got)
		}
	}
}

func TestAnAuditTellsSilenceFromFailure(t *testing.T) {
	var a Audit
	for _, s := range []Server{{}, {Trouble: "no answer", TroubleClass: ClassNetwork}, {Trouble: "login refused", TroubleClass: "access"}} {
		a.Take(s)
	}
	if a.Asked != 3 || a.Read != 1 || a.NoAnswer != 1 || a.Failed != 1 {
		t.Errorf("got %+v", a)
	}
}

// Handbook 2: nothing is advertised to a collection whose audit is incomplete or old.
func TestWhatIsIncompleteOrOldIsTold(t *testing.T) {
	p := DefaultPolicy()
	fresh := Server{Name: "fresh", Facts: &Facts{At: noon.Add(-time.Hour)}}
	var many []Server
	for range 60 {
		many = append(many, fresh)
	}
	for _, c := range []struct {
		more []Server
		says string
	}{
		{nil, ""},
		{[]Server{{Name: "never"}, {Name: "mute", Facts: fresh.Facts, Trouble: "no answer"}}, ""}, // 2 of 62 are few
		{[]Server{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}}, "5 of 65 servers were not read (a, b, c and 2 more)"},
		{[]Server{{Name: "old", Facts: &Facts{At: noon.AddDate(0, 0, -3)}}}, "what is known of 1 is older than 48h0m0s (old)"},
		{[]Server{{Name: "apart", Unmanaged: "no access"}}, ""},
	} {
		if got := p.Trouble(p.Complete(append(c.more, many...), noon)); got != c.says {
			t.Errorf("%v: %q, want %q", c.more, got, c.says)
		}
	}
}

func TestAFindingOpensOnceAndClosesByEvidenceThatCouldHaveShownIt(t *testing.T) {
	n := 0
	next := func() string { n++; return fmt.Sprintf("F-%d", n) }
	all := func(Finding) bool { return true }
	seen := []Observation{{Kind: Rogue, Subject: "10.0.0.9", Words: "answers", Within: 48 * time.Hour}, {Kind: Rogue, Subject: "10.0.0.9"}}
	open, closed := Settle(nil, seen, all, "discovery", noon, next)
	if len(open) != 1 || len(closed) != 0 || open[0].ID != "F-1" || open[0].Severity != High || open[0].Todo == "" || !open[0].Due.Equal(noon.Add(48*time.Hour)) {
		t.Fatalf("opened %+v, closed %+v", open, closed)
	}
	if again, gone := Settle(open, seen, all, "discovery", noon, next); len(again)+len(gone) != 0 {
		t.Errorf("seen again: opened %v, closed %v", again, gone)
	}
	if _, gone := Settle(open, nil, func(Finding) bool { return false }, "audit", noon, next); len(gone) != 0 {
		t.Errorf("closed by evidence that could not show it: %v", gone)
	}
	later := noon.Add(72 * time.Hour)
	_, gone := Settle(open, nil, all, "discovery", later, next)
	if len(gone) != 1 || gone[0].Open() || gone[0].ClosedBy != "discovery" || !open[0].Overdue(later) || gone[0].Overdue(later) {
		t.Errorf("closed %+v", gone)
	}
}

func TestEveryKindOfFindingSaysWhatToDo(t *testing.T) {
	for _, kind := range FindingKinds() {
		way := findingWays[kind]
		if len(way.todo) < 20 || way.severity == "" {
			t.Errorf("%s: %+v", kind, way)
		}
	}
	if !Recurrence.NeedsIncident() || !ClientHealth.NeedsIncident() || Stale.NeedsIncident() {
		t.Error("recurrence and client problems, and nothing lesser, are incidents")
	}
}

// Handbook 2, policy checks: minimum standards with severity, time line and remedy.
func TestTheExampleStandardsAreGoodAndAViolationSaysWhatToDo(t *testing.T) {
	standards, err := ReadStandards(strings.NewReader(ExampleStandards))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range standards {
		o := s.Violated(Server{ID: "s00001", Name: "x"}, "")
		f := o.finding("F-1", "facts", noon)
		if f.Severity != s.Severity || f.Todo != s.Remedy || !f.Due.Equal(noon.AddDate(0, 0, s.Days)) {
			t.Errorf("%s: %+v", s.ID, f)
		}
	}
	for text, says := range map[string]string{
		"":                           "0 standards",
		"standards: [{id: a}]":       "title is missing",
		"standards: [{id: a, b: 1}]": "unknown field",
		"standards: [{id: a, title: t, rule: 'x', severity: low, days: 1, remedy: r}]":     "unknown name x",
		"standards: [{id: a, title: t, rule: 'known', severity: bad, days: 1, remedy: r}]": "severity",
		"standards: [{id: a, title: t, rule: 'known', severity: low, days: 0, remedy: r}]": "days",
		"standards: [{id: a, title: t, rule: '', severity: low, days: 2, remedy: r}]":      "the expression is empty",
		"a: &a [1]\nstandards: *a": "anchors",
	} {
		if _, err := ReadStandards(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func FuzzReadStandards(f *testing.F) {
	f.Add(ExampleStandards)
	f.Add("standards: [{id: a, title: t, rule: 'x', severity: low, days: 1, remedy: r}]")
	f.Fuzz(func(t *testing.T, text string) {
		standards, err := ReadStandards(strings.NewReader(text))
		for _, s := range standards {
			if err == nil && s.Check() != nil {
				t.Errorf("%+v: %v", s, s.Check())
			}
		}
	})
}

// Handbook 2, baselines: below, at, above, or exempt with a reason and an end.
func TestAServerStandsBelowAtAboveOrIsExempt(t *testing.T) {
	b := Baseline{Name: "2026Q4", Updates: []BaselineUpdate{
		{KB: "KB1", Fixed: []Build{{10, 0, 20348, 100}, {10, 0, 17763, 50}}}, {KB: "KB2", Fixed: []Build{{10, 0, 20348, 200}}}, {KB: "KB3"},
	}}
	b = b.Exempt("s00009", Exclusion{Signed{By: "ada", Reason: "vendor freeze"}, noon.Add(time.Hour)})
	approved := []BaselineUpdate{{KB: "KB4", Fixed: []Build{{10, 0, 20348, 300}}}}
	foreign := func(kb string) bool { return kb == "KB9" }
	at := func(ubr int, updates ...string) *Facts {
		return &Facts{Build: Build{10, 0, 20348, ubr}, Updates: updates}
	}
	for name, c := range map[string]struct {
		server Server
		when   time.Time
		place  Place
		says   string
	}{
		"misses one":               {Server{Facts: at(150)}, noon, Below, "misses KB2"},
		"misses both":              {Server{Facts: at(99)}, noon, Below, "misses KB1, KB2"},
		"its scan offers one":      {Server{Facts: at(200), Scan: &Scan{Offered: []Offer{{KB: "KB3"}}}}, noon, Below, "misses KB3"},
		"has all":                  {Server{Facts: at(200)}, noon, At, "build 10.0.20348.200"},
		"has a later approved one": {Server{Facts: at(300)}, noon, At, "build 10.0.20348.300"},
		"has an unapproved build":  {Server{Facts: at(301)}, noon, Above, "build 10.0.20348.301 came without a release"},
		"has an unapproved update": {Server{Facts: at(200, "KB3", "KB9")}, noon, Above, "KB9 came without a release"},
		"was never read":           {Server{}, noon, NotRead, "its build was never read"},
		"is exempt":                {Server{ID: "s00009", Facts: at(1)}, noon, Exempt, "vendor freeze"},
		"its exemption has ended":  {Server{ID: "s00009", Facts: at(1)}, noon.Add(time.Hour), Below, "misses KB1, KB2"},
		"another product is at it": {Server{Facts: &Facts{Build: Build{10, 0, 17763, 50}}}, noon, At, "build 10.0.17763.50"},
		"nothing is asked of it":   {Server{Facts: &Facts{Build: Build{10, 0, 26100, 1}}}, noon, At, "build 10.0.26100.1"},
	} {
		if got := b.Stand(c.server, approved, foreign, c.when); got.Place != c.place || got.Why != c.says {
			t.Errorf("%s: %s, %s; want %s, %s", name, got.Place, got.Why, c.place, c.says)
		}
	}
}

func TestAQuarterBeginsAndEndsInItsZone(t *testing.T) {
	zone := time.FixedZone("there", 3600)
	from, until, err := Quarter("2026q4", zone)
	if err != nil || !from.Equal(time.Date(2026, 10, 1, 0, 0, 0, 0, zone)) || !until.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, zone)) {
		t.Errorf("%s to %s, %v", from, until, err)
	}
	for _, text := range []string{"", "2026", "2026Q5", "2026Q0", "26Q1", "2026Q04", "Q4"} {
		if _, _, err := Quarter(text, zone); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
