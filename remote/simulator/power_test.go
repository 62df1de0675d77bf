package simulator

import (
	"slices"
	"testing"
	"time"

	"patchdeck/remote/simulator/wsman"
)

func TestARestartGoesThroughEveryStageInItsOrder(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	cuts := 0
	h.drop = func() { cuts++ }
	boot := factsOf(b, h).BootTime
	if reply := orderRestart(b, h, "restart-1"); !reply.Ordered {
		t.Fatalf("not ordered: %q", reply.Already)
	}
	if h.Reach() != wsman.Answering {
		t.Error("the server was gone before its delay was over")
	}
	var stages []wsman.Reach
	for range 8 * 60 {
		b.pass(time.Second)
		if r := h.Reach(); len(stages) == 0 || stages[len(stages)-1] != r {
			stages = append(stages, r)
		}
	}
	want := []wsman.Reach{wsman.Answering, wsman.Refusing, wsman.Silent, wsman.Refusing, wsman.Unavailable, wsman.Answering}
	if !slices.Equal(stages, want) {
		t.Errorf("stages %v, want %v", stages, want)
	}
	if cuts != 1 {
		t.Errorf("connections were cut %d times", cuts)
	}
	if h.Boot() != 2 || !factsOf(b, h).BootTime.After(boot) {
		t.Errorf("boot %d at %s, before %s", h.Boot(), factsOf(b, h).BootTime, boot)
	}
}

func TestARestartIsOrderedOnceById(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	type reply struct {
		Ordered bool
		Already string
	}
	order := func(id string, boot time.Time) reply {
		return ask[reply](b, h, "restart", map[string]any{"restart": id, "boot_time": boot, "delay_seconds": 30, "comment": "CHG-1"})
	}
	boot := factsOf(b, h).BootTime
	steps := []struct {
		id   string
		want reply
	}{
		{"restart-1", reply{Ordered: true}},
		{"restart-1", reply{Already: "ordered"}},
		{"restart-2", reply{Already: "shutdown_in_progress"}},
		{"restart-2", reply{Already: "ordered"}},
	}
	for _, s := range steps {
		if got := order(s.id, boot); got != s.want {
			t.Errorf("%s: %+v, want %+v", s.id, got, s.want)
		}
	}
	b.until("restart", 10*time.Second, func() bool { return h.Boot() == 2 && h.Reach() == wsman.Answering })
	for _, id := range []string{"restart-1", "restart-3"} {
		if got := order(id, boot); got != (reply{Already: "booted_since"}) {
			t.Errorf("%s after the start it was to end: %+v", id, got)
		}
	}
	if got := order("restart-1", factsOf(b, h).BootTime); got != (reply{Already: "ordered"}) {
		t.Errorf("the same id for the next start: %+v", got)
	}
	b.pass(time.Hour)
	if h.Boot() != 2 {
		t.Errorf("the server started %d times", h.Boot())
	}
	var by []string
	for _, e := range b.entries() {
		if e.Event == restarted {
			by = append(by, e.By)
		}
	}
	if !slices.Equal(by, []string{"restart-1"}) {
		t.Errorf("restarts in the ledger: %q", by)
	}
}

func TestServicingIsBusyForAWhileAfterAStart(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	orderRestart(b, h, "restart-1")
	b.until("answer", time.Second, func() bool { return h.Boot() == 2 && h.Reach() == wsman.Answering })
	type evidence struct {
		Servicing  string
		LogonReady bool     `json:"logon_ready"`
		Stopped    []string `json:"services_not_running"`
		Missing    []string
	}
	verify := func() evidence {
		return ask[evidence](b, h, "verify", map[string]any{"updates": []string{"KB5999016"}, "services": []string{"orderdispatch", "w3svc", "winrm"}})
	}
	if e := verify(); e.Servicing != "busy" || e.LogonReady || len(e.Stopped) == 0 {
		t.Errorf("at the first answer: %+v", e)
	}
	b.pass(3 * time.Minute)
	if e := verify(); e.Servicing != "idle" || !e.LogonReady || len(e.Stopped) != 0 || len(e.Missing) != 1 {
		t.Errorf("three minutes later: %+v", e)
	}
}

