package uitest

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// month is the procedure at the instant of Night: November is in its Prod windows, October is through but for two tasks.
func month(plan *rollout.Plan) engine.ProcedureView {
	november := cycle(2026, time.November, plan.Windows, ChangeID)
	for task := 1; task <= 26; task++ {
		switch task {
		case 9: // security has not answered: it is overdue
		case 8, 22:
			november = ticked(november, task, "j.berg", "no issues")
		case 1:
			november = ticked(november, task, "k.osei", "four updates for Windows Server, one critical")
		default:
			november = ticked(november, task, "", "seen by the engine")
		}
	}
	october := cycle(2026, time.October, nil, "CHG-11")
	for task := 1; task <= len(procedure.Tasks); task++ {
		if task != 29 && task != 31 {
			october = ticked(october, task, "", "seen by the engine")
		}
	}
	p := engine.ShowCycles([]procedure.Cycle{october, november}, At)
	p.Reviews = []procedure.Review{{Cycle: "2026-10", By: "k.osei", At: At.Add(-20 * day), Attendees: []string{"k.osei", "m.silva"}, Summary: "Dev took too long",
		Answers: map[string]string{"hole": "yes, on 997 of 1000", "better": "stage earlier"}}}
	p.Actions = []procedure.Action{
		{ID: "ACT-1", Cycle: "2026-10", Words: "stage the day before", Owner: "a.lopez", Due: calendar.Date{Year: 2026, Month: time.November, Day: 9}, By: "k.osei", Carried: []string{"2026-11"}},
		{ID: "ACT-2", Cycle: "2026-10", Words: "add the new SQL servers", Owner: "j.berg", Due: calendar.Date{Year: 2026, Month: time.November, Day: 30}, By: "k.osei",
			Done: &procedure.Closing{By: "j.berg", At: At.Add(-5 * day), Note: "they are in"}},
	}
	p.Quarterly = []procedure.Questionnaire{{Quarter: "2026-Q4", Answers: map[string]procedure.Answer{"people": {Words: "two and a half", By: "k.osei", At: At.Add(-9 * day)}}}}
	p.Sources = procedure.FirstSources
	return p
}

func cycle(year int, of time.Month, windows []rollout.Window, change string) procedure.Cycle {
	m := calendar.Month{Year: year, Month: of}
	began := m.PatchTuesday().Add(-6).At(0, time.UTC)
	return procedure.Cycle{ID: m.String(), Month: m.String()}.Plan(procedure.Basis{DayZero: m.PatchTuesday(), Zone: time.UTC, Began: began, Windows: windows}, change, began)
}

// ticked finishes a task at its last deadline, by a person or by the engine.
func ticked(c procedure.Cycle, task int, by, note string) procedure.Cycle {
	tick, err := c.Decide(task, procedure.Tick{By: by, At: c.Entries[task-1].Last(), Seen: by == "", Note: note})
	if err != nil {
		panic("uitest: " + err.Error())
	}
	if tick.Through = len(c.Entries[task-1].Due); by == "" {
		tick.By = "engine"
	}
	return c.Tick(task, tick)
}
