package remote

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"patchdeck/engine/inventory"
)

// check reads fields of a result and keeps the first that is not believable. The value of a bad field is its zero.
type check struct{ err error }

func (c *check) refuse(field, why string) {
	if c.err == nil {
		c.err = errors.New("the server's answer is not believable: " + field + " " + why)
	}
}

// Times of servers and of simulated fleets lie within these years.
const (
	firstYear = 2000
	lastYear  = 2199
)

func (c *check) time(field, text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		c.refuse(field, "is no time")
		return time.Time{}
	}
	return t.UTC()
}

// maybeTime reads a time that may be missing.
func (c *check) maybeTime(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	return c.time(field, text)
}

func (c *check) within(field string, n, least, most int64) int64 {
	if n < least || n > most {
		c.refuse(field, fmt.Sprintf("is %d, outside %d to %d", n, least, most))
		return 0
	}
	return n
}

// bytes reads a size of memory or disk.
func (c *check) bytes(field string, n int64) int64 {
	const most = 1 << 60
	return c.within(field, n, 0, most)
}

// list tells whether a list has a length that can be true.
func (c *check) list(field string, length, most int) {
	if length > most {
		c.refuse(field, fmt.Sprintf("lists %d entries, more than %d", length, most))
	}
}

// oneOf reads a word that has a fixed meaning.
func (c *check) oneOf(field, word string, words ...string) string {
	for _, w := range words {
		if w == word {
			return word
		}
	}
	c.refuse(field, fmt.Sprintf("is %q", clean(word, 40)))
	return ""
}

func (c *check) build(field, text string) inventory.Build {
	b, err := inventory.ParseBuild(text)
	if err != nil {
		c.refuse(field, "is no build number")
	}
	return b
}

// The names of Microsoft's updates, and of any.
var (
	kbForm     = regexp.MustCompile(`^KB[0-9]{6,8}$`)
	updateForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,39}$`)
)

// update reads the name of an update: a KB, or what people call a package.
func (c *check) update(field, text string) string {
	if !updateForm.MatchString(text) {
		c.refuse(field, fmt.Sprintf("names %q, which is no update", clean(text, 40)))
		return ""
	}
	return text
}

func (c *check) updates(field string, list []string) []string {
	c.list(field, len(list), mostUpdates)
	for _, kb := range list[:min(len(list), mostUpdates)] {
		c.update(field, kb)
	}
	return list
}

func (c *check) names(field string, list []string, most int) []string {
	c.list(field, len(list), most)
	cleaned := make([]string, 0, min(len(list), most))
	for _, name := range list[:min(len(list), most)] {
		cleaned = append(cleaned, clean(name, shortWords))
	}
	return cleaned
}

// Longest lists that a server can have.
const (
	mostServices = 5000
	mostUpdates  = 5000
	mostRoles    = 1000
	mostPending  = 100
)

// pending is PENDING of the script protocol.
type pending struct {
	Reason string `json:"reason"`
	Blocks bool   `json:"blocks"`
	Detail string `json:"detail"`
}

func (c *check) pending(list []pending) []inventory.PendingReason {
	c.list("pending_restart", len(list), mostPending)
	var reasons []inventory.PendingReason
	for _, p := range list[:min(len(list), mostPending)] {
		reasons = append(reasons, inventory.PendingReason{Reason: clean(p.Reason, 64), Blocks: p.Blocks, Detail: clean(p.Detail, shortWords)})
	}
	return reasons
}

// servicing reads whether component servicing is at work.
func (c *check) servicing(word string) (busy bool) {
	return c.oneOf("servicing", word, "idle", "busy") == "busy"
}
