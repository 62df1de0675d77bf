package report_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

var (
	evening = time.Date(2026, 11, 14, 22, 0, 0, 0, time.UTC)
	below   = inventory.Build{10, 0, 20348, 4772}
	fixed   = inventory.Build{10, 0, 20348, 4773}
)

const kb = "KB5999001"

// story is a night told move by move: records and trail grow together, by the same functions that the engine folds with.
type story struct {
	t       testing.TB
	in      report.Input
	now     time.Time
	head    trail.Head
	entries []trail.Entry
}

// tell begins a story: servers A, B, C... on one plan, the first in the pilot (window P1), the others in Prod (W1, then CHECK).
func tell(t testing.TB, servers int) *story {
	s := &story{t: t, now: evening}
	s.in = report.Input{Title: "A small night", Zone: time.UTC, Servers: map[inventory.ServerID]inventory.Server{},
		Advertisements: map[string][]rollout.Advertisement{},
		Bulletin: catalog.Bulletin{ID: "2026-Nov", Updates: []catalog.Update{{KB: kb, CVEs: []string{"CVE-2026-90001"}, Restart: catalog.RestartYes,
			Products: []catalog.Product{{Name: "Windows Server 2022", FixedBuild: fixed.String(), Build: fixed}}}}},
		Release: approval.Release{ID: "2026-11-security", Title: "November 2026 security", Bulletin: "2026-Nov", Owner: "lea.lind", Phase: approval.Deploy,
			Created: evening, Updates: []approval.ReleaseUpdate{{KB: kb, Severity: catalog.Critical, Missing: servers, Why: "the scan offers it"}}},
		Change: approval.Change{ID: "CHG-1", Release: "2026-11-security", State: approval.Approved, Priority: approval.High,
			Submitted: approval.Signature{By: "lea.lind", Role: approval.Lead, At: evening, Reason: "monthly release"},
			Authority: &approval.Signature{By: "arun.das", Role: approval.Authority, At: evening, Reason: "list reviewed"},
			Board:     &approval.Signature{By: "bea.roth", Role: approval.Board, At: evening, Reason: "pilot is through"}},
		Acceptance: pilot.Acceptance{Closed: true, Deadline: evening, Results: map[string]pilot.Answer{
			"Payroll": {Result: pilot.Passed, By: "sam.okoye", At: evening, Note: "month-end run is fine"}, "Archive": {Result: pilot.NoResponse}}},
		Plan: rollout.Plan{Change: "CHG-1", Release: "2026-11-security", Updates: []rollout.PlannedUpdate{{KB: kb, Fixed: []inventory.Build{fixed}}},
			Windows: []rollout.Window{
				{ID: "P1", Ring: rollout.Pilot, Kind: rollout.Standard, Opens: evening, Closes: evening.Add(time.Hour)},
				{ID: "W1", Ring: rollout.Prod, Kind: rollout.Standard, Opens: evening.Add(2 * time.Hour), Closes: evening.Add(6 * time.Hour)},
				{ID: "CHECK", Ring: rollout.Prod, Kind: rollout.Check, Opens: evening.Add(6 * time.Hour), Closes: evening.Add(8 * time.Hour)},
			}, Ceiling: 32}}
	for i := range servers {
		id := serverID(i)
		s.in.Servers[id] = inventory.Server{ID: id, Name: fmt.Sprintf("SRV-%03d", i), OS: "Windows Server 2022", Environment: inventory.Prod,
			Site: []string{"DUB", "RED"}[i%2], Owner: "Payroll team", Facts: &inventory.Facts{Build: below}}
		a := rollout.Assignment{Server: id, Ring: rollout.Prod, Windows: []string{"W1", "CHECK"}, Updates: []string{kb}}
		if i == 0 {
			a.Ring, a.Windows = rollout.Pilot, []string{"P1"}
		}
		s.in.Plan.Assignments = append(s.in.Plan.Assignments, a)
	}
	s.seal()
	return s
}

func serverID(i int) inventory.ServerID { return inventory.ServerID(fmt.Sprintf("s%05d", i)) }

// seal freezes the plan again after a test changed it.
func (s *story) seal() {
	s.t.Helper()
	plan, err := s.in.Plan.Seal()
	if err != nil {
		s.t.Fatal(err)
	}
	s.in.Plan, s.in.Change.PlanHash = plan, plan.Hash
}

// open begins the rollout of a ring.
func (s *story) open(ring rollout.Ring) {
	r := rollout.Rollout{ID: fmt.Sprintf("R-%d", len(s.in.Rollouts)+1), Change: "CHG-1", Release: s.in.Release.ID, PlanHash: s.in.Plan.Hash, Ring: ring,
		State: rollout.Active, Opened: s.now, Ceiling: 32}
	for _, a := range s.in.Plan.Assignments {
		if a.Ring == ring {
			s.in.Advertisements[r.ID] = append(s.in.Advertisements[r.ID], rollout.Advertisement{ID: rollout.AdvertisementID(r.ID, a.Server), Rollout: r.ID,
				Server: a.Server, Windows: slices.Clone(a.Windows), Updates: slices.Clone(a.Updates), Delivery: rollout.NotReceived, Compliance: rollout.Missing,
				Since: s.now, Before: below, Rev: 1})
		}
	}
	s.in.Rollouts = append(s.in.Rollouts, r)
}

