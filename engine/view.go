package engine

import (
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// View is an immutable snapshot of everything that a reader may see. Its parts are shared: readers change nothing. Compliance is worked out
// when somebody asks for it.
type View struct {
	Generation uint64    // grows with each published view
	At         time.Time // the engine's clock when it was made
	// Beat is how long, in the wall's time, until the next view at the latest; 0 promises none. A reader that hears nothing for longer has
	// an old view.
	Beat      time.Duration
	Head      trail.Head
	Servers   []inventory.Server // ordered by name
	Bulletins []catalog.Bulletin // newest first
	Releases  []approval.Release
	Changes   []ChangeView
	Rollouts  []RolloutView     // in the order in which they were opened
	Sweeps    []SweepView       // running inventory sweeps
	Groups    []GroupView       // declared availability groups, ordered by name
	TestPlans []pilot.TestPlan  // ordered by application
	Notices   []NoticeView      // newest first
	Incidents []notice.Incident // newest first
	// The estate: what is asked and known of the servers beside themselves.
	Collections  []CollectionView // by name
	Audits       []inventory.Audit
	AuditTrouble string                // why nothing may be advertised to the whole inventory without an override; empty when all is well
	Exemptions   []rollout.Exemption   // in the order in which they were given
	Escalations  []approval.Escalation // measures against servers that are vulnerable past their deadline, in the order in which they were asked for
	Findings     []inventory.Finding   // open ones first, gravest first
	Baselines    []BaselineView        // newest first
	Standards    inventory.StandardSet
	Sources      []inventory.Comparison        // the newest comparison with each kind of source
	Contents     []rollout.SiteContent         // what sites wait for, by release and priority
	Continuity   []inventory.Continuity        // how applications go on while their servers are away, by application
	Procedure    ProcedureView                 // the month's tasks
	Dossiers     map[string]catalog.Dossier    // by KB: what people recorded of updates
	Overlaps     map[string][]approval.Overlap // by release: what it shares with others that are not closed
	Lacking      map[string][]string           // by release: what it needs to leave its phase
	Policy       rollout.Policy                // the numbers that rollouts are led by
	Needs        []Need                        // what waits for a person, most urgent first
	ReadOnly     string                        // why nothing new starts (clock jumped, disk short); empty when all is well

	places    map[inventory.ServerID]int // of the servers; nil in a view that no engine made
	gauge     *gauge                     // what Compliance is worked out with; nil in a view that no engine made
	catalogue uint64                     // version of what people and bulletins say of updates
}

// Server finds a server; nil is one that is not in the inventory, or not any more.
func (v *View) Server(id inventory.ServerID) *inventory.Server {
	if i, known := v.places[id]; known {
		return &v.Servers[i]
	}
	if v.places != nil {
		return nil
	}
	for i := range v.Servers {
		if v.Servers[i].ID == id {
			return &v.Servers[i]
		}
	}
	return nil
}

// CollectionView is a collection with what it holds at the moment of the view. The answer is worked out by the first reader that asks for
// it, and not by the engine's loop.
type CollectionView struct {
	inventory.Collection
	Holds func() (inventory.Selection, error)
}

// BaselineView is a baseline with where the servers of its class stand, worked out by the first reader that asks.
type BaselineView struct {
	inventory.Baseline
	Current bool                        // the newest of its class
	Stand   func() []inventory.Standing // ordered as the view's servers
}

// ChangeView is a change request with its plan and acceptance.
type ChangeView struct {
	approval.Change
	Plan       *rollout.Plan // nil until one is made
	Acceptance pilot.Acceptance
	Minimum    pilot.Minimum // what the engine itself tested on the pilot
}

// ProdOpens is when the first window of Prod begins; zero where the plan has none.
func (c ChangeView) ProdOpens() time.Time {
	if c.Plan == nil {
		return time.Time{}
	}
	return courseOf(c.Plan).Prod.Opens
}

// RolloutView is one rollout as the grid shows it.
type RolloutView struct {
	rollout.Rollout
	Release string         // title of the release
	Counts  rollout.Counts // over all cells
	Windows []WindowView   // in order of opening
	Current int            // index of the open window, or of the next one; -1 when all are closed
	Cells   []Cell         // ordered by window, site and name; positions are stable
	// Laid is the same as long as every cell keeps its place, window and site; 0 says nothing.
	Laid uint64
	// Gate is why nobody of it may start now, and Todo the commands of which each ends that; both are empty when somebody may.
	Gate string
	Todo []string
	// Advertisements are what the cells show, whole, ordered by id.
	Advertisements []*rollout.Advertisement
	Sites          []SiteStanding // whose content is awaited, in order of priority
	Rate           float64        // verified successes an hour over the last half hour of the engine's clock
	Forecast       Forecast
	Track          *Track // how the window at hand goes; nil when the rollout is closed, has no window left, or is told from the trail
}

// WindowView is one maintenance window of a rollout with its own counts.
type WindowView struct {
	rollout.Window
	Counts rollout.Counts
	Score  int // the stop rule's score in this window
}

// Forecast says when the rollout will be through, at the present rate.
type Forecast struct {
	Done time.Time // zero when nothing can be said yet
	// Succeeded were verified when the forecast was made. Several views share one: its numbers go together, and not with newer counts.
	Succeeded int
	Fits      int // servers expected to finish inside their windows
	WillNot   int // servers expected not to fit
}

// Cell is one server's advertisement.
type Cell struct {
	ID         string // advertisement id
	Server     inventory.ServerID
	Name       string
	Site       string
	OS         string
	Owner      string
	Cluster    string
	Window     string // the window it is in, or waits for
	Delivery   rollout.Delivery
	Compliance rollout.Compliance
	Why        string    // what it waits for, or the failure in plain words
	Code       string    // of the failure
	Class      string    // of the failure
	Incident   string    // that is open, or was, for this server in this release: INC-118
	Since      time.Time // in this status
	LastReport time.Time // newest word from the server; zero when there was none
	Attempt    int
	Percent    int
	Phase      string
	Drain      rollout.Drain // how far it is taken out of service, beside its delivery
	KB         string
	Before     inventory.Build
	After      inventory.Build
}

// SweepView is the progress of an inventory sweep.
type SweepView struct {
	ID            string
	Kind          SweepKind
	Total         int
	Done, Trouble int
}

// Need is one thing that waits for a person.
type Need struct {
	Urgent bool
	Words  string // what is wrong and what to do
	Object string // id of the server, change or rollout
}
