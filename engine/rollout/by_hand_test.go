package rollout

import (
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// Handbook 8, by hand: whatever the state, the word never makes a server succeed, and every move is in the table.
func TestAWordIsNoEvidence(t *testing.T) {
	plan, err := MakePlan(draft(managed("s1", inventory.Prod, "W1", server22)))
	if err != nil {
		t.Fatal(err)
	}
	s := Scene{Now: opening, Plan: &plan, Policy: DefaultPolicy()}
	for _, status := range Statuses {
		ad := Advertisement{ID: "r3-s1", Delivery: status.Delivery, Updates: []string{"KB5999022"}}
		m, err := ad.CompleteByHand(HandWork{By: "x", Reason: "y", Sweep: 3})
		open := !status.Started && status.Delivery != Succeeded && status.Delivery != NotApplicable && status.Delivery != Excluded
		if (err == nil) != open {
			t.Errorf("%s: %v", status.Delivery, err)
		}
		if err != nil || status.Delivery == Waiting || status.Delivery == Received { // which no advertisement is in
			continue
		}
		if !Allowed(m.From, m.To) || m.To == Succeeded {
			t.Errorf("%s goes to %s", m.From, m.To)
		}
		_, said := m.Apply(Rollout{}, ad, opening)
		for build, want := range map[inventory.Build]HandState{fixed22: HandProven, server22: HandRefuted} {
			c := s.HandChecked(&said, &inventory.Facts{Build: build}, "")
			if c.Hand.State != want || !Allowed(c.From, c.To) || c.To == Succeeded || (c.Compliance == InstalledByOthers) != (want == HandProven) {
				t.Errorf("%s, build %s: %s, %+v", status.Delivery, build, c.To, c.Hand)
			}
		}
		unread := s.HandChecked(&said, nil, "no answer")
		_, after := unread.Apply(Rollout{}, said, opening.Add(time.Hour))
		if after.Hand.State != HandSaid || after.Hand.Pending() || after.Delivery != said.Delivery {
			t.Errorf("%s, not read: %+v", status.Delivery, after.Hand)
		}
	}
}
