package engine

import (
	"time"

	"patchdeck/engine/rollout"
)

// contacts are the conversations with hosts since this process started, by key: an advertisement's id, or a sweep and a server. They know
// at any time how many servers are silent, and which of them changed since somebody last asked.
type contacts struct {
	of      map[string]rollout.Contact
	silent  map[string]time.Time // since when, where the road to the server is the trouble
	heard   time.Time            // newest answer of anybody
	fell    time.Time            // no silence began later
	loose   bool                 // fell may be too late: a silence ended since it was found
	flips   uint64               // grows when anybody falls silent or answers again
	changed []string             // keys, until take; one may stand there twice
}

func newContacts() *contacts {
	return &contacts{of: map[string]rollout.Contact{}, silent: map[string]time.Time{}}
}

// at is the conversation under a key; the zero Contact where there was none.
func (c *contacts) at(key string) rollout.Contact { return c.of[key] }

// put keeps what follows from an answer, a silence or a transition.
func (c *contacts) put(key string, v rollout.Contact) {
	c.of[key] = v
	c.changed = append(c.changed, key)
	c.heard = maxTime(c.heard, v.Heard)
	if v.Silent > 0 && v.Network {
		if _, ok := c.silent[key]; !ok {
			c.flips++
		}
		c.silent[key] = v.Since
		c.fell = maxTime(c.fell, v.Since)
	} else {
		c.answered(key)
	}
}

func (c *contacts) answered(key string) {
	if _, ok := c.silent[key]; ok {
		delete(c.silent, key)
		c.loose = true
		c.flips++
	}
}

// drop forgets a conversation that is over.
func (c *contacts) drop(key string) {
	delete(c.of, key)
	c.changed = append(c.changed, key)
	c.answered(key)
}

// take gives the keys that changed since it was last asked.
func (c *contacts) take() []string {
	keys := c.changed
	c.changed = nil
	return keys
}

// unreached tells that the road to a server is in trouble.
func (c *contacts) unreached(key string) bool { _, ok := c.silent[key]; return ok }

// silentInARow counts the servers whose newest call got no answer, when no other server answered since: then the trouble is ours.
func (c *contacts) silentInARow(now time.Time) int {
	if c.heard.After(now) {
		c.heard = now // the clock was ahead when it was heard
	}
	if len(c.silent) == 0 || c.heard.After(c.fell) {
		return 0
	}
	if c.loose {
		c.fell, c.loose = time.Time{}, false
		for _, since := range c.silent {
			c.fell = maxTime(c.fell, since)
		}
		if c.heard.After(c.fell) {
			return 0
		}
	}
	return len(c.silent)
}
