package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

type (
	// RecordWorkaround records how to live with an update that failed one of the minimum tests, or with an application that failed its own.
	RecordWorkaround struct {
		Change string
		About  string // an update or an application
		Note   string
	}

	minimumTested struct {
		Change string             `json:"change"`
		Server inventory.ServerID `json:"server"`
		Tested pilot.Tested       `json:"tested"`
	}
	minimumWorkaround struct {
		Change string       `json:"change"`
		Update string       `json:"update"`
		Answer pilot.Answer `json:"answer"`
	}
	minimumRecord struct {
		Change string `json:"change"`
		pilot.Minimum
	}
)

func (RecordWorkaround) Action() string { return "acceptance.workaround" }

func init() {
	offer((*Engine).recordWorkaround, approval.Lead)
	register("acceptance.tested",
		func(e minimumTested) string { return string(e.Server) },
		func(e minimumTested) string { return testedWords(e.Tested) },
		func(s *state, e minimumTested, _ time.Time) error {
			s.putMinimum(e.Change, s.minimum[e.Change].With(string(e.Server), e.Tested))
			return nil
		})
	register("acceptance.workaround",
		func(e minimumWorkaround) string { return e.Change },
		func(e minimumWorkaround) string { return e.Update + ": " + e.Answer.Note },
		func(s *state, e minimumWorkaround, _ time.Time) error {
			m, err := s.minimum[e.Change].Live(e.Update, e.Answer)
			if err == nil {
				s.putMinimum(e.Change, m)
			}
			return err
		})
	keep("minimum", func(s *state, r minimumRecord) { s.putMinimum(r.Change, r.Minimum) },
		func(s *state, id string) any { return minimumRecord{id, s.minimum[id]} })
	nouns = append(nouns, noun{needs: needMinimum})
}

func (s *state) putMinimum(change string, m pilot.Minimum) {
	s.minimum[change] = m
	s.mark("minimum", change)
}

func testedWords(t pilot.Tested) string {
	words := "minimum tests:"
	for _, p := range t.Proofs {
		words += fmt.Sprintf(" %s %s %s;", p.Update, p.Test, p.Result)
	}
	return words[:len(words)-1]
}

// prove records the minimum tests of a pilot server when the transition that was just made is the last word on them.
func (e *Engine) prove(m *rollout.Moved, now time.Time) {
	ad := e.state.ads[m.Ad]
	failed := m.To == rollout.Failed && m.From != rollout.Failed && ad.Attempts > 0
	settled := m.To == rollout.Succeeded && m.From != rollout.Succeeded && ad.Trial.Answers(ad.Updates)
	if !ad.Prove || m.Removable == nil && !failed && !settled {
		return
	}
	tested := pilot.Tested{At: now, Proofs: trialOf(ad).Proofs()}
	e.must(minimumTested{Change: e.state.rollouts[ad.Rollout].Change, Server: ad.Server, Tested: tested}, engineActor, "", now)
}

// notBackCodes are failures of a restart, brokenCode one of a service after it.
var notBackCodes = []string{"PD-NOT-BACK", "PD-NOT-READY", "PD-NOT-RESTARTED"}

const brokenCode = "PD-SERVICE"

// trialOf reads what a pilot server went through.
func trialOf(ad *rollout.Advertisement) pilot.Trial {
	t := pilot.Trial{Updates: ad.Updates, Installed: ad.Delivery == rollout.Succeeded, Builds: fmt.Sprintf("build %s -> %s", ad.Before, ad.After),
		Restarts: ad.Restarts, Services: len(ad.Services)}
	if ad.Removable != nil {
		t.Removable, t.NotRemovable = ad.Removable.Yes, ad.Removable.No
	}
	if ad.Trial != nil {
		t.Removed, t.Kept, t.NotTried = ad.Trial.Removed, ad.Trial.Kept, ad.Trial.NotTried
		t.Builds = fmt.Sprintf("build %s -> %s", ad.Before, ad.Trial.Proven)
	}
	f := ad.Failure
	switch {
	case t.Installed || f == nil:
	case f.Code == brokenCode:
		t.Installed, t.Stopped = true, f.Words
	case slices.Contains(notBackCodes, f.Code):
		t.NotBack, t.Trouble = f.Error(), f.Error()
	default:
		t.Trouble = f.Error()
	}
	return t
}

// unanswered lists the failed minimum tests that nobody answered: by dropping the update, excluding the server, or a workaround.
func (e *Engine) unanswered(change approval.Change) []pilot.FailedProof {
	active := e.state.releases[change.Release].Active()
	return slices.DeleteFunc(e.state.minimum[change.ID].Failed(), func(f pilot.FailedProof) bool {
		_, excluded := change.Exclusions[f.Server]
		return excluded || !slices.Contains(active, f.Update)
	})
}

// openMinimum lists those for which Prod waits.
func (e *Engine) openMinimum(change approval.Change) []pilot.FailedProof {
	return slices.DeleteFunc(e.unanswered(change), func(f pilot.FailedProof) bool { return !f.Blocks() })
}

func needMinimum(e *Engine, _ *View, _ time.Time, add addNeed) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.minimum), byNumber) {
		change := e.state.changes[id]
		if e.through(change) {
			continue
		}
		for _, f := range e.unanswered(change) {
			add(f.Blocks(), id, "%s: minimum test failed on %s: %s %s: %s. Drop the update, exclude the server, or record a workaround",
				id, e.nameOf(inventory.ServerID(f.Server)), f.Update, f.Test, f.Words)
		}
	}
}

func (e *Engine) recordWorkaround(actor approval.Actor, c RecordWorkaround, now time.Time) (string, error) {
	change, ok := e.state.changes[c.Change]
	if !ok {
		return "", fmt.Errorf("change request %q is not known: %s", c.Change, known(slices.SortedFunc(maps.Keys(e.state.changes), byNumber)))
	}
	if err := demandReason(c.Note); err != nil {
		return "", fmt.Errorf("a workaround says how to live with the failure: give its text")
	}
	if _, application := e.state.acceptance[c.Change].Results[c.About]; application {
		return e.recordAcceptance(actor, RecordAcceptance{Change: c.Change, Application: c.About, Result: pilot.Workaround, Note: c.Note}, now)
	}
	answer := pilot.Answer{Result: pilot.Workaround, By: actor.Name, At: now, Note: c.Note, Update: c.About}
	if _, err := e.state.minimum[change.ID].Live(c.About, answer); err != nil {
		return "", err
	}
	e.must(minimumWorkaround{Change: change.ID, Update: c.About, Answer: answer}, actor, c.Note, now)
	return fmt.Sprintf("%s: a workaround for %s is recorded", change.ID, c.About), nil
}
