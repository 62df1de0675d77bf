package engine

import (
	"context"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Target is a server as the road to it needs to know it.
type Target struct {
	ID         inventory.ServerID
	Name       string
	Address    string
	Port       int
	Scheme     string
	Site       string
	Credential string
	// Sought are packages of other vendors that the server is asked about when it is read or verified.
	Sought []rollout.Sought
}

// JobOrder asks a host to run one job, once, whatever happens to the connection.
type JobOrder struct {
	ID       string // rollout-server-kind-attempt; also the name of the host's task and folder
	Kind     rollout.JobKind
	Change   string
	Deadline time.Time         // the job gives up by then, host time
	Updates  []string          // KBs; empty for a scan
	Removals []rollout.Removal // instead of them, for an uninstallation
	Packages []rollout.Package // those of Updates that no agent knows
	Files    []rollout.File    // content that does not come from the server's own source; a package has one
}

// RestartOrder asks a host to restart once: the same order twice restarts it once.
type RestartOrder struct {
	ID       string
	BootTime time.Time // the boot to end, as last read from the host
	Comment  string
	// Countdown is what people who are logged on see before the server goes down, with the comment; 0 is at once.
	Countdown time.Duration
}

// DutyOrder asks a host to hand something over, or to take it back. The same order twice does it once.
type DutyOrder struct {
	ID     string // rollout-server-drain-number: the host notes for whom it did it
	Duty   rollout.Duty
	Change string
	Length time.Duration // alarms may be down so long at the most
}

// Fleet reaches servers. Every call is one short conversation with one host and returns by the deadline of ctx at the
// latest. An error is a *rollout.Failure; one with class network after a start means that the host must be asked.
type Fleet interface {
	Facts(ctx context.Context, target Target) (inventory.Facts, error)
	Health(ctx context.Context, target Target, wanted rollout.Wanted) (rollout.Health, error)
	TakeDuty(ctx context.Context, target Target, order DutyOrder) (rollout.Handed, error)
	GiveDuty(ctx context.Context, target Target, order DutyOrder) (rollout.Handed, error)
	Removable(ctx context.Context, target Target, removals []rollout.Removal) (rollout.Removable, error)
	StartJob(ctx context.Context, target Target, order JobOrder) (rollout.Job, error)
	Job(ctx context.Context, target Target, job string, after int) (rollout.Job, error)
	// JobLog reads at most most progress lines of a job, those after the given one.
	JobLog(ctx context.Context, target Target, job string, after, most int) ([]rollout.JobLine, error)
	CancelJob(ctx context.Context, target Target, job string) (rollout.Job, error)
	RemoveJob(ctx context.Context, target Target, job string) error
	Restart(ctx context.Context, target Target, order RestartOrder) (rollout.Restarted, error)
	Verify(ctx context.Context, target Target, updates, services []string) (rollout.Verification, error)
	// StampBaseline writes the baseline that a server has reached into its registry, and gives what stood there before; the same stamp
	// twice changes nothing.
	StampBaseline(ctx context.Context, target Target, stamp inventory.Stamp) (before inventory.Stamp, err error)
}

// Clock is the time that the engine lives in: the wall's, or fleet time with a simulated fleet.
type Clock interface {
	Now() time.Time
	// After fires once when Now has reached at; stop releases it.
	After(at time.Time) (fire <-chan time.Time, stop func())
}
