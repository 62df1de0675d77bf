package inventory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Policy is every number of the inventory's rules.
type Policy struct {
	Refresh      time.Duration // the engine reads all servers anew this long after the last complete audit began; 0 is never
	MaxAge       time.Duration // facts that are older are old: nothing is advertised on them
	MaxUnread    int           // percent of the servers that may be unread, before an audit counts as incomplete
	MarkedChange int           // percent by which the number of servers may rise or fall between two audits without a finding
	StaleAfter   time.Duration // an entry of a directory or of DNS that was not renewed for so long is stale
}

// DefaultPolicy is what we would use.
func DefaultPolicy() Policy {
	const day = 24 * time.Hour
	return Policy{Refresh: day, MaxAge: 2 * day, MaxUnread: 5, MarkedChange: 5, StaleAfter: 90 * day}
}

// Completeness is how well a set of servers is known.
type Completeness struct {
	Servers int
	Unread  []string // names of the servers that the last sweep could not read, or that none ever asked
	Old     []string // names of the servers whose facts are too old
}

// Complete tells how well servers are known. Servers that are not managed do not count: people look after them.
func (p Policy) Complete(servers []Server, now time.Time) Completeness {
	var c Completeness
	for i := range servers {
		switch s := &servers[i]; {
		case s.Unmanaged != "":
		case s.Facts == nil || s.Trouble != "":
			c.Servers++
			c.Unread = append(c.Unread, s.Name)
		case now.Sub(s.Facts.At) > p.MaxAge:
			c.Servers++
			c.Old = append(c.Old, s.Name)
		default:
			c.Servers++
		}
	}
	return c
}

// Trouble is why nothing may be advertised to servers that are known like this; empty when it may.
func (p Policy) Trouble(c Completeness) string {
	var words []string
	if len(c.Unread)*100 > p.MaxUnread*c.Servers {
		words = append(words, fmt.Sprintf("%d of %d servers were not read (%s)", len(c.Unread), c.Servers, someNames(c.Unread)))
	}
	if len(c.Old) > 0 {
		words = append(words, fmt.Sprintf("what is known of %d is older than %s (%s)", len(c.Old), p.MaxAge, someNames(c.Old)))
	}
	return strings.Join(words, "; ")
}

// someNames lists the first few names in their order.
func someNames(names []string) string {
	const most = 3
	names = slices.Sorted(slices.Values(names))
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
