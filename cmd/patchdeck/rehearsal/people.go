// Package rehearsal plays the people of a demonstration: named users who read the engine's view and give the next command, each within
// their own role. Everything they do goes through the same door as a person at a console, so the engine's rules hold for them too.
//
// Next is a pure function of the view. A rehearsal that was killed goes on from the same store where it stood: nobody remembers
// anything but the records. Start reading at Script.Next; the schedule of the folded month is in schedule.go.
package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// The cast. Submitter, authority and board are three people, as the rules demand.
var (
	Lead      = approval.Actor{Name: "lea.lind", Roles: []approval.Role{approval.Lead}, Via: "demo"}
	Authority = approval.Actor{Name: "arun.das", Roles: []approval.Role{approval.Authority}, Via: "demo"}
	Board     = approval.Actor{Name: "bea.roth", Roles: []approval.Role{approval.Board}, Via: "demo"}
	Support   = approval.Actor{Name: "sam.okoye", Roles: []approval.Role{approval.Support}, Applications: []string{approval.Everything}, Via: "demo"}
	OnCall    = approval.Actor{Name: "olga.nowak", Roles: []approval.Role{approval.OnCall}, Via: "demo"}
	Watcher   = approval.Actor{Name: "vic.tran", Roles: []approval.Role{approval.Viewer}, Via: "demo"}
)

// Cast lists everybody, for the users file of the demonstration.
var Cast = []approval.Actor{Lead, Authority, Board, Support, OnCall, Watcher}

// Script is what the night is played with.
type Script struct {
	Servers   []inventory.Server
	Source    string // where the servers come from, for the trail
	Bulletin  catalog.Bulletin
	Document  string // where the bulletin comes from
	Emergency bool
}

// Act is one thing that somebody does.
type Act struct {
	Who     approval.Actor
	Command engine.Command
}

// Next gives the next thing that somebody does; ok is false while everybody waits.
func (s Script) Next(v *engine.View) (act Act, ok bool) {
	if len(v.Sweeps) > 0 {
		return Act{}, false
	}
	for _, scene := range []func(*engine.View) (Act, bool){s.inventory, s.catalogue, s.release, s.approvals, s.narrowing, s.acceptance, s.stops, s.procedure} {
		if act, ok := scene(v); ok {
			return act, true
		}
	}
	return Act{}, false
}

func (s Script) inventory(v *engine.View) (Act, bool) {
	if len(v.Servers) == 0 {
		return Act{Lead, engine.ImportServers{Source: s.Source, Servers: s.Servers}}, true
	}
	var unread, unscanned []inventory.ServerID
	for _, server := range v.Servers {
		switch {
		case server.FactsSweep == 0:
			unread = append(unread, server.ID)
		case server.Trouble == "" && server.ScanSweep == 0:
			unscanned = append(unscanned, server.ID)
		}
	}
	switch {
	case len(unread) > 0:
		return Act{Lead, engine.Sweep{Kind: engine.SweepFacts, Servers: unread}}, true
	case len(unscanned) > 0:
		return Act{Lead, engine.Sweep{Kind: engine.SweepScan, Servers: unscanned}}, true
	}
	return Act{}, false
}

func (s Script) catalogue(v *engine.View) (Act, bool) {
	for _, b := range v.Bulletins {
		if b.ID == s.Bulletin.ID {
			return Act{}, false
		}
	}
	return Act{Lead, engine.ImportBulletin{Source: s.Document, Bulletin: s.Bulletin}}, true
}

func (s Script) release(v *engine.View) (Act, bool) {
	id := s.Bulletin.Released.Format("2006-01") + "-security"
	if len(v.Releases) == 0 {
		return Act{Lead, engine.CreateRelease{ID: id, Title: s.Bulletin.Released.Format("January 2006") + " security", Bulletin: s.Bulletin.ID,
			Reason: "the scan shows which updates concern us"}}, true
	}
	if len(v.Changes) > 0 {
		return Act{}, false
	}
	windows, accept := Schedule(v.At, s.Emergency)
	priority := approval.High
	if s.Emergency {
		priority = approval.Emergency
	}
	submit := engine.SubmitChange{Release: id, Priority: priority, Windows: windows, AcceptBy: accept, Reason: "monthly security release"}
	if v.AuditTrouble != "" {
		submit.OverrideAudit = "the servers that could not be read are on the list for checks by hand"
	}
	return Act{Lead, submit}, true
}

