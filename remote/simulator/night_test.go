package simulator

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// A whole month on one healthy server, as a client sees it.
func TestAServerIsScannedStagedInstalledAndRestarted(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Speed: 100})
	h := b.hosts[2]
	before := factsOf(b, h)

	scan := runJob(b, h, "r1-s00003-scan-1", "scan")
	if scan.Outcome.Result != "succeeded" || len(scan.Outcome.Updates) != 1 || scan.Outcome.Updates[0].KB != "KB5999022" {
		t.Fatalf("the scan offered %+v", scan.Outcome)
	}
	stage := runJob(b, h, "r1-s00003-stage-1", "stage", "KB5999022")
	if stage.Outcome.Result != "succeeded" || !stage.Outcome.Updates[0].Downloaded {
		t.Fatalf("staging ended with %+v", stage.Outcome)
	}
	install := runJob(b, h, "r1-s00003-install-1", "install", "KB5999022")
	if install.Outcome.Result != "succeeded" || !install.Outcome.RestartRequired {
		t.Fatalf("the installation ended with %+v", install.Outcome)
	}
	waiting := factsOf(b, h)
	if waiting.Build != before.Build {
		t.Errorf("the build changed from %s to %s before the restart", before.Build, waiting.Build)
	}
	if !slices.ContainsFunc(waiting.PendingRestart, func(p pending) bool { return p.Reason == "component_servicing" && p.Blocks }) {
		t.Errorf("no sign of a pending restart: %+v", waiting.PendingRestart)
	}

	restartAndWait(b, h, "r1-s00003-restart-1")
	after := factsOf(b, h)
	if after.Build != "10.0.20348.4773" || !after.BootTime.After(before.BootTime) || len(after.PendingRestart) != 0 {
		t.Errorf("after the restart: build %s, boot %s, pending %+v", after.Build, after.BootTime, after.PendingRestart)
	}
	want := []string{
		"job_started", "job_finished  0x00000000",
		"job_started", "downloaded KB5999022", "job_finished  0x00000000",
		"job_started", "install_staged KB5999022", "job_finished  0x00000000",
		"going_down", "restarted", "installed KB5999022",
	}
	if got := b.events(h); !slices.Equal(got, want) {
		t.Errorf("ledger:\n%q\nwant:\n%q", got, want)
	}
}

func TestAnInstalledUpdateIsNotInstalledAgain(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	h := b.hosts[3]
	runJob(b, h, "install-1", "install", "KB5999025")
	again := runJob(b, h, "install-2", "install", "KB5999025")
	if again.Outcome.Code != restartFirst {
		t.Errorf("before the restart a second installation ended with %+v", again.Outcome)
	}
	restartAndWait(b, h, "restart-1")
	third := runJob(b, h, "install-3", "install", "KB5999025")
	if third.Outcome.Result != "nothing_to_do" || third.Outcome.Code != alreadyInstalled {
		t.Errorf("after the restart a third installation ended with %+v", third.Outcome)
	}
	installations := 0
	for _, e := range b.entries() {
		if e.Event == installed {
			installations++
		}
	}
	if installations != 1 {
		t.Errorf("the ledger has %d installations, want one", installations)
	}
}

func TestAHotpatchIsNotOfferedEvenWhenItIsTheNewest(t *testing.T) {
	hotpatch := Published{KB: "KB5999225", BaseBuild: [3]int{10, 0, 26100}, UBR: 7900, Hotpatch: true}
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: append([]Published{hotpatch}, month...)})
	if scan := runJob(b, b.hosts[3], "scan-1", "scan"); len(scan.Outcome.Updates) != 1 || scan.Outcome.Updates[0].KB != "KB5999025" {
		t.Errorf("Server 2025 is offered %+v", scan.Outcome.Updates)
	}
	if install := runJob(b, b.hosts[3], "install-1", "install", "KB5999225"); install.Outcome.Result != "nothing_to_do" || install.Outcome.Code != notApplicable {
		t.Errorf("installing the hotpatch ended with %+v", install.Outcome)
	}
}

func TestAnUpdateIsOfferedFromTheMomentItIsPublished(t *testing.T) {
	emergency := month[2]
	emergency.From = testEpoch.Add(3 * time.Hour)
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: []Published{emergency}})
	if before := runJob(b, b.hosts[2], "scan-1", "scan"); len(before.Outcome.Updates) != 0 {
		t.Errorf("before: %+v", before.Outcome.Updates)
	}
	b.pass(3 * time.Hour)
	if after := runJob(b, b.hosts[2], "scan-2", "scan"); len(after.Outcome.Updates) != 1 {
		t.Errorf("after: %+v", after.Outcome.Updates)
	}
}

