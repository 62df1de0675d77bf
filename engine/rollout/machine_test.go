package rollout

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"patchdeck/engine/inventory"
)

var (
	belowBuild = inventory.Build{10, 0, 20348, 4772}
	fixedBuild = inventory.Build{10, 0, 20348, 4773}
)

// modelHost is a server that keeps the truth about itself, however its answers travel.
type modelHost struct {
	t        *rapid.T
	build    inventory.Build
	pending  bool // installed; the restart completes it
	leaving  bool // taken away; the restart completes it
	boot     time.Time
	back     time.Time
	jobs     map[string]*modelJob
	restarts map[string]bool
	away     map[Duty]string
	duties   []Duty
	installs int
	removals int
}

type modelJob struct {
	kind    JobKind
	ends    time.Time
	ended   bool
	outcome Outcome
}

func newModelHost(t *rapid.T, start time.Time) *modelHost {
	return &modelHost{t: t, build: belowBuild, boot: start.Add(-time.Hour), jobs: map[string]*modelJob{}, restarts: map[string]bool{}, away: map[Duty]string{},
		duties: []Duty{Monitoring, ClusterPlace}}
}

var lostAnswer = &Failure{Class: ClassNetwork, Code: "PD-NO-ANSWER", Words: "no answer", Retry: true}

// take lets a call reach the host or not, and its answer come back or not.
func (h *modelHost) take(s Step, now time.Time, chaos bool) Reply {
	road := "open"
	if chaos {
		road = rapid.SampledFrom([]string{"open", "open", "open", "answer lost", "closed", "refused"}).Draw(h.t, "road")
	}
	if road == "closed" || now.Before(h.back) {
		return Reply{Step: s, Err: lostAnswer}
	}
	if road == "refused" && (s.Do == TakeDuty || s.Do == GiveDuty) {
		return Reply{Step: s, Err: &Failure{Class: ClassConfig, Code: "0x80070005", Words: "access is denied"}}
	}
	r := h.do(s, now, chaos)
	if road == "answer lost" {
		return Reply{Step: s, Err: lostAnswer}
	}
	return r
}

func (h *modelHost) do(s Step, now time.Time, chaos bool) Reply {
	h.progress(now, chaos)
	r := Reply{Step: s}
	switch s.Do {
	case Preflight:
		r.Facts = &inventory.Facts{Build: h.build, BootTime: h.boot, SystemDriveFree: 50 << 30, Cluster: "CL1"}
		if h.pending || h.leaving {
			r.Facts.PendingRestart = []inventory.PendingReason{{Reason: "servicing", Blocks: true}}
		}
		r.Health = &Health{Time: now}
	case TakeDuty:
		h.away[s.Duty] = s.DrainID
		r.Handed = &Handed{}
	case GiveDuty:
		delete(h.away, s.Duty)
		r.Handed = &Handed{}
	case StartJob:
		if h.jobs[s.Job] == nil {
			h.start(s, now)
		}
		r.Job = h.tell(s.Job)
	case AskJob, StopJob:
		r.Job = h.tell(s.Job)
	case OrderRestart:
		r.Restarted = &Restarted{Ordered: !h.restarts[s.RestartID], BootTime: h.boot}
		if !h.restarts[s.RestartID] && sameBoot(h.boot, s.Boot) {
			h.restarts[s.RestartID] = true
			h.restart(now)
		}
	case AskRemovable:
		r.Removable = &Removable{Yes: s.Updates}
	case ReadEvidence:
		r.Verification = &Verification{Build: h.build, BootTime: h.boot, LogonReady: true}
	}
	return r
}

func (h *modelHost) start(s Step, now time.Time) {
	h.jobs[s.Job] = &modelJob{kind: s.JobKind, ends: now.Add(10 * time.Minute)}
	if s.JobKind != JobInstall && s.JobKind != JobUninstall {
		return
	}
	h.mustBeAway("changed")
	for id, j := range h.jobs {
		if id != s.Job && j.kind != JobStage && !j.ended {
			h.t.Fatalf("%s was started while %s still runs", s.Job, id)
		}
	}
	if s.JobKind == JobUninstall {
		return
	}
	if h.pending || h.build.AtLeast(fixedBuild) {
		h.t.Fatalf("an installation was ordered on a server that has the update: %s", s.Job)
	}
}

func (h *modelHost) mustBeAway(what string) {
	for _, d := range h.duties {
		if h.away[d] == "" {
			h.t.Fatalf("it was %s while its %s was in service", what, d)
		}
	}
}

