package uitest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// At is the instant at which every night stands: a quarter past two in the fifth window of twenty-four.
var At = time.Date(2026, 11, 15, 2, 14, 30, 0, time.UTC)

// ids that tests refer to.
const (
	ReleaseID = "2026-11-security"
	ChangeID  = "CHG-12"
	ProdID    = "R-3"
	// LockedCluster is the one of Locked.
	LockedCluster = "SQLCHO7"
)

// Night is the middle of a Prod rollout to so many servers: pilot and Dev are through, window 5 of 24 is open, some
// servers failed, some lost contact, one change request waits for the board.
func Night(servers int) *engine.View {
	fleet := Fleet(servers)
	plan := makePlan(fleet)
	prod := prodRollout(fleet, plan)
	view := &engine.View{
		Generation: 7041, At: At, Servers: fleet, Bulletins: []Bulletin{november(), october()},
		Releases: releases(servers), Changes: changes(plan, fleet),
		Rollouts: []engine.RolloutView{
			ringRollout("R-1", rollout.Pilot, fleet[:min(4, len(fleet))], plan, At.Add(-4*day)),
			ringRollout("R-2", rollout.Dev, fleet[:len(fleet)/8], plan, At.Add(-3*day)),
			prod,
		},
		Sweeps:  []engine.SweepView{{ID: "SW-31", Kind: engine.SweepFacts, Total: servers, Done: servers * 3 / 5, Trouble: servers / 100}},
		Needs:   needs(prod),
		Policy:  rollout.DefaultPolicy(),
		Notices: notices(), Incidents: incidents(fleet), Procedure: month(&plan),
	}
	_, view.Head = Trail(300)
	return consider(view)
}

// Quiet is a console on its first day: servers, nothing else.
func Quiet(servers int) *engine.View {
	return &engine.View{Generation: 1, At: At, Servers: Fleet(servers)}
}

// Halted is a night that the stop rule ended.
func Halted(servers int) *engine.View {
	view := Night(servers)
	r := &view.Rollouts[2]
	r.State = rollout.Halted
	r.Stop = &rollout.Stop{By: "engine", At: At.Add(-3 * time.Minute), Rule: rollout.RuleScore,
		Reason: "stop score 728 of 700 in window W5: failures are too frequent for a good update"}
	score(r, r.Current, 728)
	view.Needs = append([]engine.Need{{Urgent: true, Words: r.ID + " Prod is halted: " + r.Stop.Reason, Object: r.ID}}, view.Needs...)
	return view
}

// Locked is a night in which a server failed while it held the lock of its cluster, for which another member waits.
func Locked(servers int) *engine.View {
	view := Night(servers)
	r := &view.Rollouts[2]
	failed, waits := -1, -1
	for i := range r.Cells {
		switch d := r.Cells[i].Delivery; {
		case d == rollout.Failed:
			failed = i
		case d == rollout.Waiting && failed >= 0 && waits < 0:
			waits = i
		}
	}
	holder, other := &r.Cells[failed], &r.Cells[waits]
	holder.Cluster, other.Cluster = LockedCluster, LockedCluster
	other.Why = fmt.Sprintf("cluster %s: %s has its lock", LockedCluster, holder.ID)
	for _, ad := range r.Advertisements {
		if ad.ID == holder.ID {
			ad.Lock = LockedCluster
		}
	}
	return view
}

const day = 24 * time.Hour

func prodRollout(fleet []inventory.Server, plan rollout.Plan) engine.RolloutView {
	const open = 4 // window 5
	r := engine.RolloutView{
		Rollout: rollout.Rollout{ID: ProdID, Change: ChangeID, Release: ReleaseID, PlanHash: plan.Hash, Ring: rollout.Prod,
			State: rollout.Active, Opened: At.Add(-22 * time.Hour), Ceiling: 64},
		Release: "2026-11 November security", Current: open, Rate: 61, Laid: 1,
	}
	for i, s := range fleet {
		if s.Environment == inventory.Prod {
			r.Cells = append(r.Cells, cellOf(s, i, windowNumber(s.Window), open))
		}
	}
	for _, w := range plan.Windows {
		r.Windows = append(r.Windows, engine.WindowView{Window: w})
	}
	score(&r, open, 214)
	settle(&r)
	r.Track = trackOf(&r, plan.Windows[open])
	left := r.Counts.Open()
	r.Forecast = engine.Forecast{Done: At.Add(77 * time.Minute), Succeeded: r.Counts[rollout.Succeeded], Fits: left - left/40, WillNot: left / 40}
	return r
}

