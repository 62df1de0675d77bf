package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

// sights says for each fault of the simulator what our client makes of it: which class and code, and what it can tell.
var sights = map[string]func(*trial){
	"switched-off":                   func(n *trial) { n.unreachable("PD-NO-ANSWER") },
	"off-the-network-after-its-scan": leavesAfterItsScan,
	"login-refused":                  isLoginRefused,

	"system-drive-full":           ends(rollout.JobStage, rollout.ClassDisk, "0x80070070"),
	"agent-database-full":         ends(rollout.JobScan, rollout.ClassDisk, "0xC8000710"),
	"agent-denies-access":         ends(rollout.JobScan, rollout.ClassAccess, "0x80070005"),
	"installation-fails":          ends(rollout.JobInstall, rollout.ClassPatch, "0x800F0922"),
	"component-store-damaged":     ends(rollout.JobInstall, rollout.ClassPatch, "0x80073712"),
	"servicing-stack-too-old":     ends(rollout.JobInstall, rollout.ClassPatch, "0x800F0823"),
	"update-source-out-of-reach":  endsOnce(rollout.JobStage, rollout.ClassSource, "0x8024402C"),
	"scan-interrupted":            endsOnce(rollout.JobScan, rollout.ClassSource, "0x80244007"),
	"going-down-while-installing": endsOnce(rollout.JobInstall, rollout.ClassBusy, "0x8007045B"),
	"flaky-update-source":         hasAFlakySource,
	"tasks-forbidden":             forbidsTasks,
	"update-service-disabled":     hasNoUpdateService,

	"rolled-back-at-the-start":  isMissingTheUpdateAfterwards,
	"success-without-an-update": isMissingTheUpdateAfterwards,
	"does-not-come-back":        func(n *trial) { n.isGoneAfterTheRestart("PD-NO-ANSWER", 0) },
	"winrm-does-not-come-back":  func(n *trial) { n.isGoneAfterTheRestart("PD-BROKEN", 1) },
	"service-does-not-start":    losesAService,
	"update-hidden":             hidesTheUpdate,
	"agent-asks-another-source": findsMore,

	"installation-hangs":            hangs,
	"job-never-begins":              neverBegins,
	"no-progress-shown":             showsNoProgress,
	"cancel-not-heeded":             doesNotHeedACancel,
	"slow-installation":             takesLong(14 * time.Minute),
	"everything-slow":               takesLong(20 * time.Minute),
	"network-lost-while-installing": isLostAndFound,

	"slow-start":                  getsThrough,
	"restart-not-asked-for":       restartsThoughNobodyAsked,
	"restart-never-begins":        doesNotRestartAtFirst,
	"restarts-by-itself":          restartsByItself,
	"restarts-twice":              restartsTwice,
	"winrm-fails-after-the-start": getsThrough,
	"clock-jumps-at-the-start":    jumps,

	"drain-fails":                   drainFails,
	"drain-fails-once":              drainFailsOnce,
	"node-stays-out-of-its-cluster": staysOut,
	"storage-repair-drags-on":       repairsForHours,
	"roles-refused":                 refusesRoles,
	"monitoring-script-fails":       breaksMonitoring,

	"damaged-replies":              getsThrough,
	"endless-replies":              getsThrough,
	"halting-replies":              getsThrough,
	"shells-vanish":                getsThrough,
	"quota-used-up":                getsThrough,
	"slow-answers":                 getsThrough,
	"text-around-results":          getsThrough,
	"progress-on-the-error-stream": getsThrough,
	"out-of-memory":                getsThrough,
}

// findings says what health tells of the faults that only a look shows.
var findings = map[string]func(*Health) bool{
	"little-disk":          func(h *Health) bool { return hasObstacle(h, rollout.ClassDisk, "0x80070070") },
	"constrained-language": func(h *Health) bool { return hasObstacle(h, rollout.ClassConfig, "PD-LANGUAGE") },
	"old-backup":           func(h *Health) bool { return h.Backup && h.Time.Sub(h.LastBackup) > 30*24*time.Hour },
	"clock-off":            func(h *Health) bool { return h.ClockSkew.Abs() > time.Minute },
	"file-renames-pending": func(h *Health) bool {
		return len(h.PendingRestart) == 1 && h.PendingRestart[0].Reason == "file_rename" && !h.PendingRestart[0].Blocks
	},
	"configuration-client-waits": func(h *Health) bool {
		return len(h.PendingRestart) == 1 && h.PendingRestart[0].Reason == "configuration_manager" && !h.PendingRestart[0].Blocks
	},
}

