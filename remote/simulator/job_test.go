package simulator

import (
	"slices"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

func TestAJobIsStartedOnceHoweverOftenItIsAskedFor(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	if first := startJob(b, h, "stage-1", "stage", "KB5999016"); first.Existed || first.State != registered {
		t.Errorf("first: %+v", first)
	}
	if second := startJob(b, h, "stage-1", "stage", "KB5999016"); !second.Existed {
		t.Errorf("second: %+v", second)
	}
	b.pass(time.Hour)
	if third := startJob(b, h, "stage-1", "stage", "KB5999016"); !third.Existed || third.State != finished {
		t.Errorf("after its end: %+v", third)
	}
	if got := b.events(h); len(got) != 3 {
		t.Errorf("ledger: %q", got)
	}
}

func TestARemovedJobLeavesATombstone(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	type removal struct{ Removed bool }
	startJob(b, h, "stage-1", "stage", "KB5999016")
	b.pass(2 * time.Minute)
	if r := ask[removal](b, h, "job-remove", map[string]any{"job": "stage-1"}); r.Removed {
		t.Error("a running job was removed")
	}
	b.pass(time.Hour)
	for range 2 {
		if r := ask[removal](b, h, "job-remove", map[string]any{"job": "stage-1"}); !r.Removed {
			t.Error("a finished job was not removed")
		}
	}
	if late := startJob(b, h, "stage-1", "stage", "KB5999016"); !late.Existed || late.State != finished || late.Outcome == nil {
		t.Errorf("a late start of a removed job answers %+v", late)
	}
	b.pass(time.Hour)
	starts := slices.DeleteFunc(b.events(h), func(e string) bool { return e != string(jobStarted) })
	if len(starts) != 1 {
		t.Errorf("the job ran %d times", len(starts))
	}
}

// The end that was laid out for a job comes after the job was cancelled and removed: it once ended the whole fleet.
func TestTheEndOfACancelledJobMayComeAfterItsRemoval(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	startJob(b, h, "stage-1", "stage", "KB5999016")
	b.until(downloading, 10*time.Second, func() bool { return poll(b, h, "stage-1", 0).Phase == downloading })
	ask[shownJob](b, h, "job-cancel", map[string]any{"job": "stage-1"})
	b.until("end", time.Second, func() bool { return poll(b, h, "stage-1", 0).State == finished })
	if r := ask[struct{ Removed bool }](b, h, "job-remove", map[string]any{"job": "stage-1"}); !r.Removed {
		t.Fatal("a cancelled job was not removed")
	}
	b.pass(time.Hour)
	if p := poll(b, h, "stage-1", 0); p.Outcome == nil || p.Outcome.Result != "cancelled" {
		t.Errorf("the job's tombstone says %+v", p.Outcome)
	}
}

func TestAJobThatNobodyStartedIsAbsent(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	if p := poll(b, b.hosts[0], "never", 0); p.State != absent || p.Existed || p.Lines == nil {
		t.Errorf("poll: %+v", p)
	}
}

func TestProgressComesInNumberedLinesThatAPollGoesOnFrom(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[1]
	startJob(b, h, "install-1", "install", "KB5999019")
	var seen []int
	b.until("install", 15*time.Second, func() bool {
		after := len(seen)
		p := poll(b, h, "install-1", after)
		for _, l := range p.Lines {
			seen = append(seen, l.Seq)
			if l.Percent < 0 || l.Percent > 100 {
				t.Errorf("line %d is at %d percent", l.Seq, l.Percent)
			}
		}
		if p.State != registered && p.Seq != len(seen) {
			t.Errorf("the job is at line %d, the polls gave %d", p.Seq, len(seen))
		}
		return p.State == finished
	})
	for i, seq := range seen {
		if seq != i+1 {
			t.Fatalf("lines %v are not numbered in order", seen)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d lines", len(seen))
	}
}

func TestARestartLosesTheJobThatRan(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	startJob(b, h, "install-1", "install", "KB5999016")
	b.until("installing", 30*time.Second, func() bool { return poll(b, h, "install-1", 0).Phase == installing })
	restartAndWait(b, h, "restart-1")
	if p := poll(b, h, "install-1", 0); p.State != lost || p.Outcome != nil {
		t.Errorf("after the restart: %+v", p)
	}
	if f := factsOf(b, h); f.Build != "10.0.14393.8519" || len(f.PendingRestart) != 0 {
		t.Errorf("an installation that was cut off left build %s and %+v", f.Build, f.PendingRestart)
	}
	if again := runJob(b, h, "install-2", "install", "KB5999016"); again.Outcome.Result != "succeeded" {
		t.Errorf("the next installation ended with %+v", again.Outcome)
	}
}

func TestARestartLosesTheJobThatHadNotBegun(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	boot := factsOf(b, h).BootTime
	startJob(b, h, "install-1", "install", "KB5999016")
	ask[struct{}](b, h, "restart", map[string]any{"restart": "restart-1", "boot_time": boot})
	b.pass(time.Hour)
	if p := poll(b, h, "install-1", 0); p.State != lost {
		t.Errorf("after the restart: %+v", p)
	}
	if got := b.events(h); slices.Contains(got, string(jobStarted)) {
		t.Errorf("ledger: %q", got)
	}
}

func TestACancelledDownloadStopsAndACancelledInstallationDoesNot(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	cancelWhen := func(id, kind, phase string) *outcome {
		startJob(b, h, id, kind, "KB5999016")
		b.until(phase, 10*time.Second, func() bool { return poll(b, h, id, 0).Phase == phase })
		ask[shownJob](b, h, "job-cancel", map[string]any{"job": id})
		b.until("end", 10*time.Second, func() bool { return poll(b, h, id, 0).State == finished })
		return poll(b, h, id, 0).Outcome
	}
	if o := cancelWhen("stage-1", "stage", downloading); o.Result != "cancelled" || o.Code != callCancelled || o.Updates[0].Downloaded {
		t.Errorf("a cancelled download ended with %+v", o)
	}
	if o := cancelWhen("install-1", "install", installing); o.Result != "succeeded" {
		t.Errorf("a cancelled installation ended with %+v", o)
	}
}

func TestAnInstallationDoesNotBeginAfterItsDeadline(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	body, _ := assets.Script("job-install")
	ask[shownJob](b, h, "job-start", map[string]any{
		"job": "install-1", "kind": "install", "deadline": testEpoch.Add(3 * time.Minute),
		"body": sent(body), "manifest": map[string]any{"updates": []string{"KB5999016"}},
	})
	b.pass(time.Hour)
	if p := poll(b, h, "install-1", 0); p.Outcome == nil || p.Outcome.Code != late || p.Outcome.Result != "failed" {
		t.Errorf("the late job is %+v", p)
	}
	if f := factsOf(b, h); len(f.PendingRestart) != 0 {
		t.Errorf("the late job left %+v", f.PendingRestart)
	}
}

func TestTwoInstallationsDoNotRunTogether(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[0]
	startJob(b, h, "install-1", "install", "KB5999016")
	b.pass(3 * time.Minute)
	if second := runJob(b, h, "install-2", "install", "KB5999016"); second.Outcome == nil || second.Outcome.Code != inProgress {
		t.Errorf("the second installation ended with %+v", second.Outcome)
	}
}

// Each fate, lived through with the patience that a good client has: one more attempt.
func TestFates(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 600, Seed: 2, Faults: HarshFaults})
	cases := []struct {
		fate    string
		install string // result of the first installation
		builds  bool   // the build is reached after the restart
	}{
		{"healthy", "succeeded", true},
		{"slow installation", "succeeded", true},
		{"installation fails", "failed", false},
		{"system drive full", "failed", false},
		{"success without an update", "succeeded", false},
		{"rolled back at the start", "succeeded", false},
		{"network lost while installing", "succeeded", true},
		{"slow start", "succeeded", true},
		{"service does not start", "succeeded", true},
	}
	for _, c := range cases {
		h := b.withFate(c.fate)
		kb := b.missing(h)
		job := runJob(b, h, "install-1", "install", kb)
		if job.Outcome.Result != c.install {
			t.Errorf("%s: the installation ended with %+v", c.fate, job.Outcome)
		}
		services := factsOf(b, h).Services
		restartAndWait(b, h, "restart-1")
		b.pass(serviceDelay)
		if got := slices.ContainsFunc(factsOf(b, h).Updates, func(u struct{ KB string }) bool { return u.KB == kb }); got != c.builds {
			t.Errorf("%s: the update is there: %v, want %v", c.fate, got, c.builds)
		}
		running := slices.Equal(services, factsOf(b, h).Services)
		if want := c.fate != "service does not start"; running != want {
			t.Errorf("%s: all services run again: %v, want %v", c.fate, running, want)
		}
	}
}

