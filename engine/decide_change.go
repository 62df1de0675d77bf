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
	"patchdeck/engine/inventory"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// maxCeiling is the most servers that a person may allow in work at once.
const maxCeiling = 10_000

// through tells that nothing of a change request is going on any more.
func (e *Engine) through(c approval.Change) bool {
	opened := 0
	for _, r := range e.state.rollouts {
		if r.Change == c.ID {
			if r.State != rollout.Closed {
				return false
			}
			opened++
		}
	}
	return c.State == approval.Approved && opened > 0
}

// submitChange freezes a plan for a release and asks the authority for it.
func (e *Engine) submitChange(actor approval.Actor, c SubmitChange, now time.Time) (string, error) {
	release, ok := e.state.releases[c.Release]
	if !ok {
		return "", fmt.Errorf("release %q is not known: there are %v", c.Release, slices.Sorted(maps.Keys(e.state.releases)))
	}
	for _, other := range e.state.changes {
		if other.Release == release.ID && other.State != approval.Rejected && other.State != approval.Void && !e.through(other) {
			return "", approval.Clash("%s asks for %s already: it must be rejected or through first", other.ID, release.ID)
		}
	}
	if c.Ceiling < 0 || c.Ceiling > maxCeiling {
		return "", fmt.Errorf("ceiling %d: use 0 (as proposed) to %d", c.Ceiling, maxCeiling)
	}
	if c.Priority == "" && release.Undoes != "" {
		c.Priority = approval.High
	}
	if c.Priority == "" {
		c.Priority = proposePriority(release)
	}
	emergency := c.Priority == approval.Emergency
	windows, acceptBy, err := e.windows(release, c, emergency, now)
	if err != nil {
		return "", err
	}
	id := fmt.Sprintf("CHG-%d", len(e.state.changes)+1)
	draft := rollout.Draft{Change: id, Release: release.ID, Emergency: emergency, Windows: windows, AcceptBy: acceptBy,
		Ceiling: c.Ceiling, Policy: e.options.Policy, Updates: e.updatesOf(release), Removal: release.Undoes != ""}
	whom, overridden, err := e.whom(release, c, now)
	if err != nil {
		return "", err
	}
	var candidates []inventory.Server
	for _, s := range whom.servers {
		draft.Servers = append(draft.Servers, s)
		if !draft.Removal && slices.ContainsFunc(draft.Updates, func(u catalog.Update) bool { return catalog.Relevant(u, s).Verdict == catalog.Missing }) {
			candidates = append(candidates, s)
		}
	}
	choice := pilot.Choose(candidates)
	draft.Pilots, draft.First = choice.Servers, whom.first
	plan, err := rollout.MakePlan(draft)
	if err != nil {
		return "", err
	}
	plan.Excluded, plan.Findings = whom.excluded, append(plan.Findings, whom.findings...)
	if overridden != "" {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: overridden})
	}
	for _, os := range choice.Untested {
		plan.Findings = append(plan.Findings, rollout.Finding{Words: "no server fit for a pilot on " + os + ": it goes to Dev and Prod untested"})
	}
	if plan, err = plan.Seal(); err != nil {
		return "", err
	}
	header := plan
	header.Assignments = nil
	e.must(planFrozen{header}, actor, c.Reason, now)
	for part := range slices.Chunk(plan.Assignments, 5*chunk) {
		e.must(planAssigned{Hash: plan.Hash, Assignments: part}, actor, c.Reason, now)
	}
	change := approval.Change{ID: id, Release: release.ID, State: approval.Submitted, Priority: c.Priority, PlanHash: plan.Hash, Rev: 1,
		Deadline:  now.Add(c.Priority.Deadline()),
		Submitted: approval.Signature{By: actor.Name, Role: approval.Lead, At: now, Reason: c.Reason}}
	e.must(changeSubmitted{change}, actor, c.Reason, now)
	e.must(releasePhase{Release: release.ID, Phase: approval.Evaluate}, actor, c.Reason, now)
	return fmt.Sprintf("%s submitted: %s, plan %.12s for %d servers in %d windows", id, c.Priority, plan.Hash, len(plan.Assignments), len(plan.Windows)), nil
}

// proposePriority follows the policy: an exploited update is an emergency, a critical one high.
func proposePriority(r approval.Release) approval.Priority {
	worst, exploited := r.Worst()
	switch {
	case exploited && worst == catalog.Critical:
		return approval.Emergency
	case worst >= catalog.Important:
		return approval.High
	default:
		return approval.Medium
	}
}

// emergencyCheck is the time after the last emergency window in which what is left is finished: everything is done by hour 7.
const emergencyCheck = 3 * time.Hour

