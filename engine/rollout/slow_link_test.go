package rollout

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Handbook 8, slow links: staging begins as soon as a ring is open; where that is not far enough ahead, the approvers read who must be done
// otherwise, and how long the line takes.
func TestAServerBehindASlowLinkIsNamedWhereItsContentComesTooLate(t *testing.T) {
	server := func(id string, mbit int) inventory.Server {
		s := managed(id, inventory.Prod, "W1", server22)
		s.LinkMbit = mbit
		s.Scan.Offered[0].Size = 700 << 20
		return s
	}
	d := draft(server("s1", 2), server("s2", 1000), server("s3", 0))
	w1 := opening.Add(12 * time.Hour) // 700 MB take 49 minutes at 2 Mbit/s
	for _, c := range []struct {
		ahead time.Duration
		named bool
	}{{50 * time.Minute, false}, {48 * time.Minute, true}} {
		d.Now = w1.Add(-c.ahead)
		p, err := MakePlan(d)
		if err != nil {
			t.Fatal(err)
		}
		if named := len(p.Findings) == 1 && p.Findings[0].Server == "s1"; named != c.named || len(p.Findings) > 1 {
			t.Errorf("%s ahead: findings %v", c.ahead, p.Findings)
		}
		if c.named && !strings.Contains(p.Findings[0].Words, "0.7 GB over a line of 2 Mbit/s, which takes 49m0s, and W1 opens in 48m0s") {
			t.Errorf("it reads %q", p.Findings[0].Words)
		}
	}
	d.Servers[0].Scan.Offered[0].Size, d.Updates[0].Size = 0, 7<<30
	if p, _ := MakePlan(d); len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Words, "7.0 GB") {
		t.Errorf("by the catalogue's size: %v", p.Findings)
	}
}

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
