package inventory

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Collection is a saved question about the inventory. It is answered anew each time: what the query selects, and the members that
// somebody named, without the servers that somebody excluded.
type Collection struct {
	Name    string     `json:"name"`
	Title   string     `json:"title,omitempty"`
	Owner   string     `json:"owner"`
	Query   string     `json:"query,omitempty"` // an expression for CompileFilter; empty selects nothing
	Members []ServerID `json:"members,omitempty"`
	// Exclusions hold until their end, whatever the query says and whoever named the server a member.
	Exclusions Exceptions `json:"exclusions,omitempty"`
	// Reference marks the representative sample of production that gets an update before the rest of Prod.
	Reference bool   `json:"reference,omitempty"`
	Made      Signed `json:"made"`
	Rev       int    `json:"rev"`
}

// Exclusion is why a server is left out, who says so, and until when.
type Exclusion struct {
	Signed
	Until time.Time `json:"until,omitzero"` // zero is until somebody ends it
}

// Holds tells whether an exclusion, or any other exception, is still in force.
func (x Exclusion) Holds(now time.Time) bool { return x.Until.IsZero() || now.Before(x.Until) }

// Exceptions are exclusions, or exemptions, by server. They are never changed in place.
type Exceptions map[ServerID]Exclusion

func (e Exceptions) with(id ServerID, x Exclusion) Exceptions {
	next := make(Exceptions, len(e)+1)
	maps.Copy(next, e)
	next[id] = x
	return next
}

func (e Exceptions) without(id ServerID) Exceptions {
	next := maps.Clone(e)
	delete(next, id)
	return next
}

// Selection is what a collection holds at one moment.
type Selection struct {
	Members  []ServerID
	Excluded map[ServerID]Exclusion // would be members
	// Undecided are servers about which the query gave no answer. They are no members, and are named so that nobody misses them.
	Undecided map[ServerID]string
}

// mostName bounds what a collection, a baseline or a standard is called: it stands in commands, ids and file names.
const mostName = 64

// CheckName refuses a name that could not stand on a command line or in an id.
func CheckName(thing, name string) error {
	if name == "" || len(name) > mostName || strings.HasPrefix(name, "-") {
		return fmt.Errorf("a %s is named with 1 to %d letters, digits, dots, hyphens and underscores, not %s", thing, mostName, quote(name))
	}
	for _, r := range name {
		if !strings.ContainsRune("-_.", r) && (r >= 0x80 || !isLetterOrDigit(r)) {
			return fmt.Errorf("%s is no name of a %s: letters, digits, dots, hyphens and underscores only", quote(name), thing)
		}
	}
	return nil
}

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// Check refuses a collection that could not be answered.
func (c Collection) Check() error {
	if err := CheckName("collection", c.Name); err != nil {
		return err
	}
	if c.Query == "" {
		return nil
	}
	_, err := CompileFilter(c.Query)
	return err
}

// Select answers the collection for servers as they are now.
func (c Collection) Select(servers []Server, now time.Time) (Selection, error) {
	var filter *Filter
	if c.Query != "" {
		var err error
		if filter, err = CompileFilter(c.Query); err != nil {
			return Selection{}, fmt.Errorf("collection %s: %w", c.Name, err)
		}
	}
	named := make(map[ServerID]bool, len(c.Members))
	for _, id := range c.Members {
		named[id] = true
	}
	s := Selection{Excluded: map[ServerID]Exclusion{}, Undecided: map[ServerID]string{}}
	for i := range servers {
		server := &servers[i]
		in := named[server.ID]
		if !in && filter != nil {
			var err error
			if in, err = filter.Match(*server); err != nil {
				s.Undecided[server.ID] = err.Error()
			}
		}
		switch x, excluded := c.Exclusions[server.ID]; {
		case !in:
		case excluded && x.Holds(now):
			s.Excluded[server.ID] = x
		default:
			s.Members = append(s.Members, server.ID)
		}
	}
	return s, nil
}

// Add makes servers members. Who is one already stays one.
func (c Collection) Add(ids ...ServerID) Collection {
	c.Members = slices.Clone(c.Members)
	for _, id := range ids {
		if !slices.Contains(c.Members, id) {
			c.Members = append(c.Members, id)
		}
	}
	slices.Sort(c.Members)
	c.Rev++
	return c
}

// Exclude leaves a server out.
func (c Collection) Exclude(id ServerID, x Exclusion) Collection {
	c.Exclusions = c.Exclusions.with(id, x)
	c.Rev++
	return c
}

// Include ends the exclusion of a server.
func (c Collection) Include(id ServerID) (Collection, error) {
	if _, excluded := c.Exclusions[id]; !excluded {
		return c, errors.New("it is not excluded")
	}
	c.Exclusions = c.Exclusions.without(id)
	c.Rev++
	return c, nil
}

// Remove takes away what was said of a server by name: that it is a member, or that it is excluded.
func (c Collection) Remove(id ServerID) (Collection, error) {
	_, excluded := c.Exclusions[id]
	if !excluded && !slices.Contains(c.Members, id) {
		return c, errors.New("neither a named member nor excluded: what the query selects can only be excluded")
	}
	c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m ServerID) bool { return m == id })
	c.Exclusions = c.Exclusions.without(id)
	c.Rev++
	return c, nil
}