// windows gives the windows of a change: those named in the command, or the configured schedule. The standard schedule belongs to the
// release's cycle, whose day 0 is the day of its bulletin; emergency windows and their pilot are the next ones from now on.
func (e *Engine) windows(release approval.Release, c SubmitChange, emergency bool, now time.Time) (windows []rollout.Window, acceptBy time.Time, err error) {
	if release.Undoes != "" {
		windows, err = e.rollbackWindows(c, emergency, now)
		return windows, time.Time{}, err
	}
	if len(c.Windows) > 0 {
		return c.Windows, c.AcceptBy, nil
	}
	var last, prod time.Time
	for _, spec := range e.options.Schedule {
		if emergency && spec.Ring == rollout.Dev || spec.Ring == rollout.Prod && (spec.Kind == rollout.EmergencyWindow) != emergency {
			continue
		}
		w, err := e.resolve(spec, e.state.bulletins[release.Bulletin].Released, emergency, now)
		if err != nil {
			return nil, time.Time{}, err
		}
		if !w.Closes.After(now) {
			continue
		}
		windows = append(windows, w)
		if w.Closes.After(last) && w.Ring == rollout.Prod {
			last = w.Closes
		}
		if w.Ring == rollout.Dev && w.Closes.After(acceptBy) {
			acceptBy = w.Closes
		}
		if w.Ring == rollout.Prod && (prod.IsZero() || w.Opens.Before(prod)) {
			prod = w.Opens
		}
	}
	if !acceptBy.IsZero() {
		acceptBy = acceptanceDeadline(acceptBy, prod, e.options.Zone)
	}
	if last.IsZero() {
		return nil, time.Time{}, fmt.Errorf("the schedule has no Prod window left in the cycle of %s: add windows to the configuration, or submit an emergency", release.Bulletin)
	}
	if emergency {
		windows = append(windows, rollout.Window{ID: "ECHECK", Ring: rollout.Prod, Kind: rollout.Check, Opens: last, Closes: last.Add(emergencyCheck)})
	}
	return windows, acceptBy, nil
}

// acceptanceDeadline leaves application support the day after Dev closed: in the monthly procedure Dev is through on the morning of day 1,
// and results are due on day 2 at 17:00 by the clocks on the wall. It ends when Prod opens: by then silence has to have counted.
func acceptanceDeadline(devCloses, prodOpens time.Time, zone *time.Location) time.Time {
	deadline := calendar.DateOf(devCloses, zone).Add(1).At(calendar.ClockAt(17, 0), zone)
	if !prodOpens.IsZero() && prodOpens.Before(deadline) {
		return prodOpens
	}
	return deadline
}

// resolve places a window in time. An emergency, and a pilot or Dev whose day is over, cannot wait for a day of the cycle: their windows open
// at their next occurrence, and a pilot at once.
func (e *Engine) resolve(spec rollout.WindowSpec, dayZero time.Time, emergency bool, now time.Time) (rollout.Window, error) {
	w, err := spec.Resolve(dayZero, e.options.Zone)
	late := spec.Ring != rollout.Prod && !w.Closes.After(now) // the request came after its day: pilot and Dev go ahead as soon as they can
	if err != nil || !emergency && !late {
		return w, err
	}
	if spec.Ring == rollout.Pilot {
		return rollout.Window{ID: spec.ID, Ring: spec.Ring, Kind: spec.Kind, Opens: now, Closes: now.Add(spec.Length)}, nil
	}
	w, err = spec.Resolve(now, e.options.Zone)
	if err == nil && !w.Closes.After(now) {
		w, err = spec.Resolve(now.AddDate(0, 0, 1), e.options.Zone)
	}
	return w, err
}

// updatesOf gives the catalogue's updates that are active in a release.
func (e *Engine) updatesOf(release approval.Release) []catalog.Update {
	var updates []catalog.Update
	b := e.state.bulletins[release.Bulletin]
	for _, kb := range release.Active() {
		if i := slices.IndexFunc(b.Updates, func(u catalog.Update) bool { return u.KB == kb }); i >= 0 {
			updates = append(updates, b.Updates[i])
		}
	}
	return updates
}

