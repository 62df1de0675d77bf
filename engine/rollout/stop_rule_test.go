package rollout

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// play lets n servers of one window end one after the other and tells after how many failures the rule stopped them.
func play(r Rollout, p Policy, outcomes []bool) (stop *Stopped, failures int) {
	at := time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
	for i, good := range outcomes {
		ad := Advertisement{ID: fmt.Sprint(i), Rollout: r.ID, Delivery: Verifying, Window: "W1", Attempts: 1, Before: inventory.Build{10, 0, 20348, 1}, Started: at}
		m := ad.move(Succeeded, "")
		if !good {
			m = ad.fail(&Failure{Class: ClassPatch, Code: "PD-BUILD"}, "verify")
			failures++
		}
		p.Complete(&r, &ad, m)
		r, _ = m.Apply(r, ad, at.Add(time.Duration(i)*time.Minute))
		if s, ok := p.Judge(&r, "W1"); ok {
			return &s, failures
		}
	}
	return nil, failures
}

func outcomes(pattern string, times int) []bool {
	var list []bool
	for range times {
		for _, c := range pattern {
			list = append(list, c == '.')
		}
	}
	return list
}

func TestTheStopRuleSeesWhatAPercentageHides(t *testing.T) {
	p := DefaultPolicy()
	good := outcomes(".", 400)
	cases := []struct {
		name     string
		results  []bool
		rule     string
		failures int // at the stop
	}{
		{"a bricking update", outcomes("X", 50), RuleScore, 5},
		{"a bad cohort after 400 good ones", append(good, outcomes("X", 20)...), RuleScore, 5},
		{"one failure in fifty is an ordinary night", outcomes("X.................................................", 20), "", 20},
		{"one in five is not", outcomes("X....", 40), RuleScore, 8},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			stop, failures := play(Rollout{ID: "R-3", Ring: Prod, State: Active}, p, c.results)
			switch {
			case c.rule == "" && stop != nil:
				t.Errorf("stopped: %s", stop.Reason)
			case c.rule != "" && (stop == nil || stop.Rule != c.rule || stop.To != Halted):
				t.Errorf("stop %+v, want %s", stop, c.rule)
			case failures != c.failures:
				t.Errorf("%d failures before the end, want %d", failures, c.failures)
			}
		})
	}
}

func TestAnOrdinaryNightSeldomStops(t *testing.T) {
	const nights = 500
	random := rand.New(rand.NewPCG(1, 2))
	stopped := 0
	for range nights {
		results := make([]bool, 400)
		for i := range results {
			results[i] = random.Float64() >= 0.02
		}
		if stop, _ := play(Rollout{ID: "R-3", Ring: Prod, State: Active}, DefaultPolicy(), results); stop != nil {
			stopped++
		}
	}
	if stopped > nights/100 {
		t.Errorf("%d of %d nights with 2 %% failures were stopped, want at most 1 %%", stopped, nights)
	}
}

func TestAPilotStopsAtTwoFailures(t *testing.T) {
	stop, failures := play(Rollout{ID: "R-1", Ring: Pilot, State: Active}, DefaultPolicy(), outcomes(".X.X", 1))
	if stop == nil || stop.Rule != RulePilot || failures != 2 {
		t.Errorf("stop %+v after %d failures, want the pilot's rule after two", stop, failures)
	}
}

func TestHardFailuresHaveABudgetOfTheirOwn(t *testing.T) {
	p := DefaultPolicy()
	for _, c := range []struct {
		ring    Ring
		hard    map[string]int
		stopped bool
	}{
		{Pilot, map[string]int{"P1": 1}, true},
		{Prod, map[string]int{"W1": 1}, false},
		{Prod, map[string]int{"W1": 2}, true},
		{Prod, map[string]int{"W1": 1, "W2": 1, "W3": 1, "W4": 1}, false},
		{Prod, map[string]int{"W1": 1, "W2": 1, "W3": 1, "W4": 1, "W5": 1}, true},
	} {
		r := Rollout{ID: "R", Ring: c.ring, State: Active, Hard: c.hard}
		if _, ok := p.Judge(&r, "W1"); ok != c.stopped {
			t.Errorf("%s %v: stopped %v, want %v", c.ring, c.hard, ok, c.stopped)
		}
	}
}

// Failures outside the update do not score; a run of one and the same cause pauses.
func TestOneCauseOutsideTheUpdatePauses(t *testing.T) {
	p := DefaultPolicy()
	r := Rollout{ID: "R-3", Ring: Prod, State: Active}
	for i := range p.SameCode {
		ad := Advertisement{ID: fmt.Sprint(i), Delivery: NotReceived}
		m := ad.fail(&Failure{Class: ClassDisk, Code: "PD-DISK"}, "preflight")
		p.Complete(&r, &ad, m)
		r, _ = m.Apply(r, ad, time.Time{})
	}
	stop, ok := p.Judge(&r, "W1")
	if !ok || stop.To != Paused || stop.Rule != RuleSameCode {
		t.Errorf("stop %+v, want a pause", stop)
	}
	if len(r.Scores) != 0 {
		t.Errorf("scores %v: a full disk says nothing about the update", r.Scores)
	}
}

func TestNoFailuresProveLittle(t *testing.T) {
	for n, want := range map[int]float64{0: 100, 10: 25.9, 20: 13.9, 60: 4.9, 300: 1.0} {
		if got := Proves(n); got < want-0.1 || got > want+0.1 {
			t.Errorf("0 of %d failed proves a rate below %.1f %%, want %.1f %%", n, got, want)
		}
	}
}
