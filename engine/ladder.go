package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
)

// ladderRest is how long the answer holds that nobody is behind a release: looking walks over all servers.
const ladderRest = time.Hour

// climb tells who answers for servers that are behind a release which is through, higher and higher: each rung of each change request once.
func (e *Engine) climb(matters map[string]notice.Matter, now time.Time) (next time.Time) {
	for _, release := range slices.Sorted(maps.Keys(matters)) {
		m := matters[release]
		prod := m.Ring(rollout.Prod)
		if m.Change == nil || m.Release.Undoes != "" || prod == nil || !e.prodThrough(release) {
			continue
		}
		key := func(r notice.Rung) string { return notice.Key(notice.Escalation, m.Change.ID+"/"+r.Name) }
		rung, after, due := notice.Climb(now.Sub(prod.Ended), func(r notice.Rung) bool { return e.state.outbox.byKey[key(r)] != "" })
		if after > 0 {
			next = earlier(next, prod.Ended.Add(after))
		}
		if !due || now.Before(e.nobodyBehind[key(rung)].Add(ladderRest)) {
			continue
		}
		behind := e.behind(m.Release, now)
		if len(behind) == 0 {
			e.nobodyBehind[key(rung)] = now
			continue
		}
		e.escalate(m, rung, key(rung), behind, now)
	}
	return next
}

func (e *Engine) escalate(m notice.Matter, rung notice.Rung, key string, behind map[inventory.ServerID]string, now time.Time) {
	n := notice.Notice{ID: fmt.Sprintf("N-%d", len(e.state.outbox.notices)+1), Kind: notice.Escalation, Key: key, Release: m.Release.ID, Change: m.Change.ID, At: now, By: engineActor.Name}
	facts := e.noticeFacts(notice.Due{Kind: notice.Escalation, Key: key}, m, nil, now)
	facts.Party, facts.ToDo, facts.Failures, facts.Unlisted = notice.Text(rung.Name), notice.Text(rung.ToDo), nil, 0
	ids := slices.SortedFunc(maps.Keys(behind), func(a, b inventory.ServerID) int { return strings.Compare(e.nameOf(a), e.nameOf(b)) })
	owners := map[string]bool{}
	for _, id := range ids {
		if s := e.state.servers[id]; s != nil && s.Owner != "" && rung.Owners {
			owners[s.Owner] = true
		}
		if len(facts.Failures) == notice.MostListed {
			facts.Unlisted++
			continue
		}
		facts.Failures = append(facts.Failures, notice.FailureFacts{Server: notice.Text(e.nameOf(id)), Status: "behind", Why: notice.Text(behind[id])})
	}
	e.print(&n, facts, n.By, "")
	to := e.options.Notices.Book.For(notice.Escalation, slices.Sorted(maps.Keys(owners)), rung.Groups...)
	n.Copies = len(to)
	e.compose(n, to, engineActor, now)
}
