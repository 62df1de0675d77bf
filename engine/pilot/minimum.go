package pilot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
)

// Test is one of the four tests that every update takes on the pilot, without anybody asking for it.
type Test string

const (
	Deploys      Test = "deploys"
	Restarts     Test = "restarts"
	CanBeRemoved Test = "can be removed"
	ServicesRun  Test = "services run"
)

// MinimumTest is one line of the table of tests.
type MinimumTest struct {
	Test   Test
	Blocks bool
	Means  string
}

// MinimumTests in the order in which they are shown. A failure that Blocks keeps Prod closed until the update is dropped, the server is
// excluded, or a workaround is recorded. That an update does not deploy on one pilot server is the stop rule's business: it may be
// the server's own trouble.
var MinimumTests = []MinimumTest{
	{Deploys, false, "it was installed and its evidence is on the server"},
	{Restarts, true, "the server came back from its restart with idle servicing, or needed none"},
	{CanBeRemoved, true, "it was taken away, its absence was seen, and it was installed again"},
	{ServicesRun, true, "the services that ran before run again"},
}

// Proof is the result of one test of one update on one server.
type Proof struct {
	Test   Test   `json:"test"`
	Update string `json:"update"`
	Result Result `json:"result"` // passed, failed, not tried or pending
	Words  string `json:"words"`
}

// Trial is what a pilot server went through, as evidence.
type Trial struct {
	Updates      []string
	Installed    bool   // verified on the server
	Builds       string // before and after
	Restarts     int
	NotBack      string            // why its restart did not end well
	Stopped      string            // which services do not run any more
	Services     int               // that ran before
	Trouble      string            // why it was not installed
	Removed      []string          // they were taken away, proven gone, and installed again unless it was not installed in the end
	Kept         map[string]string // they were tried, and stay: why
	NotTried     map[string]string // why
	Removable    []string          // the server has a package by which they could be removed
	NotRemovable []string          // it has none
}

// Proofs gives the results of the four tests for each update. What the evidence says nothing of stays pending.
func (t Trial) Proofs() []Proof {
	var list []Proof
	for _, kb := range t.Updates {
		for _, test := range MinimumTests {
			p := Proof{Test: test.Test, Update: kb}
			p.Result, p.Words = t.result(test.Test, kb)
			list = append(list, p)
		}
	}
	return list
}

func (t Trial) result(test Test, kb string) (Result, string) {
	if result, words := t.removal(kb); test == CanBeRemoved && result != "" {
		return result, words
	}
	if !t.Installed && (test != Restarts || t.NotBack == "") {
		if test == Deploys {
			return FailedTest, t.Trouble
		}
		return Pending, "it was not installed"
	}
	switch {
	case test == Deploys:
		return Passed, t.Builds
	case test == Restarts && t.NotBack != "":
		return FailedTest, t.NotBack
	case test == Restarts && t.Restarts == 0:
		return Passed, "it needed none"
	case test == Restarts:
		return Passed, "back after " + counted(t.Restarts, "restart")
	case test == ServicesRun && t.Stopped != "":
		return FailedTest, t.Stopped
	case test == ServicesRun:
		return Passed, counted(t.Services, "service") + " as before"
	case t.NotTried[kb] != "":
		return NotTried, t.NotTried[kb]
	}
	return Pending, "the server was not asked"
}

// removal is what is known of an update's removal; the result is empty where nothing is.
func (t Trial) removal(kb string) (Result, string) {
	switch why := t.NotTried[kb]; {
	case slices.Contains(t.Removed, kb) && t.Installed:
		return Passed, "taken away, seen to be gone, and installed again"
	case slices.Contains(t.Removed, kb):
		return Passed, "taken away, and seen to be gone"
	case t.Kept[kb] != "":
		return FailedTest, t.Kept[kb]
	case slices.Contains(t.NotRemovable, kb):
		return FailedTest, "the server has no package by which it could be removed"
	case why != "" && slices.Contains(t.Removable, kb):
		return NotTried, why + "; the server has its package"
	}
	return "", ""
}

