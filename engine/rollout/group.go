package rollout

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/inventory"
)

// Group is an availability group: servers that stand in for each other, of which only so many may be away at once, over all rollouts. A
// person declares it, for an application that runs on several servers, for instance; an application's name alone makes none.
type Group struct {
	Name    string               `json:"name"`
	Most    int                  `json:"most"` // members away at once
	Members []inventory.ServerID `json:"members"`
}

// Check refuses a group that means nothing.
func (g Group) Check() error {
	switch {
	case strings.TrimSpace(g.Name) == "" || len(g.Name) > longestGroupName || strings.ContainsFunc(g.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("a group has a name of 1 to %d printable characters", longestGroupName)
	case len(g.Members) < 2:
		return fmt.Errorf("a group has two members or more: a single server needs none")
	case g.Most < 1 || g.Most >= len(g.Members):
		return fmt.Errorf("of %d members 1 to %d may be away at once, not %d", len(g.Members), len(g.Members)-1, g.Most)
	}
	return nil
}

const longestGroupName = 60

// Controllers is the group that the domain controllers of a domain make without being declared: while one of them is away its roles are
// with another one, which then must stay.
func Controllers(f *inventory.Facts) (name string, ok bool) {
	if f == nil || f.DomainRole < controllerRole {
		return "", false
	}
	return "domain controllers of " + strings.ToLower(f.Domain), true
}

// Seats says for one server which groups' seats it takes while it is away, and why one of them has none left.
type Seats struct {
	Groups []string
	Full   string // why it must wait; empty when every group has a seat
}

// free tells that a server may go: it holds its seats already, or every group has one left.
func (s Seats) free(ad *Advertisement) bool {
	return s.Full == "" || len(ad.Seats) > 0 && slices.Equal(ad.Seats, s.Groups)
}
