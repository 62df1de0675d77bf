package simulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// jobView is what the job scripts answer. Times are the server's own.
type jobView struct {
	Job       string   `json:"job"`
	Kind      string   `json:"kind"`
	Existed   bool     `json:"existed"`
	State     jobState `json:"state"`
	Seq       int      `json:"seq"`
	Phase     string   `json:"phase"`
	Percent   int      `json:"percent"`
	KB        string   `json:"kb"`
	Heartbeat stamp    `json:"heartbeat"`
	Started   stamp    `json:"started"`
	Finished  stamp    `json:"finished"`
	BootTime  stamp    `json:"boot_time"`
	Time      stamp    `json:"time"`
	Outcome   *outcome `json:"outcome"`
}

// polledView is what job-poll answers.
type polledView struct {
	jobView
	Lines []line `json:"lines"`
}

// view is a job as it is at the moment now; nil is a job that the server never heard of.
func (h *host) view(id string, j *job, now time.Time) jobView {
	v := jobView{Job: id, Existed: j != nil, State: absent, BootTime: h.shown(h.power.booted), Time: h.shown(now)}
	if j == nil {
		return v
	}
	v.Kind, v.State, v.Outcome = j.kind, j.state, j.outcome
	v.Started = h.shown(j.started)
	if lines := j.lines(now); len(lines) > 0 {
		last := lines[len(lines)-1]
		v.Seq, v.Phase, v.Percent, v.KB = last.Seq, last.Phase, last.Percent, last.KB
	}
	if j.state == finished {
		v.Finished = h.shown(j.ended)
	}
	v.Heartbeat = h.shown(j.heartbeat(now))
	return v
}

// jobStart is what the script job-start is asked for.
type jobStart struct {
	Job      string     `json:"job"`
	Kind     string     `json:"kind"`
	Change   string     `json:"change"`
	Deadline time.Time  `json:"deadline"`
	Body     scriptText `json:"body"`
	Manifest struct {
		Updates   []string         `json:"updates"`
		Criteria  string           `json:"criteria"`
		Removals  []removalOrder   `json:"removals"`
		Files     []plannedFile    `json:"files"`
		Packages  []plannedPackage `json:"packages"`
		Catalogue *catalogue       `json:"catalogue"`
	} `json:"manifest"`
}

var idPattern = regexp.MustCompile(`\A[a-z0-9-]{1,60}\z`)

// checkID refuses what may not be the name of a job or a restart.
func checkID(field, id string) error {
	if !idPattern.MatchString(id) {
		return &problem{badArgument, field + ": want 1 to 60 characters of a-z, 0-9 and -"}
	}
	return nil
}

func (s *jobStart) checkBody() error {
	if !slices.Contains(kinds, s.Kind) || s.Body.Name != "job-"+s.Kind {
		return &problem{badArgument, fmt.Sprintf("a job of kind %q cannot have the body %q", s.Kind, s.Body.Name)}
	}
	ours, _ := assets.Script(s.Body.Name)
	return s.Body.check(ours)
}

// plannedKBs are the names of a plan that a job takes for updates, sorted and without doubles.
func plannedKBs(names []string) []string {
	kbs := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !kbPattern.MatchString(name) })
	slices.Sort(kbs)
	return slices.Compact(kbs)
}

func (h *host) runJobStart(parameters json.RawMessage, now time.Time) (any, error) {
	s, err := read[jobStart](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("job", s.Job); err != nil {
		return nil, err
	}
	if known := h.jobs[s.Job]; known != nil {
		return h.view(s.Job, known, now), nil
	}
	if err := s.checkBody(); err != nil {
		return nil, err
	}
	if h.fate.forbidden {
		return nil, &problem{accessDenied, noTask}
	}
	j := &job{
		id: s.Job, kind: s.Kind, change: s.Change, deadline: s.Deadline, wanted: plannedKBs(s.Manifest.Updates),
		removals: s.Manifest.Removals, files: s.Manifest.Files, packages: s.Manifest.Packages, catalogue: s.Manifest.Catalogue,
	}
	h.register(j, now)
	if what := "start of " + j.kind; h.chance(what, len(h.jobs), 0.3) {
		h.spoilNext(what, len(h.jobs))
	}
	v := h.view(j.id, j, now)
	v.Existed = false
	return v, nil
}

// maxLines is how many lines one poll gives.
const maxLines = 1000

func (h *host) runJobPoll(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Job   string `json:"job"`
		After int    `json:"after"`
		Most  int    `json:"most"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("job", asked.Job); err != nil {
		return nil, err
	}
	j := h.jobs[asked.Job]
	v := polledView{h.view(asked.Job, j, now), []line{}}
	if j == nil {
		return v, nil
	}
	most := min(max(asked.Most, 0), maxLines)
	for _, l := range j.lines(now)[min(max(asked.After, 0), v.Seq):] {
		if len(v.Lines) == most {
			break
		}
		l.At = h.shown(time.Time(l.At))
		v.Lines = append(v.Lines, l)
	}
	if j.kind == "scan" && j.state == finished && j.outcome.Result == "succeeded" {
		h.leaveAfter(now)
	}
	return v, nil
}

// leaving is how long a server that will be gone after its first scan still answers, so that the result arrives.
const leaving = 2 * time.Minute

func (h *host) leaveAfter(now time.Time) {
	if h.fate.leaves && !h.left {
		h.left = true
		h.road.close(span{from: now.Add(leaving), reach: wsman.Refusing})
		h.at(now.Add(leaving), func(at time.Time) { h.away(at, time.Time{}) })
	}
}

type jobName struct {
	Job string `json:"job"`
}

func (h *host) runJobCancel(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[jobName](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("job", asked.Job); err != nil {
		return nil, err
	}
	j := h.jobs[asked.Job]
	if j != nil {
		h.halt(j, now, callCancelled)
	}
	return h.view(asked.Job, j, now), nil
}

type removal struct {
	Removed bool `json:"removed"`
}

func (h *host) runJobRemove(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[jobName](parameters)
	if err != nil {
		return nil, err
	}
	if err := checkID("job", asked.Job); err != nil {
		return nil, err
	}
	j := h.jobs[asked.Job]
	if j != nil && !j.over() {
		return removal{false}, nil
	}
	if j != nil && !j.removed {
		j.removed, j.course = true, nil
		h.record(now, entry{Event: jobRemoved, Job: j.id, Kind: j.kind})
	}
	return removal{true}, nil
}
