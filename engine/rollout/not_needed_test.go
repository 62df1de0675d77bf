package rollout

import (
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Handbook 8, bandwidth: content is staged ahead, and nobody starts an installation in an open window before its content is there.
func TestNothingStartsBeforeItsContentIsThere(t *testing.T) {
	a := waiting(4)
	a.Experience = map[string]int{"10.0.20348": 20}
	for i, d := range []Delivery{NotReceived, Received, Staging} {
		a.Ready[i].Delivery = d
	}
	if out := a.Admit(); len(out.Moves) != 1 || out.Moves[0].Ad != a.Ready[3].ID {
		t.Errorf("%d start, want the staged one alone: %+v", len(out.Moves), out.Moves)
	}
}

// Handbook 8: a failure because the update was not needed is no failure. It takes evidence all the same, and no score, however many there are.
func TestAnUpdateThatWasNotNeededIsNoFailure(t *testing.T) {
	plan := &Plan{Updates: []PlannedUpdate{{KB: "KB5999022", Fixed: []inventory.Build{fixed22}}}, Windows: []Window{{ID: "W1", Ring: Prod, Opens: opening, Closes: opening.Add(4 * time.Hour)}}}
	p, r := DefaultPolicy(), Rollout{ID: "R-3", Ring: Prod, State: Active}
	s := Scene{Now: opening.Add(time.Hour), Plan: plan, Policy: p}
	for n, o := range []Outcome{{Nothing: true}, {Failure: &Failure{Class: ClassNotApplicable, Code: "0x80240017", Words: "the update does not apply"}}} {
		for range 30 {
			ad := Advertisement{ID: "r3-s00001", Rollout: "R-3", Delivery: Running, Window: "W1", Windows: []string{"W1"}, Attempts: 1, Before: server22, Updates: []string{"KB5999022"}, Job: "j", JobKind: JobInstall}
			m, _ := s.installed(&ad, Contact{}, &Job{ID: "j", Kind: JobInstall, State: JobFinished, Outcome: &o})
			if m == nil || m.To != Verifying {
				t.Fatalf("outcome %d leads to %+v, want the evidence to be read", n, m)
			}
			p.Complete(&r, &ad, m)
			r, ad = m.Apply(r, ad, s.Now)
		}
	}
	if stop, stopped := p.Judge(&r, "W1"); stopped || r.Failures > 0 || r.Scores["W1"] > 0 {
		t.Errorf("60 updates that were not needed count as %d failures with the score %d, stop %+v", r.Failures, r.Scores["W1"], stop)
	}
}