// decideChange takes one step of a change request and opens the rollouts that it unlocks.
func (e *Engine) decideChange(actor approval.Actor, c DecideChange, now time.Time) (string, error) {
	change, ok := e.state.changes[c.Change]
	if !ok {
		return "", fmt.Errorf("change request %q is not known: there are %v", c.Change, slices.Sorted(maps.Keys(e.state.changes)))
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	after, err := change.Step(c.Step, actor, c.PlanHash, c.Reason, now)
	if err != nil {
		return "", err
	}
	e.must(changeDecided{Step: c.Step, Change: after}, actor, c.Reason, now)
	if after.State == approval.Rejected {
		return fmt.Sprintf("%s rejected", after.ID), nil
	}
	e.must(releasePhase{Release: after.Release, Phase: approval.Deploy}, actor, c.Reason, now)
	opened := 0
	for _, ring := range append(slices.Clone(rollout.Rings), rollout.Rollback) {
		if after.Unlocks(ring == rollout.Pilot) && !e.isOpen(after.ID, ring) {
			opened += e.open(after, ring, actor, now)
		}
	}
	return fmt.Sprintf("%s %s; %d servers are unlocked", after.ID, after.State, opened), nil
}

func (e *Engine) isOpen(change string, ring rollout.Ring) bool {
	for _, r := range e.state.rollouts {
		if r.Change == change && r.Ring == ring {
			return true
		}
	}
	return false
}

// open begins the rollout of one ring: an advertisement for each of the plan's servers.
func (e *Engine) open(change approval.Change, ring rollout.Ring, actor approval.Actor, now time.Time) int {
	plan := e.state.plans[change.PlanHash]
	r := rollout.Rollout{ID: fmt.Sprintf("R-%d", len(e.state.rollouts)+1), Change: change.ID, Release: change.Release, PlanHash: plan.Hash,
		Ring: ring, State: rollout.Active, Opened: now, Ceiling: plan.Ceiling}
	var ads []rollout.Advertisement
	for _, a := range plan.Assignments {
		if a.Ring == ring {
			ads = append(ads, e.advertise(r, change, a, now))
		}
	}
	if len(ads) == 0 {
		return 0
	}
	slices.SortFunc(ads, func(a, b rollout.Advertisement) int { return strings.Compare(a.ID, b.ID) })
	for part := range slices.Chunk(ads, chunk) {
		e.must(rollout.Opened{Rollout: r, Advertisements: part}, actor, "", now)
	}
	return len(ads)
}

const tagDigits = 6

func (e *Engine) advertise(r rollout.Rollout, change approval.Change, a rollout.Assignment, now time.Time) rollout.Advertisement {
	ad := rollout.Advertisement{ID: rollout.AdvertisementID(r.ID, a.Server), Rollout: r.ID, Tag: r.PlanHash[:tagDigits], Server: a.Server, Windows: a.Windows, Updates: a.Updates,
		Delivery: rollout.NotReceived, Compliance: rollout.Missing, Since: now, Prove: r.Ring == rollout.Pilot, Rev: 1}
	if len(a.Updates) == 0 {
		ad.Compliance = rollout.UnknownCompliance
	}
	dropped := e.dropped(r.Release)
	ad.Updates = slices.DeleteFunc(slices.Clone(a.Updates), func(kb string) bool { return dropped[kb] })
	if len(a.Updates) > 0 && len(ad.Updates) == 0 {
		ad.Delivery, ad.Compliance, ad.Exclusion = rollout.Excluded, rollout.IsExcluded, "its updates were dropped from the release"
	}
	if s := e.state.servers[a.Server]; s != nil {
		ad.Site, ad.Cluster = s.Site, s.Cluster
		if s.Facts != nil {
			ad.Before = s.Facts.Build
		}
	}
	if x, ok := change.Exclusions[string(a.Server)]; ok {
		ad.Delivery, ad.Compliance, ad.Exclusion = rollout.Excluded, rollout.IsExcluded, x.Reason
	}
	return ad
}

func (e *Engine) excludeServer(actor approval.Actor, c ExcludeServer, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	change, ok := e.state.changes[c.Change]
	if !ok {
		return "", fmt.Errorf("change request %q is not known", c.Change)
	}
	plan := e.state.plans[change.PlanHash]
	if !slices.ContainsFunc(plan.Assignments, func(a rollout.Assignment) bool { return a.Server == c.Server }) {
		return "", fmt.Errorf("%s is not in the plan of %s", e.nameOf(c.Server), c.Change)
	}
	amendment := approval.Amendment{By: actor.Name, At: now, Reason: c.Reason}
	if _, err := change.Exclude(string(c.Server), amendment); err != nil {
		return "", err
	}
	var moves []*rollout.Moved
	for _, r := range e.state.rollouts {
		ad := e.state.ads[rollout.AdvertisementID(r.ID, c.Server)]
		if ad == nil || r.Change != c.Change {
			continue
		}
		m, err := ad.Narrow(rollout.Excluded, c.Reason)
		if err != nil {
			return "", approval.Clash("%s cannot be excluded: %v", e.nameOf(c.Server), err)
		}
		moves = append(moves, m)
	}
	e.must(serverExcluded{Change: c.Change, Server: c.Server, Amendment: amendment}, actor, c.Reason, now)
	for _, m := range moves {
		e.must(*m, actor, c.Reason, now)
	}
	return fmt.Sprintf("%s excluded from %s; the approval stays", e.nameOf(c.Server), c.Change), nil
}
