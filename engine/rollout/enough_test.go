package rollout

import (
	"testing"

	"pgregory.net/rapid"
)

// DESIGN 5: the forecast proposes the limit, at least 32. What it calls enough and what it proposes follow one rule: with what is enough everybody
// fits as surely as the policy wants, with a sixteenth less and one not, and no limit below the policy's least is proposed.
func TestEnoughIsTheLeastLimitThatLetsEverybodyFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := prospect(rapid.IntRange(1, 40).Draw(t, "servers"), 1)
		p.Policy.LeastCeiling = rapid.IntRange(1, 30).Draw(t, "least")
		p.Policy.Confidence = rapid.IntRange(50, 99).Draw(t, "confidence")
		p.Seed = rapid.Uint64().Draw(t, "seed")
		o := p.Look()
		if o.Enough == 0 {
			t.Fatalf("%d servers do not fit at any limit", len(p.Open))
		}
		if at := p.at(o.Enough); at.Sure < p.Policy.sure() {
			t.Fatalf("%d is enough, and everybody fits in %.2f of the plays", o.Enough, at.Sure)
		}
		if less := o.Enough - 2 - o.Enough/8; less > 0 && p.at(less).Sure >= p.Policy.sure() {
			t.Fatalf("%d is called enough, and %d is", o.Enough, less)
		}
		if quick := p.Proposed(); quick != o.Proposed {
			t.Fatalf("a plan gets %d, its forecast proposes %d", quick, o.Proposed)
		}
		if o.Proposed != max(p.Policy.LeastCeiling, o.Enough) {
			t.Fatalf("enough is %d, the least %d, and %d is proposed", o.Enough, p.Policy.LeastCeiling, o.Proposed)
		}
	})
}

// Where no limit lets everybody fit, the one is proposed that more places do not better.
func TestALimitIsProposedWhenNoneIsEnough(t *testing.T) {
	p := prospect(200, 1)
	p.Plan.Windows = p.Plan.Windows[:1]
	p.Plan.Windows[0].Closes = opening.Add(50 * 60e9)
	p.Experience = nil // it begins with one server at a time
	o := p.Look()
	if o.Enough != 0 || o.Proposed < p.Policy.LeastCeiling || o.Proposed >= 200 {
		t.Fatalf("in 50 minutes: %+v", o)
	}
	if at, all := p.at(o.Proposed), p.at(200); at.Late.Fits < all.Late.Fits {
		t.Errorf("%d fit at %d, %d without a limit", at.Late.Fits, o.Proposed, all.Late.Fits)
	}
}

// An emergency has its own least limit, and the plan gets the one that its forecast proposes.
func TestThePlanGetsTheLimitThatItsForecastProposes(t *testing.T) {
	p := prospect(60, 1)
	p.Plan.Emergency = true
	if o := p.Look(); o.Proposed != p.Policy.EmergencyLimit {
		t.Errorf("an emergency of 60 servers is proposed %d at once", o.Proposed)
	}
}
