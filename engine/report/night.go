package report

import (
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Schema is the version of the JSON document. It grows when a member changes its meaning or goes away.
const Schema = 1

// Night is the report: every value that is shown or encoded. Times are UTC; the page shows them in the zone of the servers.
type Night struct {
	Schema    int       `json:"schema"`
	Title     string    `json:"title"`
	Generated time.Time `json:"generated_at"`
	Zone      string    `json:"zone"`
	Headline  string    `json:"headline"` // how the night went, in one sentence
	Over      bool      `json:"over"`     // nothing changes any more by itself
	Halted    bool      `json:"halted"`   // a stop rule halted a rollout, and nobody resumed it
	Totals    Totals    `json:"totals"`
	Audit     Audit     `json:"audit"`

	Needs    []Need         `json:"needs"` // what needs a person next, most urgent first
	Stops    []Stop         `json:"stops"` // in the order in which they happened
	StopRule StopRule       `json:"stop_rule"`
	Failures []FailureGroup `json:"failures"` // most frequent first
	Patterns []string       `json:"patterns"` // what the failed installations have in common

	Release    Release      `json:"release"`
	Change     Change       `json:"change"`
	Plan       Plan         `json:"plan"`
	Updates    []Update     `json:"updates"`
	Acceptance Acceptance   `json:"acceptance"`
	Amendments []Amendment  `json:"amendments"`
	Decisions  []Decision   `json:"decisions"`
	Denials    []Denial     `json:"denials"` // the newest, at most mostDenials
	Denied     int          `json:"denied"`  // commands that were refused since the release was made
	Proofs     []Proof      `json:"proofs"`
	Rings      []Ring       `json:"rings"`
	Windows    []Window     `json:"windows"`
	Groups     []GroupTable `json:"groups"`
	Servers    []Server     `json:"servers"` // by name

	zone *time.Location
}

// Audit is where the trail stood when the report was made.
type Audit struct {
	Entries uint64 `json:"entries"`
	Head    string `json:"head"` // hexadecimal
	Verify  string `json:"verify"`
}

// ServerName names a server in a list.
type ServerName struct {
	ID   inventory.ServerID `json:"id"`
	Name string             `json:"name"`
}

// Need is something that a person must look at.
type Need struct {
	Urgent  bool         `json:"urgent"`
	Words   string       `json:"words"` // what is wrong and what to do
	Servers []ServerName `json:"servers,omitempty"`
}

// Release is what was deployed.
type Release struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Bulletin string         `json:"bulletin"`
	Owner    string         `json:"owner"`
	Phase    approval.Phase `json:"phase"`
	Created  time.Time      `json:"created_at"`
}

// Change is the change request with everybody who signed it, in order.
type Change struct {
	ID         string            `json:"id"`
	State      approval.State    `json:"state"`
	Priority   approval.Priority `json:"priority"`
	Deadline   time.Time         `json:"deadline,omitzero"`
	ConfirmBy  time.Time         `json:"confirm_by,omitzero"`
	Signatures []Signature       `json:"signatures"`
}

// Signature is one person's decision on the change request.
type Signature struct {
	Step   string        `json:"step"` // submitted, authorised, approved, rejected
	By     string        `json:"by"`
	Role   approval.Role `json:"role"`
	At     time.Time     `json:"at"`
	Reason string        `json:"reason"`
}

// Plan is what was approved.
type Plan struct {
	Hash      string    `json:"hash"`
	Emergency bool      `json:"emergency"`
	Ceiling   int       `json:"ceiling"` // servers in work at once, at the most
	AcceptBy  time.Time `json:"accept_by,omitzero"`
	Findings  []string  `json:"findings"`
}

// Update is one update of the release.
type Update struct {
	KB        string           `json:"kb"`
	Severity  catalog.Severity `json:"severity"`
	Exploited bool             `json:"exploited"`
	CVEs      []string         `json:"cves"`
	Restart   catalog.Restart  `json:"restart"`
	Products  []Product        `json:"products"`
	Why       string           `json:"why"`       // the relevance decision
	Planned   int              `json:"planned"`   // servers that were to get it
	Succeeded int              `json:"succeeded"` // of them verified
	Dropped   *Signed          `json:"dropped,omitempty"`
}

// Product is what an update brings to one product.
type Product struct {
	Name       string `json:"name"`
	FixedBuild string `json:"fixed_build"`
}

// Signed is who decided something, when and why.
type Signed struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Acceptance is what the owners of applications found after Dev.
type Acceptance struct {
	State    string             `json:"state"` // not open, open, closed
	Deadline time.Time          `json:"deadline,omitzero"`
	Results  []AcceptanceResult `json:"results"`
}

