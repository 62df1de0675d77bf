package rollout

import (
	"time"

	"patchdeck/engine/inventory"
)

// Class groups failures by who can mend them; the stop rule counts only some of them.
type Class string

const (
	ClassPatch         Class = "patch"          // the update itself
	ClassSource        Class = "source"         // where the update comes from
	ClassDisk          Class = "disk"           // room on the server
	ClassConfig        Class = "config"         // policy or set-up of the server
	ClassRestart       Class = "restart"        // the server did not come back, or not well
	ClassBusy          Class = "busy"           // something else installs or restarts
	ClassNetwork       Class = "network"        // the road to the server
	ClassAccess        Class = "access"         // credentials or rights
	ClassNotApplicable Class = "not applicable" // nothing to do: no failure
	ClassProtocol      Class = "protocol"       // the server answers, but not what it should
)

// Failure is a reason that people and the stop rule can work with.
type Failure struct {
	Class Class  `json:"class"`
	Code  string `json:"code,omitempty"` // HRESULT, or a code of ours that begins with "PD-"
	Words string `json:"words"`          // what happened, in plain words
	Retry bool   `json:"retry,omitempty"`
}

func (f *Failure) Error() string {
	if f.Code == "" {
		return f.Words
	}
	return f.Words + " (" + f.Code + ")"
}

// JobKind is what a host job does.
type JobKind string

const (
	JobScan    JobKind = "scan"
	JobStage   JobKind = "stage"
	JobInstall JobKind = "install"
	// JobUninstall removes updates: the work of a roll-back.
	JobUninstall JobKind = "uninstall"
)

// JobState is where a host job stands, by the host's own word.
type JobState string

const (
	JobAbsent     JobState = "absent" // the host never heard of it
	JobRegistered JobState = "registered"
	JobRunning    JobState = "running"
	JobFinished   JobState = "finished"
	JobLost       JobState = "lost" // the host restarted under it
)

// Job is one answer of a host about one job.
type Job struct {
	ID       string
	Kind     JobKind
	State    JobState
	Existed  bool // the start found the job there already and started nothing
	Seq      int  // last progress line
	Phase    string
	Percent  int
	KB       string
	BootTime time.Time
	Beat     time.Time // the job's last sign of life, host time
	Started  time.Time
	Finished time.Time
	Outcome  *Outcome
}

// Outcome is how a finished job ended.
type Outcome struct {
	Succeeded       bool
	Nothing         bool     // nothing to do: the updates are there or not applicable
	Cancelled       bool     // stopped on request
	Failure         *Failure // set unless Succeeded, Nothing or Cancelled
	RestartRequired bool
	BuildBefore     inventory.Build
	Offered         []inventory.Offer
	Removals        []RemovalResult // of an uninstallation: what became of each update
}

// Restarted is a host's answer to an ordered restart.
type Restarted struct {
	Ordered  bool
	Already  string // why nothing was ordered: "ordered", "booted_since", "shutdown_in_progress"
	BootTime time.Time
}

// Verification is what a host says of itself after an installation.
type Verification struct {
	Build       inventory.Build
	BootTime    time.Time
	Busy        bool // servicing still runs
	LogonReady  bool
	Present     []string
	Missing     []string
	NotRunning  []string // services that ran before and do not run now
	RestartWait []inventory.PendingReason
}
