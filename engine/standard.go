package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

type (
	// SetStandards puts a set of minimum standards in force in place of the one before.
	SetStandards struct {
		Source    string
		Standards []inventory.Standard
		Reason    string
	}
	// ReviewStandards records that the standards were looked through and still hold.
	ReviewStandards struct{ Reason string }
)

func (SetStandards) Action() string    { return "standard.set" }
func (ReviewStandards) Action() string { return "standard.review" }

type standardsSet struct {
	Step string                `json:"step"`
	Set  inventory.StandardSet `json:"set"`
}

func (s *state) putStandards(set inventory.StandardSet) {
	s.standards = set
	s.mark("standards", "current")
}

func init() {
	offer((*Engine).setStandards, approval.Lead, approval.Security).limit = entryWeight
	offer((*Engine).reviewStandards, approval.Lead, approval.Security)
	register("standard.set",
		func(standardsSet) string { return "standards" },
		func(e standardsSet) string {
			return fmt.Sprintf("%s: %s from %s", e.Step, count(len(e.Set.Standards), "standard"), e.Set.Source)
		},
		func(s *state, e standardsSet, _ time.Time) error { s.putStandards(e.Set); return nil })
	keep("standards", (*state).putStandards, func(s *state, _ string) any { return s.standards })
	nouns = append(nouns, noun{show: func(e *Engine, v *View, _ time.Time) { v.Standards = e.state.standards }, needs: standardNeeds})
}

func (e *Engine) setStandards(actor approval.Actor, c SetStandards, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if len(c.Standards) == 0 {
		return "", fmt.Errorf("no standard is given")
	}
	for _, s := range c.Standards {
		if err := s.Check(); err != nil {
			return "", fmt.Errorf("standard %s: %w", s.ID, err)
		}
	}
	by := signed(actor, c.Reason, now)
	e.must(standardsSet{"in force", inventory.StandardSet{Standards: c.Standards, Source: c.Source, Set: by, Reviewed: by}}, actor, c.Reason, now)
	return fmt.Sprintf("%s in force; servers are checked as their facts are read", count(len(c.Standards), "standard")), nil
}

func (e *Engine) reviewStandards(actor approval.Actor, c ReviewStandards, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	set := e.state.standards
	if len(set.Standards) == 0 {
		return "", fmt.Errorf("no standards are in force: patchdeck standard import FILE")
	}
	set.Reviewed = signed(actor, c.Reason, now)
	e.must(standardsSet{"reviewed", set}, actor, c.Reason, now)
	return "the standards are recorded as reviewed", nil
}

// standardNeeds asks for a review when the environment changed after the last one.
func standardNeeds(_ *Engine, v *View, _ time.Time, add addNeed) {
	if len(v.Standards.Standards) == 0 {
		return
	}
	for _, f := range v.Findings {
		if f.Kind == inventory.CountChanged && f.Opened.After(v.Standards.Reviewed.At) {
			add(false, "standards", "%s: review the minimum standards (patchdeck standard review)", f.Words)
			return
		}
	}
}
