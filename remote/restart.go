package remote

import (
	"context"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// hostTime is the form of times that Windows can write and read back: at most seven digits of a second.
const hostTime = "2006-01-02T15:04:05.9999999Z07:00"

// restartDelay is how long a server waits between taking the order and going down: enough for its answer to leave.
const restartDelay = 5 * time.Second

type restartParameters struct {
	Restart      string `json:"restart"`
	BootTime     string `json:"boot_time"`
	DelaySeconds int    `json:"delay_seconds"`
	Comment      string `json:"comment"`
}

// restartResult is the result of the script restart.
type restartResult struct {
	Ordered  bool   `json:"ordered"`
	Already  string `json:"already"`
	BootTime string `json:"boot_time"`
}

// Restart orders a restart. The same order twice restarts the server once.
func (f *Fleet) Restart(ctx context.Context, target engine.Target, order engine.RestartOrder) (rollout.Restarted, error) {
	var result restartResult
	parameters := restartParameters{order.ID, order.BootTime.UTC().Format(hostTime), int(restartDelay.Seconds()), order.Comment}
	if err := f.call(ctx, target, "restart", parameters, &result); err != nil {
		return rollout.Restarted{}, err
	}
	restarted, err := result.believe()
	if err != nil {
		return rollout.Restarted{}, protocolFailure(err)
	}
	return restarted, nil
}

func (r *restartResult) believe() (rollout.Restarted, error) {
	var c check
	restarted := rollout.Restarted{
		Ordered:  r.Ordered,
		Already:  c.oneOf("already", r.Already, "", "ordered", "booted_since", "shutdown_in_progress"),
		BootTime: c.time("boot_time", r.BootTime),
	}
	if r.Ordered == (r.Already != "") {
		c.refuse("ordered", "and the reason against it do not fit together")
	}
	return restarted, c.err
}
