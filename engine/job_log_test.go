package engine_test

import (
	"context"
	"errors"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
)

// Handbook 8: whoever leads a night reads the host's own words, and nobody else has servers asked.
func TestTheLogOfAServersJobIsReadWhileItRuns(t *testing.T) {
	scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) {
		var at *engine.Cell
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			for i := range v.Rollouts {
				for j := range v.Rollouts[i].Cells {
					if c := &v.Rollouts[i].Cells[j]; c.Delivery == rollout.Running && c.Percent > 0 {
						at = c
						return true
					}
				}
			}
			return false
		})
		onCall := approval.Actor{Name: "t.abara", Roles: []approval.Role{approval.OnCall}}
		log, err := e.JobLog(ctx, onCall, at.ID, 0)
		if err != nil || log.Kind != rollout.JobInstall || log.Job == "" || len(log.Lines) != 1 || log.Lines[0].Phase != "starting" {
			t.Errorf("%+v %v", log, err)
		}
		if log, err := e.JobLog(ctx, onCall, at.ID, 1); err != nil || len(log.Lines) != 0 {
			t.Errorf("after the last line there is %+v %v", log, err)
		}
		var denied *approval.Denied
		if _, err := e.JobLog(ctx, approval.Actor{Name: "guest", Roles: []approval.Role{approval.Viewer}}, at.ID, 0); !errors.As(err, &denied) {
			t.Errorf("a viewer had a server asked: %v", err)
		}
		if _, err := e.JobLog(ctx, onCall, "r99-nobody", 0); err == nil {
			t.Error("an advertisement that nobody knows has a log")
		}
	})
}
