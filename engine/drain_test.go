package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// demanding is a policy that also demands a backup of the last day.
func demanding() rollout.Policy {
	p := rollout.DefaultPolicy()
	p.BackupWithin = 24 * time.Hour
	return p
}

// Handbook 8, preflight, roles, cluster nodes and monitoring: what is taken from a server is taken before it is changed and given back
// whatever became of it. enginetest.Check holds every server against that.
func TestWhatIsTakenFromAServerIsGivenBackHoweverItEnds(t *testing.T) {
	cases := map[string]struct {
		fate   enginetest.Fate
		want   rollout.Delivery
		code   string
		begins bool // an installation was ordered
	}{
		"SRV-0020": {enginetest.Well, rollout.Succeeded, "", true},
		"SRV-0021": {enginetest.RolledBack, rollout.Failed, "PD-BUILD", true},
		"SRV-0040": {enginetest.NotDrained, rollout.Failed, "0x80070005", false},
		"SRV-0041": {enginetest.SlowReturn, rollout.Succeeded, "", true},
		"DC-0030":  {enginetest.SlowDrain, rollout.Failed, "PD-DRAIN-TIME", false},
		"DC-0031":  {enginetest.Well, rollout.Succeeded, "", true},
		"SRV-0033": {enginetest.OldBackup, rollout.Failed, "PD-BACKUP", false},
		"SRV-0034": {enginetest.SourceOnce, rollout.Succeeded, "", true},
		"SRV-0035": {enginetest.NeverBack, rollout.Failed, "PD-NOT-BACK", true},
		"SRV-0036": {enginetest.Flaky, rollout.Succeeded, "", true},
	}
	fates := map[string]enginetest.Fate{}
	for name, c := range cases {
		fates[name] = c.fate
	}
	synctest.Test(t, func(t *testing.T) {
		n := newNight(t, 60, 11, fates)
		n.policy = demanding()
		n.play()
		cells := n.cells()
		for name, c := range cases {
			got := cells[name]
			if got.Delivery != c.want || got.Code != c.code || (got.Attempt > 0) != c.begins {
				t.Errorf("%s (%s): %s %q after %d attempts: %s", name, c.fate, got.Delivery, got.Code, got.Attempt, got.Why)
			}
			if never := c.fate == enginetest.NeverBack; (got.Drain == rollout.Returning) != never {
				t.Errorf("%s (%s) is shown as %q", name, c.fate, got.Drain)
			}
		}
		if !strings.Contains(cells["SRV-0033"].Why, "48 hours") || !strings.Contains(cells["SRV-0033"].Why, "retry") {
			t.Errorf("the old backup is told as %q: it must say how old, and what to do", cells["SRV-0033"].Why)
		}
		for _, r := range n.view.Rollouts {
			for window, score := range r.Scores {
				if score > 2*161 {
					t.Errorf("%s: score %d in %s: preflight and drain failures must not score", r.ID, score, window)
				}
			}
		}
		if !slices.ContainsFunc(n.view.Needs, func(need engine.Need) bool {
			return need.Urgent && need.Object == string(cells["SRV-0035"].Server) && strings.Contains(need.Words, "not back in service")
		}) {
			t.Errorf("nobody is told that SRV-0035 is not back in service: %+v", n.view.Needs)
		}
		enginetest.Check(t, n.view, n.store, n.world)
		foldsToItsRecords(t, n.store)
	})
}

// Handbook 8, cluster nodes are drained: a halt while a node is being drained starts nothing more, and the node returns.
func TestAHaltReturnsWhatIsBeingDrained(t *testing.T) {
	fates := map[string]enginetest.Fate{}
	for _, s := range enginetest.Servers(40) {
		if s.Environment != "Dev" {
			fates[s.Name] = enginetest.SlowDrain
		}
	}
	scenario(t, 40, fates, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), prodRuns)
		prod, _ := ring(e.View(), rollout.Prod)
		if _, err := e.Do(ctx, rehearsal.Lead, engine.Hold{Rollout: prod.ID, Step: "halt", Reason: "printing is broken"}); err != nil {
			t.Fatal(err)
		}
		n.wait(ctx, e, func(*engine.View) bool { return len(n.world.Away()) == 0 })
		prod, _ = ring(e.View(), rollout.Prod)
		if n := prod.Counts[rollout.Running]; n > 0 {
			t.Errorf("%d servers are still running after the halt, though none was drained", n)
		}
		for _, c := range prod.Cells {
			if c.Attempt > 0 {
				t.Errorf("%s was installed after the halt", c.Name)
			}
		}
	})
}

