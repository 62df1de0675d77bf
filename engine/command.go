package engine

import (
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// Command is something that a person asks for. Each names itself for the audit trail and the roles that may ask it.
// The engine checks roles and rules; a refused command leaves an entry too.
type Command interface {
	// Action is the command's name in the audit trail: "change.authorise".
	Action() string
}

// SweepKind is what an inventory sweep reads.
type SweepKind string

const (
	SweepFacts SweepKind = "facts"
	SweepScan  SweepKind = "scan"
)

type (
	// ImportServers merges servers into the inventory by name.
	ImportServers struct {
		Source  string
		Servers []inventory.Server
	}
	// ImportBulletin adds a bulletin, or a newer revision of one.
	ImportBulletin struct {
		Source   string
		Bulletin catalog.Bulletin
	}
	// Sweep asks servers for their facts, or for a scan by their own update agent. No servers means all.
	Sweep struct {
		Kind    SweepKind
		Servers []inventory.ServerID
	}
	// CreateRelease bundles updates of a bulletin into a release. No updates means all that a scan offered.
	CreateRelease struct {
		ID, Title, Bulletin string
		Updates             []string
		Reason              string
	}
	// SubmitChange freezes a plan for a release and asks the change authority for it.
	SubmitChange struct {
		Release  string
		Priority approval.Priority
		Windows  []rollout.Window // none: the configured schedule, for the cycle of the release's month
		AcceptBy time.Time        // the acceptance deadline that goes with Windows
		Ceiling  int              // 0: as the forecast proposes, at least 32
		Reason   string
	}
	// DecideChange takes one step of a change request: "authorise", "approve" or "reject".
	DecideChange struct {
		Change, Step, PlanHash, Reason string
	}
	// RecordAcceptance reports what an application's owner found.
	RecordAcceptance struct {
		Change, Application string
		Result              pilot.Result
		Note                string
	}
	// ExcludeServer takes a server out of a change request's plan, with a reason.
	ExcludeServer struct {
		Change string
		Server inventory.ServerID
		Reason string
	}
	// DropUpdate takes an update out of a release, with a reason.
	DropUpdate struct {
		Release, KB, Reason string
	}
	// Hold pauses ("pause"), halts ("halt") or resumes ("resume") a rollout, or ends it ("close": what has not started
	// will not).
	Hold struct {
		Rollout, Step, Reason string
	}
	// Retry tries failed, unreachable or missed servers again in their window.
	Retry struct {
		Rollout string
		Servers []inventory.ServerID
		Reason  string
	}
	// Skip cancels advertisements that have not started.
	Skip struct {
		Rollout string
		Servers []inventory.ServerID
		Reason  string
	}
	// BreakLock gives back a cluster lock that an unknown or failed server still holds.
	BreakLock struct {
		Cluster, Reason string
	}
)

// commandTable is every command with its name and who may give it: the role checks, help and documentation read it.
var commandTable = map[string][]approval.Role{
	"inventory.import":   {approval.Lead, approval.Administrator},
	"catalog.import":     {approval.Lead, approval.Administrator, approval.Security},
	"inventory.sweep":    {approval.Lead, approval.Administrator, approval.OnCall},
	"release.create":     {approval.Lead},
	"change.submit":      {approval.Lead},
	"change.decide":      {approval.Authority, approval.Board},
	"acceptance.record":  {approval.Support, approval.Lead},
	"change.exclude":     {approval.Lead},
	"release.drop":       {approval.Lead, approval.Administrator},
	"rollout.hold":       {approval.Lead, approval.OnCall},
	"rollout.retry":      {approval.Lead, approval.Administrator, approval.OnCall},
	"rollout.skip":       {approval.Lead, approval.OnCall},
	"rollout.break-lock": {approval.Lead},
}

func (ImportServers) Action() string    { return "inventory.import" }
func (ImportBulletin) Action() string   { return "catalog.import" }
func (Sweep) Action() string            { return "inventory.sweep" }
func (CreateRelease) Action() string    { return "release.create" }
func (SubmitChange) Action() string     { return "change.submit" }
func (DecideChange) Action() string     { return "change.decide" }
func (RecordAcceptance) Action() string { return "acceptance.record" }
func (ExcludeServer) Action() string    { return "change.exclude" }
func (DropUpdate) Action() string       { return "release.drop" }
func (Hold) Action() string             { return "rollout.hold" }
func (Retry) Action() string            { return "rollout.retry" }
func (Skip) Action() string             { return "rollout.skip" }
func (BreakLock) Action() string        { return "rollout.break-lock" }

// RolesFor lists the roles that may give a command of this name.
func RolesFor(action string) []approval.Role { return commandTable[action] }

// May tells whether an actor may give a command of this name; consoles use it to leave out what the engine would refuse.
func May(actor approval.Actor, action string) bool { return actor.Has(commandTable[action]...) }
