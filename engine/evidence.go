package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/catalog"
	"patchdeck/engine/notice"
	"patchdeck/engine/pilot"
	"patchdeck/engine/procedure"
	"patchdeck/engine/rollout"
)

// sight is what the engine sees of one cycle. It is made for one look; nothing in it walks over servers or advertisements.
type sight struct {
	e        *Engine
	now      time.Time
	cycle    procedure.Cycle
	change   approval.Change // without an id when none was submitted
	plan     *rollout.Plan
	release  approval.Release
	bulletin catalog.Bulletin
	rings    map[rollout.Ring]*rollout.Rollout
}

// evidence gives the words for what completes a task; seen is false while it is not there.
type evidence func(s sight) (words string, seen bool)

// evidenceFor are the tasks that the engine completes itself, by number. A noun that sees more adds its own with completes.
var evidenceFor = map[int]evidence{}

// completes adds what completes a task. Each task has one kind of evidence.
func completes(task int, seen evidence) {
	if evidenceFor[task] != nil {
		panic(fmt.Sprintf("engine: task %d has two kinds of evidence", task))
	}
	evidenceFor[task] = seen
}

func init() {
	completes(3, releaseMade)
	completes(4, changeAsked)
	completes(5, told(notice.HeadsUp))
	completes(6, told(notice.Advance, notice.Emergency))
	completes(7, changeAuthorised)
	completes(10, bulletinIn)
	completes(12, relevanceDecided)
	completes(13, told(notice.Update))
	completes(14, healthChecked)
	completes(15, clientsWell)
	completes(16, pilotPushed)
	completes(17, packageBuilt)
	completes(18, beforeTheBoard)
	completes(19, told(notice.Schedule, notice.Update))
	completes(20, devAdvertised)
	completes(21, told(notice.DevComplete))
	completes(22, acceptanceThrough)
	completes(23, exclusionsStand)
	completes(24, packageAccepted)
	completes(25, prodAdvertised)
	completes(26, prodExecutes)
	completes(27, progressTold)
	completes(28, statusKnown)
	completes(30, reviewHeld)
}

func (e *Engine) sightOf(c procedure.Cycle, now time.Time) sight {
	s := sight{e: e, now: now, cycle: c, change: e.state.changes[c.Change], rings: map[rollout.Ring]*rollout.Rollout{}}
	s.plan = e.state.plans[s.change.PlanHash]
	if s.change.ID != "" {
		s.release = e.state.releases[s.change.Release]
	} else {
		for _, id := range slices.Sorted(maps.Keys(e.state.releases)) {
			if r := e.state.releases[id]; inMonth(e.state.bulletins[r.Bulletin], c.Month) {
				s.release = r
			}
		}
	}
	s.bulletin = e.state.bulletins[s.release.Bulletin]
	if s.bulletin.ID == "" {
		for _, id := range slices.Sorted(maps.Keys(e.state.bulletins)) {
			if b := e.state.bulletins[id]; inMonth(b, c.Month) {
				s.bulletin = b
			}
		}
	}
	for _, r := range e.state.rollouts {
		if r.Change == s.change.ID && s.change.ID != "" {
			s.rings[r.Ring] = r
		}
	}
	return s
}

func inMonth(b catalog.Bulletin, month string) bool {
	return !b.Released.IsZero() && calendar.MonthOf(calendar.DateOf(b.Released, calendar.Pacific)).String() == month
}

// completes tells what completes a task of the cycle now. What only escalates another task is through with it.
func (s sight) completes(number int) (words string, seen bool) {
	task, _ := procedure.TaskOf(number)
	if before := task.Escalates; before > 0 {
		state, _ := s.cycle.State(before, s.now)
		return fmt.Sprintf("not needed: task %d is %s", before, state), state.Finished()
	}
	if look := evidenceFor[number]; look != nil {
		return look(s)
	}
	return "", false
}

func releaseMade(s sight) (string, bool) {
	return fmt.Sprintf("release %s is made: %s relevant to the inventory", s.release.ID, count(len(s.release.Active()), "update")), s.release.ID != ""
}

func changeAsked(s sight) (string, bool) {
	return fmt.Sprintf("%s was submitted by %s", s.change.ID, s.change.Submitted.By), s.change.ID != ""
}

