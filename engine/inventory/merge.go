package inventory

import "slices"

// Merge tells what an import changes: which of the incoming servers are new, which differ from what is known, and which are
// as they were. Servers are matched by name without regard to case; no two incoming ones have the same. A known server keeps its id, facts, scan and trouble;
// its revision grows only when something changed. Servers that the import does not name are in none of the three.
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
			s.ID, s.Facts, s.Scan, s.Trouble, s.Rev = old.ID, old.Facts, old.Scan, old.Trouble, old.Rev+1
			changed = append(changed, s)
		}
	}
	return added, changed, unchanged
}

// describes tells whether two servers agree in everything that people say of them.
func (s *Server) describes(o *Server) bool {
	for _, c := range columns {
		if c.get(s) != c.get(o) {
			return false
		}
	}
	return slices.Equal(s.Applications, o.Applications)
}
