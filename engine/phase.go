package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
)

func init() { nouns = append(nouns, noun{look: (*Engine).lookAtPhases, show: (*Engine).showPhases}) }

// showPhases tells what each release lacks to leave its phase.
func (e *Engine) showPhases(v *View, now time.Time) {
	v.Lacking = map[string][]string{}
	for id, r := range e.state.releases {
		if r.Phase != approval.Closed {
			v.Lacking[id] = approval.Lacking(r.Phase, e.evidence(r, now))
		}
	}
}

func unknownRelease(e *Engine, id string) error {
	return fmt.Errorf("release %q is not known: %s", id, known(slices.Sorted(maps.Keys(e.state.releases))))
}

// lookAtPhases lets releases enter Deploy, and closes them after the month's review, when nothing is lacking any more.
func (e *Engine) lookAtPhases(now time.Time) time.Time {
	if e.clockTrouble() != "" {
		return time.Time{}
	}
	var ready []string
	for id, r := range e.state.releases {
		if r.Phase != approval.Deploy && (r.Phase != approval.Evaluate || !e.unlocked(r.ID)) {
			continue
		}
		if len(approval.Lacking(r.Phase, e.evidence(r, now))) == 0 {
			ready = append(ready, id)
		}
	}
	slices.Sort(ready)
	for _, id := range ready {
		if r := e.state.releases[id]; r.Phase == approval.Evaluate {
			e.must(releasePhase{Release: id, Phase: approval.Deploy}, engineActor, "", now)
		} else if review, ok := e.monthsReview(r); ok {
			e.closeReviewed(r, review, engineActor, now)
		}
	}
	return time.Time{}
}

// monthsReview gives the review that was held of the month of a release's change request, if it answers every question.
func (e *Engine) monthsReview(r approval.Release) (approval.Review, bool) {
	c := e.liveChange(r.ID)
	if c == nil {
		return approval.Review{}, false
	}
	held, ok := e.state.reviews[e.state.cycleOf[c.ID]]
	return approval.Review{Answers: held.Answers, By: held.By, At: held.At}, ok && len(approval.Unanswered(held.Answers)) == 0
}

func (e *Engine) unlocked(release string) bool {
	c := e.liveChange(release)
	return c != nil && c.Unlocks(false)
}

// evidence is what is known of a release at the gates of its phases.
func (e *Engine) evidence(r approval.Release, now time.Time) approval.Evidence {
	have := approval.Evidence{Notification: r.Bulletin, Affects: len(r.Active()) > 0, Reviewed: r.Review != nil}
	if _, held := e.monthsReview(r); held {
		have.Reviewed = true
	}
	for _, u := range r.Updates {
		if u.Dropped != nil {
			continue
		}
		dossier := e.state.dossiers[u.KB]
		if d, decided := dossier.Decided(); r.Undoes == "" && (decided && !d.Relevant || !decided && u.Why == "") {
			have.Undecided = append(have.Undecided, u.KB)
		}
		if known, _ := e.state.bulletins[cmp.Or(u.Bulletin, r.Bulletin)].Find(u.KB); r.Undoes == "" && known.IsPackage() && !dossier.HasVerifiedFile() {
			have.Unverified = append(have.Unverified, u.KB)
		}
	}
	for _, id := range e.openRollouts() {
		if e.state.rollouts[id].Release == r.ID {
			have.Open = append(have.Open, id)
		}
	}
	c := e.liveChange(r.ID)
	if c == nil {
		have.Acceptance = "no change request is approved"
		return have
	}
	emergency := c.Priority == approval.Emergency
	have.Requested, have.Settled = true, c.Team != nil
	have.Approved = c.State == approval.Approved || emergency && c.State == approval.Authorised
	have.Planned = e.state.plans[c.PlanHash] != nil
	if r.Undoes == "" && r.CatchesUp == "" { // what is taken back or caught up was accepted once
		have.Acceptance = e.acceptanceGate(*c, now).why
	}
	return have
}
