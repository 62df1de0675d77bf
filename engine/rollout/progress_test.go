package rollout

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// underWay is a prospect in which the first n servers were verified one a minute since the opening.
func underWay(servers, n int) (Prospect, Window) {
	p := prospect(servers, 64)
	p.Now = opening.Add(time.Duration(n)*time.Minute + time.Second)
	for i, ad := range p.Open[:n] {
		ad.Delivery, ad.Window, ad.Started, ad.Since = Succeeded, "W1", opening, opening.Add(time.Duration(i+1)*time.Minute)
	}
	p.Gained = map[string]int{"10.0.20348": n}
	p.Experience = map[string]int{"10.0.20348": 20 + n}
	return p, p.Plan.Windows[0]
}

// Handbook 7: progress against the window. What was verified is told in steps, and compared with what was planned when it opened.
func TestProgressIsToldInStepsAgainstThePlanOfTheOpening(t *testing.T) {
	p, w := underWay(120, 45)
	g := p.Progress(w, false)
	if g.Step != 10*time.Minute || g.Servers != 120 || !reflect.DeepEqual(g.Verified, []int{9, 10, 10, 10, 6}) || g.Total() != 45 {
		t.Errorf("%d servers, steps of %v: %v", g.Servers, g.Step, g.Verified)
	}
	opened, _ := underWay(120, 0)
	opened.Now = opening
	if first := opened.Progress(w, false); !reflect.DeepEqual(first.Planned, g.Planned) || len(first.Verified) != 0 {
		t.Errorf("the plan of the opening was %+v, after 45 servers it is told as %+v", first.Planned, g.Planned)
	}
	if last := g.Planned.Low[len(g.Planned.Low)-1]; last != 120 {
		t.Errorf("at 64 at once only %d of 120 are planned", last)
	}
	if g.Planned.Late.Before(g.Planned.Likely) || !g.Planned.Late.Before(w.Closes) {
		t.Errorf("likely by %v, late %v", g.Planned.Likely, g.Planned.Late)
	}
}

func TestWhoIsSlowerThanThePlanIsBehind(t *testing.T) {
	p, w := underWay(120, 0)
	p.Now = opening.Add(2 * time.Hour)
	g := p.Progress(w, false)
	if standing, low, _ := g.Standing(); standing != Behind || low < 60 {
		t.Errorf("nothing verified after two hours, planned at least %d: %s", low, standing)
	}
	if n := len(g.Expected.High); g.Expected.High[n-1] > 120 || g.Expected.High[n-1] == 0 {
		t.Errorf("expected at the end: %v", g.Expected.High)
	}
	if held := p.Progress(w, true); held.Expected.High[len(held.Expected.High)-1] != 0 {
		t.Errorf("nobody starts and nobody runs, but %v are expected", held.Expected.High)
	}
	quick, w := underWay(120, 119)
	quick.Now = opening.Add(11 * time.Minute)
	for i, ad := range quick.Open[:119] {
		ad.Since = opening.Add(time.Duration(i) * time.Second)
	}
	if standing, _, high := quick.Progress(w, false).Standing(); standing != Ahead {
		t.Errorf("119 after eleven minutes, planned at most %d: %s", high, standing)
	}
}

// A window counts those that could use it: not who was through before it opened, nor who was never meant.
func TestProgressCountsWhoCouldUseTheWindow(t *testing.T) {
	p, w := underWay(10, 0)
	p.Now = opening.Add(time.Hour)
	p.Open[0].Delivery, p.Open[0].Since = Succeeded, opening.Add(-time.Hour) // by others, before
	p.Open[1].Delivery = Excluded
	p.Open[2].Windows = []string{"CHECK"}
	p.Open[3].Delivery, p.Open[3].Since = Failed, opening.Add(time.Minute) // in its preflight
	p.Open[4].Delivery, p.Open[4].Windows, p.Open[4].Window, p.Open[4].Since = Succeeded, nil, "W1", opening.Add(30*time.Minute)
	if g := p.Progress(w, false); g.Servers != 7 || g.Total() != 1 || g.Verified[3] != 1 {
		t.Errorf("%d servers, verified %v", g.Servers, g.Verified)
	}
}

func TestStepsFitTheWindow(t *testing.T) {
	for length, want := range map[time.Duration]time.Duration{time.Hour: 2 * time.Minute, 4 * time.Hour: 10 * time.Minute, 12 * time.Hour: 30 * time.Minute,
		7 * 24 * time.Hour: 24 * time.Hour, time.Second: time.Minute} {
		if got := StepOf(Window{Opens: opening, Closes: opening.Add(length)}); got != want {
			t.Errorf("a window of %v is told in steps of %v, want %v", length, got, want)
		}
	}
}

// Whatever the night: corridors never fall, never pass the servers there are, and the same night tells the same.
func TestProgressAddsUpAndRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		servers := rapid.IntRange(1, 50).Draw(t, "servers")
		p, w := underWay(servers, rapid.IntRange(0, servers).Draw(t, "verified"))
		p.Now = p.Now.Add(time.Duration(rapid.IntRange(-30, 400).Draw(t, "minutes")) * time.Minute)
		p.Seed, p.Ceiling = rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 70).Draw(t, "ceiling")
		held := rapid.Bool().Draw(t, "held")
		g := p.Progress(w, held)
		if again := p.Progress(w, held); !reflect.DeepEqual(g, again) {
			t.Fatalf("the same night gives %+v and %+v", g, again)
		}
		for _, c := range []Corridor{g.Planned, g.Expected} {
			for k := range c.Low {
				if c.Low[k] > c.High[k] || c.Low[k] < 0 || c.High[k] > g.Servers || k > 0 && (c.Low[k] < c.Low[k-1] || c.High[k] < c.High[k-1]) {
					t.Fatalf("step %d of %+v, %d servers", k, c, g.Servers)
				}
			}
		}
	})
}

// A window of 417 servers (10,000 in 24) and an emergency of 2,500, in the middle.
func BenchmarkProgress(b *testing.B) {
	for name, servers := range map[string]int{"417": 417, "2500": 2500} {
		b.Run(name, func(b *testing.B) {
			p, w := underWay(servers, servers/4)
			p.Now = opening.Add(time.Hour)
			for b.Loop() {
				p.Progress(w, false)
			}
		})
	}
}
