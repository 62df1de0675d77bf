package engine_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
)

// A console tells an old screen from a new one by what the engine promised: each view says when the next one comes at the latest.
func TestAViewComesAtTheLatestWhenTheOneBeforePromised(t *testing.T) {
	t.Parallel()
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), prodRuns)
		keeps := func(promise time.Duration, when string) {
			for range 3 {
				v := e.View()
				if v.Beat != promise {
					t.Fatalf("%s the next view is promised within %v, want %v", when, v.Beat, promise)
				}
				time.Sleep(v.Beat + time.Second)
				synctest.Wait()
				if e.View().Generation == v.Generation {
					t.Fatalf("%s no view came within %v", when, v.Beat)
				}
			}
		}
		keeps(time.Minute, "while Prod runs")
		n.wait(ctx, e, rehearsal.Over)
		keeps(30*time.Minute, "while nothing is open")
	})
}