func (s Script) approvals(v *engine.View) (Act, bool) {
	for _, c := range v.Changes {
		switch c.State {
		case approval.Submitted:
			return Act{Authority, engine.DecideChange{Change: c.ID, Step: "authorise", PlanHash: c.PlanHash, Reason: "list and pilot servers reviewed"}}, true
		case approval.Authorised:
			r, ok := find(v, c.ID, rollout.Pilot)
			if ok && r.State == rollout.Closed && Halted(v) == nil && r.Counts.Targeted() > 0 && r.Counts[rollout.Succeeded] == 0 {
				return Act{Board, engine.DecideChange{Change: c.ID, Step: "reject", PlanHash: c.PlanHash, Reason: "the pilot verified nothing"}}, true
			}
			if !ok || r.State == rollout.Closed && Halted(v) == nil {
				return Act{Board, engine.DecideChange{Change: c.ID, Step: "approve", PlanHash: c.PlanHash, Reason: "the pilot is through: " + pilotWords(r)}}, true
			}
		}
	}
	return Act{}, false
}

func pilotWords(r engine.RolloutView) string {
	n := r.Counts[rollout.Succeeded]
	return fmt.Sprintf("%d of %d succeeded; the failure rate may still be %.0f %%", n, r.Counts.Targeted(), rollout.Proves(n))
}

func find(v *engine.View, change string, ring rollout.Ring) (engine.RolloutView, bool) {
	for _, r := range v.Rollouts {
		if r.Change == change && r.Ring == ring {
			return r, true
		}
	}
	return engine.RolloutView{}, false
}

// narrowing takes one server out of Prod, as happens every month.
func (s Script) narrowing(v *engine.View) (Act, bool) {
	for _, c := range v.Changes {
		r, ok := find(v, c.ID, rollout.Prod)
		if !ok || len(c.Exclusions) > 0 || r.State == rollout.Closed || r.Counts.Targeted() < 10 {
			continue
		}
		for _, cell := range slices.Backward(r.Cells) {
			if cell.Cluster == "" && (cell.Delivery == rollout.NotReceived || cell.Delivery == rollout.Staging || cell.Delivery == rollout.Staged) {
				return Act{Lead, engine.ExcludeServer{Change: c.ID, Server: cell.Server, Reason: "a vendor case is open on this server until Friday"}}, true
			}
		}
	}
	return Act{}, false
}

// acceptance answers for every application but one, whose silence counts as no issues.
func (s Script) acceptance(v *engine.View) (Act, bool) {
	for _, c := range v.Changes {
		if c.Acceptance.Closed {
			continue
		}
		applications := slices.Sorted(maps.Keys(c.Acceptance.Results))
		for _, app := range applications[:max(0, len(applications)-1)] {
			if c.Acceptance.Results[app].Result == pilot.Pending {
				return Act{Support, engine.RecordAcceptance{Change: c.ID, Application: app, Result: pilot.Passed, Note: "smoke test passed on Dev"}}, true
			}
		}
	}
	return Act{}, false
}

// pauseTime is how long the on-call operator looks at a pause before resuming.
const pauseTime = 20 * time.Minute

// stops ends what a stop rule halted, once nothing runs there any more, and resumes what a pause held.
func (s Script) stops(v *engine.View) (Act, bool) {
	halted := Halted(v)
	for _, r := range v.Rollouts {
		switch {
		case r.State == rollout.Closed || r.State == rollout.Paused && r.Stop.By != "engine":
		case halted != nil && waiting(r) > 0:
			return Act{Lead, engine.Hold{Rollout: r.ID, Step: "close", Reason: "the stop rule halted " + halted.ID + ": we investigate before anybody else gets this release"}}, true
		case r.State == rollout.Paused && v.At.Sub(r.Stop.At) > pauseTime:
			return Act{OnCall, engine.Hold{Rollout: r.ID, Step: "resume", Reason: "the cause lies outside the update and is being mended"}}, true
		}
	}
	return Act{}, false
}

// waiting counts what has neither started nor ended.
func waiting(r engine.RolloutView) int {
	n := 0
	for d, k := range r.Counts {
		if st := d.Status(); !st.Final && !st.Started {
			n += k
		}
	}
	return n
}

// Halted gives the rollout that a stop rule halted, if there is one.
func Halted(v *engine.View) *rollout.Rollout {
	for i := range v.Rollouts {
		if r := &v.Rollouts[i].Rollout; r.HaltedByRule() {
			return r
		}
	}
	return nil
}

// Over tells that nothing will happen any more: the plan is decided and every rollout that it leads to is closed.
func Over(v *engine.View) bool {
	if len(v.Changes) == 0 {
		return false
	}
	for _, c := range v.Changes {
		if c.State == approval.Submitted {
			return false
		}
		if c.State == approval.Authorised && Halted(v) == nil {
			return false
		}
	}
	for _, r := range v.Rollouts {
		if r.State != rollout.Closed {
			return false
		}
	}
	return true
}
