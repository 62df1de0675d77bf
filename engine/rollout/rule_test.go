package rollout

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Every rule in the table of doc.go names tests that exist.
func TestEveryRuleOfARolloutNamesTheTestThatHoldsIt(t *testing.T) {
	tests := map[string]bool{}
	named := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	root := os.DirFS("../..")
	for _, room := range []string{"engine", "engine/rollout", "cmd/patchdeck/config"} {
		files, err := fs.Glob(root, room+"/*_test.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no tests, %v", room, err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(root, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range named.FindAllSubmatch(text, -1) {
				tests[string(found[1])] = true
			}
		}
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for line := range strings.Lines(string(doc)) {
		rule, names, ok := strings.Cut(strings.TrimPrefix(line, "//\t"), " | ")
		if !ok {
			continue
		}
		rules++
		for _, name := range strings.Fields(names) {
			if !tests[name] {
				t.Errorf("%q names %s, and there is no such test", rule, name)
			}
		}
	}
	if rules < 25 {
		t.Errorf("the table has %d rules", rules)
	}
}

// Handbook 8, emergency: each emergency window takes the servers of one whole day, and what it leaves goes on to the later ones and the check.
func TestAnEmergencyWindowTakesOneDayOfTheStandardPlan(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "W7", server22), managed("s2", inventory.Prod, "w1", server22), managed("s3", inventory.Prod, "W8", server22))
	d.Emergency, d.InPlaceOf = true, map[string]string{"W1": "E1", "W7": "E2", "W8": "E2"}
	d.Windows = []Window{
		{ID: "E1", Ring: Prod, Kind: EmergencyWindow, Opens: opening, Closes: opening.Add(time.Hour)},
		{ID: "E2", Ring: Prod, Kind: EmergencyWindow, Opens: opening.Add(time.Hour), Closes: opening.Add(2 * time.Hour)},
		{ID: "ECHECK", Ring: Prod, Kind: Check, Opens: opening.Add(2 * time.Hour), Closes: opening.Add(5 * time.Hour)},
	}
	p, err := MakePlan(d)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]string{"s1": {"E2", "ECHECK"}, "s2": {"E1", "E2", "ECHECK"}, "s3": {"E2", "ECHECK"}} {
		if got := assignment(t, p, id).Windows; !slices.Equal(got, want) {
			t.Errorf("%s gets %v, want %v", id, got, want)
		}
	}
	d.Servers[0].Cluster, d.Servers[2].Cluster = "SQL1", "SQL1"
	if p, err = MakePlan(d); err != nil || assignment(t, p, "s3").Windows[0] == assignment(t, p, "s1").Windows[0] {
		t.Errorf("members of a cluster stand in one emergency window: %+v, %v", p.Assignments, err)
	}
}

// Handbook 8, clusters: where the owner chose no window, members are kept apart.
func TestMembersOfAClusterAreSpreadOverWindows(t *testing.T) {
	a, b, c := managed("s1", inventory.Prod, "", server22), managed("s2", inventory.Prod, "W2", server22), managed("s3", inventory.Prod, "", server22)
	a.Cluster, c.Cluster = "SQL1", "SQL1"
	p, err := MakePlan(draft(a, b, c))
	if err != nil || assignment(t, p, "s1").Windows[0] == assignment(t, p, "s3").Windows[0] || len(p.Shared) > 0 {
		t.Errorf("%+v, %v", p.Assignments, err)
	}
	a.Window, c.Window = "W1", "W1"
	if p, _ = MakePlan(draft(a, b, c)); len(p.Shared) != 1 || len(p.Findings) != 1 {
		t.Errorf("owners put two members in one window: shared %v, findings %v", p.Shared, p.Findings)
	}
}

// The score of a stop can be recomputed from the steps that the transitions carry into the trail.
func TestTheTrailRecomputesTheScoreOfAStop(t *testing.T) {
	p, r := DefaultPolicy(), Rollout{ID: "R-3", Ring: Prod, State: Active}
	score := 0
	for _, good := range outcomes("...X..X.XXXX", 1) {
		ad := Advertisement{Rollout: "R-3", Delivery: Verifying, Window: "W1", Attempts: 1, Before: server22}
		m := ad.move(Succeeded, "")
		if !good {
			m = ad.fail(&Failure{Class: ClassPatch, Code: "PD-BUILD"}, "verify")
		}
		p.Complete(&r, &ad, m)
		if step := m.Scores; step != nil {
			if step.Window != "W1" || step.From != score {
				t.Fatalf("a step %+v after the score %d", *step, score)
			}
			score = step.To
		}
		r, _ = m.Apply(r, ad, opening)
	}
	if stop, ok := p.Judge(&r, "W1"); !ok || stop.Rule != RuleScore || score != r.Scores["W1"] || score < p.Halt {
		t.Errorf("the steps lead to %d, the rollout has %d, stop %+v", score, r.Scores["W1"], stop)
	}
}

// Handbook 8, window close: who did not start goes to the check, then is named; a restart that is owed is shown and scores nothing.
func TestTheEndOfAWindowAccountsForEverybody(t *testing.T) {
	plan := &Plan{Windows: []Window{{ID: "W1", Ring: Prod, Opens: opening, Closes: opening.Add(4 * time.Hour)},
		{ID: "CHECK", Ring: Prod, Kind: Check, Opens: opening.Add(4 * time.Hour), Closes: opening.Add(7 * time.Hour)}}}
	s := Scene{Now: opening.Add(4 * time.Hour), Plan: plan, Policy: DefaultPolicy()}
	close := func(d Delivery, windows ...string) *Moved {
		return s.CloseWindow(&Advertisement{ID: "r3-s1", Delivery: d, Windows: windows}, Contact{}, windows[0])
	}
	if m := close(Staged, "W1", "CHECK"); m == nil || m.To != Staged || !slices.Equal(m.Windows, []string{"CHECK"}) {
		t.Errorf("with a check to come: %+v", m)
	}
	if m := close(Staged, "CHECK"); m == nil || m.To != WindowMissed || m.Scores != nil {
		t.Errorf("after the check: %+v", m)
	}
	if m := close(RestartPending, "CHECK"); m == nil || m.To != Failed || m.Compliance != AwaitsRestart || m.Scores != nil {
		t.Errorf("a restart that is owed: %+v", m)
	}
	if m := close(Running, "CHECK"); m == nil || m.To != Running {
		t.Errorf("what has started: %+v", m)
	}
}