// AcceptanceResult is one application's answer.
type AcceptanceResult struct {
	Application string    `json:"application"`
	Result      string    `json:"result"`
	By          string    `json:"by,omitempty"`
	At          time.Time `json:"at,omitzero"`
	Note        string    `json:"note,omitempty"`
}

// Amendment is a narrowing of the approved plan, a server excluded or an update dropped, or an exclusion that was taken back.
type Amendment struct {
	What   string `json:"what"` // "server excluded", "exclusion taken back", "update dropped"
	Object string `json:"object"`
	Name   string `json:"name"`
	Signed
}

// Decision is what a person did to servers of a rollout, with the entry of the trail that holds the first of them.
type Decision struct {
	Seq     uint64 `json:"seq"`
	What    string `json:"what"`
	Rollout string `json:"rollout"`
	Servers int    `json:"servers"`
	Signed
}

// Denial is a command that was refused.
type Denial struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Action string    `json:"action"`
	Words  string    `json:"words"`
}

// Ring is one ring of the plan and its rollout, if there was one.
type Ring struct {
	Ring    rollout.Ring  `json:"ring"`
	Rollout string        `json:"rollout,omitempty"`
	State   rollout.State `json:"state"`
	Opened  time.Time     `json:"opened,omitzero"`
	Ended   time.Time     `json:"ended,omitzero"`
	Counts  Counts        `json:"counts"`
}

// neverOpened is the state of a ring without a rollout.
const neverOpened rollout.State = "never opened"

// Window is one maintenance window. Its counts are of the servers whose first window it is; Ran says how many were admitted in
// it, which for a check window are those that the earlier ones left.
type Window struct {
	ID     string             `json:"id"`
	Ring   rollout.Ring       `json:"ring"`
	Kind   rollout.WindowKind `json:"kind"`
	Opens  time.Time          `json:"opens"`
	Closes time.Time          `json:"closes"`
	Counts Counts             `json:"counts"`
	Ran    int                `json:"ran"`
	Score  *Score             `json:"score,omitempty"`
}

// Span is a window that a server may use.
type Span struct {
	ID     string    `json:"id"`
	Opens  time.Time `json:"opens"`
	Closes time.Time `json:"closes"`
}

// GroupTable counts the servers of the plan by one of their properties.
type GroupTable struct {
	By     string  `json:"by"`
	Groups []Group `json:"groups"`
}

// Group is the servers that share one value of a property.
type Group struct {
	Name   string `json:"name"`
	Counts Counts `json:"counts"`
}

// Server is what became of one server.
type Server struct {
	ID            inventory.ServerID    `json:"id"`
	Name          string                `json:"name"`
	OS            string                `json:"os"`
	Environment   inventory.Environment `json:"environment"`
	Site          string                `json:"site"`
	Owner         string                `json:"owner"`
	Cluster       string                `json:"cluster,omitempty"`
	Ring          rollout.Ring          `json:"ring,omitempty"`
	Rollout       string                `json:"rollout,omitempty"`
	Advertisement string                `json:"advertisement,omitempty"`
	// Window is the one in which it was admitted, or its first; Windows are all that the plan gave it.
	Window     *Span              `json:"window,omitempty"`
	Windows    []Span             `json:"windows,omitempty"`
	Targeted   bool               `json:"targeted"`
	Status     string             `json:"status"` // the delivery status, as everywhere
	CountedAs  Account            `json:"counted_as"`
	Compliance rollout.Compliance `json:"compliance"`
	Updates    []string           `json:"updates,omitempty"`
	Before     inventory.Build    `json:"build_before,omitzero"`
	After      inventory.Build    `json:"build_after,omitzero"`
	Attempts   int                `json:"attempts"`
	Restarts   int                `json:"restarts"`
	Started    time.Time          `json:"started,omitzero"` // its newest installation was ordered
	Ended      time.Time          `json:"ended,omitzero"`   // it reached the status
	Failure    *Failure           `json:"failure,omitempty"`
	// Installed tells that evidence says the updates are on it, MayBeInstalled that they were ordered and nothing was read since.
	Installed      bool     `json:"installed"`
	MayBeInstalled bool     `json:"may_be_installed"`
	Evidence       Evidence `json:"evidence"`
	Exclusion      *Signed  `json:"exclusion,omitempty"`
	// Explanation says in a sentence why it did not succeed; empty when it did.
	Explanation string `json:"explanation,omitempty"`

	first string // id of its first window, where it counts
}

// Failure is why a server did not succeed.
type Failure struct {
	Class rollout.Class `json:"class"`
	Code  string        `json:"code,omitempty"`
	Words string        `json:"words"`
}
