package engine_test

import (
	"context"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 8: a skip is taken back while the server's window is still to come, and the server is patched after all.
func TestASkipIsTakenBackByItsInverse(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		lead := approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			r, ok := ring(v, rollout.Prod)
			return ok && r.Counts[rollout.Staged] > 0
		})
		r, _ := ring(e.View(), rollout.Prod)
		var server inventory.ServerID
		for _, ad := range r.Advertisements {
			if ad.Delivery == rollout.Staged {
				server = ad.Server
			}
		}
		skip := engine.Skip{Rollout: r.ID, Servers: []inventory.ServerID{server}, Reason: "the wrong one"}
		if _, err := engine.Undo(e.View(), lead, skip); err == nil {
			t.Error("what was not done is taken back")
		}
		if _, err := e.Do(ctx, lead, skip); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { r, _ := ring(v, rollout.Prod); return r.Counts[rollout.Cancelled] == 1 })
		inverse, err := engine.Undo(e.View(), lead, skip)
		if err != nil || len(inverse.Servers) != 1 {
			t.Fatalf("%+v %v", inverse, err)
		}
		if _, err := e.Do(ctx, lead, inverse.Command("meant the other one")); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(v *engine.View) bool { r, _ := ring(v, rollout.Prod); return r.State == rollout.Closed })
		r, _ = ring(e.View(), rollout.Prod)
		for _, ad := range r.Advertisements {
			if ad.Server == server && ad.Delivery != rollout.Succeeded {
				t.Errorf("it is %s in the end", ad.Delivery)
			}
		}
	})
}

func TestDecisionsAreNotTakenBackByAKey(t *testing.T) {
	lead := approval.Actor{Name: "k.osei", Roles: []approval.Role{approval.Lead}}
	view := &engine.View{Rollouts: []engine.RolloutView{{Rollout: rollout.Rollout{ID: "R-1", State: rollout.Halted}}}}
	for _, done := range []engine.Command{engine.Hold{Rollout: "R-1", Step: "halt"}, engine.Hold{Rollout: "R-1", Step: "close"},
		engine.Hold{Rollout: "R-1", Step: "pause"}, engine.Hold{Rollout: "R-9", Step: "pause"}, engine.BreakLock{Cluster: "C"}, engine.ExcludeServer{Change: "CHG-1"}, engine.ExcludeFromCollection{Name: "sql"},
		engine.Retry{Rollout: "R-1", Servers: []inventory.ServerID{"s1"}}} {
		if inverse, err := engine.Undo(view, lead, done); err == nil {
			t.Errorf("%+v is taken back: %s", done, inverse.Words)
		}
	}
}
