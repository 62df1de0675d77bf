package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
)

// overlaps are the flags between releases, kept while the releases and plans that they come from stay the same.
type overlaps struct {
	key   string
	flags map[string][]approval.Overlap
}

func init() { nouns = append(nouns, noun{show: (*Engine).showOverlaps}) }

func (e *Engine) showOverlaps(v *View, _ time.Time) {
	var open []approval.Release
	var key strings.Builder
	for _, id := range slices.Sorted(maps.Keys(e.state.releases)) {
		r := e.state.releases[id]
		if r.Phase == approval.Closed {
			continue
		}
		open = append(open, r)
		fmt.Fprintf(&key, "%s %d ", id, r.Rev)
		if c := e.liveChange(id); c != nil {
			key.WriteString(c.PlanHash)
		}
	}
	if e.overlaps.flags == nil || e.overlaps.key != key.String() {
		e.overlaps = overlaps{key.String(), approval.Overlaps(e.scopes(open))}
	}
	v.Overlaps = e.overlaps.flags
}

func (e *Engine) scopes(releases []approval.Release) (scopes []approval.Scope) {
	for _, r := range releases {
		scope := approval.Scope{Release: r.ID, Updates: e.updatesOf(r), Servers: map[string]bool{}}
		if c := e.liveChange(r.ID); c != nil && e.state.plans[c.PlanHash] != nil {
			for _, a := range e.state.plans[c.PlanHash].Assignments {
				scope.Servers[string(a.Server)] = true
			}
		}
		scopes = append(scopes, scope)
	}
	return scopes
}
