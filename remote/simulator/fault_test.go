package simulator

import "testing"

// perMille adds up the weights of the fates that a condition picks.
func perMille(level Faults, which func(*fault) bool) (sum int) {
	for i := range fates {
		if which(&fates[i]) {
			sum += fates[i].weight(level)
		}
	}
	return sum
}

func TestWeightsOfFates(t *testing.T) {
	all := func(*fault) bool { return true }
	for _, level := range []Faults{UsualFaults, HarshFaults} {
		if sum := perMille(level, all); sum > 1000 {
			t.Errorf("%s: weights add up to %d of 1000", level, sum)
		}
	}
	if sum := perMille(NoFaults, all); sum != 0 {
		t.Errorf("none: weights add up to %d", sum)
	}
	if sum := perMille(UsualFaults, func(f *fault) bool { return f.scores }); sum != 20 {
		t.Errorf("usual: %d of 1000 servers score, want 20", sum)
	}
	for _, f := range fates {
		if f.usual%(1000/block) != 0 || f.harsh%(1000/block) != 0 {
			t.Errorf("%s: weights %d and %d are no multiples of %d", f.name, f.usual, f.harsh, 1000/block)
		}
	}
}

// A stop rule that needs more than four failures cannot fire in a usual night of 200 servers, whatever their order.
func TestUsualNightsLetAtLeast95PercentSucceed(t *testing.T) {
	const servers = 200
	for seed := uint64(1); seed <= 20; seed++ {
		scoring, lost := 0, 0
		for _, p := range enlist(seed, servers) {
			f := fateOf(&p, UsualFaults)
			if f.scores {
				scoring++
			}
			if f.scores || f.hopeless {
				lost++
			}
			if p.risk == "none" && (f.scores || f.hopeless) {
				t.Errorf("seed %d: %s has no risk and the fate %q", seed, p.name, f.name)
			}
		}
		if scoring > 4 || scoring == 0 {
			t.Errorf("seed %d: %d servers score, want 1 to 4", seed, scoring)
		}
		if lost > servers*5/100 {
			t.Errorf("seed %d: %d of %d servers cannot succeed", seed, lost, servers)
		}
	}
}

func TestAHarshNightBreaksItsCohortAndNobodyElseForTheSameReason(t *testing.T) {
	broken := 0
	for _, p := range enlist(1, 200) {
		inCohort := p.product.name == cohort.product && p.environment == cohort.environment
		f := fateOf(&p, HarshFaults)
		if isCohort := f == &cohort.lot[0] || f == &cohort.lot[1]; isCohort != inCohort {
			t.Errorf("%s (%s, %s) has the fate %q", p.name, p.product.name, p.environment, f.name)
		}
		if inCohort {
			broken++
		}
	}
	if broken < 30 {
		t.Errorf("the cohort has %d of 200 servers: too few to stop a night", broken)
	}
}

func TestFaultsAreAbsentUnlessAskedFor(t *testing.T) {
	for _, p := range enlist(5, 400) {
		if f := fateOf(&p, NoFaults); f != &healthy {
			t.Fatalf("%s has the fate %q", p.name, f.name)
		}
		if n := nuisancesOf(&p, NoFaults); len(n) > 0 {
			t.Fatalf("%s has the nuisance %q", p.name, n[0].name)
		}
	}
}