func TestEveryFaultIsSeenForWhatItIs(t *testing.T) {
	for _, fault := range simulator.KnownFaults() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			switch sight, finding := sights[fault.Name], findings[fault.Name]; {
			case packageFaults[fault.Name] != nil:
				packageFaults[fault.Name](try(t, 40, fault.Name, 20000))
			case sight != nil:
				sight(try(t, 40, fault.Name, 20000))
			case finding != nil:
				finds(finding)(try(t, 40, fault.Name, 60)) // slowly: a clock is read more exactly than a call takes
			default:
				t.Fatal("nobody has looked at this fault")
			}
		})
	}
	if known := len(simulator.KnownFaults()); len(sights)+len(findings)+len(packageFaults) != known {
		t.Errorf("%d faults are looked at, there are %d", len(sights)+len(findings)+len(packageFaults), known)
	}
}

func ends(kind rollout.JobKind, class rollout.Class, code string) func(*trial) {
	return func(n *trial) { n.ends("a-1", kind, class, code); n.ends("a-2", kind, class, code) }
}

func endsOnce(kind rollout.JobKind, class rollout.Class, code string) func(*trial) {
	return func(n *trial) { n.ends("a-1", kind, class, code); n.succeed("a-2", kind) }
}

func leavesAfterItsScan(n *trial) {
	n.succeed("scan-1", rollout.JobScan)
	n.unreachable("PD-REFUSED", "PD-BROKEN")
}

func isLoginRefused(n *trial) {
	if _, err := patiently(n, n.facts); !isFailure(err, rollout.ClassAccess, "PD-LOGON") {
		n.t.Error(err)
	}
}

func hasAFlakySource(n *trial) {
	codes := map[string]bool{}
	for _, id := range []string{"scan-1", "scan-2", "scan-3"} {
		job := n.finish(id, rollout.JobScan)
		if !isFailure(job.Outcome.Failure, rollout.ClassSource) || !strings.HasPrefix(job.Outcome.Failure.Code, "0x8024") {
			n.t.Fatalf("%s: %+v", id, job.Outcome)
		}
		codes[job.Outcome.Failure.Code] = true
	}
	n.succeed("scan-4", rollout.JobScan)
	if len(codes) < 2 {
		n.t.Errorf("always the same: %v", codes)
	}
}

func forbidsTasks(n *trial) {
	if h := must(n, n.health); h.Task == nil || h.Task.Class != rollout.ClassAccess || h.Task.Code != "0x80070005" {
		n.t.Errorf("%+v", h.Task)
	}
	_, err := patiently(n, func(ctx context.Context) (rollout.Job, error) {
		return n.fleet.StartJob(ctx, n.to, installOrder)
	})
	if !isFailure(err, rollout.ClassAccess, "0x80070005") {
		n.t.Error(err)
	}
}

func hasNoUpdateService(n *trial) {
	finds(func(h *Health) bool { return hasObstacle(h, rollout.ClassConfig, "0x80070422") })(n)
	n.ends("scan-1", rollout.JobScan, rollout.ClassConfig, "0x80070422")
}

func isMissingTheUpdateAfterwards(n *trial) {
	n.succeed("install-1", rollout.JobInstall)
	if v := n.restart("restart-1"); len(v.Missing) != 1 || v.Build.String() == fixedBuild {
		n.t.Errorf("%+v", v)
	}
	again := n.succeed("scan-1", rollout.JobScan)
	if len(again.Outcome.Offered) == 0 {
		n.t.Error("it is not offered again")
	}
}

// isGoneAfterTheRestart waits for the end of the contact; the ledger knows whether the server itself started.
func (n *trial) isGoneAfterTheRestart(code string, starts int) {
	n.succeed("install-1", rollout.JobInstall)
	n.order("restart-1")
	n.until("the start", func() bool { return n.events("restarted") == starts })
	at := n.now()
	n.until("an hour", func() bool { return n.now().Sub(at) > time.Hour })
	for range 5 {
		if _, err := n.facts(n.ctx); !isFailure(err, rollout.ClassNetwork, code) {
			n.t.Errorf("%v, want %s", err, code)
		}
	}
	if n.events("restarted") != starts {
		n.t.Errorf("it started %d times", n.events("restarted"))
	}
}

