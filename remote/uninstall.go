package remote

import (
	"context"
	"fmt"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// UninstallOrder asks a host to remove updates, once, whatever happens to the connection.
type UninstallOrder struct {
	ID       string
	Change   string
	Deadline time.Time
	Removals []rollout.Removal
}

// UninstallJob is a host's answer about a job that removes updates. Results are there when it has finished.
type UninstallJob struct {
	rollout.Job
	Results []rollout.RemovalResult
}

type removalManifest struct {
	Removals []removalEntry `json:"removals"`
}

type removalEntry struct {
	KB      string        `json:"kb"`
	Build   string        `json:"build"`
	Package *packageEntry `json:"package"`
}

// Uninstall registers the job and starts it. A job that the host already knows is not started again.
func (f *Fleet) Uninstall(ctx context.Context, target engine.Target, order UninstallOrder) (UninstallJob, error) {
	for _, r := range order.Removals {
		if r.Package == nil {
			continue
		}
		if err := r.Package.Check(); err != nil || !r.Package.CanRemove() {
			return UninstallJob{}, unusable(fmt.Sprintf("%s names nothing that could remove it: %v", r.KB, err))
		}
	}
	manifest := manifestOf(order.Removals)
	job := engine.JobOrder{ID: order.ID, Kind: rollout.JobUninstall, Change: order.Change, Deadline: order.Deadline}
	return f.uninstall(ctx, target, order.ID, "job-start", startOf(job, manifest))
}

func manifestOf(removals []rollout.Removal) removalManifest {
	manifest := removalManifest{Removals: []removalEntry{}}
	for _, r := range removals {
		entry := removalEntry{KB: r.KB}
		if r.Build != (inventory.Build{}) {
			entry.Build = r.Build.String()
		}
		if r.Package != nil {
			entry.Package = packaged(r.KB, r.Package.Installer)
		}
		manifest.Removals = append(manifest.Removals, entry)
	}
	return manifest
}

// startOf are the parameters that start a job of a kind with a manifest of its own.
func startOf(order engine.JobOrder, manifest any) startParameters {
	return startParameters{order.ID, order.Kind, order.Change, order.Deadline.UTC().Format(time.RFC3339), travelling()["job-"+string(order.Kind)].body, manifest}
}

func (f *Fleet) uninstall(ctx context.Context, target engine.Target, id, script string, parameters any) (UninstallJob, error) {
	var result uninstallResult
	if err := f.call(ctx, target, script, parameters, &result); err != nil {
		return UninstallJob{}, err
	}
	job, err := result.believe(id)
	if err != nil {
		return UninstallJob{}, protocolFailure(err)
	}
	return job, nil
}

// uninstallResult is JOB of the script protocol, about a job that removes updates.
type uninstallResult struct{ jobResult }

// believe checks everything that all jobs have in common as for an installation (codes that no table knows are the update's
// own trouble there too), then what became of each update.
func (r *uninstallResult) believe(id string) (UninstallJob, error) {
	var c check
	common := r.jobResult
	if r.State != string(rollout.JobAbsent) {
		c.oneOf("kind", r.Kind, string(rollout.JobUninstall))
		common.Kind = string(rollout.JobInstall)
	}
	job, err := common.believe(id)
	if err != nil || c.err != nil {
		return UninstallJob{}, orError(c.err, err)
	}
	answer := UninstallJob{Job: job}
	if job.State == rollout.JobAbsent {
		return answer, nil
	}
	answer.Kind = rollout.JobUninstall
	if job.Outcome == nil {
		return answer, nil
	}
	answer.Outcome.Offered = nil // nothing was offered: Results say what became of each
	for _, u := range r.Outcome.Updates[:min(len(r.Outcome.Updates), mostUpdates)] {
		answer.Results = append(answer.Results, u.removal(&c))
	}
	if job.Outcome.Succeeded {
		answer.mustHaveRemoved(&c)
	}
	return answer, c.err
}

// asJob is the answer with its results as part of the outcome.
func (j UninstallJob) asJob() rollout.Job {
	job := j.Job
	if job.Outcome != nil {
		outcome := *job.Outcome
		outcome.Removals = j.Results
		job.Outcome = &outcome
	}
	return job
}

// asJob believes the answer as one about any job.
func (r *uninstallResult) asJob(id string) (rollout.Job, error) {
	job, err := r.believe(id)
	return job.asJob(), err
}

func orError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// mustHaveRemoved refuses a success that left something in place.
func (j *UninstallJob) mustHaveRemoved(c *check) {
	some := false
	for _, r := range j.Results {
		switch r.Verdict {
		case rollout.Removed:
			some = true
		case rollout.NotRemovable, rollout.NotReached:
			c.refuse("outcome", "is a success, though "+r.KB+" was not removed")
		}
	}
	if !some {
		c.refuse("outcome", "is a success, though nothing was removed")
	}
}

func (u *updateResult) removal(c *check) rollout.RemovalResult {
	const resultSucceeded = 2
	result := rollout.RemovalResult{KB: c.update("outcome.updates", u.KB), Verdict: rollout.NotReached}
	if !hresultForm.MatchString(u.Code) {
		c.refuse("outcome.updates", "has a code that is no HRESULT")
		return result
	}
	switch {
	case u.Result == resultSucceeded:
		result.Verdict = rollout.Removed
	case u.Result == resultFailed:
		result.Verdict, result.Failure = rollout.NotRemovable, failureOf(u.Code, "", rollout.ClassPatch)
	case notOffered[u.Code]:
		result.Verdict = rollout.NotInstalled
	}
	return result
}
