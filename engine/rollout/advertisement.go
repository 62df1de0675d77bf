package rollout

import (
	"time"

	"patchdeck/engine/inventory"
)

// Advertisement is one server in one rollout: everything durable about it. What a host said between two transitions
// (percent, phase) is not here.
type Advertisement struct {
	ID      string `json:"id"` // "r3-s00017"
	Rollout string `json:"rollout"`
	// Tag is part of the names of its host jobs: six hexadecimal digits of the plan's hash, so that another store's rollout of the same
	// number never meets a job of this one on a host.
	Tag     string             `json:"tag"`
	Server  inventory.ServerID `json:"server"`
	Site    string             `json:"site"`
	Cluster string             `json:"cluster,omitempty"`
	Windows []string           `json:"windows"` // the plan's windows for it that are not closed yet, in order
	Updates []string           `json:"updates"`
	Without []string           `json:"without,omitempty"` // updates of the release that it does not get

	// Offer is how binding it is, empty for mandatory; Asked is who asked for an optional one.
	Offer Offer             `json:"offer,omitempty"`
	Asked *inventory.Signed `json:"asked,omitempty"`

	Delivery   Delivery   `json:"delivery"`
	Compliance Compliance `json:"compliance"`
	Since      time.Time  `json:"since"`
	Was        Delivery   `json:"was,omitempty"` // where contact was lost, while Delivery is Unknown
	Deadline   time.Time  `json:"deadline,omitzero"`
	RetryAt    time.Time  `json:"retry_at,omitzero"`

	Stages   int `json:"stages,omitempty"`   // stage jobs ordered so far
	Attempts int `json:"attempts,omitempty"` // install jobs ordered so far
	// TriedStages and TriedAttempts are the counts at a person's last retry: limits count from there.
	TriedStages   int `json:"tried_stages,omitempty"`
	TriedAttempts int `json:"tried_attempts,omitempty"`

	Job     string  `json:"job,omitempty"` // the current job; the fence for answers
	JobKind JobKind `json:"job_kind,omitempty"`
	// Leftover are finished jobs whose task and folder are still on the host.
	Leftover []string `json:"leftover,omitempty"`
	// JobCleaned tells that the current job's task and folder are gone too.
	JobCleaned bool   `json:"job_cleaned,omitempty"`
	Window     string `json:"window,omitempty"` // the window in which it was admitted
	Lock       string `json:"lock,omitempty"`   // the cluster whose lock it holds
	// Seats are the availability groups in which it counts as away.
	Seats []string `json:"seats,omitempty"`
	// LockDue tells that a check found the server well: lock and seats go back when the server is in service again.
	LockDue bool      `json:"lock_due,omitempty"`
	Started time.Time `json:"started,omitzero"` // admission of the current attempt

	Drain  Drain  `json:"drain,omitempty"`
	Drains int    `json:"drains,omitempty"` // drains ordered so far
	Duties []Duty `json:"duties,omitempty"` // what is taken from it for the installation
	// Stopping tells that a job may still be under way that nobody wants any more: it is cancelled before anything else.
	Stopping bool `json:"stopping,omitempty"`

	// Prove is for a pilot server: whether its updates could be removed is asked after it succeeded; Removable is its answer.
	Prove     bool       `json:"prove,omitempty"`
	Removable *Removable `json:"removable,omitempty"`
	// Trial is how far such a server is in taking its updates away and installing them again.
	Trial *Trial `json:"trial,omitempty"`

	RestartID string          `json:"restart_id,omitempty"`
	Restarts  int             `json:"restarts,omitempty"` // restarts ordered so far
	Boot      time.Time       `json:"boot,omitzero"`      // the boot before our restart
	Services  []string        `json:"services,omitempty"`
	Before    inventory.Build `json:"before,omitzero"`
	After     inventory.Build `json:"after,omitzero"`
	Failure   *Failure        `json:"failure,omitempty"`
	Hand      *HandWork       `json:"by_hand,omitempty"` // of a server that people patch, or patched
	Exclusion string          `json:"exclusion,omitempty"`
	Rev       int             `json:"rev"`
}
