package report

import (
	"cmp"
	"slices"
	"strings"

	"patchdeck/engine/rollout"
)

// windows lists the plan's windows with the servers whose first window each is.
func (m *maker) windows(servers []Server) []Window {
	place := map[string]int{}
	list := make([]Window, 0, len(m.in.Plan.Windows))
	for i, w := range m.in.Plan.Windows {
		place[w.ID] = i
		list = append(list, Window{ID: w.ID, Ring: w.Ring, Kind: w.Kind, Opens: w.Opens.UTC(), Closes: w.Closes.UTC(), Score: m.journal.scores[w.ID]})
	}
	for _, s := range servers {
		if s.first == "" {
			continue
		}
		list[place[s.first]].Counts.count(s)
		if s.Attempts > 0 {
			list[place[s.Window.ID]].Ran++
		}
	}
	return list
}

// rings lists the rings of the plan in their order.
func (m *maker) rings(servers []Server) []Ring {
	counts := map[rollout.Ring]*Counts{}
	for _, s := range servers {
		if s.Ring == "" {
			continue
		}
		if counts[s.Ring] == nil {
			counts[s.Ring] = &Counts{}
		}
		counts[s.Ring].count(s)
	}
	var list []Ring
	for _, name := range rollout.Rings {
		if counts[name] == nil {
			continue
		}
		ring := Ring{Ring: name, State: neverOpened, Counts: *counts[name]}
		if r := m.ringOf[name]; r != nil {
			ring.Rollout, ring.State, ring.Opened, ring.Ended = r.ID, r.State, r.Opened.UTC(), r.Ended.UTC()
		}
		list = append(list, ring)
	}
	return list
}

// properties are what servers are grouped by.
var properties = []struct {
	by    string
	value func(Server) string
}{
	{"operating system", func(s Server) string { return s.OS }},
	{"environment", func(s Server) string { return string(s.Environment) }},
	{"site", func(s Server) string { return s.Site }},
	{"owner", func(s Server) string { return s.Owner }},
}

// groups counts the servers of the plan by each property.
func groups(servers []Server) []GroupTable {
	var tables []GroupTable
	for _, property := range properties {
		counts := map[string]*Counts{}
		for _, s := range servers {
			if s.CountedAs == AccountUnplanned {
				continue
			}
			name := cmp.Or(property.value(s), "(none)")
			if counts[name] == nil {
				counts[name] = &Counts{}
			}
			counts[name].count(s)
		}
		table := GroupTable{By: property.by, Groups: []Group{}}
		for name, c := range counts {
			table.Groups = append(table.Groups, Group{name, *c})
		}
		slices.SortFunc(table.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
		tables = append(tables, table)
	}
	return tables
}
