package approval

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/catalog"
)

// Scope is what a release touches, as far as it matters to other releases.
type Scope struct {
	Release string
	Updates []catalog.Update
	Servers map[string]bool // of its plan, by server id
}

// Overlap is a reason why two releases must be looked at together. It is flagged on both.
type Overlap struct {
	Release string `json:"release"` // the other one
	Words   string `json:"words"`
}

// Overlaps flags releases that share servers, depend on one another, or hold updates that the other one supersedes.
func Overlaps(scopes []Scope) map[string][]Overlap {
	flags := map[string][]Overlap{}
	for i, a := range scopes {
		for _, b := range scopes[i+1:] {
			for _, words := range a.meets(b) {
				flags[a.Release] = append(flags[a.Release], Overlap{b.Release, words})
				flags[b.Release] = append(flags[b.Release], Overlap{a.Release, words})
			}
		}
	}
	return flags
}

// meets gives each overlap of two releases in words that are true on both sides.
func (a Scope) meets(b Scope) (words []string) {
	shared := 0
	for id := range a.Servers {
		if b.Servers[id] {
			shared++
		}
	}
	if shared > 0 {
		words = append(words, fmt.Sprintf("%s and %s share servers: %d", a.Release, b.Release, shared))
	}
	return append(append(words, a.towards(b)...), b.towards(a)...)
}

// towards names the updates of another release that one's updates depend on or supersede.
func (a Scope) towards(b Scope) (words []string) {
	holds := func(kb string) bool {
		return slices.ContainsFunc(b.Updates, func(u catalog.Update) bool { return u.KB == kb })
	}
	for _, u := range a.Updates {
		if on := slices.DeleteFunc(slices.Clone(u.DependsOn), func(kb string) bool { return !holds(kb) }); len(on) > 0 {
			words = append(words, fmt.Sprintf("%s of %s depends on %s of %s", u.KB, a.Release, strings.Join(on, ", "), b.Release))
		}
		if old := slices.DeleteFunc(slices.Clone(u.Supersedes), func(kb string) bool { return !holds(kb) }); len(old) > 0 {
			words = append(words, fmt.Sprintf("%s of %s supersedes %s of %s", u.KB, a.Release, strings.Join(old, ", "), b.Release))
		}
	}
	return words
}
