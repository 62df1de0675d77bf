package approval

import (
	"slices"
	"strings"
	"time"

	"patchdeck/engine/catalog"
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
	Undoes string `json:"undoes,omitempty"`
	// CatchesUp is the release that this one brings to Servers, which are behind it.
	CatchesUp string   `json:"catches_up,omitempty"`
	Servers   []string `json:"servers,omitempty"`
	// Category is of the assets, as in Categories; with the priority it gives the timetable.
	Category string `json:"category,omitempty"`
	// Revision counts the repairs of the package: each repeats the acceptance.
	Revision int        `json:"revision,omitempty"`
	Closing  *Amendment `json:"closing,omitempty"` // closed without a rollout: who, when and why
	Review   *Review    `json:"review,omitempty"`
	Rev      int        `json:"rev"`
}

// ReleaseUpdate is one update of a release. A dropped update keeps its place, with the reason.
type ReleaseUpdate struct {
	KB string `json:"kb"`
	// Bulletin is where the update comes from when that is not the release's own: carried over to the quarterly run.
	Bulletin  string           `json:"bulletin,omitempty"`
	Severity  catalog.Severity `json:"severity"`
	Exploited bool             `json:"exploited,omitempty"`
	Missing   int              `json:"missing"` // servers whose scan offered it when the release was made
	Why       string           `json:"why"`     // the relevance decision
	Dropped   *Amendment       `json:"dropped,omitempty"`
	Added     *Amendment       `json:"added,omitempty"` // after the release was created
}

// Amendment is a recorded change of something that was decided before: who made it, when and why.
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

// Holds gives the release's update with this KB, dropped or not.
func (r Release) Holds(kb string) (ReleaseUpdate, bool) {
	if i := r.place(kb); i >= 0 {
		return r.Updates[i], true
	}
	return ReleaseUpdate{}, false
}

func (r Release) place(kb string) int {
	return slices.IndexFunc(r.Updates, func(u ReleaseUpdate) bool { return u.KB == kb })
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
	i := r.place(kb)
	if i < 0 {
		return r, Clash("release %s does not hold %s: it holds %s", r.ID, kb, strings.Join(r.Active(), ", "))
	}
	if r.Updates[i].Dropped != nil {
		return r, Clash("%s was dropped from %s by %s already", kb, r.ID, r.Updates[i].Dropped.By)
	}
	r.Updates = slices.Clone(r.Updates)
	r.Updates[i].Dropped = &a
	r.Rev++
	return r, nil
}

// Widen adds an update, or takes one back that was dropped. The package becomes a new revision: acceptance repeats, and a plan that
// was frozen before is void.
func (r Release) Widen(u ReleaseUpdate, a Amendment) (Release, error) {
	if r.Phase == Closed {
		return r, Clash("%s is closed: create another release for %s", r.ID, u.KB)
	}
	u.Added, u.Dropped = &a, nil
	r.Updates = slices.Clone(r.Updates)
	switch i := r.place(u.KB); {
	case i < 0:
		r.Updates = append(r.Updates, u)
	case r.Updates[i].Dropped == nil:
		return r, Clash("release %s holds %s already", r.ID, u.KB)
	default:
		r.Updates[i] = u
	}
	r.Revision++
	r.Rev++
	return r, nil
}

// Rate takes over what is newly known of an update's danger.
func (r Release) Rate(kb string, severity catalog.Severity, exploited bool) (Release, bool) {
	i := r.place(kb)
	if i < 0 || r.Phase == Closed || r.Updates[i].Severity == severity && r.Updates[i].Exploited == exploited {
		return r, false
	}
	r.Updates = slices.Clone(r.Updates)
	r.Updates[i].Severity, r.Updates[i].Exploited = severity, exploited
	r.Rev++
	return r, true
}

// Own gives the release another owner.
func (r Release) Own(owner string) (Release, error) {
	switch {
	case strings.TrimSpace(owner) == "":
		return r, Clash("a release has an owner: name one")
	case r.Phase == Closed:
		return r, Clash("%s is closed", r.ID)
	case r.Owner == owner:
		return r, Clash("%s owns %s already", owner, r.ID)
	}
	r.Owner = owner
	r.Rev++
	return r, nil
}

// Close ends a release: with its review, or without a rollout and with the reason why.
func (r Release) Close(review *Review, closing *Amendment) Release {
	r.Phase, r.Review, r.Closing = Closed, review, closing
	r.Rev++
	return r
}
