package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/notice"
	"patchdeck/engine/pilot"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// noticeScene is how the time looks to what is due.
func (e *Engine) noticeScene(now time.Time) notice.Scene {
	return notice.Scene{Now: now, Zone: e.options.Zone, Daily: e.options.Notices.Daily,
		Composed: func(key string) bool { return e.state.outbox.byKey[key] != "" }}
}

// matters are the releases with their newest change request and its rollouts.
func (e *Engine) matters() map[string]notice.Matter {
	newest := map[string]string{}
	for id, c := range e.state.changes {
		if byNumber(newest[c.Release], id) < 0 {
			newest[c.Release] = id
		}
	}
	matters := make(map[string]notice.Matter, len(e.state.releases))
	for id, r := range e.state.releases {
		m := notice.Matter{Release: r}
		if c, ok := e.state.changes[newest[id]]; ok {
			m.Change, m.Plan = &c, e.state.plans[c.PlanHash]
			if a, ok := e.state.acceptance[c.ID]; ok {
				m.Acceptance = &a
				m.Blocks = e.openBlocks(c)
			}
		}
		matters[id] = m
	}
	for _, r := range e.state.rollouts {
		if m := matters[r.Release]; m.Change != nil && m.Change.ID == r.Change {
			m.Rollouts = append(m.Rollouts, r)
			matters[r.Release] = m
		}
	}
	for id, m := range matters {
		slices.SortFunc(m.Rollouts, func(a, b *rollout.Rollout) int { return byNumber(a.ID, b.ID) })
		matters[id] = m
	}
	return matters
}

// write makes a notice with its text, and says to whom it goes.
func (e *Engine) write(due notice.Due, m notice.Matter, covers []string, actor approval.Actor, note string, now time.Time) (notice.Notice, []notice.Addressee) {
	n := notice.Notice{ID: fmt.Sprintf("N-%d", len(e.state.outbox.notices)+1), Key: due.Key, Kind: due.Kind, Release: m.Release.ID, Rollout: due.Rollout,
		At: now, By: actor.Name, Covers: covers}
	if m.Change != nil {
		n.Change = m.Change.ID
	}
	facts := e.noticeFacts(due, m, covers, now)
	if due.Kind == notice.Tasks {
		e.taskFacts(&facts, e.cycleAbout(m), "", nil, now)
	}
	e.print(&n, facts, actor.Name, note)
	if due.Kind == notice.Schedule || due.Kind == notice.Emergency {
		n.Calendar = e.scheduleFile(m, now)
	}
	var owners []string
	if m.Plan != nil && due.Kind.ForOwners() {
		owners = e.ownersOf(m.Plan)
	}
	to := e.options.Notices.Book.For(due.Kind, owners)
	n.Copies = len(to)
	return n, to
}

// print gives a notice its words. A template that fails on these facts does not keep the notice back.
func (e *Engine) print(n *notice.Notice, facts notice.Facts, by, note string) {
	subject, body, err := e.options.Notices.Templates.Render(n.Kind, facts, by, note)
	if err != nil {
		subject = fmt.Sprintf("%s: %s", n.Kind, facts.Release.ID)
		body = fmt.Sprintf("patchdeck could not write this notice: %v\nLook at release %s (%s) in the console.\n", err, facts.Release.ID, facts.Change.ID)
	}
	n.Subject, n.Body = subject, body
}

// mostCalendar bounds the file that goes with a notice, in bytes.
const mostCalendar = 128 << 10

// scheduleFile is what is to come of the windows and the end of acceptance of a change request's month, as an iCalendar file; empty where
// there is none to attach.
func (e *Engine) scheduleFile(m notice.Matter, now time.Time) string {
	if m.Change == nil || e.options.Notices.Calendar == nil {
		return ""
	}
	cycle, followed := e.state.cycles[e.state.cycleOf[m.Change.ID]]
	if !followed {
		return ""
	}
	list := slices.DeleteFunc(cycle.Agenda(), func(a procedure.Appointment) bool {
		return a.Kind == procedure.TaskKind || !a.To.After(now)
	})
	var file strings.Builder
	if err := e.options.Notices.Calendar(&file, list, now); err != nil || len(list) == 0 || file.Len() > mostCalendar {
		return ""
	}
	return file.String()
}

