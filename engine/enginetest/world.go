// Package enginetest has what tests of the engine share: World, a fleet of model servers that keeps its own account of what truly
// happened, and the list of invariants that every night must hold.
//
// World implements engine.Fleet without a wire, in whatever time the engine's clock shows; it survives the engine's crashes, as real servers
// do. The simulator on loopback is the other implementation, for tests over the wire.
package enginetest

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Fate is what is wrong with a server.
type Fate string

const (
	Well          Fate = ""
	RolledBack    Fate = "rolled back" // the update is gone after the restart
	Unreachable   Fate = "unreachable" // never answers
	SourceOnce    Fate = "source once" // the first install attempt cannot reach its source
	NeverBack     Fate = "never back"  // does not answer again after its restart
	Flaky         Fate = "flaky"       // a third of all calls get no answer
	DiskFull      Fate = "disk full"
	AnswerLost    Fate = "answer lost"    // every start takes effect and its answer is lost
	NotDrained    Fate = "not drained"    // refuses to hand its last duty over
	SlowDrain     Fate = "slow drain"     // never comes to the end of handing its last duty over
	SlowReturn    Fate = "slow return"    // takes its duties back only at the fifth time it is asked
	Obstructed    Fate = "obstructed"     // its update service is disabled
	NoPackage     Fate = "no package"     // has no package by which its updates could be removed
	Kept          Fate = "kept"           // does not let go of an update
	OldBackup     Fate = "old backup"     // its last good backup is two days old
	BadPackage    Fate = "bad package"    // installers of packages end with 1603
	HollowPackage Fate = "hollow package" // they end well and leave nothing
)

// World is a fleet of model servers.
type World struct {
	mu    sync.Mutex
	clock engine.Clock
	seed  uint64
	hosts map[inventory.ServerID]*host
	names map[string]inventory.ServerID
	// Installs and Restarts are the truth: by server, what happened and when.
	Installs map[inventory.ServerID][]time.Time
	// Starts are when install jobs began, Installs when they ended well.
	Starts   map[inventory.ServerID][]time.Time
	Restarts map[inventory.ServerID][]time.Time
	Down     map[inventory.ServerID][][2]time.Time
	// Removals are when the update was taken away again, by server.
	Removals map[inventory.ServerID][]time.Time
	// Cancelled are the servers on which a job was cancelled.
	Cancelled map[inventory.ServerID]bool
	// Wrongs are what no server may go through: changed while it still did its duties, say.
	Wrongs []string
	// Also are updates that every scan offers beside KB; the same build proves them.
	Also []string
}

type host struct {
	number   int
	listed   []string // updates that its list shows beside what the build says
	packages []string // of other vendors, that a detection finds
	fate     Fate
	build    inventory.Build
	fixed    inventory.Build
	pending  bool // installed, completes at the restart
	leaving  bool // removed, completes at the restart
	boot     time.Time
	upAt     time.Time
	jobs     map[string]*job
	restarts map[string]bool
	attempts int
	cluster  string
	domain   bool                    // it is a domain controller
	away     map[rollout.Duty]string // what it handed over, and for which drain
	asked    int                     // times that it was asked to take something back
	draws    uint64
	stamp    inventory.Stamp
}

type job struct {
	kind      rollout.JobKind
	order     engine.JobOrder
	ends      time.Time
	finished  bool
	cancelled bool
	outcome   rollout.Outcome
}

// NewWorld makes the fleet for an inventory: every server is one revision below what the update brings.
func NewWorld(clock engine.Clock, seed uint64, servers []inventory.Server, fates map[string]Fate) *World {
	w := &World{clock: clock, seed: seed, hosts: map[inventory.ServerID]*host{}, names: map[string]inventory.ServerID{}, Installs: map[inventory.ServerID][]time.Time{},
		Restarts: map[inventory.ServerID][]time.Time{}, Down: map[inventory.ServerID][][2]time.Time{}, Cancelled: map[inventory.ServerID]bool{},
		Removals: map[inventory.ServerID][]time.Time{}, Starts: map[inventory.ServerID][]time.Time{}}
	for i, s := range servers {
		fixed := fixedFor(s.OS)
		below := fixed
		below[3]--
		id := inventory.ServerID(fmt.Sprintf("s%05d", i+1))
		w.names[s.Name] = id
		w.hosts[id] = &host{number: i, fate: fates[s.Name], build: below, fixed: fixed, boot: clock.Now().Add(-72 * time.Hour), jobs: map[string]*job{}, restarts: map[string]bool{},
			cluster: s.Cluster, domain: strings.HasPrefix(s.Name, "DC-"), away: map[rollout.Duty]string{}}
	}
	return w
}

