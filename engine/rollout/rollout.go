package rollout

import "time"

// State is where a rollout stands.
type State string

const (
	Active State = "running"
	Paused State = "paused" // nobody new starts; a person resumes
	Halted State = "halted" // a stop rule fired, or a person halted it; latched
	Closed State = "closed" // every advertisement is final
)

// Rollout is a plan run for one ring.
type Rollout struct {
	ID       string    `json:"id"` // "R-3"
	Change   string    `json:"change"`
	Release  string    `json:"release"`
	PlanHash string    `json:"plan_hash"`
	Ring     Ring      `json:"ring"`
	State    State     `json:"state"`
	Stop     *Stop     `json:"stop,omitempty"` // why it is paused or halted
	Opened   time.Time `json:"opened"`
	Ended    time.Time `json:"ended,omitzero"`
	Ceiling  int       `json:"ceiling"` // servers in work at once, at the most
	// Added are windows that people gave it beside the plan's, for servers that missed those.
	Added []Window `json:"added_windows,omitempty"`

	Scores   map[string]int  `json:"scores,omitempty"`    // stop rule's score by window
	Warned   map[string]bool `json:"warned,omitempty"`    // windows whose score passed the warning
	Failures int             `json:"failures,omitempty"`  // failures of any kind after a start
	Hard     map[string]int  `json:"hard,omitempty"`      // hard failures by window
	LastCode string          `json:"last_code,omitempty"` // code of the newest failures that do not score
	SameCode int             `json:"same_code,omitempty"` // how many of them in a row
	// Verified counts verified successes by base build; WindowVerified those since each window opened, by window and base build.
	Verified       map[string]int            `json:"verified,omitempty"`
	WindowVerified map[string]map[string]int `json:"window_verified,omitempty"`
	// Durations are the newest measured times from admission to the end of the installation, in seconds, by base build.
	Durations     map[string][]int `json:"durations,omitempty"`
	ClosedWindows []string         `json:"closed_windows,omitempty"`
	Rev           int              `json:"rev"`
}

// HaltedByRule tells that the engine's stop rule ended it, and nobody resumed it. A pause for one cause outside the update is no halt.
func (r *Rollout) HaltedByRule() bool {
	return r.Stop != nil && r.Stop.By == engineName && r.Stop.Rule != RuleSameCode
}

// engineName is who acts when the stop rule does.
const engineName = "engine"

// Stop says why nobody new starts.
type Stop struct {
	By     string    `json:"by"` // a person, or "engine"
	At     time.Time `json:"at"`
	To     State     `json:"to"` // paused or halted, whatever the rollout became since
	Rule   string    `json:"rule"`
	Reason string    `json:"reason"`
}
