package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/pilot"
)

type (
	// WriteTestPlan writes how an application is tested, for every month from now on. It is refused while the application is being tested.
	WriteTestPlan struct {
		Application string
		Steps       []string
	}

	testPlanWritten struct{ pilot.TestPlan }
)

func (WriteTestPlan) Action() string { return "acceptance.plan" }

func init() {
	forOwn(offer((*Engine).writeTestPlan, approval.Support, approval.Lead), approval.Support, ownApplications,
		func(e *Engine, actor approval.Actor, c WriteTestPlan) []string {
			return e.foreignApplication(actor, c.Application)
		})
	register("acceptance.planned",
		func(e testPlanWritten) string { return e.Application },
		func(e testPlanWritten) string {
			return fmt.Sprintf("test plan, revision %d: %s", e.Rev, count(len(e.Steps), "step"))
		},
		func(s *state, e testPlanWritten, _ time.Time) error { s.putTestPlan(e.TestPlan); return nil })
	keep("test-plan", (*state).putTestPlan, func(s *state, id string) any { return s.testPlans[id] })
	nouns = append(nouns, noun{show: showTestPlans, needs: needTestPlans})
}

func (s *state) putTestPlan(p pilot.TestPlan) {
	s.testPlans[p.Application] = p
	s.mark("test-plan", p.Application)
}

// planRevisions are the test plans as they stand now.
func (e *Engine) planRevisions() map[string]int {
	revisions := map[string]int{}
	for name, p := range e.state.testPlans {
		revisions[name] = p.Rev
	}
	return revisions
}

func (e *Engine) writeTestPlan(actor approval.Actor, c WriteTestPlan, now time.Time) (string, error) {
	next := pilot.TestPlan{Application: c.Application, Steps: c.Steps, By: actor.Name, At: now, Rev: e.state.testPlans[c.Application].Rev + 1}
	if err := next.Check(); err != nil {
		return "", err
	}
	known := false
	for _, s := range e.state.servers {
		known = known || slices.Contains(s.Applications, c.Application)
	}
	if !known {
		return "", fmt.Errorf("no server of the inventory runs the application %q", c.Application)
	}
	for _, change := range slices.SortedFunc(maps.Keys(e.state.acceptance), byNumber) {
		if e.state.acceptance[change].Tests(c.Application) {
			return "", approval.Clash("%s is being tested for %s: a plan is written before testing starts", c.Application, change)
		}
	}
	e.must(testPlanWritten{next}, actor, "", now)
	return fmt.Sprintf("%s: test plan of %s, revision %d", c.Application, count(len(c.Steps), "step"), next.Rev), nil
}

func showTestPlans(e *Engine, v *View, _ time.Time) {
	for _, name := range slices.Sorted(maps.Keys(e.state.testPlans)) {
		v.TestPlans = append(v.TestPlans, e.state.testPlans[name])
	}
}

// needTestPlans names the applications that are being tested without a plan.
func needTestPlans(e *Engine, _ *View, _ time.Time, add addNeed) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.acceptance), byNumber) {
		a := e.state.acceptance[id]
		if a.Closed {
			continue
		}
		var without []string
		for _, name := range slices.Sorted(maps.Keys(a.Results)) {
			if a.Plans[name] == 0 && a.Results[name].Result == pilot.Pending {
				without = append(without, name)
			}
		}
		if len(without) > 0 {
			add(false, id, "%s: %s: tested without a test plan, write one before the next month with acceptance plan", id, strings.Join(without, ", "))
		}
	}
}
