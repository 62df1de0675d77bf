package catalog

import "slices"

// Superseded maps each update that another one of the list makes needless to the newest one that does, by KB. An update
// counts as replaced only where the replacing one fixes every product of it; updates that replace one another in a circle
// are taken as not replaced.
func Superseded(updates []Update) map[string]string {
	byKB := make(map[string]Update, len(updates))
	for _, u := range updates {
		byKB[u.KB] = u
	}
	direct := map[string]string{}
	for _, newer := range updates {
		for _, kb := range newer.Supersedes {
			older, listed := byKB[kb]
			if !listed || kb == newer.KB || !newer.covers(older) {
				continue
			}
			if known, seen := direct[kb]; !seen || compareKB(newer.KB, known) > 0 {
				direct[kb] = newer.KB
			}
		}
	}
	superseded := map[string]string{}
	for kb := range direct {
		if newest, ok := follow(direct, kb); ok {
			superseded[kb] = newest
		}
	}
	return superseded
}

// follow goes from an update to the one at the end of its chain; ok is false when there is no end.
func follow(direct map[string]string, kb string) (newest string, ok bool) {
	for range direct {
		next, more := direct[kb]
		if !more {
			return kb, true
		}
		kb = next
	}
	_, more := direct[kb]
	return kb, !more
}

// covers tells whether the update fixes every product that the other one fixes.
func (u Update) covers(other Update) bool {
	return !slices.ContainsFunc(other.Products, func(p Product) bool {
		return !slices.ContainsFunc(u.Products, func(q Product) bool { return q.Name == p.Name })
	})
}
