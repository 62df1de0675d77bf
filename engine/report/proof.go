package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"patchdeck/engine/rollout"
)

// Proof is what the installations of a group prove about the update. Without a failure it is the failure rate that would still give
// that result once in twenty times; with failures it is their count.
type Proof struct {
	Of        string  `json:"of"` // "all", "ring", "operating system"
	Name      string  `json:"name"`
	Installed int     `json:"installed"` // installations that ended
	Failed    int     `json:"failed"`
	AtMost    float64 `json:"at_most_percent,omitempty"` // only where nothing failed
	Words     string  `json:"words"`
}

// proofs looks at all installations, then by ring and by operating system. What failed before an installation was ordered says
// nothing about the update.
func proofs(servers []Server) []Proof {
	type scope struct{ of, name string }
	found := map[scope]*Proof{}
	for _, s := range servers {
		ended := s.CountedAs == AccountSucceeded || s.CountedAs == AccountFailed
		if !ended || s.Attempts == 0 {
			continue
		}
		for _, in := range []scope{{"all", ""}, {"ring", string(s.Ring)}, {"operating system", s.OS}} {
			if found[in] == nil {
				found[in] = &Proof{Of: in.of, Name: in.name}
			}
			found[in].Installed++
			if s.CountedAs == AccountFailed {
				found[in].Failed++
			}
		}
	}
	order := map[string]int{}
	for i, r := range rollout.Rings {
		order[string(r)] = i
	}
	keys := slices.SortedFunc(maps.Keys(found), func(a, b scope) int {
		return cmp.Or(cmp.Compare(proofOrder[a.of], proofOrder[b.of]), cmp.Compare(order[a.name], order[b.name]), cmp.Compare(a.name, b.name))
	})
	list := make([]Proof, 0, len(keys))
	for _, k := range keys {
		list = append(list, found[k].said())
	}
	return list
}

var proofOrder = map[string]int{"all": 0, "ring": 1, "operating system": 2}

// said puts the numbers into words.
func (p Proof) said() Proof {
	if p.Failed > 0 {
		p.Words = fmt.Sprintf("%d of %d failed (%.1f %%)", p.Failed, p.Installed, 100*float64(p.Failed)/float64(p.Installed))
		return p
	}
	p.AtMost = math.Round(10*rollout.Proves(p.Installed)) / 10
	p.Words = fmt.Sprintf("0 of %d failed: the failure rate may still be up to %.1f %%", p.Installed, p.AtMost)
	return p
}