// SetClock gives the world a new clock reading, after the engine was started again.
func (w *World) SetClock(c engine.Clock) { w.mu.Lock(); defer w.mu.Unlock(); w.clock = c }

var systems = []struct {
	os    string
	fixed inventory.Build
}{
	{"Windows Server 2019", inventory.Build{10, 0, 17763, 8513}},
	{"Windows Server 2022", inventory.Build{10, 0, 20348, 4773}},
}

func fixedFor(os string) inventory.Build {
	for _, s := range systems {
		if s.os == os {
			return s.fixed
		}
	}
	panic("enginetest: no build for " + os)
}

// KB is the update of the model month.
const KB = "KB5999001"

// Bulletin is the model month: one update for both systems.
func Bulletin() catalog.Bulletin {
	u := catalog.Update{KB: KB, Bulletin: "2026-Nov", Severity: catalog.Critical, CVEs: []string{"CVE-2026-90001"}, Restart: catalog.RestartYes}
	for _, s := range systems {
		u.Products = append(u.Products, catalog.Product{Name: s.os, FixedBuild: s.fixed.String(), Build: s.fixed})
	}
	return catalog.Bulletin{ID: "2026-Nov", Title: "November", SHA256: "model", Released: time.Date(2026, 11, 10, 18, 0, 0, 0, time.UTC), Updates: []catalog.Update{u}}
}

// Servers makes an inventory: a fifth is Dev, every tenth pair of Prod servers is a cluster.
func Servers(n int) []inventory.Server {
	var list []inventory.Server
	for i := range n {
		s := inventory.Server{Name: fmt.Sprintf("SRV-%04d", i), Address: "127.0.0.1", Port: 5985, Scheme: "http", OS: systems[i%2].os,
			Environment: inventory.Prod, Site: []string{"DUB", "RED"}[i/2%2], Owner: "team", Applications: []string{fmt.Sprintf("app-%d", i%4)}, Risk: "low"}
		if i < max(4, n/5) {
			s.Environment, s.Risk = inventory.Dev, "none"
		} else if i%20 < 2 {
			s.Cluster = fmt.Sprintf("CL%d", i/20)
		}
		list = append(list, s)
	}
	return list
}

// chance draws from the world's seed, the host and the number of its draw: the order between hosts does not matter.
func (w *World) chance(id inventory.ServerID) float64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	w.hosts[id].draws++
	return rand.New(rand.NewPCG(w.seed, h.Sum64()+w.hosts[id].draws)).Float64()
}

var noAnswer = &rollout.Failure{Class: rollout.ClassNetwork, Code: "PD-NO-ANSWER", Words: "no answer within 2 s", Retry: true}

// visit takes a call to a host: it takes a moment, and fails where the host cannot answer.
func (w *World) visit(ctx context.Context, t engine.Target, about string, effect func(*host, time.Time) error) error {
	moment := time.NewTimer(w.latency(t.ID, about))
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-ctx.Done():
		return &rollout.Failure{Class: rollout.ClassNetwork, Words: "stopped", Retry: true}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	h, now := w.hosts[t.ID], w.clock.Now()
	switch {
	case h.fate == Unreachable, now.Before(h.upAt):
		return noAnswer
	case h.fate == Flaky && w.chance(t.ID) < 0.3:
		if w.chance(t.ID) < 0.5 {
			_ = effect(h, now) // it took effect, and the answer is lost
		}
		return noAnswer
	}
	w.progress(t.ID, h, now)
	return effect(h, now)
}

// progress lets jobs that are due end.
func (w *World) progress(id inventory.ServerID, h *host, now time.Time) {
	for _, j := range h.jobs {
		if j.finished || now.Before(j.ends) {
			continue
		}
		j.finished = true
		j.outcome = rollout.Outcome{Succeeded: true, BuildBefore: h.build}
		switch {
		case j.cancelled:
			j.outcome = rollout.Outcome{Cancelled: true}
		case j.kind == rollout.JobScan && !h.build.AtLeast(h.fixed):
			for _, kb := range append([]string{KB}, w.Also...) {
				j.outcome.Offered = append(j.outcome.Offered, inventory.Offer{KB: kb})
			}
		case j.kind == rollout.JobInstall && h.fate == SourceOnce && h.attempts == 1:
			j.outcome = rollout.Outcome{Failure: &rollout.Failure{Class: rollout.ClassSource, Code: "0x8024402C", Words: "the source's name was not found", Retry: true}}
		case j.kind == rollout.JobUninstall:
			w.uninstall(id, h, j)
		case j.kind == rollout.JobInstall && len(j.order.Packages) > 0 && h.fate == BadPackage:
			h.pending = hasAgents(j.order)
			j.outcome = rollout.Outcome{RestartRequired: h.pending, Failure: &rollout.Failure{Class: rollout.ClassPatch, Code: "0x80070643", Words: "the installer of the update failed"}}
		case j.kind == rollout.JobInstall:
			h.unpack(j.order)
			if hasAgents(j.order) {
				j.outcome.RestartRequired, h.pending = true, true
			}
			w.Installs[id] = append(w.Installs[id], j.ends)
		}
	}
}

