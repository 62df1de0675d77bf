package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 8, clusters, for servers that stand in for each other without one: of a declared group never more than its maximum are away, and
// the domain controllers of one domain take turns, whatever the windows say.
func TestOfAnAvailabilityGroupNeverMoreThanItsMaximumAreAway(t *testing.T) {
	scenario(t, 60, map[string]enginetest.Fate{"SRV-0052": enginetest.RolledBack}, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool { return len(v.Changes) > 0 })
		ids := map[string]inventory.ServerID{}
		for _, s := range e.View().Servers {
			ids[s.Name] = s.ID
		}
		members := []inventory.ServerID{ids["SRV-0050"], ids["SRV-0051"], ids["SRV-0052"], ids["SRV-0053"], ids["SRV-0054"], ids["SRV-0055"], ids["SRV-0056"], ids["SRV-0057"]}
		declare := func(most int, reason string, members ...inventory.ServerID) error {
			_, err := e.Do(ctx, rehearsal.Lead, engine.DeclareGroup{Group: rollout.Group{Name: "claims-web", Most: most, Members: members}, Reason: reason})
			return err
		}
		for name, err := range map[string]error{
			"no reason": declare(1, "", members...), "one member": declare(1, "test", members[0]), "all may be away": declare(8, "test", members...),
			"nobody may be away": declare(0, "test", members...), "unknown member": declare(1, "test", members[0], "s99999"),
			"the same member twice": declare(1, "test", members[0], members[0]),
		} {
			if err == nil {
				t.Errorf("a group was declared with %s", name)
			}
		}
		if err := declare(1, "the load balancer wants all but one", members...); err != nil {
			t.Fatal(err)
		}
		waited := false
		n.wait(ctx, e, func(v *engine.View) bool {
			for _, g := range v.Groups {
				if len(g.Away) > g.Most {
					t.Errorf("%s: %v are away, at most %d may be", g.Name, g.Away, g.Most)
				}
			}
			for _, r := range v.Rollouts {
				for _, c := range r.Cells {
					waited = waited || strings.HasPrefix(c.Why, "group claims-web: 1 of at most 1")
				}
			}
			return rehearsal.Over(v)
		})
		if !waited {
			t.Error("no member ever waited for the group, though eight of them share the windows")
		}
		n.neverAwayTogether(t, 2, members)
		n.neverAwayTogether(t, 2, []inventory.ServerID{ids["DC-0030"], ids["DC-0031"]})
		n.view = e.View()
		if away := n.view.Groups[0].Away; len(away) > 0 {
			t.Errorf("%v still have a seat after the night", away)
		}
		enginetest.Check(t, n.view, n.store, n.world)
		foldsToItsRecords(t, n.store)
		if _, err := e.Do(ctx, rehearsal.Lead, engine.RemoveGroup{Name: "claims-web", Reason: "test"}); err != nil || len(e.View().Groups) != 0 {
			t.Errorf("removing the group: %v, %v remain", err, e.View().Groups)
		}
	})
}

// neverAwayTogether looks for a moment at which so many of the servers were down together.
func (n *night) neverAwayTogether(t *testing.T, tooMany int, members []inventory.ServerID) {
	t.Helper()
	for _, m := range members {
		for _, span := range n.world.Down[m] {
			down := 0
			for _, other := range members {
				for _, o := range n.world.Down[other] {
					if !o[0].After(span[0]) && span[0].Before(o[1]) {
						down++
					}
				}
			}
			if down >= tooMany {
				t.Errorf("at %s %d of %v were down together", span[0].Format(time.TimeOnly), down, members)
			}
		}
	}
}