// ownersOf lists who owns servers of a plan.
func (e *Engine) ownersOf(plan *rollout.Plan) []string {
	owners := map[string]bool{}
	for _, a := range plan.Assignments {
		if s := e.state.servers[a.Server]; s != nil && s.Owner != "" {
			owners[s.Owner] = true
		}
	}
	return slices.Sorted(maps.Keys(owners))
}

// noticeFacts gathers what a template may print.
func (e *Engine) noticeFacts(due notice.Due, m notice.Matter, covers []string, now time.Time) notice.Facts {
	moment := func(at time.Time) notice.Moment { return notice.MomentIn(at, e.options.Zone) }
	f := notice.Facts{At: moment(now), Release: notice.ReleaseFacts{ID: notice.Text(m.Release.ID), Title: notice.Text(cmp.Or(m.Release.Title, m.Release.ID)),
		Owner: notice.Text(m.Release.Owner), Bulletin: notice.Text(m.Release.Bulletin), Phase: notice.Text(m.Release.Phase)}}
	e.updateFacts(&f, m.Release)
	if c := m.Change; c != nil {
		f.Change = notice.ChangeFacts{ID: notice.Text(c.ID), Priority: notice.Text(c.Priority), State: notice.Text(c.State), Plan: notice.Text(fmt.Sprintf("%.12s", c.PlanHash)),
			By: notice.Text(c.Submitted.By), Reason: notice.Text(c.Submitted.Reason), Emergency: c.Priority == approval.Emergency,
			Deadline: moment(c.Deadline), ConfirmBy: moment(c.ConfirmBy)}
	}
	if m.Plan != nil {
		e.planFacts(&f, m.Plan, now)
	}
	if a := m.Acceptance; a != nil {
		of := func(result pilot.Result) []notice.Text { return notice.Texts(a.With(result)) }
		f.Acceptance = notice.AcceptanceFacts{Deadline: moment(a.Deadline), Pending: of(pilot.Pending), Passed: of(pilot.Passed), Failed: of(pilot.FailedTest),
			Silent: of(pilot.NoResponse), Lived: of(pilot.Workaround)}
	}
	for _, d := range notice.Deadlines(m) {
		if !now.Before(d.At) {
			f.Overdue = append(f.Overdue, notice.Text(fmt.Sprintf("%s (due %s)", d.Words, moment(d.At))))
		}
	}
	e.rolloutFacts(&f, due, m)
	for _, id := range covers {
		if len(f.Incidents) == notice.MostListed {
			f.Unlisted = len(covers) - notice.MostListed
			break
		}
		i := e.state.incidents.byID[id]
		f.Incidents = append(f.Incidents, notice.IncidentFacts{ID: notice.Text(i.ID), Title: notice.Text(i.Title), Server: notice.Text(e.nameOf(i.Server)),
			State: notice.Text(i.State), Owner: notice.Text(i.Owner), Opened: moment(i.Raised), Times: i.Times})
	}
	return f
}

// updateFacts lists the updates of a release, and what they mean for restarts together.
func (e *Engine) updateFacts(f *notice.Facts, release approval.Release) {
	restarts := map[string]catalog.Restart{}
	for _, u := range e.state.bulletins[release.Bulletin].Updates {
		restarts[u.KB] = u.Restart
	}
	order := []catalog.Restart{catalog.RestartNo, catalog.RestartUnknown, catalog.RestartMaybe, catalog.RestartYes}
	worst := 0
	for _, u := range release.Updates {
		if u.Dropped != nil {
			f.Dropped = append(f.Dropped, notice.DroppedFacts{KB: notice.Text(u.KB), By: notice.Text(u.Dropped.By), Reason: notice.Text(u.Dropped.Reason)})
			continue
		}
		restart := cmp.Or(restarts[u.KB], catalog.RestartUnknown)
		worst = max(worst, slices.Index(order, restart))
		f.Updates = append(f.Updates, notice.UpdateFacts{KB: notice.Text(u.KB), Severity: notice.Text(u.Severity.String()), Restart: notice.Text(restart),
			Exploited: u.Exploited, Servers: u.Missing})
	}
	f.Restart = notice.Text(order[worst])
}

