package remote

import (
	"context"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Health is what a server says ahead of a window about everything that an installation will need.
type Health struct {
	At              time.Time     // our clock, when the answer arrived
	Time            time.Time     // the server's clock in that answer
	ClockSkew       time.Duration // the server's clock minus ours, less what the call itself may account for
	BootTime        time.Time
	Build           inventory.Build
	LanguageMode    string
	ExecutionPolicy string           // of the machine policy; "Undefined" when no policy sets it
	Task            *rollout.Failure // why a task of SYSTEM does not run; nil when one ran
	DriveFree       int64            // bytes on the system drive
	DriveTotal      int64
	Services        []ServiceStart
	ServicingBusy   bool
	Policy          UpdatePolicy
	PendingRestart  []inventory.PendingReason
	Backup          bool      // Windows Server Backup is installed
	LastBackup      time.Time // the last good one that it made; zero when it knows none
}

// ServiceStart is a service that updates need, and how it starts: Auto, Manual, Disabled or Missing.
type ServiceStart struct{ Name, Start, State string }

// UpdatePolicy is what group policy tells the server to do about updates.
type UpdatePolicy struct {
	UseWSUS                bool
	WSUS                   string
	NoAutoUpdate           bool
	AutoUpdate             int  // AUOptions: 0 not set, 2 notify, 3 download, 4 install on a schedule, 5 the administrator chooses, 7 notify
	NoAutoRestartWithUsers bool // an automatic update does not restart under somebody who is logged on
}

// healthResult is the result of the script health.
type healthResult struct {
	Build           string        `json:"build"`
	BootTime        string        `json:"boot_time"`
	Time            string        `json:"time"`
	LanguageMode    string        `json:"language_mode"`
	ExecutionPolicy string        `json:"execution_policy"`
	Task            *taskResult   `json:"task"`
	DriveFree       int64         `json:"system_drive_free_bytes"`
	DriveTotal      int64         `json:"system_drive_total_bytes"`
	Services        []startResult `json:"services"`
	Servicing       string        `json:"servicing"`
	Policy          *policyResult `json:"update_policy"`
	PendingRestart  []pending     `json:"pending_restart"`
	Backup          bool          `json:"backup"`
	LastBackup      string        `json:"last_backup"`
	Problems        []string      `json:"problems"`
}

type taskResult struct {
	OK    *bool  `json:"ok"`
	Code  string `json:"code"`
	Words string `json:"words"`
}

type startResult struct {
	Name  string `json:"name"`
	Start string `json:"start"`
	State string `json:"state"`
}

type policyResult struct {
	UseWSUS                bool   `json:"use_wsus"`
	WSUS                   string `json:"wsus_url"`
	NoAutoUpdate           bool   `json:"no_auto_update"`
	AutoUpdate             int64  `json:"au_options"`
	NoAutoRestartWithUsers bool   `json:"no_auto_restart_with_users"`
}

// Health is a server's preflight.
func (f *Fleet) Health(ctx context.Context, target engine.Target, wanted rollout.Wanted) (rollout.Health, error) {
	h, err := f.ReadHealth(ctx, target)
	if err != nil {
		return rollout.Health{}, err
	}
	return rollout.Health{Time: h.Time, Obstacles: h.Obstacles(wanted.Room), Servicing: h.ServicingBusy, Backup: h.Backup, LastBackup: h.LastBackup}, nil
}

// ReadHealth tries on the server what an installation will need, and reads the rest. It runs a task of SYSTEM that does nothing.
func (f *Fleet) ReadHealth(ctx context.Context, target engine.Target) (Health, error) {
	asked := f.options.Now()
	var result healthResult
	if err := f.call(ctx, target, "health", struct{}{}, &result); err != nil {
		return Health{}, err
	}
	health, err := result.believe(asked, f.options.Now())
	if err != nil {
		return Health{}, protocolFailure(err)
	}
	for _, problem := range result.Problems[:min(len(result.Problems), 20)] {
		f.options.Logger.Warn("a server could not read a part of its health", logServer, target.Address, logError, clean(problem, shortWords))
	}
	return health, nil
}

func (r *healthResult) believe(asked, answered time.Time) (Health, error) {
	const mostNeeded = 20
	var c check
	health := Health{
		At: answered, Time: c.time("time", r.Time), BootTime: c.time("boot_time", r.BootTime), Build: c.build("build", r.Build),
		LanguageMode: clean(r.LanguageMode, 64), ExecutionPolicy: clean(r.ExecutionPolicy, 64),
		DriveFree: c.bytes("system_drive_free_bytes", r.DriveFree), DriveTotal: c.bytes("system_drive_total_bytes", r.DriveTotal),
		ServicingBusy: c.servicing(r.Servicing), PendingRestart: c.pending(r.PendingRestart),
		Backup: r.Backup, LastBackup: c.maybeTime("last_backup", r.LastBackup), Task: r.Task.believe(&c), Policy: r.Policy.believe(&c),
	}
	if r.DriveFree > r.DriveTotal {
		c.refuse("system_drive_free_bytes", "is more than the drive has")
	}
	health.ClockSkew = skew(health.Time, asked, answered)
	c.list("services", len(r.Services), mostNeeded)
	for _, s := range r.Services[:min(len(r.Services), mostNeeded)] {
		health.Services = append(health.Services, ServiceStart{clean(s.Name, shortWords), clean(s.Start, 32), clean(s.State, 32)})
	}
	return health, c.err
}

// skew is how far a clock is off that was read between two moments of ours: nothing, when it fits between them.
func skew(read, asked, answered time.Time) time.Duration {
	switch {
	case read.Before(asked):
		return read.Sub(asked)
	case read.After(answered):
		return read.Sub(answered)
	}
	return 0
}

func (r *taskResult) believe(c *check) *rollout.Failure {
	switch {
	case r == nil || r.OK == nil:
		c.refuse("task", "does not say whether a task ran")
	case !hresultForm.MatchString(r.Code):
		c.refuse("task.code", "is no HRESULT")
	case !*r.OK:
		return failureOf(r.Code, r.Words, rollout.ClassConfig)
	}
	return nil
}

func (r *policyResult) believe(c *check) UpdatePolicy {
	const lastAUOption = 7
	if r == nil {
		c.refuse("update_policy", "is missing")
		return UpdatePolicy{}
	}
	return UpdatePolicy{UseWSUS: r.UseWSUS, WSUS: clean(r.WSUS, shortWords), NoAutoUpdate: r.NoAutoUpdate,
		AutoUpdate: int(c.within("au_options", r.AutoUpdate, 0, lastAUOption)), NoAutoRestartWithUsers: r.NoAutoRestartWithUsers}
}

// kerberosSkew is how far two clocks may lie apart before tickets are refused.
const kerberosSkew = 5 * time.Minute

// Obstacles lists what would stop an installation that needs room bytes on the system drive, worst first.
func (h *Health) Obstacles(room int64) []*rollout.Failure {
	var found []*rollout.Failure
	add := func(class rollout.Class, code, words string, retry bool) {
		found = append(found, &rollout.Failure{Class: class, Code: code, Words: words, Retry: retry})
	}
	if h.Task != nil {
		found = append(found, h.Task)
	}
	if h.LanguageMode != "FullLanguage" {
		add(rollout.ClassConfig, "PD-LANGUAGE", "PowerShell on the server runs in "+h.LanguageMode+"; the scripts need FullLanguage", false)
	}
	if h.ExecutionPolicy == "AllSigned" || h.ExecutionPolicy == "Restricted" {
		found = append(found, failureOf("0x800704EC", "the policy says "+h.ExecutionPolicy, rollout.ClassConfig))
	}
	for _, s := range h.Services {
		switch s.Start {
		case "Disabled":
			found = append(found, failureOf("0x80070422", s.Name, rollout.ClassConfig))
		case "Missing":
			found = append(found, failureOf("0x80070424", s.Name, rollout.ClassConfig))
		}
	}
	if h.DriveFree < room {
		found = append(found, failureOf("0x80070070", "", rollout.ClassDisk))
	}
	for _, p := range h.PendingRestart {
		if p.Blocks {
			add(rollout.ClassBusy, "0x80240016", "the server must restart before anything can be installed: "+p.Reason, true)
			break
		}
	}
	if h.ClockSkew.Abs() > kerberosSkew {
		add(rollout.ClassConfig, "PD-CLOCK", "the server's clock is off by "+h.ClockSkew.Round(time.Second).String()+"; logons with Kerberos will fail", false)
	}
	return found
}
