package remote

import (
	"context"
	"encoding/json"
	"errors"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// jobWork says for each kind of job which body the host registers and what it is told to work on.
var jobWork = map[rollout.JobKind]struct {
	body     string
	manifest func(engine.JobOrder) (any, *rollout.Failure)
}{
	rollout.JobScan: {"job-scan", func(engine.JobOrder) (any, *rollout.Failure) {
		return scanManifest{"IsInstalled=0 and Type='Software' and IsHidden=0"}, nil
	}},
	rollout.JobStage:   {"job-stage", contentOf},
	rollout.JobInstall: {"job-install", contentOf},
}

type scanManifest struct {
	Criteria string `json:"criteria"`
}

type startParameters struct {
	Job      string          `json:"job"`
	Kind     rollout.JobKind `json:"kind"`
	Change   string          `json:"change"`
	Deadline string          `json:"deadline"`
	Body     json.RawMessage `json:"body"`
	Manifest any             `json:"manifest"`
}

type pollParameters struct {
	Job   string `json:"job"`
	After int    `json:"after"`
	Most  int    `json:"most"`
}

type jobParameters struct {
	Job string `json:"job"`
}

// jobResult is JOB of the script protocol.
type jobResult struct {
	Job      string         `json:"job"`
	Kind     string         `json:"kind"`
	Existed  bool           `json:"existed"`
	State    string         `json:"state"`
	Seq      int64          `json:"seq"`
	Phase    string         `json:"phase"`
	Percent  int64          `json:"percent"`
	KB       string         `json:"kb"`
	Beat     string         `json:"heartbeat"`
	Started  string         `json:"started"`
	Finished string         `json:"finished"`
	BootTime string         `json:"boot_time"`
	Time     string         `json:"time"`
	Outcome  *outcomeResult `json:"outcome"`
}

// outcomeResult is OUTCOME of the script protocol.
type outcomeResult struct {
	Result          string         `json:"result"`
	Code            string         `json:"code"`
	Words           string         `json:"words"`
	RestartRequired bool           `json:"restart_required"`
	BuildBefore     string         `json:"build_before"`
	Updates         []updateResult `json:"updates"`
}

// updateResult is UPDATE of the script protocol.
type updateResult struct {
	KB       string `json:"kb"`
	UpdateID string `json:"update_id"`
	Title    string `json:"title"`
	Result   int64  `json:"result"`
	Code     string `json:"code"`
	Size     int64  `json:"size_bytes"`
}

// StartJob registers a job and starts it. A job that the host already knows is not started again.
func (f *Fleet) StartJob(ctx context.Context, target engine.Target, order engine.JobOrder) (rollout.Job, error) {
	if order.Kind == rollout.JobUninstall {
		started, err := f.Uninstall(ctx, target, UninstallOrder{order.ID, order.Change, order.Deadline, order.Removals})
		return started.asJob(), err
	}
	work, ok := jobWork[order.Kind]
	if !ok {
		return rollout.Job{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-JOB", Words: "there is no job of the kind " + clean(string(order.Kind), 40)}
	}
	body := travelling()[work.body].body
	if body == nil {
		return rollout.Job{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-SCRIPT", Words: "this build has no script " + work.body}
	}
	manifest, failure := work.manifest(order)
	if failure != nil {
		return rollout.Job{}, failure
	}
	return f.job(ctx, target, order.ID, "job-start", startOf(order, manifest))
}

// Job asks how a job stands. Progress lines up to after are known to the caller.
func (f *Fleet) Job(ctx context.Context, target engine.Target, job string, after int) (rollout.Job, error) {
	// The lines themselves are not needed: the job's own fields say where it stands.
	return f.job(ctx, target, job, "job-poll", pollParameters{Job: job, After: after, Most: 0})
}

// JobLog reads a job's progress lines after the given one.
func (f *Fleet) JobLog(ctx context.Context, target engine.Target, job string, after, most int) ([]rollout.JobLine, error) {
	var result logResult
	if err := f.call(ctx, target, "job-poll", pollParameters{Job: job, After: after, Most: most}, &result); err != nil {
		return nil, err
	}
	lines, err := result.believe(job, most)
	if err != nil {
		return nil, protocolFailure(err)
	}
	return lines, nil
}

// CancelJob asks a job to stop at its next safe point.
func (f *Fleet) CancelJob(ctx context.Context, target engine.Target, job string) (rollout.Job, error) {
	return f.job(ctx, target, job, "job-cancel", jobParameters{job})
}

// RemoveJob removes a job's task and work files; the host remembers that it was.
func (f *Fleet) RemoveJob(ctx context.Context, target engine.Target, job string) error {
	var result struct {
		Removed *bool `json:"removed"`
	}
	if err := f.call(ctx, target, "job-remove", jobParameters{job}, &result); err != nil {
		return err
	}
	switch {
	case result.Removed == nil:
		return protocolFailure(errors.New("the server does not say whether the job was removed"))
	case !*result.Removed:
		return &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-JOB-LIVES", Words: "the job still works on the server and was not removed", Retry: true}
	}
	return nil
}

func (f *Fleet) job(ctx context.Context, target engine.Target, id, script string, parameters any) (rollout.Job, error) {
	var result jobResult
	if err := f.call(ctx, target, script, parameters, &result); err != nil {
		return rollout.Job{}, err
	}
	believe := result.believe
	if result.Kind == string(rollout.JobUninstall) {
		believe = (&uninstallResult{result}).asJob
	}
	job, err := believe(id)
	if err != nil {
		return rollout.Job{}, protocolFailure(err)
	}
	return job, nil
}

// protocolFailure is for a server that answers, but not what it should.
func protocolFailure(err error) *rollout.Failure {
	return &rollout.Failure{Class: rollout.ClassProtocol, Code: "PD-REPLY", Words: clean(err.Error(), longWords), Retry: true}
}

// believe checks an answer about the job id. A job that ended without an outcome is no answer.
func (r *jobResult) believe(id string) (rollout.Job, error) {
	const mostSeq = 1 << 30
	var c check
	job := rollout.Job{
		ID:      id,
		State:   rollout.JobState(c.oneOf("state", r.State, "absent", "registered", "running", "finished", "lost")),
		Existed: r.Existed, Seq: int(c.within("seq", r.Seq, 0, mostSeq)),
		Phase: clean(r.Phase, 64), Percent: int(c.within("percent", r.Percent, 0, 100)),
		BootTime: c.time("boot_time", r.BootTime), Beat: c.maybeTime("heartbeat", r.Beat),
		Started: c.maybeTime("started", r.Started), Finished: c.maybeTime("finished", r.Finished),
	}
	c.time("time", r.Time)
	if r.Job != id {
		c.refuse("job", "is another one than was asked for")
	}
	if r.KB != "" {
		job.KB = c.update("kb", r.KB)
	}
	if job.State == rollout.JobAbsent {
		return job, c.err
	}
	job.Kind = rollout.JobKind(c.oneOf("kind", r.Kind, string(rollout.JobScan), string(rollout.JobStage), string(rollout.JobInstall)))
	if job.State == rollout.JobFinished {
		if r.Outcome == nil {
			c.refuse("outcome", "is missing, though the job has finished")
			return job, c.err
		}
		job.Outcome = r.Outcome.believe(&c, job.Kind)
	}
	return job, c.err
}

// notOffered are the codes that an update of the plan carries which the agent did not offer: installed, not applicable.
var notOffered = map[string]bool{"0x00240006": true, "0x80240017": true}

// Results of one update that failed (OperationResultCode).
const resultFailed, resultAborted = 4, 5

// unknownClass is the class of a code that no table knows, by what the job was doing.
var unknownClass = map[rollout.JobKind]rollout.Class{
	rollout.JobScan: rollout.ClassSource, rollout.JobStage: rollout.ClassSource, rollout.JobInstall: rollout.ClassPatch,
}

func (r *outcomeResult) believe(c *check, kind rollout.JobKind) *rollout.Outcome {
	result := c.oneOf("outcome.result", r.Result, "succeeded", "failed", "cancelled", "nothing_to_do")
	outcome := &rollout.Outcome{Succeeded: result == "succeeded", Nothing: result == "nothing_to_do",
		Cancelled: result == "cancelled", RestartRequired: r.RestartRequired}
	if r.BuildBefore != "" {
		outcome.BuildBefore = c.build("outcome.build_before", r.BuildBefore)
	}
	c.list("outcome.updates", len(r.Updates), mostUpdates)
	for _, u := range r.Updates[:min(len(r.Updates), mostUpdates)] {
		if u.KB == "" || notOffered[u.Code] {
			continue // without a KB it is a driver or the like, and not ours
		}
		outcome.Offered = append(outcome.Offered, inventory.Offer{KB: c.update("outcome.updates", u.KB),
			UpdateID: clean(u.UpdateID, 64), Title: clean(u.Title, shortWords), Size: c.bytes("size_bytes", u.Size)})
	}
	if result == "failed" {
		code := r.reason(c)
		outcome.Failure = failureOf(code, r.Words, unknownClass[kind])
	}
	return outcome
}

// reason is the code that says most: the job's own, or that of the first update that failed.
func (r *outcomeResult) reason(c *check) string {
	if !hresultForm.MatchString(r.Code) {
		c.refuse("outcome.code", "is no HRESULT")
		return ""
	}
	if unspecific[r.Code] {
		for _, u := range r.Updates {
			failed := u.Result == resultFailed || u.Result == resultAborted
			if failed && hresultForm.MatchString(u.Code) && !unspecific[u.Code] {
				return u.Code
			}
		}
	}
	return r.Code
}
