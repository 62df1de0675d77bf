package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/store/storetest"
)

var (
	nights = flag.Int("nights", 8, "random nights of 50 servers to play; 1000 in CI, 100000 now and then")
	first  = flag.Uint64("nights.first", 1, "the seed of the first of them: nights that were played before need no second time")
	seed   = flag.Uint64("seed", 0, "play this night alone, as a failure named it")
)

// Random nights: faults, one crash, and people who act as they like, some of them beyond their role. Whatever happens, enginetest.Check holds,
// the trail folds to the records, the indexes are what follows from them, and the same seed gives the same trail.
func TestRandomNights(t *testing.T) {
	percent := debug.SetGCPercent(400) // many short lives, and little that stays
	began, crashes := time.Now(), new(atomic.Int64)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		t.Logf("%d nights, %d of them with a crash, %s", *nights, crashes.Load(), time.Since(began).Round(time.Millisecond))
	})
	from, count := *first, uint64(*nights)
	if *seed != 0 {
		from, count = *seed, 1
	}
	for seed := from; seed < from+count; seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			head := randomNight(t, seed, crashes)
			if again := seed%25 == 1; again && head != randomNight(t, seed, new(atomic.Int64)) {
				t.Error("played again, it ended with another trail")
			}
			if t.Failed() {
				t.Logf("play it again: go test ./engine -run TestRandomNights -seed %d", seed)
			}
		})
	}
}

var fates = []enginetest.Fate{enginetest.RolledBack, enginetest.Unreachable, enginetest.SourceOnce, enginetest.NeverBack, enginetest.Flaky, enginetest.DiskFull,
	enginetest.AnswerLost, enginetest.NotDrained, enginetest.SlowDrain, enginetest.SlowReturn, enginetest.Obstructed, enginetest.OldBackup}

// randomNight plays one night and gives the end of its trail.
func randomNight(t *testing.T, seed uint64, crashes *atomic.Int64) (head string) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(seed, 50))
		ill := map[string]enginetest.Fate{}
		share := r.IntN(25)
		for _, s := range enginetest.Servers(50) {
			if r.IntN(100) < share {
				ill[s.Name] = fates[r.IntN(len(fates))]
			}
		}
		n := newNight(t, 50, seed, ill)
		n.policy.Poll, n.policy.ReadyPoll = 3*time.Minute, time.Minute
		n.store = storetest.NewMemory(storetest.CrashAt(1+r.IntN(250), storetest.Moment(r.IntN(2))))
		crowd := &crowd{Rand: r}
		for !n.playWith(crowd) {
			n.store = n.store.Reopen()
			crashes.Add(1)
		}
		enginetest.Check(t, n.view, n.store, n.world)
		foldsToItsRecords(t, n.store)
		if most := uint64(60 * len(n.view.Servers)); n.view.Head.Seq > most {
			t.Errorf("the trail has %d entries, more than %d: somebody goes round in circles", n.view.Head.Seq, most)
		}
		head = n.view.Head.String()
	})
	return head
}

// playWith is play with people who do not follow the script alone.
func (n *night) playWith(people *crowd) (over bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 72*time.Hour)
	defer cancel()
	e, err := engine.New(engine.Options{Store: n.store, Fleet: n.world, Clock: engine.NewWallClock(), Policy: n.policy, Zone: time.UTC, Publish: time.Second, Tick: enginetest.Tick})
	if err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer func() {
		cancel()
		synctest.Wait()
		engine.CheckIndexes(n.t, e)
	}()
	wake, stop := e.Watch()
	defer stop()
	idea := time.NewTimer(people.pause())
	defer idea.Stop()
	for {
		v := e.View()
		if rehearsal.Over(v) {
			n.view = v
			return true
		}
		act, ok := n.script.Next(v)
		if ok && v.At.After(people.later) {
			if _, err = e.Do(ctx, act.Who, act.Command); err == nil {
				continue
			}
			people.later = v.At.Add(10 * time.Minute) // somebody was first: look again later
		} else {
			err = nil
			select {
			case <-wake:
			case <-idea.C:
				act := people.act(v)
				_, err = e.Do(ctx, act.Who, act.Command)
				idea.Reset(people.pause())
			case err = <-ended:
				if err == nil {
					n.t.Fatalf("the night did not end in 72 hours; %d rollouts, counts %v", len(v.Rollouts), v.Rollouts[len(v.Rollouts)-1].Counts)
				}
				return false
			}
		}
		if errors.Is(err, engine.ErrStopped) {
			return false
		}
	}
}

// crowd are people who have ideas of their own.
type crowd struct {
	*rand.Rand
	later time.Time // the script rests until then
}

// pause is how long until the next idea. Its odd nanoseconds keep it from falling together with anything else.
func (c *crowd) pause() time.Duration {
	return time.Duration(c.Int64N(int64(30 * time.Minute)))
}

// act is the next idea: mostly of somebody who may, sometimes of anybody.
func (c *crowd) act(v *engine.View) rehearsal.Act {
	ideas := ideas[:1]
	if len(v.Rollouts) > 0 {
		ideas = allIdeas
	}
	act := ideas[c.IntN(len(ideas))](c, v)
	if c.IntN(5) == 0 {
		anybody := append(rehearsal.Cast[:len(rehearsal.Cast):len(rehearsal.Cast)], approval.Actor{Name: "nobody"})
		act.Who = anybody[c.IntN(len(anybody))]
	}
	return act
}

