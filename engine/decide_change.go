package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
)

// emergencyCheck is the time after the last emergency window in which what is left is finished: everything is done by hour 7.
const emergencyCheck = 3 * time.Hour

// windows gives the windows of a change: those named in the command, or the configured schedule. The standard schedule belongs to the
// release's cycle, whose day 0 is the day of its bulletin; emergency windows and their pilot are the next ones from now on.
func (e *Engine) windows(release approval.Release, c SubmitChange, emergency bool, now time.Time) (windows []rollout.Window, acceptBy time.Time, err error) {
	if release.CatchesUp != "" {
		windows, err = e.catchUpWindows(release, c, now)
		return windows, time.Time{}, err
	}
	if release.Undoes != "" {
		windows, err = e.rollbackWindows(c, emergency, now)
		return windows, time.Time{}, err
	}
	if len(c.Windows) > 0 {
		return c.Windows, c.AcceptBy, nil
	}
	dayZero := e.state.bulletins[release.Bulletin].Released
	windows, acceptBy, err = e.scheduled(dayZero, emergency, now)
	if err == nil && windows == nil && c.Shift {
		if dayZero, err = e.shifted(dayZero, now); err == nil {
			windows, acceptBy, err = e.scheduled(dayZero, emergency, now)
		}
	}
	if err == nil && windows == nil {
		err = fmt.Errorf("the schedule has no Prod window left in the cycle of %s: submit with --shift to use its windows some weeks later, add windows to the configuration, or submit an emergency", release.Bulletin)
	}
	return windows, acceptBy, err
}

// shifted is the first day a whole number of weeks after another from which the schedule's windows, but for those of emergencies, are all to come.
func (e *Engine) shifted(dayZero, now time.Time) (time.Time, error) {
	const most = 520
	for weeks := range most {
		day := dayZero.In(e.options.Zone).AddDate(0, 0, 7*weeks)
		late := false
		for _, spec := range e.options.Schedule {
			w, err := spec.Resolve(day, e.options.Zone)
			if err != nil {
				return day, err
			}
			late = late || spec.Kind != rollout.EmergencyWindow && w.Opens.Before(now)
		}
		if !late {
			return day, nil
		}
	}
	return dayZero, fmt.Errorf("the bulletin is more than ten years old: the schedule cannot be shifted so far")
}

// scheduled are the windows of the schedule that are not over for a cycle with this day 0, and when acceptance ends; no windows is that none of
// Prod is left.
func (e *Engine) scheduled(dayZero time.Time, emergency bool, now time.Time) (windows []rollout.Window, acceptBy time.Time, err error) {
	var last, prod time.Time
	for _, spec := range e.options.Schedule {
		if emergency && spec.Ring == rollout.Dev || spec.Ring == rollout.Prod && (spec.Kind == rollout.EmergencyWindow) != emergency {
			continue
		}
		w, err := e.resolve(spec, dayZero, emergency, now)
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
	if last.IsZero() {
		return nil, time.Time{}, nil
	}
	if !acceptBy.IsZero() {
		acceptBy = acceptanceDeadline(acceptBy, prod, e.options.Zone)
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
	for _, held := range release.Updates {
		if held.Dropped != nil {
			continue
		}
		if u, ok := e.state.bulletins[cmp.Or(held.Bulletin, release.Bulletin)].Find(held.KB); ok {
			updates = append(updates, e.state.dossiers[u.KB].Rated(u))
		}
	}
	return updates
}

// decideChange takes one step of a change request and opens the rollouts that it unlocks.
func (e *Engine) decideChange(actor approval.Actor, c DecideChange, now time.Time) (string, error) {
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
	}
	after, err := change.Step(c.Step, actor, c.PlanHash, c.Reason, now)
	if err == nil {
		err = e.refuseStale(change, c.Step, now)
	}
	if err != nil {
		return "", err
	}
	e.must(changeDecided{Step: c.Step, From: change.State, Change: after}, actor, c.Reason, now)
	if after.State.Ended() {
		return e.endChange(after, actor, c.Reason, now), nil
	}
	opened := 0
	for _, ring := range rollout.AllRings {
		if after.Unlocks(ring == rollout.Pilot) && !e.isOpen(after.ID, ring) {
			opened += e.open(after, ring, actor, now)
		}
	}
	return fmt.Sprintf("%s %s; %d servers are unlocked", after.ID, after.State, opened), nil
}

func unknownChange(e *Engine, id string) error {
	return fmt.Errorf("change request %q is not known: %s", id, known(slices.SortedFunc(maps.Keys(e.state.changes), byNumber)))
}

// endChange takes a change request that came to nothing out of work: what has not started of its rollouts will not, what runs finishes,
// and its release goes back to where it is asked for.
func (e *Engine) endChange(change approval.Change, actor approval.Actor, reason string, now time.Time) string {
	ended, running := 0, 0
	for _, id := range e.openRollouts() {
		if r := e.state.rollouts[id]; r.Change == change.ID {
			n, m := e.endUnstarted(actor, r, reason, now)
			ended, running = ended+n, running+m
		}
	}
	if r := e.state.releases[change.Release]; r.Phase != approval.Closed && r.Phase != approval.Identify && e.liveChange(r.ID) == nil {
		e.must(releasePhase{Release: r.ID, Phase: approval.Identify}, actor, reason, now)
	}
	words := fmt.Sprintf("%s %s", change.ID, change.State)
	if ended+running > 0 {
		words += fmt.Sprintf(": %d servers will not start, %d still finish", ended, running)
	}
	return words
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
	ad := rollout.Advertisement{ID: rollout.AdvertisementID(r.ID, a.Server), Rollout: r.ID, Tag: r.PlanHash[:tagDigits], Server: a.Server, Windows: a.Windows, Updates: a.Updates, Without: a.Without, Offer: a.Offer,
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
		if s.Unmanaged != "" || e.state.plans[r.PlanHash].ByHand {
			ad.Hand = &rollout.HandWork{State: rollout.HandOpen, Unmanaged: true}
		}
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
	change, err := e.reasoned(c.Change, c.Reason)
	if err != nil {
		return "", err
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
