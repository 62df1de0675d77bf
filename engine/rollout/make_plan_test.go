package rollout

import (
	"slices"
	"testing"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

var fixed22 = inventory.Build{10, 0, 20348, 4773}

func draft(servers ...inventory.Server) Draft {
	update := catalog.Update{KB: "KB5999022", Products: []catalog.Product{{Name: "Windows Server 2022", FixedBuild: fixed22.String(), Build: fixed22}}}
	window := func(id string, ring Ring, kind WindowKind, hours int) Window {
		return Window{ID: id, Ring: ring, Kind: kind, Opens: opening.Add(time.Duration(hours) * time.Hour), Closes: opening.Add(time.Duration(hours+4) * time.Hour)}
	}
	return Draft{Change: "CHG-1", Release: "2026-11", Updates: []catalog.Update{update}, Servers: servers, Policy: DefaultPolicy(), Windows: []Window{
		window("CHECK", Prod, Check, 20), window("W2", Prod, Standard, 16), window("W1", Prod, Standard, 12), window("D1", Dev, Standard, 4), window("P1", Pilot, Standard, 0)}}
}

func managed(id string, env inventory.Environment, window string, build inventory.Build) inventory.Server {
	s := inventory.Server{ID: inventory.ServerID(id), Name: "SRV-" + id, OS: "Windows Server 2022", Environment: env, Window: window,
		Facts: &inventory.Facts{Build: build}, Scan: &inventory.Scan{At: opening}}
	if !build.AtLeast(fixed22) {
		s.Scan.Offered = []inventory.Offer{{KB: "KB5999022"}}
	}
	return s
}

func assignment(t *testing.T, p Plan, id string) Assignment {
	t.Helper()
	for _, a := range p.Assignments {
		if string(a.Server) == id {
			return a
		}
	}
	t.Fatalf("%s is not in the plan", id)
	return Assignment{}
}

// Handbook 2 and 8: the reference collection gets the update first, and so do servers that were found vulnerable.
func TestServersThatGoFirstGetTheFirstWindowOfTheirRing(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "", server22), managed("s2", inventory.Prod, "", server22), managed("s3", inventory.Prod, "W2", server22), managed("s4", inventory.Prod, "", server22))
	d.First = map[inventory.ServerID]string{"s2": "reference", "s3": "reference", "s4": "vulnerable"}
	p, err := MakePlan(d)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"s1": "W1", "s2": "W1", "s3": "W2", "s4": "W1"} {
		if got := assignment(t, p, id).Windows[0]; got != want {
			t.Errorf("%s is first in %s, want %s", id, got, want)
		}
	}
	if len(p.Findings) != 1 || p.Findings[0].Server != "s3" {
		t.Errorf("findings %+v", p.Findings)
	}
}

func TestAPlanKeepsTheOwnersWindowAndSpreadsTheOthers(t *testing.T) {
	d := draft(managed("s1", inventory.Prod, "W2", server22), managed("s2", inventory.Prod, "", server22), managed("s3", inventory.Prod, "", server22),
		managed("s4", inventory.Dev, "", server22), managed("s5", inventory.Dev, "", server22), managed("s6", inventory.Prod, "", fixed22))
	d.Pilots = []inventory.ServerID{"s5"}
	p, err := MakePlan(d)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct {
		ring    Ring
		windows []string
	}{
		"s1": {Prod, []string{"W2", "CHECK"}},
		"s2": {Prod, []string{"W1", "W2", "CHECK"}},
		"s3": {Prod, []string{"W1", "W2", "CHECK"}},
		"s4": {Dev, []string{"D1"}},
		"s5": {Pilot, []string{"P1"}},
	} {
		if a := assignment(t, p, id); a.Ring != want.ring || !slices.Equal(a.Windows, want.windows) || !slices.Equal(a.Updates, []string{"KB5999022"}) {
			t.Errorf("%s: %+v, want %+v", id, a, want)
		}
	}
	if !slices.Equal(p.Compliant, []inventory.ServerID{"s6"}) {
		t.Errorf("compliant: %v", p.Compliant)
	}
	again, err := MakePlan(d)
	if err != nil || again.Hash != p.Hash || len(p.Hash) != 64 {
		t.Errorf("the same draft gives the hashes %s and %s, %v", p.Hash, again.Hash, err)
	}
	d.Servers = d.Servers[:4]
	if fewer, _ := MakePlan(d); fewer.Hash == p.Hash {
		t.Error("another set of servers has the same hash")
	}
}