func changeAuthorised(s sight) (string, bool) {
	if s.change.Authority == nil {
		return "", false
	}
	return fmt.Sprintf("%s was authorised by %s: %s", s.change.ID, s.change.Authority.By, s.change.Authority.Reason), true
}

func bulletinIn(s sight) (string, bool) {
	return fmt.Sprintf("%s is in the catalogue: %s, SHA-256 %.12s", s.bulletin.ID, count(len(s.bulletin.Updates), "update"), s.bulletin.SHA256), s.bulletin.ID != ""
}

func relevanceDecided(s sight) (string, bool) {
	if s.release.ID == "" || s.bulletin.ID == "" {
		return "", false
	}
	worst, _ := s.release.Worst()
	return fmt.Sprintf("%s holds %s, worst %s", s.release.ID, strings.Join(s.release.Active(), " "), worst), true
}

// factsSweep is the newest sweep of facts that ended no longer than a day before a task's time: the inventory is read daily.
func (s sight) factsSweep(task int) (sweepState, bool) {
	since := s.cycle.Entries[task-1].From.Add(-24 * time.Hour)
	var newest sweepState
	for _, sweep := range s.e.state.sweeps {
		if sweep.Kind == SweepFacts && sweep.Number > newest.Number && sweep.Ended.After(since) {
			newest = sweep
		}
	}
	return newest, newest.Number > 0
}

func healthChecked(s sight) (string, bool) {
	sweep, ok := s.factsSweep(14)
	return fmt.Sprintf("%s read %s, %d could not be read", sweep.id(), count(len(sweep.Servers), "server"), sweep.Trouble), ok
}

// clientsWell is through when every server could be read, or stands in an incident.
func clientsWell(s sight) (string, bool) {
	sweep, ok := s.factsSweep(14)
	if !ok || sweep.Trouble == 0 {
		return fmt.Sprintf("%s: every one of %s could be read", sweep.id(), count(len(sweep.Servers), "server")), ok
	}
	recorded := 0
	for _, i := range s.e.state.openIncidents() {
		if i.Class == notice.ClassFacts {
			recorded++
		}
	}
	return fmt.Sprintf("%s: %s for the %d that could not be read", sweep.id(), count(recorded, "open incident"), sweep.Trouble), recorded >= sweep.Trouble
}

func pilotPushed(s sight) (string, bool) {
	r := s.rings[rollout.Pilot]
	if r == nil {
		_, later := s.laterRing()
		return "the plan has no pilot server", later
	}
	if r.State != rollout.Closed {
		return "", false
	}
	return accountOf(r.ID, s.e.counts(r.ID)), true
}

// laterRing gives the first rollout after the pilot.
func (s sight) laterRing() (*rollout.Rollout, bool) {
	for _, ring := range []rollout.Ring{rollout.Dev, rollout.Prod} {
		if r := s.rings[ring]; r != nil {
			return r, true
		}
	}
	return nil, false
}

func packageBuilt(s sight) (string, bool) {
	if s.plan == nil {
		return "", false
	}
	return fmt.Sprintf("plan %.12s: %s for %s in %s", s.plan.Hash, count(len(s.plan.Updates), "update"), count(len(s.plan.Assignments), "server"), count(len(s.plan.Windows), "window")), true
}

func beforeTheBoard(s sight) (string, bool) {
	switch {
	case s.change.Board != nil:
		return fmt.Sprintf("the board decided on %s: %s, %s", s.change.ID, s.change.Board.By, s.change.Board.Reason), true
	case s.change.State == approval.Authorised:
		return fmt.Sprintf("%s is before the board with plan %.12s", s.change.ID, s.change.PlanHash), true
	}
	return "", false
}

func devAdvertised(s sight) (string, bool) {
	if r := s.rings[rollout.Dev]; r != nil {
		return r.ID + " is advertised to Dev", true
	}
	return "the plan has no Dev server", s.rings[rollout.Prod] != nil
}

// noAcceptance tells that Prod goes ahead without one, as in an emergency.
func (s sight) noAcceptance() bool {
	return s.plan != nil && s.plan.AcceptBy.IsZero() && s.rings[rollout.Prod] != nil
}

