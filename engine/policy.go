package engine

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"patchdeck/engine/rollout"
)

// policyChanged notes that rollouts are led by other numbers from now on. The administrator set them in the configuration, whose file is
// theirs alone to write; the engine found them there when it started.
type policyChanged struct {
	Changes []rollout.Difference `json:"changes"`
	Set     map[string]string    `json:"set"` // all of them, as they are now
}

// policyRecord is the one record of its kind: by which settings rollouts were led last. There is none as long as nobody changed a default.
type policyRecord struct {
	Set map[string]string `json:"set"`
}

const policyID = "rollout"

func init() {
	put := func(s *state, p policyRecord) { s.policy = p.Set; s.mark("policy", policyID) }
	keep("policy", put, func(s *state, _ string) any { return policyRecord{s.policy} })
	register("policy.changed",
		func(policyChanged) string { return policyID },
		func(e policyChanged) string {
			words := make([]string, len(e.Changes))
			for i, d := range e.Changes {
				words[i] = fmt.Sprintf("%s %s -> %s", d.Name, d.From, d.To)
			}
			return "the configuration sets " + strings.Join(words, ", ")
		},
		func(s *state, e policyChanged, _ time.Time) error {
			put(s, policyRecord{maps.Clone(e.Set)})
			return nil
		})
}

// adoptPolicy records in what the configured policy differs from the one that rollouts were led by last.
func (e *Engine) adoptPolicy(now time.Time) {
	if changes := e.options.Policy.Against(e.state.policy); len(changes) > 0 {
		e.must(policyChanged{changes, e.options.Policy.Set()}, engineActor, "", now)
	}
}