// score gives a window the stop rule's score.
func score(r *engine.RolloutView, window, to int) {
	w := &r.Windows[window]
	w.Score = to
	r.Scores = map[string]int{w.ID: to}
}

func ringRollout(id string, ring rollout.Ring, servers []inventory.Server, plan rollout.Plan, opened time.Time) engine.RolloutView {
	r := engine.RolloutView{
		Rollout: rollout.Rollout{ID: id, Change: ChangeID, Release: ReleaseID, PlanHash: plan.Hash, Ring: ring,
			State: rollout.Closed, Opened: opened, Ended: opened.Add(5 * time.Hour), Ceiling: 32},
		Release: "2026-11 November security", Current: -1,
		Windows: []engine.WindowView{{Window: rollout.Window{ID: string(ring)[:1] + "1", Ring: ring, Kind: rollout.Standard,
			Opens: opened, Closes: opened.Add(4 * time.Hour)}}},
	}
	for i, s := range servers {
		c := cellOf(s, i, 0, 1)
		c.Window = r.Windows[0].ID
		r.Cells = append(r.Cells, c)
	}
	settle(&r)
	return r
}

// settle orders the cells as the engine does and counts them.
func settle(r *engine.RolloutView) {
	slices.SortStableFunc(r.Cells, func(a, b engine.Cell) int {
		return cmp.Or(cmp.Compare(windowNumber(a.Window), windowNumber(b.Window)), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Name, b.Name))
	})
	r.Counts = rollout.Counts{}
	for i := range r.Windows {
		r.Windows[i].Counts = rollout.Counts{}
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		c.ID = fmt.Sprintf("%s-%s", r.ID, c.Server)
		r.Counts[c.Delivery]++
		for j := range r.Windows {
			if r.Windows[j].ID == c.Window {
				r.Windows[j].Counts[c.Delivery]++
			}
		}
		r.Advertisements = append(r.Advertisements, advertisementOf(r, c, i))
	}
	slices.SortFunc(r.Advertisements, func(a, b *rollout.Advertisement) int { return cmp.Compare(a.ID, b.ID) })
}

// advertisementOf is what a cell shows, as far as screens read it.
func advertisementOf(r *engine.RolloutView, c *engine.Cell, i int) *rollout.Advertisement {
	updates := []string{"KB5072033"}
	if i%3 == 0 {
		updates = append(updates, "KB5071547")
	}
	return &rollout.Advertisement{ID: c.ID, Rollout: r.ID, Server: c.Server, Site: c.Site, Cluster: c.Cluster, Delivery: c.Delivery, Updates: updates,
		Windows: []string{c.Window}, Attempts: c.Attempt, Before: c.Before}
}

func needs(prod engine.RolloutView) []engine.Need {
	var list []engine.Need
	for _, c := range prod.Cells {
		if c.Delivery == rollout.Failed && len(list) < 3 {
			list = append(list, engine.Need{Urgent: true, Object: string(c.Server),
				Words: fmt.Sprintf("%s failed: %s (%s). Mend it and retry, or exclude it", c.Name, c.Why, c.Code)})
		}
	}
	return append(list, engine.Need{Words: "CHG-13 waits for the board: 3 days left to its deadline", Object: "CHG-13"})
}

func releases(servers int) []approval.Release {
	return []approval.Release{
		{ID: ReleaseID, Title: "2026-11 November security", Bulletin: "2026-Nov", Owner: "k.osei", Created: At.Add(-5 * day), Phase: approval.Deploy,
			Updates: []approval.ReleaseUpdate{
				{KB: "KB5072033", Severity: 4, Exploited: true, Missing: servers / 2, Why: "Critical, exploited, offered to 50 % of the fleet"},
				{KB: "KB5071547", Severity: 4, Missing: servers / 4, Why: "Critical, offered"},
				{KB: "KB5071544", Severity: 3, Missing: servers / 8, Why: "Important, offered",
					Dropped: &approval.Amendment{By: "k.osei", At: At.Add(-2 * day), Reason: "breaks the backup agent of Retail BI"}},
			}},
		{ID: "2026-11-dotnet", Title: "2026-11 .NET Framework", Bulletin: "2026-Nov", Owner: "m.ferrante", Created: At.Add(-4 * day), Phase: approval.Evaluate},
		{ID: "2026-11-sql", Title: "2026-11 SQL Server", Bulletin: "2026-Nov", Owner: "m.ferrante", Created: At.Add(-4 * day), Phase: approval.Identify},
		{ID: "2026-10-security", Title: "2026-10 October security", Bulletin: "2026-Oct", Owner: "k.osei", Created: At.Add(-33 * day), Phase: approval.Closed},
	}
}