func acceptanceThrough(s sight) (string, bool) {
	if s.noAcceptance() {
		return "this change request has no acceptance", true
	}
	a, open := s.e.state.acceptance[s.change.ID]
	if !open {
		return "", false
	}
	results := map[pilot.Result]int{}
	for _, answer := range a.Results {
		results[answer.Result]++
	}
	var words []string
	for _, r := range slices.Sorted(maps.Keys(results)) {
		words = append(words, fmt.Sprintf("%d %s", results[r], r))
	}
	return "acceptance: " + strings.Join(words, ", "), a.Closed || results[pilot.Pending] == 0
}

func exclusionsStand(s sight) (string, bool) {
	due := s.cycle.Entries[23-1].Last()
	if s.change.ID == "" || s.now.Before(due) {
		return "", false
	}
	return fmt.Sprintf("excluded from %s: %s", s.change.ID, count(len(s.change.Exclusions), "server")), true
}

func packageAccepted(s sight) (string, bool) {
	if s.noAcceptance() {
		return "this change request has no acceptance", true
	}
	a, open := s.e.state.acceptance[s.change.ID]
	if !open || !a.Closed || len(s.e.openBlocks(s.change)) > 0 {
		return "", false
	}
	dropped := len(s.release.Updates) - len(s.release.Active())
	return fmt.Sprintf("acceptance is closed and nothing blocks: %d dropped, %s left", dropped, count(len(s.release.Active()), "update")), true
}

func prodAdvertised(s sight) (string, bool) {
	r := s.rings[rollout.Prod]
	if r == nil || !s.noAcceptance() && !s.e.state.acceptance[s.change.ID].Closed {
		return "", false
	}
	return r.ID + " is advertised to Prod", true
}

func prodExecutes(s sight) (string, bool) {
	r := s.rings[rollout.Prod]
	if r == nil || s.now.Before(s.cycle.Entries[26-1].Due[0]) {
		return "", false
	}
	counts, began := s.e.counts(r.ID), r.State == rollout.Closed || len(r.Verified) > 0 || r.Failures > 0
	for delivery, n := range counts {
		began = began || n > 0 && delivery.Status().Started
	}
	return accountOf(r.ID, counts), began
}

// statusKnown is the daily report: what became of the servers, written into the trail when it is due.
func statusKnown(s sight) (string, bool) {
	r := s.rings[rollout.Prod]
	state, due := s.cycle.State(28, s.now)
	if r == nil || state.Finished() || s.now.Before(due) {
		return "", false
	}
	return accountOf(r.ID, s.e.counts(r.ID)), true
}

func reviewHeld(s sight) (string, bool) {
	r, held := s.e.state.reviews[s.cycle.ID]
	return fmt.Sprintf("the review was held by %s: %s", r.By, r.Summary), held
}

// told sees the newest notice of one of several kinds about the release.
func told(kinds ...notice.Kind) evidence {
	return func(s sight) (string, bool) {
		for _, kind := range kinds {
			if t, ok := s.e.told(s.release.ID, kind); ok && s.release.ID != "" {
				return toldWords(kind, t, s.e.options.Zone), true
			}
		}
		return "", false
	}
}

func toldWords(kind notice.Kind, t Told, zone *time.Location) string {
	when := t.At.In(zone).Format("2 Jan 15:04")
	if t.Copies == 0 {
		return fmt.Sprintf("the notice %s, %s, of %s is kept for everybody to read", t.Notice, kind, when)
	}
	return fmt.Sprintf("the notice %s, %s, went to %s on %s", t.Notice, kind, count(t.Copies, "addressee"), when)
}

// progressTold sees the day's progress, and in the end the notice that Prod is updated.
func progressTold(s sight) (string, bool) {
	state, due := s.cycle.State(27, s.now)
	times := s.cycle.Entries[27-1].Due
	n := slices.IndexFunc(times, due.Equal)
	kind, since := notice.Progress, s.cycle.Entries[26-1].Due[0]
	if n > 0 {
		since = times[n-1]
	}
	if n == len(times)-1 {
		kind, since = notice.ProdUpdated, time.Time{}
	}
	t, ok := s.e.told(s.release.ID, kind)
	return toldWords(kind, t, s.e.options.Zone), ok && !state.Finished() && t.At.After(since)
}