func pick[T any](c *crowd, list []T) T { return list[c.IntN(len(list))] }

// someone of a random rollout: up to three of its servers.
func (c *crowd) someone(v *engine.View) (r engine.RolloutView, servers []inventory.ServerID) {
	r = pick(c, v.Rollouts)
	for range 1 + c.IntN(3) {
		servers = append(servers, pick(c, r.Cells).Server)
	}
	return r, servers
}

type idea func(*crowd, *engine.View) rehearsal.Act

var ideas = []idea{
	func(c *crowd, v *engine.View) rehearsal.Act {
		var some []inventory.ServerID
		for range min(3, len(v.Servers)) {
			some = append(some, pick(c, v.Servers).ID)
		}
		return rehearsal.Act{Who: rehearsal.OnCall, Command: engine.Sweep{Kind: engine.SweepScan, Servers: some}}
	},
	hold("pause"), hold("pause"), hold("resume"), hold("resume"), hold("resume"), hold("halt"),
	func(c *crowd, v *engine.View) rehearsal.Act {
		r, servers := c.someone(v)
		return rehearsal.Act{Who: rehearsal.OnCall, Command: engine.Retry{Rollout: r.ID, Servers: servers, Reason: "once more"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		r, servers := c.someone(v)
		return rehearsal.Act{Who: rehearsal.OnCall, Command: engine.Skip{Rollout: r.ID, Servers: servers, Reason: "not tonight"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		_, servers := c.someone(v)
		return rehearsal.Act{Who: rehearsal.Lead, Command: engine.ExcludeServer{Change: v.Changes[0].ID, Server: servers[0], Reason: "its owner asks"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		_, servers := c.someone(v)
		if out := slices.Sorted(maps.Keys(v.Changes[0].Exclusions)); len(out) > 0 {
			servers = []inventory.ServerID{inventory.ServerID(pick(c, out))}
		}
		return rehearsal.Act{Who: rehearsal.Lead, Command: engine.IncludeServers{Change: v.Changes[0].ID, Servers: servers, Reason: "its owner agrees after all"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		r, _ := c.someone(v)
		return rehearsal.Act{Who: rehearsal.Lead, Command: engine.BreakLock{Cluster: pick(c, r.Cells).Cluster, Reason: "it will not come back"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		change := v.Changes[0]
		return rehearsal.Act{Who: pick(c, []approval.Actor{rehearsal.Authority, rehearsal.Board, rehearsal.Lead}), Command: engine.DecideChange{Change: change.ID,
			Step: pick(c, []string{"authorise", "approve", "approve", "reject"}), PlanHash: pick(c, []string{change.PlanHash, change.PlanHash, "another"}), Reason: "as I see it"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		return rehearsal.Act{Who: rehearsal.Support, Command: engine.ObjectToChange{Change: v.Changes[0].ID, Reason: "payroll runs tonight"}}
	},
	settle, settle,
	func(c *crowd, v *engine.View) rehearsal.Act {
		return rehearsal.Act{Who: rehearsal.Support, Command: engine.RecordAcceptance{Change: v.Changes[0].ID, Application: fmt.Sprintf("app-%d", c.IntN(5)),
			Result: pick(c, []pilot.Result{pilot.Passed, pilot.FailedTest, pilot.Workaround}), Note: "seen on Dev"}}
	},
	func(c *crowd, v *engine.View) rehearsal.Act {
		return rehearsal.Act{Who: rehearsal.Lead, Command: engine.DropUpdate{Release: v.Releases[0].ID, KB: enginetest.KB, Reason: "breaks printing"}}
	},
}

// allIdeas are the ideas, once there is a rollout to have them about. What ends a night early comes rarely.
var allIdeas = append(append(append(append([]idea{}, ideas...), ideas...), ideas...), hold("close"), withdraw)

func withdraw(c *crowd, v *engine.View) rehearsal.Act {
	return rehearsal.Act{Who: rehearsal.Lead, Command: engine.DecideChange{Change: v.Changes[0].ID, Step: "withdraw", Reason: "it was withdrawn by its vendor"}}
}

// settle answers or overrules an objection, so that none blocks a night for ever, however many there are; without one somebody tries all the same.
func settle(c *crowd, v *engine.View) rehearsal.Act {
	number := 1 + c.IntN(3)
	if open := v.Changes[0].OpenObjections(); len(open) > 0 {
		number = pick(c, open).Number
	}
	return rehearsal.Act{Who: pick(c, []approval.Actor{rehearsal.Lead, rehearsal.Board}), Command: engine.SettleObjection{Change: v.Changes[0].ID, Number: number,
		State: pick(c, []approval.ObjectionState{approval.Answered, approval.Overruled}), Reason: "it was moved to Monday"}}
}

func hold(step string) idea {
	return func(c *crowd, v *engine.View) rehearsal.Act {
		return rehearsal.Act{Who: pick(c, []approval.Actor{rehearsal.Lead, rehearsal.OnCall}), Command: engine.Hold{Rollout: pick(c, v.Rollouts).ID, Step: step, Reason: "to be on the safe side"}}
	}
}
