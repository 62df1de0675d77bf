package rollout

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

var (
	opening  = time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
	server22 = inventory.Build{10, 0, 20348, 4294}
)

// waiting makes an admission with n staged servers at the opening of a four-hour window.
func waiting(n int) Admission {
	plan := &Plan{Windows: []Window{{ID: "W1", Ring: Prod, Opens: opening, Closes: opening.Add(4 * time.Hour)}}}
	a := Admission{Scene: Scene{Now: opening, Plan: plan, Policy: DefaultPolicy()},
		Rollout: &Rollout{ID: "R-3", Ring: Prod, State: Active, Ceiling: 32}}
	for i := range n {
		a.Ready = append(a.Ready, &Advertisement{ID: fmt.Sprintf("r3-s%05d", i), Rollout: "R-3", Delivery: Staged, Windows: []string{"W1"}, Before: server22})
	}
	return a
}

func TestARolloutWithoutExperienceBeginsWithOneServer(t *testing.T) {
	a := waiting(50)
	if n := len(a.Admit().Moves); n != 1 {
		t.Errorf("%d servers start, want 1", n)
	}
	a.Rollout.WindowVerified = map[string]map[string]int{"W1": {"10.0.20348": 6}}
	if n := len(a.Admit().Moves); n != 7 {
		t.Errorf("%d servers start after 6 successes, want 7", n)
	}
	a.Rollout.WindowVerified = nil
	a.Experience = map[string]int{"10.0.20348": 20}
	if n := len(a.Admit().Moves); n != 8 {
		t.Errorf("%d servers start with experience, want a quarter of 32", n)
	}
}

func TestAnEmergencyUsesItsLimitAtOnceWhenThePilotVerifiedTheBuild(t *testing.T) {
	a := waiting(200)
	a.Plan.Windows[0].Kind, a.Rollout.Ceiling = EmergencyWindow, 128
	if n := len(a.Admit().Moves); n != 1 {
		t.Errorf("%d servers of an unproven build start, want 1", n)
	}
	a.Experience = map[string]int{"10.0.20348": 1}
	if n := len(a.Admit().Moves); n != 128 {
		t.Errorf("%d servers start, want 128", n)
	}
}

func TestTheWarningHalvesTheConcurrency(t *testing.T) {
	a := waiting(50)
	a.Experience = map[string]int{"10.0.20348": 20}
	a.Rollout.WindowVerified = map[string]map[string]int{"W1": {"10.0.20348": 40}}
	before := len(a.Admit().Moves)
	a.Rollout.Warned = map[string]bool{"W1": true}
	if after := len(a.Admit().Moves); before != 32 || after != 16 {
		t.Errorf("%d servers start before the warning and %d after it, want 32 and 16", before, after)
	}
}

func TestNobodyStartsWithoutTimeForRestartAndCheck(t *testing.T) {
	a := waiting(1)
	need := a.Policy.Expected[20348] + a.Policy.RestartReserve + a.Policy.CheckReserve
	a.Now = a.Plan.Windows[0].Closes.Add(-need)
	if n := len(a.Admit().Moves); n != 1 {
		t.Error("the last server that fits did not start")
	}
	a.Now = a.Now.Add(time.Second)
	out := a.Admit()
	if len(out.Moves) != 0 || !strings.Contains(out.Waits["r3-s00000"], "no time left") {
		t.Errorf("moves %v, waits %v", out.Moves, out.Waits)
	}
}

func TestAMeasuredSlowBuildNeedsMoreTime(t *testing.T) {
	p := DefaultPolicy()
	took := []int{600, 620, 640, 660, 680, 700, 720, 740, 760, 3600}
	if got := p.ExpectedOn(server22, took); got != time.Hour {
		t.Errorf("the slowest of ten sets the pace: %v, want 1h", got)
	}
	if got := p.ExpectedOn(server22, took[:4]); got != p.Expected[20348] {
		t.Errorf("four measurements are too few: %v, want the default %v", got, p.Expected[20348])
	}
}

func TestMembersOfAClusterTakeTurns(t *testing.T) {
	a := waiting(3)
	a.Experience = map[string]int{"10.0.20348": 20}
	a.Ready[0].Cluster, a.Ready[1].Cluster = "SQLDUB2", "SQLDUB2"
	out := a.Admit()
	if len(out.Moves) != 2 || out.Moves[0].Lock != "SQLDUB2" || !strings.Contains(out.Waits["r3-s00001"], "cluster SQLDUB2") {
		t.Errorf("moves %d, waits %v: want one member and the other server", len(out.Moves), out.Waits)
	}
	a.Locks = map[string]string{"SQLDUB2": "r9-s00077"}
	if out := a.Admit(); len(out.Moves) != 1 {
		t.Errorf("%d start while another rollout holds the lock, want 1", len(out.Moves))
	}
	a.Locks, a.Unfit = nil, map[string]string{"SQLDUB2": "SQL-2 cannot be reached"}
	if out := a.Admit(); len(out.Moves) != 1 || !strings.Contains(out.Waits["r3-s00000"], "cannot be reached") {
		t.Errorf("waits %v: a member starts while its peer is not well", out.Waits)
	}
}

func TestAGateHoldsEverybodyBackAndSaysWhy(t *testing.T) {
	a := waiting(2)
	a.Gate = "CHG-1 is submitted"
	out := a.Admit()
	if len(out.Moves) != 0 || out.Waits["r3-s00001"] != a.Gate {
		t.Errorf("moves %v, waits %v", out.Moves, out.Waits)
	}
}
