package rollout

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

// pilotScene is a pilot server in a window of some hours that opened just now.
func pilotScene(hours int) (Scene, *Advertisement) {
	now := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	plan := &Plan{Updates: []PlannedUpdate{{KB: "KB1", Fixed: []inventory.Build{fixedBuild}}},
		Windows: []Window{{ID: "P1", Ring: Pilot, Opens: now, Closes: now.Add(time.Duration(hours) * time.Hour)}}}
	ad := &Advertisement{ID: "r1-s00001", Rollout: "R-1", Tag: "abcdef", Windows: []string{"P1"}, Window: "P1", Updates: []string{"KB1"}, Before: belowBuild, Prove: true, Rev: 1}
	return Scene{Now: now, Plan: plan, Policy: DefaultPolicy()}, ad
}

// A pilot that cannot get its update back inside its window fails with words that say so, does not score against the update, and gives its
// lock back; halting new starts alone does not keep the update from it.
func TestWhatWasTakenAwayComesBackOrItsServerFails(t *testing.T) {
	s, ad := pilotScene(4)
	ad.Delivery, ad.JobKind = Verifying, JobUninstall
	ad.Trial = &Trial{Stage: TrialRemoving, Trying: []string{"KB1"}}
	gone := &Verification{Build: belowBuild, LogonReady: true}
	s.Stop = true
	m, _ := s.verifying(ad, Contact{Good: s.Policy.GoodProbes}, gone)
	if m == nil || m.To != Running || m.JobKind != JobInstall || m.Trial.Stage != TrialReinstalling || m.Trial.Removed[0] != "KB1" {
		t.Fatalf("%+v", m)
	}
	_, after := m.Apply(Rollout{}, *ad, s.Now)
	if !s.MayStart(&after) {
		t.Error("halted, it does not get its update back")
	}
	s.Withdrawn = true
	if m, _ := s.verifying(ad, Contact{Good: s.Policy.GoodProbes}, gone); m.To != Failed || m.Failure.Code != "PD-NOT-REINSTALLED" ||
		!strings.Contains(m.Failure.Words, "change request") || s.MayStart(&after) {
		t.Errorf("without an approval it gets its update back: %+v", m)
	}
	s.Withdrawn = false
	s.Now = s.Now.Add(4*time.Hour - 20*time.Minute)
	m, _ = s.verifying(ad, Contact{Good: s.Policy.GoodProbes}, gone)
	if m == nil || m.To != Failed || m.Failure.Code != "PD-NOT-REINSTALLED" || m.Scores != nil || !m.Unlock || m.Compliance != Missing {
		t.Errorf("%+v", m)
	}
	if m, _ := s.unsent(&after, Contact{}); m.To != Failed || m.Failure.Code != "PD-NOT-REINSTALLED" {
		t.Errorf("the job that never arrived: %+v", m)
	}
}

// The time that is planned for a pilot has the trial in it, where its window is long enough.
func TestAForecastPlansThePilotsTrial(t *testing.T) {
	for hours, takes := range map[int]bool{4: true, 1: false} {
		s, ad := pilotScene(hours)
		ad.Delivery = Staged
		plain := *ad
		plain.Prove = false
		r := &Rollout{ID: "R-1", Ring: Pilot, Ceiling: 5}
		with, fits, _ := Forecast(s.Now, s.Plan, r, []*Advertisement{ad}, s.Policy, nil)
		without, _, _ := Forecast(s.Now, s.Plan, r, []*Advertisement{&plain}, s.Policy, nil)
		if trial := with.Sub(without); fits != 1 || takes != (trial == s.Policy.TrialTime(belowBuild, nil)) || !takes && trial != 0 {
			t.Errorf("%d hours: the trial adds %v, %d fit", hours, trial, fits)
		}
		p := Prospect{Now: s.Now, Plan: s.Plan, Ring: Pilot, Ceiling: 5, Open: []*Advertisement{ad}, Policy: s.Policy, Seed: 1}
		late := p.Look().Late.Done
		p.Open = []*Advertisement{&plain}
		if trial := late.Sub(p.Look().Late.Done); takes != (trial == s.Policy.TrialTime(belowBuild, nil)) {
			t.Errorf("%d hours: the outlook has %v for the trial", hours, trial)
		}
	}
}
