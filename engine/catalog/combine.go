package catalog

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Combined is what several bulletins together say of one KB. The vendor names an update again in a later month when it finds
// out more about it.
type Combined struct {
	Update             // Bulletin is the newest, Released the first publication
	Bulletins []string `json:"bulletins"` // that name the update, in the order given
}

// Combine gives each KB of the bulletins once: the worst of what they say of its danger and its restart, and all that it fixes,
// replaces and belongs to. Bulletins come newest first. The result is ordered as in a bulletin.
func Combine(bulletins []Bulletin) []Combined {
	found := map[string]*combination{}
	for _, b := range bulletins {
		for _, u := range b.Updates {
			c := found[u.KB]
			if c == nil {
				c = &combination{gathering: newGathering(u.KB), newest: u}
				found[u.KB] = c
			}
			c.add(b.ID, u)
		}
	}
	all := make([]Combined, 0, len(found))
	for _, c := range found {
		all = append(all, c.combined())
	}
	slices.SortFunc(all, func(a, b Combined) int { return compareUpdates(a.Update, b.Update) })
	return all
}

// combination collects one KB over several bulletins, as a gathering does within one.
type combination struct {
	*gathering
	newest    Update
	bulletins []string
}

func (c *combination) add(bulletin string, u Update) {
	if !slices.Contains(c.bulletins, bulletin) {
		c.bulletins = append(c.bulletins, bulletin)
	}
	c.severity = max(c.severity, u.Severity)
	c.cvss = max(c.cvss, u.CVSS)
	c.exploited = c.exploited || u.Exploited
	c.disclosed = c.disclosed || u.Disclosed
	c.restart = worseRestart(c.restart, u.Restart)
	c.newest.Released = earlier(c.newest.Released, u.Released)
	maps.Insert(c.cves, members(u.CVEs))
	maps.Insert(c.supersedes, members(u.Supersedes))
	if u.SubType != "" {
		maps.Insert(c.subTypes, members(strings.Split(u.SubType, subTypeSeparator)))
	}
	for _, p := range u.Products {
		c.setBuild(p.Name, p.FixedBuild)
	}
}

func (c *combination) combined() Combined {
	u, gathered := c.newest, c.update()
	u.Severity, u.CVEs, u.Exploited, u.Disclosed, u.CVSS = gathered.Severity, gathered.CVEs, gathered.Exploited, gathered.Disclosed, gathered.CVSS
	u.Restart, u.SubType, u.Supersedes, u.Products = gathered.Restart, gathered.SubType, gathered.Supersedes, gathered.Products
	return Combined{Update: u, Bulletins: c.bulletins}
}

// members gives a list as what a set takes in.
func members(list []string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for _, one := range list {
			if !yield(one, true) {
				return
			}
		}
	}
}

// earlier is the first of two instants; one that is not known is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
