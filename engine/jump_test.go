package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// Somebody sets the machine's clock, in the middle of a window or between two: while it disagrees nobody starts, and when it agrees again
// every window was there once, and every server had its place in it.
func TestAClockThatIsSetNeitherSkipsNorRepeatsAWindow(t *testing.T) {
	t.Parallel()
	moments := map[string]func(*engine.View) bool{
		"before Prod opens": func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && prod.Counts[rollout.Staged]+prod.Counts[rollout.Waiting] > 0
		},
		"while Prod runs": prodRuns,
	}
	for _, by := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour} {
		for name, moment := range moments {
			t.Run(fmt.Sprintf("%v %s", by, name), func(t *testing.T) {
				scenario(t, 40, nil, func(t *testing.T, ctx context.Context, n *night) { jumpOnce(t, ctx, n, by, moment) })
			})
		}
	}
}

func jumpOnce(t *testing.T, ctx context.Context, n *night, by time.Duration, moment func(*engine.View) bool) {
	var ahead atomic.Int64
	clock := engine.WallClockShowing(func() time.Time { return time.Now().Round(0).Add(time.Duration(ahead.Load())) })
	e := n.until(ctx, clock, moment)
	ahead.Store(int64(by))
	time.Sleep(time.Minute) // orders that were on their way have arrived
	synctest.Wait()
	before := len(n.world.Starts)
	time.Sleep(25 * time.Minute)
	synctest.Wait()
	if after := len(n.world.Starts); after != before {
		t.Errorf("%d servers started while the clock could not be trusted", after-before)
	}
	if e.View().ReadOnly == "" {
		t.Error("nobody is told that nothing starts")
	}
	ahead.Store(0)
	n.wait(ctx, e, rehearsal.Over)
	n.view = e.View()
	for name, c := range n.cells() {
		if c.Delivery != rollout.Succeeded && c.Delivery != rollout.Excluded {
			t.Errorf("%s is %s: %s", name, c.Delivery, c.Why)
		}
	}
	closed := map[string]int{}
	err := n.store.Entries(1, func(_ uint64, raw []byte) error {
		var entry trail.Entry
		var window rollout.WindowClosed
		if err := json.Unmarshal(raw, &entry); err != nil || entry.Action != "rollout.window-closed" {
			return err
		}
		err := json.Unmarshal(entry.Body, &window)
		closed[window.Rollout+" "+window.Window]++
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for window, times := range closed {
		if times > 1 {
			t.Errorf("window %s closed %d times", window, times)
		}
	}
	enginetest.Check(t, n.view, n.store, n.world)
	foldsToItsRecords(t, n.store)
}
