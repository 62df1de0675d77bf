package rollout

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// prospect is n servers of one build in a window of four hours with a check of three after it.
func prospect(n, ceiling int) Prospect {
	plan := &Plan{Windows: []Window{{ID: "W1", Ring: Prod, Opens: opening, Closes: opening.Add(4 * time.Hour)},
		{ID: "CHECK", Ring: Prod, Kind: Check, Opens: opening.Add(4 * time.Hour), Closes: opening.Add(7 * time.Hour)}}}
	p := Prospect{Now: opening.Add(-time.Hour), Plan: plan, Ring: Prod, Ceiling: ceiling, Policy: DefaultPolicy(), Seed: 7,
		Experience: map[string]int{"10.0.20348": 20}}
	for i := range n {
		p.Open = append(p.Open, &Advertisement{ID: fmt.Sprintf("r3-s%05d", i), Delivery: Staged, Windows: []string{"W1", "CHECK"}, Before: server22})
	}
	return p
}

// DESIGN 5, forecast: it shows who will not fit and why, before approval, and which limit would be enough.
func TestAnOutlookSaysWhoFitsAtWhichLimit(t *testing.T) {
	few, many := prospect(400, 4).Look(), prospect(400, 128).Look()
	if few.Late.Fits >= 400 || few.Late.WillNot+few.Late.Fits != 400 || few.Sure != 0 || !strings.Contains(few.Windows[0].Why, "of its 400 servers at 4 at once") {
		t.Errorf("400 servers at 4 at once: %+v", few)
	}
	if many.Likely.WillNot != 0 || many.Sure < 0.95 || many.Windows[0].Why != "" {
		t.Errorf("400 servers at 128 at once: %+v", many)
	}
	if few.Enough != many.Enough || few.Enough <= 4 || few.Enough > 128 {
		t.Errorf("enough is %d and %d", few.Enough, many.Enough)
	}
	if many.Likely.Done.After(many.Late.Done) {
		t.Errorf("half of the plays end at %s, 95 of 100 at %s", many.Likely.Done, many.Late.Done)
	}
}

func TestAnOutlookKnowsTheRampAndSlowBuilds(t *testing.T) {
	cold, warm := prospect(60, 64), prospect(60, 64)
	cold.Experience = nil
	if c, w := cold.Look(), warm.Look(); !c.Likely.Done.After(w.Likely.Done) {
		t.Errorf("without experience it ends at %s, with it at %s", c.Likely.Done, w.Likely.Done)
	}
	slow := prospect(10, 64)
	slow.Took = map[string][]int{"10.0.20348": {5 * 3600, 5 * 3600, 5 * 3600, 5 * 3600, 5 * 3600}}
	if o := slow.Look(); o.Likely.Fits != 0 || o.Enough != 0 || !strings.Contains(o.Windows[0].Why, "needs up to 315m, and the window has 240m") {
		t.Errorf("five hours do not fit into four: %+v", o)
	}
}

func TestAnOutlookLetsMembersOfAClusterTakeTurns(t *testing.T) {
	alone, together := prospect(20, 64), prospect(20, 64)
	for _, ad := range together.Open {
		ad.Cluster = "SQL1"
	}
	if a, b := alone.Look(), together.Look(); a.Late.Fits != 20 || b.Likely.Fits >= 20 {
		t.Errorf("apart %d fit, in one cluster %d", a.Late.Fits, b.Likely.Fits)
	}
}

// Counts add up, the same seed gives the same outlook, and an outlook that looks on counts who runs already.
func TestAnOutlookAddsUpAndRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := prospect(rapid.IntRange(1, 60).Draw(t, "servers"), rapid.IntRange(1, 40).Draw(t, "ceiling"))
		p.Now = opening.Add(time.Duration(rapid.IntRange(-60, 420).Draw(t, "minutes")) * time.Minute)
		p.Seed = rapid.Uint64().Draw(t, "seed")
		running := 0
		for _, ad := range p.Open {
			if running < p.Ceiling && rapid.Bool().Draw(t, "runs") {
				ad.Delivery, ad.Started = Running, p.Now.Add(-10*time.Minute)
				running++
			}
		}
		o := p.at(p.Ceiling)
		for _, c := range []Course{o.Likely, o.Late} {
			if c.Fits+c.WillNot != len(p.Open) || c.Fits < running || c.WillNot < 0 {
				t.Fatalf("%d servers, %d at work: %+v", len(p.Open), running, c)
			}
		}
		if o.Late.Fits > o.Likely.Fits || o.Likely.Done.After(o.Late.Done) {
			t.Fatalf("the late course is better than the likely one: %+v", o)
		}
		if again := p.at(p.Ceiling); !reflect.DeepEqual(o, again) {
			t.Fatalf("the same prospect gives %+v and %+v", o, again)
		}
	})
}

func BenchmarkOutlookOfTenThousandServers(b *testing.B) {
	p := prospect(10_000, 417)
	for i, ad := range p.Open {
		ad.Windows = []string{[]string{"W1", "CHECK"}[i%2]}
	}
	for b.Loop() {
		p.at(417)
	}
}