// A server that never comes back stays on the list of what is not in service, over the end of its rollout and of the process, until
// somebody says that it was returned by hand.
func TestAServerIsReturnedByHandWhereItCannotBeAsked(t *testing.T) {
	scenario(t, 20, map[string]enginetest.Fate{"SRV-0010": enginetest.NeverBack}, func(t *testing.T, ctx context.Context, n *night) {
		n.play()
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			return slices.ContainsFunc(v.Needs, func(need engine.Need) bool { return strings.Contains(need.Words, "not back in service") })
		})
		prod, _ := ring(e.View(), rollout.Prod)
		i := slices.IndexFunc(prod.Cells, func(c engine.Cell) bool { return c.Name == "SRV-0010" })
		broken := prod.Cells[i].Server
		for _, c := range prod.Cells {
			if c.Server != broken {
				if _, err := e.Do(ctx, rehearsal.Lead, engine.ReturnByHand{Rollout: prod.ID, Servers: []inventory.ServerID{c.Server, broken}, Reason: "test"}); err == nil {
					t.Errorf("%s was returned by hand, though it is in service", c.Name)
				}
				break
			}
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.ReturnByHand{Rollout: prod.ID, Servers: []inventory.ServerID{broken}, Reason: "rebuilt"}); err != nil {
			t.Fatal(err)
		}
		prod, _ = ring(e.View(), rollout.Prod)
		if prod.Cells[i].Drain != rollout.InService {
			t.Errorf("after it was returned by hand it is %q", prod.Cells[i].Drain)
		}
	})
}

// Who skips a server that is being staged has its job cancelled on the host, and the rollout waits for that.
func TestSkippingAServerThatIsStagedCancelsItsJob(t *testing.T) {
	scenario(t, 20, nil, func(t *testing.T, ctx context.Context, n *night) {
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			prod, ok := ring(v, rollout.Prod)
			return ok && slices.ContainsFunc(prod.Cells, func(c engine.Cell) bool { return c.Delivery == rollout.Staging && n.world.Works(c.Server) })
		})
		prod, _ := ring(e.View(), rollout.Prod)
		var skipped []inventory.ServerID
		for _, c := range prod.Cells {
			if c.Delivery == rollout.Staging && n.world.Works(c.Server) {
				skipped = append(skipped, c.Server)
			}
		}
		if _, err := e.Do(ctx, rehearsal.Lead, engine.Skip{Rollout: prod.ID, Servers: skipped[:1], Reason: "moved to another site"}); err != nil {
			t.Fatal(err)
		}
		if len(skipped) > 1 {
			if _, err := e.Do(ctx, rehearsal.Lead, engine.ExcludeServer{Change: prod.Change, Server: skipped[1], Reason: "retired"}); err != nil {
				t.Fatal(err)
			}
			skipped = skipped[:2]
		}
		n.wait(ctx, e, rehearsal.Over)
		for _, id := range skipped {
			if !n.world.Cancelled[id] {
				t.Errorf("the staging job of %s was not cancelled", id)
			}
		}
		for id := range n.world.Cancelled {
			if !slices.Contains(skipped, id) {
				t.Errorf("a job of %s was cancelled, though nobody skipped it", id)
			}
		}
		n.view = e.View()
		enginetest.Check(t, n.view, n.store, n.world)
	})
}

// Handbook 8, bandwidth: concurrent transfers are limited per site, over all rollouts, and everybody gets their turn.
func TestTransfersAreLimitedPerSite(t *testing.T) {
	scenario(t, 60, nil, func(t *testing.T, ctx context.Context, n *night) {
		n.policy.SiteStages = 2
		most := map[string]int{}
		e := n.until(ctx, engine.NewWallClock(), func(v *engine.View) bool {
			now := map[string]int{}
			for _, r := range v.Rollouts {
				for _, c := range r.Cells {
					if c.Delivery == rollout.Staging {
						now[c.Site]++
						most[c.Site] = max(most[c.Site], now[c.Site])
					}
				}
			}
			return rehearsal.Over(v)
		})
		// A place is given before the server is read, so that a call may be under way for each of them.
		for site, n := range most {
			if n > 2*2 {
				t.Errorf("%d servers of %s fetched content at once, with 2 places", n, site)
			}
		}
		prod, _ := ring(e.View(), rollout.Prod)
		if prod.Counts[rollout.Succeeded] < prod.Counts.Targeted() {
			t.Errorf("with few places: %v", prod.Counts)
		}
	})
}