// planFacts lists the windows that are not over, with the servers whose first window each is.
func (e *Engine) planFacts(f *notice.Facts, plan *rollout.Plan, now time.Time) {
	first := map[string]int{}
	for _, a := range plan.Assignments {
		if len(a.Windows) > 0 {
			first[a.Windows[0]]++
		}
	}
	f.Servers = len(plan.Assignments)
	f.Acceptance.Deadline = notice.MomentIn(plan.AcceptBy, e.options.Zone)
	for _, w := range plan.Windows {
		if now.Before(w.Closes) {
			f.Windows = append(f.Windows, notice.WindowFacts{ID: notice.Text(w.ID), Ring: notice.Text(w.Ring), Kind: notice.Text(w.Kind),
				Opens: notice.MomentIn(w.Opens, e.options.Zone), Closes: notice.MomentIn(w.Closes, e.options.Zone), Servers: first[w.ID],
				Time: notice.Span(notice.MomentIn(w.Opens, e.options.Zone), notice.MomentIn(w.Closes, e.options.Zone))})
		}
	}
}

// rolloutFacts counts the rings, and lists the servers that a notice about a rollout, or about all of them, names.
func (e *Engine) rolloutFacts(f *notice.Facts, due notice.Due, m notice.Matter) {
	about := due.Rollout
	if prod := m.Ring(rollout.Prod); about == "" && prod != nil {
		about = prod.ID
	}
	for _, r := range m.Rollouts {
		c := e.counts(r.ID)
		ring := notice.RolloutFacts{ID: notice.Text(r.ID), Ring: notice.Text(r.Ring), State: notice.Text(r.State), Counts: notice.CountFacts{
			Targeted: c.Targeted(), Succeeded: c[rollout.Succeeded], Failed: c[rollout.Failed], Unreachable: c[rollout.Unreachable], Missed: c[rollout.WindowMissed],
			NotStarted: c[rollout.NotStarted] + c[rollout.Cancelled], Open: c.Open(), Excluded: c[rollout.Excluded]}}
		if r.Stop != nil {
			ring.Reason, ring.By, ring.At = notice.Text(r.Stop.Reason), notice.Text(r.Stop.By), notice.MomentIn(r.Stop.At, e.options.Zone)
		}
		f.Rings = append(f.Rings, ring)
		if r.ID != about {
			continue
		}
		f.Rollout = ring
		e.failureFacts(f, r)
	}
}

func (e *Engine) failureFacts(f *notice.Facts, r *rollout.Rollout) {
	var bad []*rollout.Advertisement
	for _, id := range e.state.adsOf[r.ID] {
		if ad := e.state.ads[id]; ad.Delivery == rollout.Failed || ad.Delivery == rollout.Unreachable || ad.Delivery == rollout.WindowMissed || ad.Delivery == rollout.Unknown {
			bad = append(bad, ad)
		}
	}
	slices.SortFunc(bad, func(a, b *rollout.Advertisement) int { return strings.Compare(e.nameOf(a.Server), e.nameOf(b.Server)) })
	for i, ad := range bad {
		if i == notice.MostListed {
			f.Unlisted = len(bad) - i
			return
		}
		line := notice.FailureFacts{Server: notice.Text(e.nameOf(ad.Server)), Status: notice.Text(ad.Delivery), Incident: notice.Text(e.incidentOf(ad))}
		if ad.Failure != nil {
			line.Why, line.Code = notice.Text(ad.Failure.Words), notice.Text(ad.Failure.Code)
		}
		f.Failures = append(f.Failures, line)
	}
}