// Facts reads a server.
func (w *World) Facts(ctx context.Context, t engine.Target) (f inventory.Facts, err error) {
	err = w.visit(ctx, t, "facts", func(h *host, now time.Time) error {
		f = inventory.Facts{Time: now, Hostname: t.Name, Build: h.build, BootTime: h.boot, SystemDriveFree: 40 << 30, SystemDriveTotal: 100 << 30, Baseline: h.stamp, Updates: slices.Concat(h.listed, h.found(t.Sought))}
		if h.fate == DiskFull {
			f.SystemDriveFree = 1 << 30
		}
		if h.pending || h.leaving {
			f.PendingRestart = []inventory.PendingReason{{Reason: "Component Based Servicing", Blocks: true}}
		}
		if f.Cluster = h.cluster; h.domain {
			f.Domain, f.DomainRole = "corp.example", 5
		}
		return nil
	})
	return f, err
}

// StartJob starts a job once.
func (w *World) StartJob(ctx context.Context, t engine.Target, o engine.JobOrder) (j rollout.Job, err error) {
	lost := false
	err = w.visit(ctx, t, o.ID, func(h *host, now time.Time) error {
		_, existed := h.jobs[o.ID]
		if !existed {
			took := map[rollout.JobKind]time.Duration{rollout.JobScan: 90 * time.Second, rollout.JobStage: span(t.ID, "stage", 3*time.Minute, 8*time.Minute),
				rollout.JobUninstall: span(t.ID, "uninstall", 6*time.Minute, 18*time.Minute),
				rollout.JobInstall:   span(t.ID, "install", 6*time.Minute, 18*time.Minute)}[o.Kind]
			h.jobs[o.ID] = &job{kind: o.Kind, order: o, ends: now.Add(took)}
			if o.Kind == rollout.JobInstall {
				h.attempts++
				w.mustBeAway(t, h, "installed")
				w.Starts[t.ID] = append(w.Starts[t.ID], now)
				if hasAgents(o) && (h.pending || h.build.AtLeast(h.fixed)) {
					w.Wrongs = append(w.Wrongs, fmt.Sprintf("%s was installed again by %s, though it has the update", t.Name, o.ID))
				}
			}
		}
		j = h.tell(o.ID, now)
		j.Existed = existed
		lost = h.fate == AnswerLost && !existed
		return nil
	})
	if err == nil && lost {
		return rollout.Job{}, noAnswer
	}
	return j, err
}

func (h *host) tell(id string, now time.Time) rollout.Job {
	j, ok := h.jobs[id]
	if !ok {
		return rollout.Job{ID: id, State: rollout.JobAbsent, BootTime: h.boot}
	}
	told := rollout.Job{ID: id, Kind: j.kind, State: rollout.JobRunning, BootTime: h.boot, Phase: "installing", Percent: 40}
	if j.finished {
		told.State, told.Outcome, told.Percent = rollout.JobFinished, &j.outcome, 100
	}
	return told
}

// Job asks about a job.
func (w *World) Job(ctx context.Context, t engine.Target, id string, _ int) (j rollout.Job, err error) {
	err = w.visit(ctx, t, id, func(h *host, now time.Time) error { j = h.tell(id, now); return nil })
	return j, err
}

// JobLog tells the two lines that every job of this world writes: that it began, and that it ended.
func (w *World) JobLog(ctx context.Context, t engine.Target, id string, after, most int) (lines []rollout.JobLine, err error) {
	err = w.visit(ctx, t, "joblog", func(h *host, now time.Time) error {
		j := h.jobs[id]
		if j == nil {
			return nil
		}
		lines = []rollout.JobLine{{Seq: 1, At: now, Phase: "starting"}}
		if j.finished {
			lines = append(lines, rollout.JobLine{Seq: 2, At: j.ends, Phase: "finished", Percent: 100})
		}
		lines = lines[min(after, len(lines)):]
		lines = lines[:min(most, len(lines))]
		return nil
	})
	return lines, err
}

