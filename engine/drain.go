package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// ReturnByHand notes that somebody gave servers back what had been taken from them for their installation, where they could not be asked
// to take it back themselves.
type ReturnByHand struct {
	Rollout string
	Servers []inventory.ServerID
	Reason  string
}

func (ReturnByHand) Action() string { return "rollout.returned" }

func init() {
	offer((*Engine).returnByHand, approval.Lead, approval.Administrator, approval.OnCall)
	nouns = append(nouns, noun{needs: needReturns})
}

func (e *Engine) returnByHand(actor approval.Actor, c ReturnByHand, now time.Time) (string, error) {
	r := e.state.rollouts[c.Rollout]
	if r == nil {
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	}
	return e.eachOf(actor, r, c.Servers, c.Reason, now, "back in service", func(_ *rollout.Rollout, ad *rollout.Advertisement) (*rollout.Moved, error) {
		return ad.ByHand(c.Reason)
	})
}

// needReturns names the servers that still miss something of their service after they were asked to take it back.
func needReturns(e *Engine, _ *View, _ time.Time, add addNeed) {
	for _, id := range slices.Sorted(maps.Keys(e.state.away)) {
		ad, c := e.state.ads[id], e.contacts.at(id)
		if ad.Drain != rollout.Returning || c.Silent < cleanupTries && e.state.rollouts[ad.Rollout].State != rollout.Closed {
			continue
		}
		add(true, string(ad.Server), "%s is not back in service (%s): %s. It is asked on; where it cannot be, give it back by hand and note that with rollout returned",
			e.nameOf(ad.Server), dutyWords(ad.Duties), orWords(c.Trouble, "it does not answer"))
	}
}

func dutyWords(duties []rollout.Duty) string {
	words := make([]string, len(duties))
	for i, d := range duties {
		words[i] = string(d)
	}
	return strings.Join(words, ", ")
}

func orWords(words, other string) string {
	if words == "" {
		return other
	}
	return words
}
