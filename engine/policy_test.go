package engine_test

import (
	"context"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
)

// A policy that the configuration changes is in the audit trail, with what it was before; the default, and a start without a change, are not.
func TestEveryChangeOfThePolicyIsInTheTrail(t *testing.T) {
	scenario(t, 8, nil, func(t *testing.T, _ context.Context, n *night) {
		start := func(change func(*rollout.Policy)) *engine.View {
			ctx, cancel := context.WithCancel(context.Background())
			policy := rollout.DefaultPolicy()
			change(&policy)
			e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: policy})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { e.Run(ctx); close(ended) }()
			time.Sleep(time.Second) // of the bubble: the engine has nothing to do
			cancel()
			<-ended
			return e.View()
		}
		strict := func(p *rollout.Policy) { p.BackupWithin, p.Halt = 24*time.Hour, 500 }
		for i, c := range []struct {
			change func(*rollout.Policy)
			want   int // entries of changes so far
		}{{func(*rollout.Policy) {}, 0}, {strict, 1}, {strict, 1}, {func(*rollout.Policy) {}, 2}} {
			v := start(c.change)
			if got := enginetest.Actions(t, n.store)["policy.changed"]; got != c.want {
				t.Errorf("start %d: %d entries, want %d", i, got, c.want)
			}
			if i == 1 && v.Policy.Halt != 500 {
				t.Errorf("rollouts are led by a halt at %d", v.Policy.Halt)
			}
		}
		foldsToItsRecords(t, n.store)
	})
}
