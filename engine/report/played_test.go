package report_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/enginetest"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
	"patchdeck/store/storetest"
)

// playNight lets engine, model servers and people play a whole night in virtual time, and gathers what a report is made from.
func playNight(t *testing.T, servers int, seed uint64, fates map[string]enginetest.Fate) (in report.Input, world *enginetest.World) {
	t.Helper()
	store := storetest.NewMemory()
	list := enginetest.Servers(servers)
	synctest.Test(t, func(t *testing.T) {
		script := rehearsal.Script{Servers: list, Source: "model", Bulletin: enginetest.Bulletin(), Document: "model"}
		world = enginetest.NewWorld(engine.NewWallClock(), seed, list, fates)
		e, err := engine.New(engine.Options{Store: store, Fleet: world, Clock: engine.NewWallClock(), Policy: rollout.DefaultPolicy(), Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 48*time.Hour)
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		wake, stop := e.Watch()
		defer stop()
		tried := false
		for !rehearsal.Over(e.View()) {
			if len(e.View().Rollouts) > 0 && !tried {
				tried = true
				if _, err := e.Do(ctx, rehearsal.Watcher, engine.Hold{Rollout: "R-1", Step: "halt", Reason: "curious"}); err == nil {
					t.Fatal("a viewer halted a rollout")
				}
			}
			if act, ok := script.Next(e.View()); ok {
				if _, err := e.Do(ctx, act.Who, act.Command); err != nil {
					t.Fatalf("%s: %s: %v", act.Who.Name, act.Command.Action(), err)
				}
				continue
			}
			select {
			case <-wake:
			case err := <-ended:
				t.Fatalf("the night did not end: %v", err)
			}
		}
		in.Now = e.View().At
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
	collect(t, store, &in)
	return in, world
}

// collect reads the records and the trail of a store into an input.
func collect(t *testing.T, store engine.Store, in *report.Input) {
	t.Helper()
	in.Servers, in.Advertisements = map[inventory.ServerID]inventory.Server{}, map[string][]rollout.Advertisement{}
	into := map[string]func([]byte){
		"server":     func(v []byte) { s := decoded[inventory.Server](t, v); in.Servers[s.ID] = s },
		"bulletin":   func(v []byte) { in.Bulletin = decoded[catalog.Bulletin](t, v) },
		"release":    func(v []byte) { in.Release = decoded[approval.Release](t, v) },
		"change":     func(v []byte) { in.Change = decoded[approval.Change](t, v) },
		"acceptance": func(v []byte) { in.Acceptance = decoded[pilot.Acceptance](t, v) },
		"plan":       func(v []byte) { in.Plan = decoded[rollout.Plan](t, v) },
		"plan-part": func(v []byte) {
			part := decoded[struct{ Assignments []rollout.Assignment }](t, v)
			in.Plan.Assignments = append(in.Plan.Assignments, part.Assignments...)
		},
		"rollout": func(v []byte) { in.Rollouts = append(in.Rollouts, decoded[rollout.Rollout](t, v)) },
		"advertisement": func(v []byte) {
			ad := decoded[rollout.Advertisement](t, v)
			in.Advertisements[ad.Rollout] = append(in.Advertisements[ad.Rollout], ad)
		},
	}
	err := store.Load(func(r engine.Record) error {
		if read := into[r.Kind]; read != nil {
			read(r.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	in.Head = store.Head()
	in.Entries = func(each func(trail.Entry) error) error {
		return store.Entries(1, func(_ uint64, raw []byte) error { return each(decoded[trail.Entry](t, raw)) })
	}
}

func decoded[T any](t *testing.T, raw []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

var usualTroubles = map[string]enginetest.Fate{
	"SRV-0021": enginetest.RolledBack, "SRV-0022": enginetest.Unreachable, "SRV-0023": enginetest.SourceOnce, "SRV-0024": enginetest.NeverBack,
	"SRV-0025": enginetest.Flaky, "SRV-0026": enginetest.DiskFull, "SRV-0027": enginetest.AnswerLost,
}

// What the report says of the servers is held against what truly happened on them.
func TestAPlayedNightIsToldAsItHappened(t *testing.T) {
	in, world := playNight(t, 60, 2, usualTroubles)
	n, err := report.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	if !n.Over || n.Halted || n.Totals.Open != 0 || n.Totals.Servers != 60 {
		t.Errorf("over %v, halted %v, totals %+v", n.Over, n.Halted, n.Totals)
	}
	installed := world.Installed()
	for _, s := range n.Servers {
		if s.Installed && !installed[s.ID] {
			t.Errorf("%s: the report says that the update is on it, and it is not", s.Name)
		}
		if installed[s.ID] && !s.Installed && !s.MayBeInstalled {
			t.Errorf("%s has the update, and the report says neither that it has it nor that it may: %s", s.Name, s.Explanation)
		}
		if (s.Explanation == "") != (s.CountedAs == report.AccountSucceeded) {
			t.Errorf("%s is %s, its explanation is %q", s.Name, s.Status, s.Explanation)
		}
	}
	if n.Denied != 1 || len(n.Denials) != 1 || n.Denials[0].By != rehearsal.Watcher.Name || n.Denials[0].Words == "" {
		t.Errorf("%d refusals: %+v, want the viewer's one", n.Denied, n.Denials)
	}
	if steps := slices.IndexFunc(n.Windows, func(w report.Window) bool { return w.Score != nil && len(w.Score.Steps) > 0 }); steps < 0 {
		t.Error("a failure scored, and no window has a step of a score")
	}
	for _, w := range n.Windows {
		if w.Score != nil && !w.Score.Recomputes {
			t.Errorf("window %s: its score does not recompute from the trail: %+v", w.ID, w.Score.Steps)
		}
	}
}

func TestAHaltedNightSaysWhyItHalted(t *testing.T) {
	fates := map[string]enginetest.Fate{}
	for _, s := range enginetest.Servers(80) {
		if s.Environment == inventory.Prod && s.OS == "Windows Server 2019" {
			fates[s.Name] = enginetest.RolledBack
		}
	}
	in, _ := playNight(t, 80, 3, fates)
	n, err := report.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	if !n.Halted || !n.Summary().Halted || len(n.Stops) == 0 {
		t.Fatalf("halted %v with stops %+v", n.Halted, n.Stops)
	}
	stop := n.Stops[0]
	if stop.Rule != rollout.RuleScore || stop.Score < n.StopRule.Halt || stop.Trigger == nil || stop.Trigger.Failure == nil || stop.Trigger.Failure.Code != "PD-BUILD" {
		t.Errorf("the stop is told as %+v with trigger %+v", stop, stop.Trigger)
	}
	if stop.Ended == nil || stop.Ended.By != rehearsal.Lead.Name {
		t.Errorf("the stop ended as %+v, want closed by %s", stop.Ended, rehearsal.Lead.Name)
	}
	if n.Totals.NotStarted == 0 || len(n.Needs) == 0 || !n.Needs[0].Urgent {
		t.Errorf("%d not started, needs %+v", n.Totals.NotStarted, n.Needs)
	}
}