func TestMembersOfAClusterInOneWindowAreNamedToTheApprovers(t *testing.T) {
	a, b := managed("s1", inventory.Prod, "W1", server22), managed("s2", inventory.Prod, "W1", server22)
	a.Cluster, b.Cluster = "SQL1", "SQL1"
	p, err := MakePlan(draft(a, b))
	if err != nil || len(p.Findings) != 1 {
		t.Errorf("findings %v, %v", p.Findings, err)
	}
}

func TestAServerThatWasNotReadIsPlannedAsIfItNeededEverything(t *testing.T) {
	s := managed("s1", inventory.Prod, "", server22)
	s.Facts, s.Scan = nil, nil
	p, err := MakePlan(draft(s))
	if err != nil || len(p.Assignments) != 1 || len(p.Assignments[0].Updates) != 0 || len(p.Findings) != 1 {
		t.Errorf("assignments %v, findings %v, %v", p.Assignments, p.Findings, err)
	}
}

func TestAPlanThatMakesNoSenseIsRefused(t *testing.T) {
	compliant := draft(managed("s1", inventory.Prod, "", fixed22))
	twice := draft(managed("s1", inventory.Prod, "", server22))
	twice.Windows = append(twice.Windows, twice.Windows[0])
	noRing := draft(managed("s1", inventory.Dev, "", server22))
	noRing.Windows = noRing.Windows[:3]
	backwards := draft(managed("s1", inventory.Prod, "", server22))
	backwards.Windows[0].Closes = backwards.Windows[0].Opens
	for name, d := range map[string]Draft{"nobody needs anything": compliant, "a window twice": twice, "a ring without a window": noRing, "a window of no length": backwards} {
		if _, err := MakePlan(d); err == nil {
			t.Errorf("%s: the plan was made", name)
		}
	}
}

// The answer to a step of an earlier state says what was true of another attempt: it must change nothing.
func TestALateAnswerChangesNothing(t *testing.T) {
	plan, _ := MakePlan(draft(managed("s1", inventory.Prod, "W1", server22)))
	s := Scene{Now: opening.Add(13 * time.Hour), Plan: &plan, Policy: DefaultPolicy()}
	ad := &Advertisement{ID: "r3-s1", Delivery: Running, Job: "r3-s1-install-2", JobKind: JobInstall, Window: "W1", Attempts: 2, Rev: 9}
	step, _ := Owed(ad, Contact{Asked: true, Told: true})
	late := step
	late.Rev = 8
	late.Job = "r3-s1-install-1"
	done := &Job{ID: "r3-s1-install-1", State: JobFinished, Outcome: &Outcome{Succeeded: true, RestartRequired: true}}
	if m, _ := s.Answer(ad, Contact{}, Reply{Step: late, Job: done}); m != nil {
		t.Errorf("the answer of an earlier attempt moved it to %s", m.To)
	}
	if m, _ := s.Answer(ad, Contact{}, Reply{Step: step, Job: done}); m != nil {
		t.Errorf("an answer about another job moved it to %s", m.To)
	}
	done.ID = ad.Job
	if m, _ := s.Answer(ad, Contact{}, Reply{Step: step, Job: done}); m == nil || m.To != RestartPending {
		t.Errorf("the answer of the current attempt: %+v", m)
	}
}
