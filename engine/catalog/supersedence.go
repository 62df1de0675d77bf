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

// Lineage is where an update stands among those that replace one another, as its vendors state it.
type Lineage struct {
	Replaces   []string `json:"replaces"`    // directly or by way of others, the nearest first
	ReplacedBy []string `json:"replaced_by"` // likewise
	Circle     bool     `json:"circle"`      // it replaces itself by way of others: no order can be trusted
}

// LineageOf follows the statements of a list of updates in both directions. A circle ends where it began.
func LineageOf(updates []Update, kb string) Lineage {
	older, newer := map[string][]string{}, map[string][]string{}
	for _, u := range updates {
		for _, old := range u.Supersedes {
			if old != u.KB && !slices.Contains(older[u.KB], old) {
				older[u.KB] = append(older[u.KB], old)
				newer[old] = append(newer[old], u.KB)
			}
		}
	}
	l := Lineage{}
	l.Replaces, l.Circle = walk(older, kb)
	l.ReplacedBy, _ = walk(newer, kb)
	return l
}

// walk lists what can be reached from an update, level by level; back tells that the update itself can.
func walk(next map[string][]string, from string) (reached []string, back bool) {
	seen := map[string]bool{from: true}
	reached = []string{}
	for level := []string{from}; len(level) > 0; {
		var further []string
		for _, kb := range level {
			for _, n := range next[kb] {
				back = back || n == from
				if !seen[n] {
					seen[n] = true
					further = append(further, n)
				}
			}
		}
		slices.SortFunc(further, compareKB)
		reached = append(reached, further...)
		level = further
	}
	return reached, back
}
