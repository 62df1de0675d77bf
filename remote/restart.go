package remote

import (
	"context"
	"errors"
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
	delay := max(restartDelay, order.Countdown)
	parameters := restartParameters{order.ID, order.BootTime.UTC().Format(hostTime), int(delay.Seconds()), order.Comment}
	if err := f.call(ctx, target, "restart", parameters, &result); err != nil {
		f.mayRestart(target, err)
		return rollout.Restarted{}, err
	}
	restarted, err := result.believe()
	if err != nil {
		return rollout.Restarted{}, protocolFailure(err)
	}
	f.part(ctx, target)
	return restarted, nil
}

// part gives up the connection to a server that goes down: the next call connects anew and learns within the limit for connecting
// whether it is back, instead of waiting for an answer on a connection that nobody serves any more.
func (f *Fleet) part(ctx context.Context, target engine.Target) {
	h, failure := f.host(target)
	if failure != nil {
		return
	}
	defer f.calls.Done()
	f.reach.restarts(h)
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	f.idle.leave(h)
	h.hangUp()
	h.shell, h.commands = "", 0
	f.release(h)
}

// mayRestart tells those who watch for silence that the server may have taken an order whose answer was lost.
func (f *Fleet) mayRestart(target engine.Target, err error) {
	var failure *rollout.Failure
	if !errors.As(err, &failure) || failure.Code != codeUnknownOutcome {
		return
	}
	if h, closed := f.host(target); closed == nil {
		f.reach.restarts(h)
		f.calls.Done()
	}
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
