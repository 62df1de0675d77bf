package engine

import (
	"math"
	"reflect"
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
	SweepFacts  SweepKind = "facts"
	SweepScan   SweepKind = "scan"
	SweepHealth SweepKind = "health" // what would stop an installation
	SweepStamp  SweepKind = "stamp"  // writes the baseline that was reached into the registry
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
	// Sweep asks servers for their facts, or for a scan by their own update agent: those that are named, the members of a collection, and
	// those that the last sweep missed. Without any of them it asks every managed server.
	Sweep struct {
		Kind       SweepKind
		Servers    []inventory.ServerID
		Collection string
		Missed     bool
	}
	// CreateRelease bundles updates of a bulletin into a release. No updates means all that a scan offered.
	CreateRelease struct {
		ID, Title, Bulletin string
		Updates             []string
		Category            string // of the assets; none is standard
		Reason              string
	}
	// SubmitChange freezes a plan for a release and asks the change authority for it.
	SubmitChange struct {
		Release  string
		Priority approval.Priority // none: as proposed
		Windows  []rollout.Window  // none: the configured schedule, for the cycle of the release's month
		AcceptBy time.Time         // the acceptance deadline that goes with Windows
		Ceiling  int               // 0: as the forecast proposes, at least 32
		// Collections are whom the plan is made for; none is the whole inventory.
		Collections []string
		// OverrideAudit is why the plan is made although the audit of its servers is incomplete or old.
		OverrideAudit string
		// Enforce is the enforcement date of Prod: until then administrators install by hand, then the windows do. Zero is at once.
		Enforce time.Time
		// Offers are the advertisements of the package to servers of Prod, in the order in which they are tried; whom none names it is mandatory for.
		Offers []rollout.Offering
		// OverrideClusters is why members of a cluster may share a window, as their owners chose it.
		OverrideClusters string
		Category         string // of the assets; none is the release's
		Criteria         []approval.Criterion
		Request          approval.Request
		// Shift uses the windows of the schedule some whole weeks later, when none of Prod is left in the release's month.
		Shift  bool
		Reason string

		inPlaceOf string // the change request that it takes the place of
	}
	// DecideChange takes one step of a change request: "authorise", "approve", "reject", "ask" (for changes) or "withdraw".
	DecideChange struct {
		Change, Step, PlanHash, Reason string
	}
	// RecordAcceptance reports what an application's owner found.
	RecordAcceptance struct {
		Change, Application string
		Result              pilot.Result
		Update              string // which update is to blame; may be empty
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
	// Retry tries failed, unreachable or missed servers again, in what is left of their windows or in a later one. A rollout that was closed is
	// open again for them.
	Retry struct {
		Rollout string
		Servers []inventory.ServerID
		Later   LaterWindow // none: the windows of the plan
		Reason  string
	}
	// LaterWindow is a window beside those of the plan: it opens now or at a time. No length is that of the plan's first window of the ring.
	LaterWindow struct {
		Now    bool
		Opens  time.Time
		Length time.Duration
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

// commandKind is one line of the table of commands: who may give it and who decides it.
type commandKind struct {
	zero   Command // one without anything in it, for what walks over all commands
	roles  []approval.Role
	decide func(*Engine, approval.Actor, Command, time.Time) (string, error)
	own    *ownership // what limits a role to the person's own; nil limits none
	limit  int        // bytes that the command may weigh
	always bool       // taken even when the disk is nearly full
}

// commandTable is every command by its name: the loop, role checks, help and documentation read it.
var commandTable = map[string]*commandKind{}

// commandWeight bounds a command in bytes: its words stand up to three times in one entry.
const commandWeight = 64 << 10

// offer adds a command to the table, with its decision and the roles that may give it. Each noun offers its own beside their decisions.
func offer[C Command](decide func(*Engine, approval.Actor, C, time.Time) (string, error), roles ...approval.Role) *commandKind {
	var zero C
	k := &commandKind{zero: zero, roles: roles, limit: commandWeight,
		decide: func(e *Engine, actor approval.Actor, c Command, now time.Time) (string, error) {
			return decide(e, actor, c.(C), now)
		}}
	commandTable[zero.Action()] = k
	return k
}

func init() {
	imported := offer((*Engine).importServers, approval.Lead, approval.Administrator)
	imported.limit = math.MaxInt // split over entries
	offer((*Engine).importBulletin, approval.Lead, approval.Administrator, approval.Security).limit = entryWeight
	offer((*Engine).orderSweep, approval.Lead, approval.Administrator, approval.OnCall).limit = entryWeight
	offer((*Engine).createRelease, approval.Lead)
	offer((*Engine).submitChange, approval.Lead)
	offer((*Engine).decideChange, approval.Authority, approval.Board, approval.Lead)
	forOwn(offer((*Engine).recordAcceptance, approval.Support, approval.Lead), approval.Support, ownApplications,
		func(e *Engine, actor approval.Actor, c RecordAcceptance) []string {
			return e.foreignApplication(actor, c.Application)
		})
	offer((*Engine).excludeServer, approval.Lead)
	offer((*Engine).dropUpdate, approval.Lead, approval.Administrator)
	offer((*Engine).hold, approval.Lead, approval.OnCall).always = true
	offer((*Engine).retry, approval.Lead, approval.Administrator, approval.OnCall)
	offer((*Engine).skip, approval.Lead, approval.OnCall)
	offer((*Engine).breakLock, approval.Lead)
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
func RolesFor(action string) []approval.Role {
	if k := commandTable[action]; k != nil {
		return k.roles
	}
	return nil
}

// May tells whether an actor may give a command of this name; consoles use it to leave out what the engine would refuse.
func May(actor approval.Actor, action string) bool { return actor.Has(RolesFor(action)...) }

// reasonOf gives the reason that a command carries in its field Reason, if it has one.
func reasonOf(command Command) string {
	if field := reflect.ValueOf(command).FieldByName("Reason"); field.IsValid() {
		return field.String()
	}
	return ""
}
