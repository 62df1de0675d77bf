package uitest

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
)

// consider adds to the change requests of a night what people and the engine found before they decided.
func consider(view *engine.View) *engine.View {
	waiting, running := &view.Changes[0], &view.Changes[1]
	assess(&waiting.Change, approval.Medium, "m.ferrante", catalog.Moderate, false, approval.Mitigated)
	assess(&running.Change, approval.High, "k.osei", catalog.Critical, true, approval.HighValue)
	agreed := *running.First
	agreed.By, agreed.At, agreed.Reason = "e.wirth", running.Authority.At.Add(-time.Hour), "the proxies in front hold until the month's run"
	agreed.Criteria = []approval.Criterion{approval.HighValue, approval.Mitigated}
	running.Team = &agreed
	running.Request = approval.Request{RiskOfLeaving: "the spooler of every print server can be taken over from the network", Means: "WinRM, from the site shares",
		Category: "restart, cumulative, can be removed", Go: "go"}
	answer := approval.Signature{By: "m.ferrante", Role: approval.Lead, At: At.Add(-20 * time.Hour), Reason: "the vendor released 4.2.1, installed yesterday"}
	waiting.Objections = []approval.Objection{{Number: 1, By: "a.duval", At: At.Add(-30 * time.Hour), State: approval.Answered, Closed: &answer,
		Reason: "the reporting add-in 4.1 does not start with the new framework"}}
	running.Minimum = minimum(view.Servers)
	running.Acceptance.Plans = map[string]int{"Payroll": 3, "Web shop": 1}
	view.TestPlans = []pilot.TestPlan{
		{Application: "Payroll", Steps: []string{"log in as clerk 900", "run the trial payroll of the month", "compare the total with last month's print"}, By: "j.brandt", At: At.Add(-40 * day), Rev: 3},
		{Application: "Web shop", Steps: []string{"smoke test of 41 pages"}, By: "t.nakagawa", At: At.Add(-90 * day), Rev: 2},
	}
	return view
}

// assess gives a change request its initiator's word and the dates that it brings.
func assess(c *approval.Change, p approval.Priority, by string, worst catalog.Severity, exploited bool, criteria ...approval.Criterion) {
	proposal := approval.Propose(worst, exploited, criteria)
	c.First = &approval.Assessment{Priority: p, Category: approval.Categories[0].Name, Criteria: criteria, Proposed: &proposal, By: by, At: c.Submitted.At, Reason: c.Submitted.Reason}
	c.Latest = p.Term().Latest.From(c.Submitted.At)
	c.Timetable = approval.Timetable(approval.Categories[0], p, c.Submitted.At)
}

// minimum are the tests of a pilot of two servers: the removal of one update was not tried on the first, and refused by the second.
func minimum(fleet []inventory.Server) pilot.Minimum {
	trial := pilot.Trial{Updates: []string{"KB5072033", "KB5071547"}, Installed: true, Builds: "20348.4405 from 20348.4242", Restarts: 1, Services: 84,
		Removed: []string{"KB5072033"}, NotTried: map[string]string{"KB5071547": "window P1 closes in 41m, and it takes 75m"}, Removable: []string{"KB5071547"}}
	m := pilot.Minimum{}.With(string(fleet[0].ID), pilot.Tested{At: At.Add(-4 * day), Proofs: trial.Proofs()})
	trial.NotTried, trial.Kept = nil, map[string]string{"KB5071547": "KB5071547 could not be removed: the package is permanent (0x800F0825)"}
	m = m.With(string(fleet[1%len(fleet)].ID), pilot.Tested{At: At.Add(-4 * day), Proofs: trial.Proofs()})
	m.Workarounds = map[string]pilot.Answer{"KB5071547": {Result: pilot.Workaround, By: "k.osei", At: At.Add(-3 * day), Note: "restored from the image if it must go"}}
	return m
}
