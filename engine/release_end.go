package engine

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine/approval"
)

type (
	// OwnRelease gives a release another owner.
	OwnRelease struct {
		Release, Owner, Reason string
	}
	// ReviewRelease records the review after a deployment, which closes the release.
	ReviewRelease struct {
		Release string
		Review  approval.Review // who and when are the engine's to fill in
	}
	// WithdrawRelease closes a release without deploying it.
	WithdrawRelease struct {
		Release, Reason string
	}
)

func (OwnRelease) Action() string      { return "release.own" }
func (ReviewRelease) Action() string   { return "release.review" }
func (WithdrawRelease) Action() string { return "release.withdraw" }

type (
	releaseOwned struct {
		Release string `json:"release"`
		Was     string `json:"was"`
		Owner   string `json:"owner"`
	}
	releaseReviewed struct {
		Release string          `json:"release"`
		Review  approval.Review `json:"review"`
	}
	releaseWithdrawn struct {
		Release   string             `json:"release"`
		Amendment approval.Amendment `json:"amendment"`
	}
)

func init() {
	offer((*Engine).ownRelease, approval.Lead)
	offer((*Engine).reviewRelease, approval.Lead)
	offer((*Engine).withdrawRelease, approval.Lead)
	owned := register("release.owned",
		func(e releaseOwned) string { return e.Release },
		func(e releaseOwned) string { return "owned by " + e.Owner },
		func(s *state, e releaseOwned, _ time.Time) error {
			r, err := s.releases[e.Release].Own(e.Owner)
			if err == nil {
				s.putRelease(r)
			}
			return err
		})
	owned.change = func(e any) (string, string) { return e.(releaseOwned).Was, e.(releaseOwned).Owner }
	register("release.reviewed",
		func(e releaseReviewed) string { return e.Release },
		func(e releaseReviewed) string { return "reviewed by " + e.Review.By + " and closed" },
		func(s *state, e releaseReviewed, _ time.Time) error {
			s.putRelease(s.releases[e.Release].Close(&e.Review, nil))
			return nil
		})
	register("release.withdrawn",
		func(e releaseWithdrawn) string { return e.Release },
		func(e releaseWithdrawn) string { return "closed without a rollout: " + e.Amendment.Reason },
		func(s *state, e releaseWithdrawn, _ time.Time) error {
			s.putRelease(s.releases[e.Release].Close(nil, &e.Amendment))
			return nil
		})
}

func (e *Engine) ownRelease(actor approval.Actor, c OwnRelease, now time.Time) (string, error) {
	release, err := e.reasonedRelease(c.Release, c.Reason)
	if err != nil {
		return "", err
	}
	if c.Owner, err = e.person(c.Owner); err != nil {
		return "", err
	}
	if _, err := release.Own(c.Owner); err != nil {
		return "", err
	}
	e.must(releaseOwned{Release: c.Release, Was: release.Owner, Owner: c.Owner}, actor, c.Reason, now)
	return fmt.Sprintf("%s owns %s", c.Owner, c.Release), nil
}

func (e *Engine) reviewRelease(actor approval.Actor, c ReviewRelease, now time.Time) (string, error) {
	release, ok := e.state.releases[c.Release]
	switch {
	case !ok:
		return "", unknownRelease(e, c.Release)
	case release.Phase == approval.Closed:
		return "", approval.Clash("%s is closed already", release.ID)
	case !e.wasDeployed(release.ID):
		return "", approval.Clash("nothing of %s was rolled out: withdraw it with a reason", release.ID)
	}
	c.Review.By, c.Review.At = actor.Name, now
	if err := c.Review.Check(); err != nil {
		return "", err
	}
	evidence := e.evidence(release, now)
	evidence.Reviewed = true
	if err := approval.Leave(release.ID, approval.Deploy, evidence); err != nil {
		return "", err
	}
	e.closeReviewed(release, c.Review, actor, now)
	return release.ID + " is reviewed and closed", nil
}

// closeReviewed ends a release whose rollouts are over with what was learnt, and completes its change request.
func (e *Engine) closeReviewed(release approval.Release, review approval.Review, actor approval.Actor, now time.Time) {
	if live := e.liveChange(release.ID); live != nil {
		if after, err := live.Step("complete", onBehalfOf(actor), "", "reviewed", now); err == nil {
			e.must(changeDecided{Step: "complete", From: live.State, Change: after}, actor, "", now)
		}
	}
	e.must(releaseReviewed{Release: release.ID, Review: review}, actor, "", now)
}

func (e *Engine) wasDeployed(release string) bool {
	for _, r := range e.state.rollouts {
		if r.Release == release {
			return true
		}
	}
	return false
}

func (e *Engine) withdrawRelease(actor approval.Actor, c WithdrawRelease, now time.Time) (string, error) {
	release, err := e.reasonedRelease(c.Release, c.Reason)
	if err != nil {
		return "", err
	}
	if release.Phase == approval.Closed {
		return "", approval.Clash("%s is closed already", release.ID)
	}
	if live := e.liveChange(release.ID); live != nil {
		return "", approval.Clash("%s asks for %s: withdraw or reject it first, or review the release when it is through", live.ID, release.ID)
	}
	if open := e.evidence(release, now).Open; len(open) > 0 {
		return "", approval.Clash("%s of %s still finish: wait until they are through", strings.Join(open, ", "), release.ID)
	}
	e.must(releaseWithdrawn{Release: release.ID, Amendment: approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}}, actor, c.Reason, now)
	return fmt.Sprintf("%s is withdrawn", release.ID), nil
}
