package engine_test

import (
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 2 and 8: servers that were off the network or came to nothing in their windows are kept on a list and get a ring of their own, with its
// windows and approvals; who was left out on purpose stays out.
func TestServersThatAreBehindCatchUpInARingOfTheirOwn(t *testing.T) {
	prepare := func(n *night) {
		n.world = enginetest.NewWorld(engine.NewWallClock(), 7, n.script.Servers, map[string]enginetest.Fate{"SRV-0012": enginetest.Unreachable, "SRV-0013": enginetest.DiskFull})
	}
	at(t, 20, prepare, submittedOnce, func(o *office) {
		release := o.release().ID
		catchUp := engine.CatchUp{Release: release, Reason: "back on the network"}
		o.refused(rehearsal.Lead, catchUp, "is not through yet")
		o.n.wait(o.ctx, o.Engine, rehearsal.Over)
		prod, _ := ring(o.View(), rollout.Prod)
		late, full := cell(t, prod, "SRV-0012"), cell(t, prod, "SRV-0013")
		o.refused(rehearsal.OnCall, engine.Retry{Rollout: prod.ID, Servers: []inventory.ServerID{full.Server}, Reason: "x", Later: engine.LaterWindow{Now: true}}, "patchdeck release catch-up "+release)
		o.refused(rehearsal.Watcher, catchUp, "needs the role lead")
		o.refused(rehearsal.Lead, engine.CatchUp{Release: "nothing", Reason: "x"}, "nothing")
		some := catchUp
		some.Servers = []inventory.ServerID{prod.Cells[0].Server}
		if prod.Cells[0].Delivery == rollout.Succeeded {
			o.refused(rehearsal.Lead, some, "is not behind")
		}
		words := o.do(rehearsal.Lead, catchUp)
		if !strings.Contains(words, "for 2 servers") || !strings.Contains(words, "SRV-0012 (off the network since") || !strings.Contains(words, "SRV-0013 (failed)") {
			t.Errorf("%s", words)
		}
		o.n.world.Heal("SRV-0012")
		o.n.world.Heal("SRV-0013")
		windows, accept := rehearsal.Schedule(o.View().At, false)
		made := release + "-catch-up"
		o.refused(rehearsal.Lead, engine.SubmitChange{Release: made, Windows: windows, Collections: []string{"sql"}, Reason: "x"}, "leave --collection out")
		o.do(rehearsal.Lead, engine.SubmitChange{Release: made, Windows: windows, AcceptBy: accept, Reason: "back on the network"})
		change := o.View().Changes[1]
		if change.Priority != approval.High || len(change.Plan.Assignments) != 2 || change.Plan.Assignments[0].Ring != rollout.CatchUp {
			t.Errorf("%s, plan %+v", change.Priority, change.Plan.Assignments)
		}
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, change.ID, "authorise"))
		if _, opened := ring(o.View(), rollout.CatchUp); opened {
			t.Error("it started without the board")
		}
		o.do(rehearsal.Board, o.step(rehearsal.Board, change.ID, "approve"))
		o.refused(rehearsal.Lead, catchUp, "have a window to come")
		o.wait(func(v *engine.View) bool {
			r, ok := ring(v, rollout.CatchUp)
			return ok && r.State == rollout.Closed
		})
		r, _ := ring(o.View(), rollout.CatchUp)
		if r.Counts[rollout.Succeeded] != 2 {
			t.Errorf("the ring ended with %v", r.Counts)
		}
		for _, id := range []inventory.ServerID{late.Server, full.Server} {
			if n := len(o.n.world.Installs[id]); n != 1 {
				t.Errorf("%s was installed %d times", id, n)
			}
		}
		o.do(rehearsal.Lead, engine.Sweep{Kind: engine.SweepFacts})
		o.wait(func(v *engine.View) bool { return len(v.Sweeps) == 0 })
		o.refused(rehearsal.Lead, catchUp, "no server is behind")
	})
}

// The windows of a catch-up are the schedule's own of Prod, whole weeks later, so that every server keeps the one that its owner chose.
func TestACatchUpUsesTheSchedulesWindowsSomeWeeksLater(t *testing.T) {
	inMonth(t, func(m *month) {
		o := &office{t, m.ctx, m.night, m.engine}
		for i := range m.script.Servers {
			m.script.Servers[i].Window = "W2"
		}
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(11, 18, 10)
		m.sweeps()
		change := m.submit(engine.SubmitChange{Priority: approval.High})
		m.do(rehearsal.Authority, o.step(rehearsal.Authority, change.ID, "authorise"))
		m.do(rehearsal.Board, o.step(rehearsal.Board, change.ID, "approve"))
		for _, r := range m.engine.View().Rollouts {
			if r.Ring == rollout.Prod {
				m.do(rehearsal.Lead, engine.Hold{Rollout: r.ID, Step: "close", Reason: "the hall has no power"})
			}
		}
		m.on(18, 12, 0)
		m.sweeps()
		if !o.needs("patchdeck release catch-up 2000-01-security") {
			t.Errorf("nobody is told what to do: %v", o.View().Needs)
		}
		m.do(rehearsal.Lead, engine.CatchUp{Release: "2000-01-security", Reason: "the hall has power again"})
		m.do(rehearsal.Lead, engine.SubmitChange{Release: "2000-01-security-catch-up", Reason: "the hall has power again"})
		plan := m.engine.View().Changes[1].Plan
		for _, a := range plan.Assignments {
			w, _ := plan.Window(a.Windows[0])
			if w.ID != "W2" || w.Ring != rollout.CatchUp || w.Opens.Format("Mon 15:04") != "Mon 00:00" || w.Opens.Before(m.engine.View().At) {
				t.Errorf("%s has %+v", a.Server, w)
			}
		}
	})
}