// counted says how many there are of a thing.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Tested are the proofs of one pilot server.
type Tested struct {
	At     time.Time `json:"at"`
	Proofs []Proof   `json:"proofs"`
}

// Minimum is what the engine itself tested for one change request, by server, with the workarounds for what failed, by update.
type Minimum struct {
	Servers     map[string]Tested `json:"servers,omitempty"`
	Workarounds map[string]Answer `json:"workarounds,omitempty"`
}

// With takes a server's proofs. A server that is tried again replaces its own.
func (m Minimum) With(server string, tested Tested) Minimum {
	m.Servers = maps.Clone(m.Servers)
	if m.Servers == nil {
		m.Servers = map[string]Tested{}
	}
	m.Servers[server] = tested
	return m
}

// Live records how to live with an update that failed a test.
func (m Minimum) Live(update string, answer Answer) (Minimum, error) {
	if !slices.ContainsFunc(m.Failed(), func(f FailedProof) bool { return f.Update == update }) {
		return m, approval.Clash("no minimum test of %s failed: a workaround answers a failure", update)
	}
	m.Workarounds = maps.Clone(m.Workarounds)
	if m.Workarounds == nil {
		m.Workarounds = map[string]Answer{}
	}
	m.Workarounds[update] = answer
	return m, nil
}

// FailedProof is a failed test with its server.
type FailedProof struct {
	Proof
	Server string
}

// Blocks tells whether Prod waits for an answer to it.
func (f FailedProof) Blocks() bool {
	return slices.ContainsFunc(MinimumTests, func(t MinimumTest) bool { return t.Test == f.Test && t.Blocks })
}

// Failed lists the failed tests that have no workaround, by server.
func (m Minimum) Failed() []FailedProof {
	var list []FailedProof
	for _, server := range slices.Sorted(maps.Keys(m.Servers)) {
		for _, p := range m.Servers[server].Proofs {
			if _, answered := m.Workarounds[p.Update]; p.Result == FailedTest && !answered {
				list = append(list, FailedProof{p, server})
			}
		}
	}
	return list
}

// ByUpdate sums the tests up: for each update and test the worst result over the servers that were tested, failed before pending
// before not tried before passed.
func (m Minimum) ByUpdate() map[string]map[Test]Result {
	worse := []Result{Passed, NotTried, Pending, FailedTest}
	sum := map[string]map[Test]Result{}
	for _, tested := range m.Servers {
		for _, p := range tested.Proofs {
			if sum[p.Update] == nil {
				sum[p.Update] = map[Test]Result{}
			}
			if was, ok := sum[p.Update][p.Test]; !ok || slices.Index(worse, p.Result) > slices.Index(worse, was) {
				sum[p.Update][p.Test] = p.Result
			}
		}
	}
	return sum
}

// TestPlan is how an application is tested after its servers were patched. It is written before testing starts and used again every month.
type TestPlan struct {
	Application string    `json:"application"`
	Steps       []string  `json:"steps"`
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Rev         int       `json:"rev"`
}

// Bounds of a test plan.
const (
	mostSteps   = 50
	longestStep = 500
)

// Check refuses a plan that nobody could follow.
func (p TestPlan) Check() error {
	switch {
	case strings.TrimSpace(p.Application) == "":
		return fmt.Errorf("a test plan belongs to an application: name it")
	case len(p.Steps) == 0 || len(p.Steps) > mostSteps:
		return fmt.Errorf("a test plan has 1 to %d steps, not %d", mostSteps, len(p.Steps))
	}
	for i, step := range p.Steps {
		if strings.TrimSpace(step) == "" || len(step) > longestStep {
			return fmt.Errorf("step %d is empty or longer than %d bytes", i+1, longestStep)
		}
	}
	return nil
}