func (h *modelHost) restart(now time.Time) {
	h.mustBeAway("restarted")
	h.back = now.Add(4 * time.Minute)
	h.boot = h.back.Add(-30 * time.Second)
	if h.pending {
		h.build, h.pending = fixedBuild, false
	}
	if h.leaving {
		h.build, h.leaving = belowBuild, false
	}
}

// progress lets the jobs end that are due; in chaos an installation may fail.
func (h *modelHost) progress(now time.Time, chaos bool) {
	for _, j := range h.jobs {
		if j.ended || now.Before(j.ends) {
			continue
		}
		j.ended, j.outcome = true, Outcome{Succeeded: true}
		if j.kind == JobUninstall {
			h.uninstall(j, chaos)
		}
		if j.kind != JobInstall {
			continue
		}
		if chaos && rapid.IntRange(0, 3).Draw(h.t, "installs") == 0 {
			j.outcome = Outcome{Failure: &Failure{Class: ClassSource, Code: "0x8024402C", Words: "the source's name was not found", Retry: true}}
			continue
		}
		h.installs++
		h.pending, j.outcome.RestartRequired = true, true
	}
}

// uninstall takes the update away, or not: in chaos a server may keep it, or end the job without a word on it.
func (h *modelHost) uninstall(j *modelJob, chaos bool) {
	ends := "gone"
	if chaos {
		ends = rapid.SampledFrom([]string{"gone", "gone", "kept", "failed"}).Draw(h.t, "uninstalls")
	}
	permanent := &Failure{Class: ClassPatch, Code: "0x800F0825", Words: "the package is permanent"}
	switch ends {
	case "kept":
		j.outcome = Outcome{Failure: permanent, Removals: []RemovalResult{{KB: "KB1", Verdict: NotRemovable, Failure: permanent}}}
	case "failed":
		j.outcome = Outcome{Failure: permanent}
	default:
		h.removals++
		h.leaving, j.outcome.RestartRequired = true, true
		j.outcome.Removals = []RemovalResult{{KB: "KB1", Verdict: Removed}}
	}
}

func (h *modelHost) tell(id string) *Job {
	j := h.jobs[id]
	if j == nil {
		return &Job{ID: id, State: JobAbsent, BootTime: h.boot}
	}
	if !j.ended {
		return &Job{ID: id, Kind: j.kind, State: JobRunning, BootTime: h.boot}
	}
	return &Job{ID: id, Kind: j.kind, State: JobFinished, BootTime: h.boot, Outcome: &j.outcome}
}

// machine is one advertisement with everything around it that decides.
type machine struct {
	t       *rapid.T
	host    *modelHost
	rollout Rollout
	ad      Advertisement
	contact Contact
	scene   Scene
	// Halted stops new starts, by a person's word.
	halted bool
}

func newMachine(t *rapid.T) *machine {
	start := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	plan := &Plan{Updates: []PlannedUpdate{{KB: "KB1", Fixed: []inventory.Build{fixedBuild}}}, Windows: []Window{
		{ID: "W1", Ring: Prod, Opens: start.Add(time.Hour), Closes: start.Add(3 * time.Hour)},
		{ID: "W2", Ring: Prod, Opens: start.Add(20 * time.Hour), Closes: start.Add(24 * time.Hour)},
	}}
	return &machine{t: t, host: newModelHost(t, start), rollout: Rollout{ID: "R-3", Ring: Prod, State: Active, Ceiling: 5},
		ad: Advertisement{ID: "r3-s00001", Rollout: "R-3", Tag: "abcdef", Server: "s00001", Cluster: "CL1", Windows: []string{"W1", "W2"}, Updates: []string{"KB1"},
			Delivery: NotReceived, Compliance: Missing, Rev: 1, Prove: rapid.Bool().Draw(t, "is a pilot")},
		scene: Scene{Now: start, Plan: plan, Policy: DefaultPolicy()}}
}

// move applies a transition, as the engine does.
func (m *machine) move(moved *Moved, after Contact) {
	if !Allowed(moved.From, moved.To) {
		m.t.Fatalf("%s -> %s is not in the table of transitions (%s)", moved.From, moved.To, moved.Cause)
	}
	was, before := m.ad.Drain, m.ad
	m.scene.Policy.Complete(&m.rollout, &m.ad, moved)
	m.rollout, m.ad = moved.Apply(m.rollout, m.ad, m.scene.Now)
	m.contact = after
	if !drainAllowed(was, m.ad.Drain) {
		m.t.Fatalf("%q -> %q is not in the table of drains (%s)", was, m.ad.Drain, moved.Cause)
	}
	if m.ad.Drain != InService && m.ad.Lock == "" {
		m.t.Fatalf("it is %s and gave its lock back (%s -> %s: %s)", m.ad.Drain, before.Delivery, m.ad.Delivery, moved.Cause)
	}
}

