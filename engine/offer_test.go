package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// importantOnly makes the bulletin's update one from which servers may be left out.
func importantOnly(n *night) {
	for i := range n.script.Bulletin.Updates {
		n.script.Bulletin.Updates[i].Severity = catalog.Important
		n.script.Bulletin.Updates[i].Exploited = false
	}
}

// Handbook 8, advertisements, through the engine: an optional update is installed where the server's administrator asks for it and nowhere else;
// who asked counts as voluntary, and who did not is not hunted for it.
func TestAnOptionalUpdateIsInstalledWhereItsAdministratorAsks(t *testing.T) {
	at(t, 20, importantOnly, released, func(o *office) {
		windows, accept := rehearsal.Schedule(o.View().At, false)
		submit := engine.SubmitChange{Release: o.release().ID, Priority: approval.High, Windows: windows, AcceptBy: accept, Reason: "drivers",
			Offers: []rollout.Offering{{Offer: "forced"}}}
		o.refused(rehearsal.Lead, submit, "use mandatory, grace or optional")
		submit.Offers[0] = rollout.Offering{Offer: rollout.Optional, Collection: "nobody"}
		o.refused(rehearsal.Lead, submit, "nobody")
		submit.Offers[0].Collection = ""
		urgent := submit
		urgent.Priority = approval.Emergency
		o.refused(rehearsal.Lead, urgent, "mandatory at once")
		o.do(rehearsal.Lead, submit)
		o.n.wait(o.ctx, o.Engine, func(v *engine.View) bool {
			p, ok := ring(v, rollout.Prod)
			return ok && p.Counts[rollout.Waiting] == p.Counts.Targeted() && p.Counts.Targeted() > 3
		})
		prod, _ := ring(o.View(), rollout.Prod)
		if prod.Forecast.Fits+prod.Forecast.WillNot != 0 || !strings.Contains(prod.Cells[0].Why, "nobody has asked") {
			t.Errorf("the forecast counts %+v; %s", prod.Forecast, prod.Cells[0].Why)
		}
		mine, other := prod.Cells[0], prod.Cells[1]
		for _, s := range o.View().Servers {
			switch s.ID {
			case mine.Server:
				s.Owner = "team-a"
			case other.Server:
				s.Owner = "team-b"
			default:
				continue
			}
			o.do(rehearsal.Lead, engine.ImportServers{Source: "owners", Servers: []inventory.Server{s}})
		}
		ask := func(id inventory.ServerID) engine.Command {
			return engine.RequestUpdate{Rollout: prod.ID, Servers: []inventory.ServerID{id}, Reason: "it suits us tonight"}
		}
		admin := approval.Actor{Name: "ada.admin", Roles: []approval.Role{approval.ServerAdmin}, Owns: []string{"team-a"}, Via: "test"}
		o.refused(admin, ask(other.Server), "own servers only")
		o.do(admin, ask(mine.Server))
		o.n.wait(o.ctx, o.Engine, rehearsal.Over)
		prod, _ = ring(o.View(), rollout.Prod)
		if prod.Counts[rollout.Succeeded] != 1 || prod.Counts[rollout.Cancelled]+prod.Counts[rollout.Excluded] != len(prod.Cells)-1 {
			t.Errorf("Prod ended with %v", prod.Counts)
		}
		for _, ad := range prod.Advertisements {
			if ad.Delivery == rollout.Succeeded && (ad.Server != mine.Server || ad.Enforced() != "voluntary") {
				t.Errorf("%s got it, %s", ad.Server, ad.Enforced())
			}
		}
		o.do(rehearsal.Lead, engine.Sweep{Kind: engine.SweepFacts})
		o.wait(func(v *engine.View) bool { return len(v.Sweeps) == 0 })
		for _, f := range o.View().Findings {
			if f.Open() && f.Kind == inventory.CatchUp {
				t.Errorf("who declined is hunted: %s", f.Words)
			}
		}
	})
}

// Handbook 8 and 2: people are told before an exemption ends, once; when it is over that is in the trail, and the server's place in the windows is
// its own again.
func TestTheEndOfAnExemptionIsToldBeforeItComes(t *testing.T) {
	at(t, 20, nil, released, func(o *office) {
		id := o.View().Servers[15].ID
		until := o.View().At.Add(10 * 24 * time.Hour)
		o.do(rehearsal.Lead, engine.AddExemption{Servers: []inventory.ServerID{id}, From: "windows", Window: "W3", Until: until, Reason: "year end"})
		told := func(v *engine.View) (open, closed int) {
			for _, f := range v.Findings {
				switch {
				case f.Kind != inventory.ExemptionEnds:
				case f.Open():
					open++
				default:
					closed++
				}
			}
			return open, closed
		}
		if open, closed := told(o.View()); open+closed != 0 {
			t.Errorf("told ten days before")
		}
		o.wait(func(v *engine.View) bool { open, _ := told(v); return open == 1 })
		if left := until.Sub(o.View().At); left < 6*24*time.Hour || left > 7*24*time.Hour {
			t.Errorf("told %s before the end", left)
		}
		if f := o.View().Findings[0]; f.Rule != "EX-1" || !strings.Contains(f.Words, "year end") || !f.Due.Equal(until) && f.Due.Sub(until).Abs() > time.Minute {
			t.Errorf("%+v", f)
		}
		o.wait(func(v *engine.View) bool { _, closed := told(v); return closed == 1 })
		if x := o.View().Exemptions[0]; x.Over.IsZero() || x.Over.Before(until) || x.Holds(o.View().At) {
			t.Errorf("%+v", x)
		}
		said := ""
		lines, err := o.History(string(id), 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			said += l.Words + "\n"
		}
		if strings.Count(said, "EX-1 is over") != 1 || strings.Count(said, "its owner is warned") != 1 {
			t.Errorf("the trail says\n%s", said)
		}
		if open, closed := told(o.View()); fmt.Sprint(open, closed) != "0 1" {
			t.Errorf("told %d and %d times", open, closed)
		}
	})
}