func losesAService(n *trial) {
	before := must(n, n.facts)
	n.succeed("install-1", rollout.JobInstall)
	n.restart("restart-1")
	n.until("the other late services", func() bool {
		v := must(n, func(ctx context.Context) (rollout.Verification, error) {
			return n.fleet.Verify(ctx, n.to, []string{monthsUpdate}, before.Running())
		})
		return len(v.NotRunning) == 1 && len(v.Present) == 1
	})
}

func hidesTheUpdate(n *trial) {
	if job := n.succeed("scan-1", rollout.JobScan); len(job.Outcome.Offered) != 0 {
		n.t.Errorf("offered: %+v", job.Outcome.Offered)
	}
	if job := n.finish("install-1", rollout.JobInstall); !job.Outcome.Nothing {
		n.t.Errorf("%+v", job.Outcome)
	}
	if v := must(n, n.verify); len(v.Missing) != 1 {
		n.t.Errorf("it is not missing: %+v", v)
	}
}

func findsMore(n *trial) {
	if job := n.succeed("scan-1", rollout.JobScan); len(job.Outcome.Offered) != 2 {
		n.t.Errorf("offered: %+v", job.Outcome.Offered)
	}
}

func hangs(n *trial) {
	n.start("install-1", rollout.JobInstall)
	n.until("the point where it stays", func() bool { job := n.job("install-1"); return job.Phase == "installing" && job.Percent >= 40 })
	for range 20 {
		if job := n.job("install-1"); job.State != rollout.JobRunning || job.Percent > 42 {
			n.t.Fatalf("%+v", job)
		}
	}
}

func neverBegins(n *trial) {
	n.start("scan-1", rollout.JobScan)
	at := n.now()
	n.until("an hour", func() bool { return n.now().Sub(at) > time.Hour })
	if job := n.job("scan-1"); job.State != rollout.JobRegistered || !job.Started.IsZero() || n.events("job_started") != 0 {
		n.t.Errorf("%+v", job)
	}
}

func showsNoProgress(n *trial) {
	n.start("install-1", rollout.JobInstall)
	n.until("the end", func() bool {
		job := n.job("install-1")
		if job.State == rollout.JobRunning && (job.Percent != 0 || job.Seq > 1) {
			n.t.Fatalf("it shows progress: %+v", job)
		}
		return job.Outcome != nil && job.Outcome.Succeeded
	})
}

func doesNotHeedACancel(n *trial) {
	n.start("install-1", rollout.JobInstall)
	must(n, func(ctx context.Context) (rollout.Job, error) { return n.fleet.CancelJob(ctx, n.to, "install-1") })
	n.until("the end", func() bool { job := n.job("install-1"); return job.Outcome != nil && job.Outcome.Succeeded })
}

func takesLong(least time.Duration) func(*trial) {
	return func(n *trial) {
		if job := n.succeed("install-1", rollout.JobInstall); job.Finished.Sub(job.Started) < least {
			n.t.Errorf("it took %v", job.Finished.Sub(job.Started))
		}
		if v := n.restart("restart-1"); v.Build.String() != fixedBuild {
			n.t.Errorf("%+v", v)
		}
	}
}

// getsThrough patches the server: the fault costs patience and nothing else.
func getsThrough(n *trial) {
	for _, kind := range []rollout.JobKind{rollout.JobScan, rollout.JobStage, rollout.JobInstall} {
		if job := n.finish(string(kind)+"-9", kind); !job.Outcome.Succeeded && !job.Outcome.Nothing {
			n.t.Fatalf("%s: %+v %v", kind, job.Outcome, job.Outcome.Failure)
		}
	}
	if v := n.restart("restart-9"); v.Build.String() != fixedBuild {
		n.t.Errorf("%+v", v)
	}
	if n.events("installed") != 1 || n.events("install_staged") != 1 {
		n.t.Error("it was not installed exactly once")
	}
}

func hasObstacle(h *Health, class rollout.Class, code string) bool {
	const room = 10 << 30
	for _, o := range h.Obstacles(room) {
		if o.Class == class && o.Code == code {
			return true
		}
	}
	return false
}

func finds(what func(*Health) bool) func(*trial) {
	return func(n *trial) {
		if h := must(n, n.health); !what(&h) {
			n.t.Errorf("%+v", h)
		}
	}
}
