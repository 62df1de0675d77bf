package remote

import (
	"context"
	"testing"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// changes are the calls that change something on a server, jobs and restarts aside.
var changes = map[string]func(*Fleet, context.Context, *server) error{
	"suspend": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.SuspendNode(ctx, s.target, "c-1", 0)
		return err
	},
	"resume": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.ResumeNode(ctx, s.target, 0)
		return err
	},
	"baseline": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.StampBaseline(ctx, s.target, inventory.Stamp{Name: "2026-11"})
		return err
	},
	"move roles": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.MoveRoles(ctx, s.target, "m-1", "")
		return err
	},
	"return roles": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.ReturnRoles(ctx, s.target)
		return err
	},
	"suspend monitoring": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.SuspendMonitoring(ctx, s.target, "CHG-1", time.Hour)
		return err
	},
	"resume monitoring": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.ResumeMonitoring(ctx, s.target, "CHG-1")
		return err
	},
	"clean up": func(f *Fleet, ctx context.Context, s *server) error {
		_, err := f.CleanUp(ctx, s.target, nil, 30*24*time.Hour)
		return err
	},
}

// When the answer to a change is lost, nobody may call it "not done": the server has to be asked.
func TestALostAnswerToAChangeIsUnknown(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
			s.set(func() { s.spoil[wsman.Receive] = wsman.Reset })
			failed(t, change(f, t.Context(), s), rollout.ClassNetwork, codeUnknownOutcome)
		})
	}
}
