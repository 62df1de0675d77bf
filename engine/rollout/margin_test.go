package rollout

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Handbook 8, the stop rule: what a person is told of its distance is when it stops, after whatever came before.
func TestAsManyFailuresAsTheMarginSaysStopARollout(t *testing.T) {
	p := DefaultPolicy()
	at := time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 8))
		r := Rollout{ID: "R-3", Ring: Rings[random.IntN(len(Rings))], State: Active}
		server := 0
		// end ends one more server, well or not, and tells whether the rule stops the rollout.
		end := func(good bool) bool {
			server++
			ad := Advertisement{ID: fmt.Sprint(server), Rollout: r.ID, Delivery: Verifying, Window: "W1", Attempts: 1, Before: inventory.Build{10, 0, 20348, 1}, Started: at}
			m := ad.move(Succeeded, "")
			if !good {
				m = ad.fail(&Failure{Class: ClassPatch, Code: "PD-BUILD"}, "verify")
			}
			p.Complete(&r, &ad, m)
			r, _ = m.Apply(r, ad, at.Add(time.Duration(server)*time.Minute))
			_, stopped := p.Judge(&r, "W1")
			return stopped
		}
		stopped := false
		for range random.IntN(60) {
			if stopped = end(random.IntN(6) > 0); stopped {
				break
			}
		}
		margin := p.Margin(&r, "W1")
		if stopped != (margin.Failures == 0) || margin.Score != r.Scores["W1"] || margin.Halt != p.Halt {
			t.Fatalf("seed %d: stopped %v, margin %+v", seed, stopped, margin)
		}
		for left := margin.Failures; left > 0; left-- {
			if stopped := end(false); stopped != (left == 1) {
				t.Fatalf("seed %d: margin %+v, and with %d left of them it is stopped: %v", seed, margin, left-1, stopped)
			}
		}
	}
}

func TestTheMarginCountsServersThatDoNotComeBack(t *testing.T) {
	p := DefaultPolicy()
	for name, c := range map[string]struct {
		r    Rollout
		hard int
	}{
		"nothing yet":         {Rollout{Ring: Prod}, p.HardWindow},
		"one in this window":  {Rollout{Ring: Prod, Hard: map[string]int{"W1": 1}}, p.HardWindow - 1},
		"many in the others":  {Rollout{Ring: Prod, Hard: map[string]int{"W2": 1, "W3": 1, "W4": 1, "W5": 1}}, p.HardRollout - 4},
		"a pilot has one":     {Rollout{Ring: Pilot}, p.HardPilot},
		"more than it allows": {Rollout{Ring: Prod, Hard: map[string]int{"W1": 9}}, 0},
	} {
		if got := p.Margin(&c.r, "W1").Hard; got != c.hard {
			t.Errorf("%s: %d more, want %d", name, got, c.hard)
		}
	}
}