func TestTransientFaultsPassAtTheSecondAttempt(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: UsualFaults})
	h := b.withFate("update source out of reach")
	kb := b.missing(h)
	if first := runJob(b, h, "stage-1", "stage", kb); first.Outcome.Code != networkLost || first.Outcome.Updates[0].Downloaded {
		t.Errorf("first: %+v", first.Outcome)
	}
	if second := runJob(b, h, "stage-2", "stage", kb); second.Outcome.Result != "succeeded" {
		t.Errorf("second: %+v", second.Outcome)
	}
	h = b.withFate("scan interrupted")
	if first := runJob(b, h, "scan-1", "scan"); first.Outcome.Code != soapFault {
		t.Errorf("first scan: %+v", first.Outcome)
	}
	if second := runJob(b, h, "scan-2", "scan"); len(second.Outcome.Updates) != 1 {
		t.Errorf("second scan: %+v", second.Outcome)
	}
}

func TestASuccessWithoutAnUpdateIsOneAtTheSecondAttempt(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: HarshFaults})
	h := b.withFate("success without an update")
	kb := b.missing(h)
	for attempt, id := range []string{"1", "2"} {
		if job := runJob(b, h, "install-"+id, "install", kb); job.Outcome.Result != "succeeded" {
			t.Fatalf("attempt %s ended with %+v", id, job.Outcome)
		}
		restartAndWait(b, h, "restart-"+id)
		there := slices.ContainsFunc(factsOf(b, h).Updates, func(u struct{ KB string }) bool { return u.KB == kb })
		if there != (attempt == 1) {
			t.Errorf("after attempt %s the update is there: %v", id, there)
		}
	}
}

func TestServersThatAreGone(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: UsualFaults})
	if off := b.withFate("switched off"); off.Reach() != wsman.Silent {
		t.Errorf("a server that is switched off is %v", off.Reach())
	}
	leaving := b.withFate("off the network after its scan")
	runJob(b, leaving, "scan-1", "scan")
	if leaving.Reach() != wsman.Answering {
		t.Error("it left before its result was read")
	}
	b.pass(time.Hour)
	if leaving.Reach() != wsman.Refusing {
		t.Errorf("an hour after its scan it is %v", leaving.Reach())
	}
}

func TestTheNetworkGoesAndComesWhileAnInstallationRunsOn(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 200, Seed: 2, Faults: UsualFaults})
	h := b.withFate("network lost while installing")
	startJob(b, h, "install-1", "install", b.missing(h))
	b.until("silence", 10*time.Second, func() bool { return h.Reach() == wsman.Silent })
	b.until("return", 10*time.Second, func() bool { return h.Reach() == wsman.Answering })
	b.until("end", time.Minute, func() bool { return poll(b, h, "install-1", 0).State == finished })
	if p := poll(b, h, "install-1", 0); p.Outcome.Result != "succeeded" {
		t.Errorf("the installation ended with %+v", p.Outcome)
	}
}
