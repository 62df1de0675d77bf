package engine_test

import (
	"strings"
	"testing"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// tried plays a night until its pilot has been tested, and gives what was found of "can be removed" on each pilot server by its name.
func tried(t *testing.T, prepare func(*night), priority approval.Priority, body func(o *office, found map[string]pilot.Proof)) {
	t.Helper()
	at(t, 12, prepare, released, func(o *office) {
		id := o.submit(o.release().ID, priority)
		o.do(rehearsal.Authority, o.step(rehearsal.Authority, id, "authorise"))
		o.wait(func(*engine.View) bool { return len(o.change(id).Minimum.Servers) == 2 })
		found := map[string]pilot.Proof{}
		pilots, _ := ring(o.View(), rollout.Pilot)
		for _, c := range pilots.Cells {
			for _, p := range o.change(id).Minimum.Servers[string(c.Server)].Proofs {
				if p.Test == pilot.CanBeRemoved {
					found[c.Name] = p
				}
			}
		}
		body(o, found)
	})
}

// Handbook 7: "it can be uninstalled or rolled back" is proven on the pilot: the update is taken away, seen to be gone, and installed again.
func TestThePilotTakesItsUpdateAwayAndInstallsItAgain(t *testing.T) {
	tried(t, nil, approval.High, func(o *office, found map[string]pilot.Proof) {
		w := o.n.world
		pilots, _ := ring(o.View(), rollout.Pilot)
		for _, c := range pilots.Cells {
			if p := found[c.Name]; p.Result != pilot.Passed || p.Words != "taken away, seen to be gone, and installed again" {
				t.Errorf("%s: %+v", c.Name, p)
			}
			if c.Delivery != rollout.Succeeded || !w.Installed()[c.Server] {
				t.Errorf("%s ends %s, and the update is there: %v", c.Name, c.Delivery, w.Installed()[c.Server])
			}
			if in, out, restarts := len(w.Starts[c.Server]), len(w.Removals[c.Server]), len(w.Restarts[c.Server])/2; in != 2 || out != 1 || restarts != 3 {
				t.Errorf("%s: installed %d times, removed %d times, restarted %d times", c.Name, in, out, restarts)
			}
		}
		if len(w.Removals) != len(pilots.Cells) {
			t.Errorf("updates were taken from %d servers", len(w.Removals))
		}
	})
}

// What does not let go of its update fails the test with Windows' own words, and ends patched all the same.
func TestAnUpdateThatStaysFailsTheTestAndNotThePilot(t *testing.T) {
	ill := map[string]enginetest.Fate{"SRV-0000": enginetest.Kept, "SRV-0001": enginetest.NoPackage}
	tried(t, func(n *night) {
		n.world = enginetest.NewWorld(engine.NewWallClock(), 7, n.script.Servers, ill)
	}, approval.High, func(o *office, found map[string]pilot.Proof) {
		for name, words := range map[string]string{"SRV-0000": "the package is permanent (0x800F0825)", "SRV-0001": "has no package by which it could be removed"} {
			if p := found[name]; p.Result != pilot.FailedTest || !strings.Contains(p.Words, words) {
				t.Errorf("%s: %+v", name, p)
			}
		}
		pilots, _ := ring(o.View(), rollout.Pilot)
		if pilots.Counts[rollout.Succeeded] != 2 {
			t.Errorf("%v", pilots.Counts)
		}
	})
}

// Nothing is claimed that nobody tried: why not stands beside it, and Prod does not wait for it.
func TestWhatIsNotTriedSaysWhy(t *testing.T) {
	for words, c := range map[string]struct {
		prepare  func(*night)
		priority approval.Priority
	}{
		"the policy has no removal tried":   {func(n *night) { n.policy.PilotRemovals = 0 }, approval.High},
		"an emergency does not wait for it": {nil, approval.Emergency},
		"window P1 closes in":               {func(n *night) { n.policy.ExpectedDefault, n.policy.Expected = 80*time.Minute, nil }, approval.High},
		"as one that cannot be removed":     {func(n *night) { n.script.Bulletin.Updates[0].Removable = "no" }, approval.High},
	} {
		tried(t, c.prepare, c.priority, func(o *office, found map[string]pilot.Proof) {
			for name, p := range found {
				if p.Result != pilot.NotTried || !strings.Contains(p.Words, words) || !strings.HasSuffix(p.Words, "; the server has its package") {
					t.Errorf("%s: %+v, want %q", name, p, words)
				}
			}
			if len(found) != 2 || len(o.n.world.Removals) != 0 {
				t.Errorf("%s: %d servers answered, and updates were taken from %d", words, len(found), len(o.n.world.Removals))
			}
			if open := o.View().Changes[0].Minimum.Failed(); len(open) != 0 {
				t.Errorf("%s: %v waits for somebody", words, open)
			}
		})
	}
}