func drainAllowed(from, to Drain) bool {
	for _, t := range DrainTransitions {
		if t.From == from && t.To == to {
			return true
		}
	}
	return from == to
}

// look is what the loop decides without any answer.
func (m *machine) look() {
	m.scene.Stop = m.halted
	for _, w := range m.scene.Plan.Windows {
		if !m.scene.Now.Before(w.Closes) {
			if moved := m.scene.CloseWindow(&m.ad, m.contact, w.ID); moved != nil {
				m.move(moved, m.contact)
			}
		}
	}
	if !m.ad.Delivery.Final() {
		if moved, after := m.scene.Expire(&m.ad, m.contact); moved != nil {
			m.move(moved, after)
		} else if moved := m.scene.Restart(&m.ad); moved != nil {
			m.move(moved, Contact{Asked: true})
		}
	}
	gate := ""
	if m.halted {
		gate = "halted"
	}
	for _, moved := range (Admission{Scene: m.scene, Rollout: &m.rollout, Ready: []*Advertisement{&m.ad}, Gate: gate}).Admit().Moves {
		m.move(moved, Contact{Asked: true})
	}
}

// call makes the call that is owed, if there is one and its time has come.
func (m *machine) call(chaos bool) {
	step, owed := Owed(&m.ad, m.contact)
	if !owed || m.contact.Next.After(m.scene.Now) {
		return
	}
	if waits := !m.contact.Told && m.contact.Asked; waits && m.ad.Drain != Draining &&
		(m.ad.Delivery == Running && !m.scene.MayStart(&m.ad) || m.ad.Delivery == Restarting && !m.scene.MayRestart(&m.ad)) {
		m.contact.Asked = false
		step, _ = Owed(&m.ad, m.contact)
	}
	moved, after := m.scene.Answer(&m.ad, m.contact, m.host.take(step, m.scene.Now, chaos))
	if moved != nil {
		m.move(moved, after)
		return
	}
	m.contact = after
}

func (m *machine) step(chaos bool) {
	m.look()
	m.call(chaos)
	m.scene.Now = m.scene.Now.Add(time.Minute)
}

// chaos is one thing that may go wrong, or that a person may do.
func (m *machine) chaos() {
	switch rapid.SampledFrom([]string{"nothing", "nothing", "nothing", "nothing", "crash", "halt", "resume", "sleep", "skip", "retry"}).Draw(m.t, "event") {
	case "crash":
		m.contact = Contact{}
	case "halt":
		m.halted = true
	case "resume":
		m.halted = false
	case "sleep":
		m.scene.Now = m.scene.Now.Add(time.Duration(rapid.IntRange(1, 180).Draw(m.t, "minutes")) * time.Minute)
	case "skip":
		if moved, err := m.ad.Narrow(Cancelled, "test"); err == nil {
			m.move(moved, Contact{})
		}
	case "retry":
		var left []string
		for _, w := range m.scene.Plan.Windows {
			if m.scene.Now.Before(w.Closes) {
				left = append(left, w.ID)
			}
		}
		if moved, err := m.ad.Again(left, "test"); err == nil {
			m.move(moved, Contact{})
		}
	}
}

// Handbook 8: whatever the host answers, whatever expires, whoever halts and however often the process crashes, an update is never installed
// twice or in service, no server is forgotten, and every drain is undone. modelHost holds what is done on the server against that.
func TestWhateverHappensNothingIsInstalledTwiceAndEveryDrainIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(0, 250).Draw(t, "steps") {
			m.chaos()
			m.step(true)
		}
		m.halted = false
		for range 3 * 24 * 60 { // three quiet days
			m.step(false)
		}
		switch {
		case !m.ad.Delivery.Final():
			t.Fatalf("it is forgotten: %s since %s", m.ad.Delivery, m.ad.Since)
		case m.ad.Drain != InService || len(m.host.away) > 0:
			t.Fatalf("it is %s and %q; the server misses %v", m.ad.Delivery, m.ad.Drain, m.host.away)
		case m.host.installs > 1+m.host.removals || m.host.removals > 0 && !m.ad.Prove:
			t.Fatalf("it was installed %d times, and taken away %d times", m.host.installs, m.host.removals)
		case m.ad.Delivery == Succeeded && (!m.host.build.AtLeast(fixedBuild) || m.ad.Lock != ""):
			t.Fatalf("it succeeded with build %s and holds the lock of %q", m.host.build, m.ad.Lock)
		}
	})
}
