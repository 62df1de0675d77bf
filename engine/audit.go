package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

func (s *state) putAudit(a inventory.Audit) {
	s.audits[a.Number] = a
	s.mark("audit", a.ID())
}

type auditMade struct{ inventory.Audit }

func init() {
	register("audit.made",
		func(e auditMade) string { return e.ID() },
		func(e auditMade) string {
			return fmt.Sprintf("%d asked, %d read, %d failed, %d without an answer", e.Asked, e.Read, e.Failed, e.NoAnswer)
		},
		func(s *state, e auditMade, _ time.Time) error { s.putAudit(e.Audit); return nil })
	keep("audit", (*state).putAudit, func(s *state, id string) any {
		n := 0
		fmt.Sscanf(id, "AUD-%d", &n)
		return s.audits[n]
	})
	nouns = append(nouns, noun{look: (*Engine).refresh, show: (*Engine).showAudits})
}

// audit records what a sweep of facts found, beside the whole audit before it.
func (e *Engine) audit(sweep sweepState, now time.Time) {
	if sweep.Kind != SweepFacts {
		return
	}
	a := inventory.Audit{Number: sweep.Number, Began: sweep.Ordered, Ended: now, Collection: sweep.Collection, Whole: sweep.Whole, Known: len(e.state.servers)}
	for _, id := range sweep.Servers {
		if s := e.state.servers[id]; s != nil {
			a.Take(*s)
		}
	}
	for _, s := range e.state.servers {
		if s.Unmanaged != "" {
			a.Unmanaged++
		}
	}
	if before, ok := e.state.lastWhole(); ok && a.Whole {
		added, retired := e.since(before, sweep)
		a.Compare(before, added, retired)
	}
	e.must(auditMade{a}, engineActor, "", now)
	if !a.Whole {
		return
	}
	var seen []inventory.Observation
	for i, words := range a.Marked(e.options.Inventory) {
		seen = append(seen, inventory.Observation{Kind: inventory.CountChanged, Subject: a.ID(), Rule: fmt.Sprint(i), Words: words})
	}
	e.settle(e.state.openFindings(""), seen, func(inventory.Finding) bool { return false }, a.ID(), engineActor, "", now)
}

// lastWhole is the newest audit of every managed server.
func (s *state) lastWhole() (last inventory.Audit, ok bool) {
	for _, a := range s.audits {
		if a.Whole && a.Number > last.Number {
			last, ok = a, true
		}
	}
	return last, ok
}

// since names the servers that came and went between an audit and the sweep after it.
func (e *Engine) since(before inventory.Audit, sweep sweepState) (added, retired []string) {
	then := map[inventory.ServerID]bool{}
	for _, id := range e.state.sweeps[before.Number].Servers {
		then[id] = true
	}
	for _, id := range sweep.Servers {
		if !then[id] {
			added = append(added, e.nameOf(id))
		}
	}
	for _, s := range e.state.retired {
		if s.Retired.At.After(before.Began) {
			retired = append(retired, s.Name)
		}
	}
	slices.Sort(added)
	slices.Sort(retired)
	return added, retired
}

// sweepScope names the servers of a sweep: as asked, or every managed one.
func (e *Engine) sweepScope(sweep *sweepState, c Sweep, now time.Time) error {
	managed := e.state.managedServers()
	asked := map[inventory.ServerID]bool{}
	if c.Collection != "" {
		collection, err := e.collection(c.Collection)
		if err != nil {
			return err
		}
		chosen, err := collection.Select(managed, now)
		if err != nil {
			return err
		}
		sweep.Collection = c.Collection
		sweep.Servers = append(slices.Clone(sweep.Servers), chosen.Members...)
	}
	if c.Missed {
		for _, s := range managed {
			if s.Facts == nil || s.Trouble != "" {
				sweep.Servers = append(slices.Clip(sweep.Servers), s.ID)
			}
		}
	}
	switch {
	case c.Collection == "" && !c.Missed && len(c.Servers) == 0:
		for _, s := range managed {
			sweep.Servers = append(sweep.Servers, s.ID)
		}
	case len(sweep.Servers) == 0 && c.Missed:
		return fmt.Errorf("no server was missed: every one could be read")
	case len(sweep.Servers) == 0:
		return fmt.Errorf("collection %s holds no managed server", c.Collection)
	}
	slices.Sort(sweep.Servers)
	sweep.Servers = slices.Compact(sweep.Servers)
	for _, id := range sweep.Servers {
		asked[id] = true
	}
	sweep.Whole = !slices.ContainsFunc(managed, func(s inventory.Server) bool { return !asked[s.ID] })
	return nil
}

// refresh reads every managed server anew when the last whole audit is a day old, while nothing is being installed.
func (e *Engine) refresh(now time.Time) time.Time {
	every := e.options.Inventory.Refresh
	last, ok := e.state.lastWhole()
	if !ok || every == 0 || e.clockTrouble() != "" {
		return time.Time{} // the first audit is ordered by a person
	}
	due := last.Began.Add(every)
	if now.Before(due) {
		return due
	}
	if e.atWork() {
		return now.Add(refreshPause)
	}
	for _, kind := range []SweepKind{SweepFacts, SweepScan} {
		if _, err := e.orderSweep(engineActor, Sweep{Kind: kind}, now); err != nil {
			return now.Add(refreshPause) // nobody is left to ask
		}
	}
	return now.Add(every)
}

// refreshPause is how long a refresh waits for servers that are being worked on.
const refreshPause = 10 * time.Minute

// atWork tells that a sweep runs, or that something is being done on a server.
func (e *Engine) atWork() bool {
	for _, s := range e.state.sweeps {
		if s.Ended.IsZero() {
			return true
		}
	}
	for _, id := range e.openRollouts() {
		for _, ad := range e.state.adsOf[id] {
			if e.state.ads[ad].Delivery.Status().Started {
				return true
			}
		}
	}
	return false
}

// auditTrouble is why nothing may be advertised to servers as they are known now; empty when it may.
func (e *Engine) auditTrouble(servers []inventory.Server, now time.Time) string {
	p := e.options.Inventory
	return p.Trouble(p.Complete(servers, now))
}

// checkAudit refuses a plan for servers that are not well known, unless somebody overrides that with a reason.
func (e *Engine) checkAudit(p planned, c SubmitChange, now time.Time) (finding string, err error) {
	trouble := e.auditTrouble(p.servers, now)
	switch {
	case trouble == "":
		return "", nil
	case strings.TrimSpace(c.OverrideAudit) == "":
		return "", approval.Clash("the audit of these servers is incomplete or old: %s; sweep them again, or override this with a reason (--override-audit)", trouble)
	}
	return fmt.Sprintf("made although the audit is incomplete or old (%s): %s", trouble, c.OverrideAudit), nil
}

// mostAudits bounds what a view shows of audits.
const mostAudits = 400

func (e *Engine) showAudits(v *View, now time.Time) {
	v.Audits = make([]inventory.Audit, 0, len(e.state.audits))
	for _, a := range e.state.audits {
		v.Audits = append(v.Audits, a)
	}
	slices.SortFunc(v.Audits, func(a, b inventory.Audit) int { return cmp.Compare(b.Number, a.Number) })
	v.Audits = v.Audits[:min(len(v.Audits), mostAudits)]
	v.AuditTrouble = e.auditTrouble(v.Servers, now)
}
