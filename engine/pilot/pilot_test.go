package pilot

import (
	"slices"
	"testing"
	"time"

	"patchdeck/engine/inventory"
)

func TestThePilotIsOneNoRiskDevServerForEachSystem(t *testing.T) {
	server := func(id, name, os string, env inventory.Environment, risk, cluster string) inventory.Server {
		return inventory.Server{ID: inventory.ServerID(id), Name: name, OS: os, Environment: env, Risk: risk, Cluster: cluster}
	}
	c := Choose([]inventory.Server{
		server("s1", "B-DEV", "2022", inventory.Dev, "none", ""),
		server("s2", "A-DEV", "2022", inventory.Dev, "low", ""),
		server("s3", "C-DEV", "2022", inventory.Dev, "none", ""),
		server("s4", "A-PROD", "2019", inventory.Prod, "none", ""),
		server("s5", "A-CL", "2019", inventory.Dev, "none", "CL1"),
		server("s6", "A-HIGH", "2025", inventory.Dev, "high", ""),
		server("s7", "B-2025", "2025", inventory.Dev, "", ""),
	})
	if !slices.Equal(c.Servers, []inventory.ServerID{"s1", "s7"}) {
		t.Errorf("pilot %v, want B-DEV for 2022 and B-2025 for 2025", c.Servers)
	}
	if !slices.Equal(c.Untested, []string{"2019"}) {
		t.Errorf("untested %v, want 2019: it has only Prod and cluster members", c.Untested)
	}
}

func TestSilenceByTheDeadlineIsNoIssue(t *testing.T) {
	deadline := time.Date(2026, 11, 12, 17, 0, 0, 0, time.UTC)
	a := Open([]string{"Billing", "Claims", "Payroll"}, deadline)
	a, err := a.Record("Billing", Answer{Result: Passed, By: "sam"})
	if err != nil {
		t.Fatal(err)
	}
	a, err = a.Record("Claims", Answer{Result: FailedTest, By: "sam", Note: "login page"})
	if err != nil {
		t.Fatal(err)
	}
	if blocks := a.Blocks(); !slices.Equal(blocks, []string{"Claims"}) {
		t.Errorf("blocked by %v", blocks)
	}
	closed := a.Close()
	if closed.Results["Payroll"].Result != NoResponse || closed.Results["Billing"].Result != Passed || closed.Results["Claims"].Result != FailedTest {
		t.Errorf("after the deadline: %v", closed.Results)
	}
	if a.Results["Payroll"].Result != Pending {
		t.Error("closing changed the acceptance of before")
	}
	if _, err := closed.Record("Payroll", Answer{Result: FailedTest}); err == nil {
		t.Error("a result was taken after the deadline")
	}
	if _, err := a.Record("Unknown", Answer{Result: Passed}); err == nil {
		t.Error("a result was taken for an application that nobody asked about")
	}
}
