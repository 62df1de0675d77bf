package simulator

import (
	"slices"
	"time"
)

// job is one host job: a scheduled task as SYSTEM with its folder of state.
type job struct {
	id        string
	kind      string // one of kinds
	change    string
	deadline  time.Time // the server's clock
	wanted    []string  // KBs
	removals  []removalOrder
	files     []plannedFile // what does not come from the agent
	packages  []plannedPackage
	catalogue *catalogue // what a scan asks instead of the update source, or nil
	state     jobState

	registered time.Time
	started    time.Time
	ended      time.Time // when it finished or was lost
	build      string    // the server's build when it began
	removed    bool      // only the tombstone is left
	outcome    *outcome

	attempt int         // which job of its kind on this server, from 1
	mute    bool        // it says nothing between its start and its end
	todo    []Published // what is wanted and offered
	plan    course      // what was laid out
	course  course      // what became of it
	breaks  string      // the code with which the course ends early
	stop    string      // why no further update is begun: "" or callCancelled or late
}

// jobState is what the job's state file says, or that nothing lives that could write it.
type jobState string

const (
	absent     jobState = "absent"
	registered jobState = "registered"
	running    jobState = "running"
	finished   jobState = "finished"
	lost       jobState = "lost"
)

// kinds are the job kinds; the body of each is the script "job-" + kind.
var kinds = []string{"scan", "stage", "install", "uninstall"}

// heartbeatEvery is how often a running job says that it lives.
const heartbeatEvery = 5 * time.Second

// over tells whether nothing will happen to the job any more.
func (j *job) over() bool { return j.state == finished || j.state == lost }

// busyWith tells whether the job is in a phase at the moment now.
func (j *job) busyWith(phase string, now time.Time) bool {
	return j.state == running && j.course[j.course.at(now)].phase == phase
}

// last is the moment up to which the job got by now.
func (j *job) last(now time.Time) time.Time {
	if j.over() {
		return j.ended
	}
	return now
}

// heartbeat is when the job last said that it lives; one that has not begun said so when it was registered.
func (j *job) heartbeat(now time.Time) time.Time {
	if j.started.IsZero() {
		return j.registered
	}
	return j.started.Add(j.last(now).Sub(j.started).Truncate(heartbeatEvery))
}

// lines is the job's progress by now. Times are fleet time.
func (j *job) lines(now time.Time) []line {
	if j.removed || j.started.IsZero() {
		return nil
	}
	all := []line{{Seq: 1, At: stamp(j.started), Phase: "starting"}}
	if !j.mute {
		all = j.course.lines(all, j.last(now))
	}
	if j.outcome != nil {
		before := all[len(all)-1]
		all = append(all, line{Seq: before.Seq + 1, At: stamp(j.ended), Phase: "finished", Percent: before.Percent, Text: j.outcome.Words})
	}
	return all
}

// register makes a job known and has its process begin a little later, as the task scheduler does.
func (h *host) register(j *job, now time.Time) {
	j.state, j.registered = registered, now
	h.jobs[j.id] = j
	j.mute = h.fate.mute
	if h.fate.idle {
		return
	}
	launch := h.product.launch
	wait := h.draws.between(launch.shortest, launch.longest, "launch", len(h.jobs))
	h.at(now.Add(wait), func(at time.Time) { h.begin(j, at) })
}

// begin starts a registered job's process, unless the job was lost before.
func (h *host) begin(j *job, at time.Time) {
	if j.state != registered {
		return
	}
	h.begun[j.kind]++
	j.attempt = h.begun[j.kind]
	j.state, j.started, j.build = running, at, h.product.buildString(h.system.ubr)
	h.record(at, entry{Event: jobStarted, Job: j.id, Kind: j.kind})
	h.layOut(j, at)
	h.arrive(j)
	if j.stop != "" {
		h.halt(j, at, j.stop)
	}
	if deadline := j.deadline.Add(-h.skew); !j.deadline.IsZero() {
		h.at(deadline, func(time.Time) { h.halt(j, slices.MaxFunc([]time.Time{deadline, at}, time.Time.Compare), late) })
	}
	h.disturb(j)
}

// arrive ends the job at the end of its course, unless the course is another by then.
func (h *host) arrive(j *job) {
	end, ok := j.course.end()
	if !ok {
		return
	}
	h.at(end, func(at time.Time) {
		if j.over() {
			return // cancelled, perhaps removed by now, which takes its course away
		}
		if now, ok := j.course.end(); ok && now.Equal(at) {
			h.finish(j, at)
		}
	})
}

// halt keeps a job from beginning another update. A scan has none to begin.
func (h *host) halt(j *job, at time.Time, why string) {
	if j.over() || j.kind == "scan" || why == callCancelled && h.fate.stubborn {
		return
	}
	j.stop = why
	if j.state == registered {
		return // begin sees it
	}
	if shorter, changed := j.course.stopped(at); changed {
		j.course, j.breaks = shorter, ""
		h.arrive(j)
	}
}

// lose ends a job whose process was ended from outside.
func (h *host) lose(j *job, at time.Time) {
	if j.over() {
		return
	}
	j.state, j.ended = lost, at
	h.record(at, entry{Event: jobLost, Job: j.id, Kind: j.kind})
}

// finish ends a job by itself: what it did becomes true, and its outcome is saved.
func (h *host) finish(j *job, at time.Time) {
	o := h.conclude(j, at)
	o.BuildBefore = j.build
	if o.Updates == nil {
		o.Updates = []update{}
	}
	j.state, j.ended, j.outcome = finished, at, &o
	h.record(at, entry{Event: jobFinished, Job: j.id, Kind: j.kind, Result: o.Result, Code: o.Code})
	if h.fate.restless && j.kind == "install" && h.system.claims {
		h.restartUnasked(at.Add(h.draws.between(3*time.Minute, 8*time.Minute, "own restart", j.attempt)))
	}
}