// find gives a server's advertisement and its rollout.
func (s *story) find(server int) (*rollout.Rollout, *rollout.Advertisement) {
	s.t.Helper()
	for i := range s.in.Rollouts {
		ads := s.in.Advertisements[s.in.Rollouts[i].ID]
		for j := range ads {
			if ads[j].Server == serverID(server) {
				return &s.in.Rollouts[i], &ads[j]
			}
		}
	}
	s.t.Fatalf("server %d has no advertisement", server)
	return nil, nil
}

// move takes an advertisement through transitions, five minutes each; by is who causes them.
func (s *story) move(by string, reason string, server int, moves ...rollout.Moved) {
	s.t.Helper()
	for _, m := range moves {
		s.now = s.now.Add(5 * time.Minute)
		r, ad := s.find(server)
		m.Ad, m.Rollout, m.Server, m.From = ad.ID, ad.Rollout, ad.Server, ad.Delivery
		if !rollout.Allowed(m.From, m.To) {
			s.t.Fatalf("the machine has no transition from %s to %s", m.From, m.To)
		}
		rollout.DefaultPolicy().Complete(r, ad, &m)
		nextRollout, nextAd := m.Apply(*r, *ad, s.now)
		*r, *ad = nextRollout, nextAd
		s.note(by, "advertisement.moved", string(m.Server), reason, m)
	}
}

// note appends an entry to the trail.
func (s *story) note(by, action, object, reason string, body any) {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, next, err := s.head.Append(trail.Entry{At: s.now, Actor: by, Action: action, Object: object, Reason: reason, Body: text})
	if err != nil {
		s.t.Fatal(err)
	}
	var e trail.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		s.t.Fatal(err)
	}
	s.head, s.entries = next, append(s.entries, e)
}

// stop changes the state of a server's rollout.
func (s *story) stop(by string, server int, to rollout.State, rule, reason string) {
	r, _ := s.find(server)
	stopped := rollout.Stopped{Rollout: r.ID, From: r.State, To: to, Rule: rule, Reason: reason, By: by}
	*r = stopped.Apply(*r, s.now)
	s.note(by, "rollout.stopped", r.ID, reason, stopped)
}

// admitted are the transitions up to an ordered installation, in a window.
func admitted(ad *rollout.Advertisement, window string) []rollout.Moved {
	return []rollout.Moved{
		{To: rollout.Staging, Job: ad.ID + "-stage-1", JobKind: rollout.JobStage, Before: below},
		{To: rollout.Staged},
		{To: rollout.Running, Window: window, Job: ad.ID + "-install-1", JobKind: rollout.JobInstall},
	}
}

func (s *story) starts(server int, window string) {
	_, ad := s.find(server)
	s.move("engine", "", server, admitted(ad, window)...)
}

// restarted are the transitions of a restart after which the evidence is being read.
func restarted(build inventory.Build) []rollout.Moved {
	return []rollout.Moved{{To: rollout.RestartPending}, {To: rollout.Restarting, RestartID: "restart-1"}, {To: rollout.Verifying, After: build}}
}

func (s *story) succeeds(server int, window string) {
	s.starts(server, window)
	s.move("engine", "", server, append(restarted(fixed), rollout.Moved{To: rollout.Succeeded, Compliance: rollout.Compliant, After: fixed})...)
}

func failing(class rollout.Class, code, words string) rollout.Moved {
	m := rollout.Moved{To: rollout.Failed, Compliance: rollout.HasFailed, Failure: &rollout.Failure{Class: class, Code: code, Words: words}}
	if class == rollout.ClassPatch || class == rollout.ClassRestart {
		m.Scores = &rollout.ScoreStep{Window: "W1"}
	}
	return m
}

// rollsBack is an installation that is gone after the restart.
func (s *story) rollsBack(server int) {
	s.starts(server, "W1")
	s.move("engine", "", server, append(restarted(below), failing(rollout.ClassPatch, "PD-BUILD", "the update is not on the server"))...)
}

// make makes the report of the story so far.
func (s *story) make() (report.Night, error) {
	s.in.Now, s.in.Head = s.now, s.head
	s.in.Entries = func(each func(trail.Entry) error) error {
		for _, e := range s.entries {
			if err := each(e); err != nil {
				return err
			}
		}
		return nil
	}
	return report.Make(s.in)
}

func (s *story) night() report.Night {
	s.t.Helper()
	n, err := s.make()
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func server(t *testing.T, n report.Night, i int) report.Server {
	t.Helper()
	for _, s := range n.Servers {
		if s.ID == serverID(i) {
			return s
		}
	}
	t.Fatalf("the report lacks server %d", i)
	return report.Server{}
}
