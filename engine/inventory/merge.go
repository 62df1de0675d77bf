package inventory

import (
	"slices"
	"strings"
)

// Merge tells what an import changes: which of the incoming servers are new, which differ from what is known, and which are
// as they were. Servers are matched by name without regard to case; no two incoming ones have the same. A known server keeps its id and all
// that was seen of it; its revision grows only when something changed. Servers that the import does not name are in none of the three.
func Merge(existing, incoming []Server, nextID func() ServerID) (added, changed, unchanged []Server) {
	known := make(map[string]*Server, len(existing))
	for i := range existing {
		known[nameKey(existing[i].Name)] = &existing[i]
	}
	for _, s := range incoming {
		old, ok := known[nameKey(s.Name)]
		switch {
		case !ok:
			s.ID, s.Rev = nextID(), 1
			added = append(added, s)
		case s.describes(old):
			unchanged = append(unchanged, *old)
		default:
			changed = append(changed, old.said(s))
		}
	}
	return added, changed, unchanged
}

// said gives the server with what people now say of it, and everything that was seen of it as it is.
func (s *Server) said(now Server) Server {
	now.ID, now.Rev = s.ID, s.Rev+1
	now.Facts, now.Scan, now.Trouble, now.TroubleClass, now.OffSince = s.Facts, s.Scan, s.Trouble, s.TroubleClass, s.OffSince
	now.FactsSweep, now.ScanSweep, now.StampSweep, now.HealthSweep = s.FactsSweep, s.ScanSweep, s.StampSweep, s.HealthSweep
	now.Reached, now.Health = s.Reached, s.Health
	if now.leavesWindowOf(s) {
		now.Window, now.WindowChosen = s.Window, s.WindowChosen
	}
	return now
}

// leavesWindowOf tells that what an import says leaves the window that somebody chose with a command as it is: it names the same one, or none.
func (s *Server) leavesWindowOf(chosen *Server) bool {
	return chosen.WindowChosen != nil && (s.Window == "" || strings.EqualFold(s.Window, chosen.Window))
}

// describes tells whether two servers agree in everything that people say of them.
func (s *Server) describes(o *Server) bool {
	for _, c := range columns {
		if c.get(s) != c.get(o) && (c.name != windowColumn || !s.leavesWindowOf(o)) {
			return false
		}
	}
	return slices.Equal(s.Applications, o.Applications)
}