func changes(plan rollout.Plan, fleet []inventory.Server) []engine.ChangeView {
	sign := func(by string, role approval.Role, ago time.Duration, reason string) *approval.Signature {
		return &approval.Signature{By: by, Role: role, At: At.Add(-ago), Reason: reason}
	}
	running := engine.ChangeView{
		Change: approval.Change{ID: ChangeID, Release: ReleaseID, State: approval.Approved, Priority: approval.High,
			Deadline: At.Add(25 * day), PlanHash: plan.Hash,
			Submitted: *sign("k.osei", approval.Lead, 5*day, "monthly release; KB5072033 is exploited"),
			Authority: sign("r.varga", approval.Authority, 5*day-2*time.Hour, "list read; pilot one server an operating system"),
			Board:     sign("s.lindqvist", approval.Board, 3*day, "pilot clean, Dev agreed"),
			Exclusions: map[string]approval.Amendment{
				string(fleet[len(fleet)-1].ID): {By: "k.osei", At: At.Add(-day), Reason: "payroll run, owner asks for the next window"},
			}},
		Plan: &plan,
		Acceptance: pilot.Acceptance{Deadline: At.Add(-day), Closed: true, Results: map[string]pilot.Answer{
			"Retail BI":  {Result: pilot.Workaround, By: "a.duval", At: At.Add(-2 * day), Note: "KB5071544 dropped"},
			"Payroll":    {Result: pilot.Passed, By: "j.brandt", At: At.Add(-2 * day)},
			"Web shop":   {Result: pilot.Passed, By: "t.nakagawa", At: At.Add(-2 * day), Note: "smoke test 41 of 41"},
			"Warehouse":  {Result: pilot.NoResponse, Note: "no response by the deadline counts as no issues"},
			"Exchange":   {Result: pilot.Passed, By: "p.moreau", At: At.Add(-2 * day)},
			"Print farm": {Result: pilot.NoResponse, Note: "no response by the deadline counts as no issues"},
		}},
	}
	waiting := engine.ChangeView{
		Change: approval.Change{ID: "CHG-13", Release: "2026-11-dotnet", State: approval.Authorised, Priority: approval.Medium,
			Deadline: At.Add(3 * day), PlanHash: plan.Hash,
			Submitted: *sign("m.ferrante", approval.Lead, 2*day, "bundled with the quarter"),
			Authority: sign("r.varga", approval.Authority, day, "as usual")},
		Plan: &plan,
	}
	return []engine.ChangeView{waiting, running}
}

func makePlan(fleet []inventory.Server) rollout.Plan {
	plan := rollout.Plan{Change: ChangeID, Release: ReleaseID, Ceiling: 64, AcceptBy: At.Add(-day),
		Updates: []rollout.PlannedUpdate{{KB: "KB5072033", Fixed: []inventory.Build{{10, 0, 20348, 4405}}}, {KB: "KB5071547"}, {KB: "KB5071544"}}}
	first := time.Date(2026, 11, 14, 8, 0, 0, 0, time.UTC)
	for n := range 24 {
		opens := first.Add(time.Duration(n) * 4 * time.Hour)
		plan.Windows = append(plan.Windows, rollout.Window{ID: fmt.Sprintf("W%d", n+1), Ring: rollout.Prod, Kind: rollout.Standard,
			Opens: opens, Closes: opens.Add(4 * time.Hour)})
	}
	for i, s := range fleet {
		ring := rollout.Prod
		switch {
		case s.Environment == inventory.Prod:
		case i < 4:
			ring = rollout.Pilot
		default:
			ring = rollout.Dev
		}
		plan.Assignments = append(plan.Assignments, rollout.Assignment{Server: s.ID, Ring: ring, Windows: []string{s.Window}, Updates: []string{"KB5072033"}})
	}
	plan.Findings = []rollout.Finding{
		{Server: fleet[0].ID, Words: fleet[0].Name + " is the only pilot for Windows Server 2016"},
		{Words: "window W7 is forecast to hold 3 servers more than fit"},
	}
	plan.Hash = "9f2c61d0a7b34e58c1d2f6a49b7e03511f0c8ad27e64b9355aa1c07d8e2b6f43"
	return plan
}