// CancelJob asks a job to stop: one that stages ends within half a minute, others are too far.
func (w *World) CancelJob(ctx context.Context, t engine.Target, id string) (j rollout.Job, err error) {
	err = w.visit(ctx, t, id, func(h *host, now time.Time) error {
		if j := h.jobs[id]; j != nil && !j.finished && j.kind == rollout.JobStage && !j.cancelled {
			j.cancelled, j.ends = true, now.Add(30*time.Second)
			w.Cancelled[t.ID] = true
		}
		j = h.tell(id, now)
		return nil
	})
	return j, err
}

// Works tells whether a job runs on a server.
func (w *World) Works(id inventory.ServerID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.hosts[id].jobs {
		if !j.finished && w.clock.Now().Before(j.ends) {
			return true
		}
	}
	return false
}

// RemoveJob forgets nothing: the tombstone stays. A job that still works is not removed.
func (w *World) RemoveJob(ctx context.Context, t engine.Target, id string) error {
	return w.visit(ctx, t, id, func(h *host, _ time.Time) error {
		if j := h.jobs[id]; j != nil && !j.finished {
			return &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-JOB-LIVES", Words: "the job still works", Retry: true}
		}
		return nil
	})
}

// Restart restarts a server once for each order.
func (w *World) Restart(ctx context.Context, t engine.Target, o engine.RestartOrder) (r rollout.Restarted, err error) {
	err = w.visit(ctx, t, o.ID, func(h *host, now time.Time) error {
		r = rollout.Restarted{BootTime: h.boot}
		switch {
		case h.restarts[o.ID]:
			r.Already = "ordered"
		case h.boot.Sub(o.BootTime).Abs() > 2*time.Second:
			r.Already = "booted_since"
		default:
			r.Ordered, h.restarts[o.ID] = true, true
			w.mustBeAway(t, h, "restarted")
			h.upAt = now.Add(span(t.ID, "boot", 2*time.Minute, 5*time.Minute))
			h.boot = h.upAt.Add(-30 * time.Second)
			w.Restarts[t.ID] = append(w.Restarts[t.ID], now, h.upAt)
			w.Down[t.ID] = append(w.Down[t.ID], [2]time.Time{now, h.upAt})
			if h.leaving {
				h.build[3], h.leaving = h.fixed[3]-1, false
			}
			if h.pending && h.fate != RolledBack {
				h.build = h.fixed
			}
			h.pending = false
			if h.fate == NeverBack {
				h.upAt = now.Add(1000 * time.Hour)
			}
		}
		return nil
	})
	return r, err
}

// Verify reads the evidence.
func (w *World) Verify(ctx context.Context, t engine.Target, _, _ []string) (v rollout.Verification, err error) {
	err = w.visit(ctx, t, "verify", func(h *host, now time.Time) error {
		v = rollout.Verification{Build: h.build, BootTime: h.boot, LogonReady: true, Present: h.found(t.Sought)}
		return nil
	})
	return v, err
}

// StampBaseline writes a stamp into the server.
func (w *World) StampBaseline(ctx context.Context, t engine.Target, stamp inventory.Stamp) (before inventory.Stamp, err error) {
	err = w.visit(ctx, t, "stamp", func(h *host, _ time.Time) error {
		before, h.stamp = h.stamp, stamp
		return nil
	})
	return before, err
}

// Installed lists the servers on which the update truly is.
func (w *World) Installed() map[inventory.ServerID]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := map[inventory.ServerID]bool{}
	for id, h := range w.hosts {
		if h.build.AtLeast(h.fixed) {
			list[id] = true
		}
	}
	return list
}

// LoseUpdate takes the update away from a server, as somebody at its console might.
func (w *World) LoseUpdate(name string) {
	w.change(name, func(h *host) { h.build = h.fixed; h.build[3]-- })
}

// GiveBack puts the update on a server again, by another hand than the engine's.
func (w *World) GiveBack(name string) { w.change(name, func(h *host) { h.build = h.fixed }) }

// Install puts an update on a server that only its list of updates shows.
func (w *World) Install(name, kb string) {
	w.change(name, func(h *host) { h.listed = append(h.listed, kb) })
}

// Heal ends what is wrong with a server.
func (w *World) Heal(name string) { w.change(name, func(h *host) { h.fate = Well }) }

func (w *World) change(name string, change func(*host)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w.hosts[w.names[name]])
}
