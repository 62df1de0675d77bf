package approval

import (
	"slices"
	"time"

	"patchdeck/engine/catalog"
)

// Phase is where a release stands in the four-phase cycle.
type Phase string

const (
	Identify Phase = "Identify"        // relevance is being decided
	Evaluate Phase = "Evaluate & Plan" // a change request is on its way
	Deploy   Phase = "Deploy"          // the plan is approved, or its pilot runs
	Closed   Phase = "Closed"
)

// Release is what is deployed: one or more updates of a bulletin, with the decision why each is in it.
type Release struct {
	ID       string          `json:"id"` // "2026-11-security"
	Title    string          `json:"title"`
	Bulletin string          `json:"bulletin"`
	Owner    string          `json:"owner"`
	Created  time.Time       `json:"created"`
	Phase    Phase           `json:"phase"`
	Updates  []ReleaseUpdate `json:"updates"`
	// Undoes is the rollout that this release takes back: its updates are removed from Servers, which got them by it.
	Undoes  string   `json:"undoes,omitempty"`
	Servers []string `json:"servers,omitempty"`
	Rev     int      `json:"rev"`
}

// ReleaseUpdate is one update of a release. A dropped update keeps its place, with the reason.
type ReleaseUpdate struct {
	KB        string           `json:"kb"`
	Severity  catalog.Severity `json:"severity"`
	Exploited bool             `json:"exploited,omitempty"`
	Missing   int              `json:"missing"` // servers whose scan offered it when the release was made
	Why       string           `json:"why"`     // the relevance decision
	Dropped   *Amendment       `json:"dropped,omitempty"`
}

// Amendment is a recorded narrowing after the approval: who took something out, when and why.
type Amendment struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Active lists the KBs that are still in the release.
func (r Release) Active() []string {
	var kbs []string
	for _, u := range r.Updates {
		if u.Dropped == nil {
			kbs = append(kbs, u.KB)
		}
	}
	return kbs
}

// Worst gives the highest severity among the active updates, and whether one of them is exploited.
func (r Release) Worst() (worst catalog.Severity, exploited bool) {
	for _, u := range r.Updates {
		if u.Dropped == nil {
			worst = max(worst, u.Severity)
			exploited = exploited || u.Exploited
		}
	}
	return worst, exploited
}

// Drop takes an update out of the release.
func (r Release) Drop(kb string, a Amendment) (Release, error) {
	i := slices.IndexFunc(r.Updates, func(u ReleaseUpdate) bool { return u.KB == kb })
	if i < 0 {
		return r, Clash("release %s does not hold %s: it holds %v", r.ID, kb, r.Active())
	}
	if r.Updates[i].Dropped != nil {
		return r, Clash("%s was dropped from %s by %s already", kb, r.ID, r.Updates[i].Dropped.By)
	}
	r.Updates = slices.Clone(r.Updates)
	r.Updates[i].Dropped = &a
	r.Rev++
	return r, nil
}