func TestAServerThatDoesNotComeBackStaysAway(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: HarshFaults})
	h := b.withFate("cohort does not come back")
	kb := b.missing(h)
	runJob(b, h, "install-1", "install", kb)
	orderRestart(b, h, "restart-1")
	b.pass(24 * time.Hour)
	if h.Reach() != wsman.Silent || h.Boot() != 1 {
		t.Errorf("a day later: reach %v, boot %d", h.Reach(), h.Boot())
	}
}

func TestAClockThatIsOffIsOffEverywhereTheServerShowsIt(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: UsualFaults})
	i := slices.IndexFunc(b.hosts, func(h *host) bool { return h.skew != 0 && h.Reach() == wsman.Answering })
	if i < 0 {
		t.Fatal("no clock is off in 200 servers")
	}
	h := b.hosts[i]
	if off := factsOf(b, h).Time.Sub(b.world.clock.now()); off != h.skew {
		t.Errorf("its clock is off by %s, want %s", off, h.skew)
	}
	if reply := orderRestart(b, h, "restart-1"); !reply.Ordered {
		t.Errorf("a restart of the start that it shows itself: %+v", reply)
	}
}

func TestTheFirstLoginsAfterASlowStartFail(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: UsualFaults})
	h := b.withFate("slow start")
	if h.Fault(wsman.Create) != 0 {
		t.Error("a login failed before any restart")
	}
	orderRestart(b, h, "restart-1")
	b.until("answer", 10*time.Second, func() bool { return h.Boot() == 2 && h.Reach() == wsman.Answering })
	if h.Fault(wsman.Receive) != 0 {
		t.Error("another request than a login failed")
	}
	for i := range unsettledRefusals {
		if h.Fault(wsman.Create) == 0 {
			t.Errorf("login %d succeeded", i+1)
		}
	}
	if h.Fault(wsman.Create) != 0 {
		t.Error("logins go on failing")
	}
}

func TestWhereClosuresOfTheRoadOverlapTheLastCounts(t *testing.T) {
	at := func(minutes int) time.Time { return testEpoch.Add(time.Duration(minutes) * time.Minute) }
	var r road
	r.close(span{at(0), at(30), wsman.Silent})
	r.close(span{at(10), at(20), wsman.Refusing})
	r.close(span{from: at(40), reach: wsman.Unavailable})
	for minute, want := range map[int]wsman.Reach{5: wsman.Silent, 15: wsman.Refusing, 20: wsman.Silent, 30: wsman.Answering, 4000: wsman.Unavailable} {
		copied := road{slices.Clone(r.closed)}
		if got := copied.reach(at(minute)); got != want {
			t.Errorf("minute %d: %v, want %v", minute, got, want)
		}
	}
}

func TestADamagedReplyIsDamagedOnce(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: HarshFaults})
	damaged := 0
	for _, h := range b.hosts {
		if len(h.damages()) == 0 || h.Reach() != wsman.Answering {
			if h.Spoil(wsman.Receive) != wsman.NoSpoil {
				t.Errorf("%s damages replies", h.name)
			}
			continue
		}
		for _, kind := range kinds {
			startJob(b, h, kind+"-1", kind, b.missing(h))
			if h.Spoil(wsman.Create) != wsman.NoSpoil {
				t.Error("a reply without output was damaged")
			}
			if h.Spoil(wsman.Receive) != wsman.NoSpoil {
				damaged++
				if h.Spoil(wsman.Receive) != wsman.NoSpoil {
					t.Error("the next reply was damaged as well")
				}
			}
		}
	}
	if damaged == 0 {
		t.Error("no reply was damaged")
	}
}