func TestAnUpdateWithoutABuildIsThereWhenItsInstallationEnds(t *testing.T) {
	plain := Published{KB: "KB5999322", BaseBuild: [3]int{10, 0, 20348}}
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: append([]Published{plain}, month...)})
	h := b.hosts[2]
	if install := runJob(b, h, "install-1", "install", "KB5999322"); install.Outcome.Result != "succeeded" || install.Outcome.RestartRequired {
		t.Errorf("the installation ended with %+v", install.Outcome)
	}
	if got := b.events(h); !slices.Contains(got, "installed KB5999322") || slices.Contains(got, "install_staged KB5999322") {
		t.Errorf("ledger: %q", got)
	}
	if again := runJob(b, h, "install-2", "install", "KB5999322", "KB5999022"); len(again.Outcome.Updates) != 2 || again.Outcome.Updates[1].Code != alreadyInstalled {
		t.Errorf("with another update: %+v", again.Outcome)
	}
}

func TestAPlanMayNameAnOlderUpdate(t *testing.T) {
	older := Published{KB: "KB5998022", BaseBuild: [3]int{10, 0, 20348}, UBR: 4600, Restart: true}
	b := newWorkbench(t, Config{Servers: 4, Seed: 1, Published: append([]Published{older, month[2]}, month...)})
	if scan := runJob(b, b.hosts[2], "scan-1", "scan"); len(scan.Outcome.Updates) != 1 || scan.Outcome.Updates[0].KB != "KB5999022" {
		t.Errorf("Server 2022 is offered %+v", scan.Outcome.Updates)
	}
	if install := runJob(b, b.hosts[2], "install-1", "install", "KB5998022"); install.Outcome.Result != "succeeded" || len(install.Outcome.Updates) != 1 {
		t.Errorf("the frozen plan's update ended with %+v", install.Outcome)
	}
}

// What a night brings each server does not depend on who is visited first.
func TestTheFateOfAServerDoesNotDependOnTheOrderOfVisits(t *testing.T) {
	night := func(reversed bool) map[string][]string {
		b := newWorkbench(t, Config{Servers: 60, Seed: 11, Faults: HarshFaults, Speed: 1000})
		order := slices.Clone(b.hosts)
		if reversed {
			slices.Reverse(order)
		}
		for _, h := range order {
			if h.Reach() == wsman.Answering {
				startJob(b, h, "install-1", "install", "KB5999016", "KB5999019", "KB5999022", "KB5999025")
			}
		}
		b.pass(2 * time.Hour)
		for _, h := range order {
			if h.Reach() == wsman.Answering {
				orderRestart(b, h, "restart-1")
			}
		}
		b.pass(2 * time.Hour)
		story := map[string][]string{}
		for _, e := range b.entries() {
			story[e.Server] = append(story[e.Server], fmt.Sprint(e.At, e.Event, e.KB, e.Build, e.Code))
		}
		return story
	}
	forward, backward := night(false), night(true)
	if len(forward) < 50 {
		t.Fatalf("only %d servers have a story", len(forward))
	}
	for name, story := range forward {
		if !slices.Equal(story, backward[name]) {
			t.Errorf("%s:\n%q\nin the other order:\n%q", name, story, backward[name])
		}
	}
}

func TestEveryLineOfTheLedgerIsOneWriteInTheOrderOfItsServer(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 4, Seed: 1})
	writes := &countingWriter{}
	b.world.ledger.out = writes
	runJob(b, b.hosts[0], "install-1", "install", "KB5999016")
	restartAndWait(b, b.hosts[0], "restart-1")
	last := ""
	for _, line := range writes.lines {
		if line[len(line)-1] != '\n' || slices.Contains([]byte(line[:len(line)-1]), '\n') {
			t.Errorf("a write of %q is not one line", line)
		}
		if at := line[:len(`{"at":"2026-11-10T18:00:00.000Z"`)]; at < last {
			t.Errorf("%s stands after %s", at, last)
		} else {
			last = at
		}
	}
	if len(writes.lines) < 5 {
		t.Errorf("only %d lines", len(writes.lines))
	}
}

type countingWriter struct{ lines []string }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.lines = append(w.lines, string(p))
	return len(p), nil
}
