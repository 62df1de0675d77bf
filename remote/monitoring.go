package remote

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// Monitoring is what the script that a server's owners provide for its monitoring did.
type Monitoring struct {
	Configured bool   // there is such a script; without one nothing was done, and nothing needed to be
	Path       string // where it is, or would be
	Already    bool   // the same was done before, so it was not run again
	Output     string
	Time       time.Time
}

// monitoringResult is the result of the script monitoring.
type monitoringResult struct {
	Configured *bool  `json:"configured"`
	Path       string `json:"path"`
	Action     string `json:"action"`
	ExitCode   int64  `json:"exit_code"`
	Output     string `json:"output"`
	Already    bool   `json:"already"`
	Time       string `json:"time"`
}

type monitoringParameters struct {
	Action  string `json:"action"`
	Minutes int    `json:"minutes"`
	Change  string `json:"change"`
}

// SuspendMonitoring asks the server's own script to keep alarms down for so long, at most a day. The same order twice runs it once.
func (f *Fleet) SuspendMonitoring(ctx context.Context, target engine.Target, change string, length time.Duration) (Monitoring, error) {
	const day = 24 * time.Hour
	minutes := int((min(max(length, 0), day) + time.Minute - 1) / time.Minute)
	return f.monitoring(ctx, target, monitoringParameters{"suspend", minutes, change})
}

// ResumeMonitoring asks it to let alarms through again.
func (f *Fleet) ResumeMonitoring(ctx context.Context, target engine.Target, change string) (Monitoring, error) {
	return f.monitoring(ctx, target, monitoringParameters{"resume", 0, change})
}

var changeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`)

func (f *Fleet) monitoring(ctx context.Context, target engine.Target, parameters monitoringParameters) (Monitoring, error) {
	if !changeForm.MatchString(parameters.Change) {
		return Monitoring{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-CHANGE",
			Words: "a change is named with 1 to 40 letters, digits and hyphens, not " + clean(parameters.Change, 80)}
	}
	var result monitoringResult
	if err := f.call(ctx, target, "monitoring", parameters, &result); err != nil {
		return Monitoring{}, err
	}
	monitoring, err := result.believe(parameters.Action)
	switch {
	case err != nil:
		return Monitoring{}, protocolFailure(err)
	case result.ExitCode != 0:
		return monitoring, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-MONITORING",
			Words: clean(fmt.Sprintf("the monitoring script of the server ended with %d: %s", result.ExitCode, monitoring.Output), longWords)}
	}
	return monitoring, nil
}

func (r *monitoringResult) believe(action string) (Monitoring, error) {
	var c check
	const largest = 1 << 32
	c.within("exit_code", r.ExitCode, -largest, largest)
	switch {
	case r.Configured == nil:
		c.refuse("configured", "is missing")
		return Monitoring{}, c.err
	case r.Action != action:
		c.refuse("action", "is another one than was asked for")
	case !*r.Configured && (r.Already || r.ExitCode != 0):
		c.refuse("configured", "is false, though a script seems to have run")
	}
	return Monitoring{*r.Configured, clean(r.Path, shortWords), r.Already, clean(r.Output, shortWords), c.time("time", r.Time)}, c.err
}
