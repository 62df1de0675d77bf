package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Rollback makes a release that takes away what a rollout brought, from all servers that got it or from those that are named. It goes
// through the phases as any release: change request, authority, board, windows.
type Rollback struct {
	Rollout string
	Servers []inventory.ServerID // none: all that got it
	Updates []string             // none: all of the release
	Reason  string
}

func (Rollback) Action() string { return "rollout.rollback" }

func init() { offer((*Engine).rollback, approval.Lead).limit = entryWeight }

func (e *Engine) rollback(actor approval.Actor, c Rollback, now time.Time) (string, error) {
	r := e.state.rollouts[c.Rollout]
	if r == nil {
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if e.state.plans[r.PlanHash].Removal {
		return "", fmt.Errorf("%s is a roll-back itself: make a release of %s to bring its updates back", r.ID, e.state.releases[r.Release].Bulletin)
	}
	servers, err := e.gotIt(r, c.Servers)
	if err != nil {
		return "", err
	}
	release := approval.Release{ID: e.freeName(r.Release + "-rollback"), Title: "Roll-back of " + r.ID + ": " + e.state.releases[r.Release].Title, Bulletin: e.state.releases[r.Release].Bulletin,
		Owner: actor.Name, Created: now, Phase: approval.Identify, Undoes: r.ID, Rev: 1}
	for _, id := range servers {
		release.Servers = append(release.Servers, string(id))
	}
	// What the rollout brought is in its plan, whatever was dropped from the release since: that is often why it is rolled back.
	var brought []string
	for _, u := range e.state.plans[r.PlanHash].Updates {
		brought = append(brought, u.KB)
	}
	for _, u := range e.state.releases[r.Release].Updates {
		if slices.Contains(brought, u.KB) && (len(c.Updates) == 0 || slices.Contains(c.Updates, u.KB)) {
			release.Updates = append(release.Updates, approval.ReleaseUpdate{KB: u.KB, Severity: u.Severity, Exploited: u.Exploited, Why: "taken back from " + r.ID + ": " + c.Reason})
		}
	}
	if len(release.Updates) == 0 || len(c.Updates) > 0 && len(release.Updates) != len(c.Updates) {
		return "", fmt.Errorf("%s brought %s, not %s", r.ID, strings.Join(brought, ", "), strings.Join(c.Updates, ", "))
	}
	e.must(releaseCreated{release}, actor, c.Reason, now)
	return fmt.Sprintf("release %s takes %v from %s: submit a change request for it", release.ID, release.Active(), count(len(servers), "server")), nil
}

// gotIt lists the servers of a rollout that may have got its updates, or checks those that are named.
func (e *Engine) gotIt(r *rollout.Rollout, named []inventory.ServerID) ([]inventory.ServerID, error) {
	var got []inventory.ServerID
	for _, id := range e.state.adsOf[r.ID] {
		ad := e.state.ads[id]
		if !ad.Delivery.Final() && (len(named) == 0 || slices.Contains(named, ad.Server)) && ad.Attempts > 0 {
			return nil, approval.Clash("%s is %s in %s: it must be through first", e.nameOf(ad.Server), ad.Delivery, r.ID)
		}
		if ad.Delivery.Final() && ad.Attempts > 0 {
			got = append(got, ad.Server)
		}
	}
	if len(got) == 0 {
		return nil, approval.Clash("%s installed nothing: there is nothing to roll back", r.ID)
	}
	if len(named) == 0 {
		return got, nil
	}
	for _, id := range named {
		if !slices.Contains(got, id) {
			return nil, approval.Clash("%s got nothing by %s", e.nameOf(id), r.ID)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(named))), nil
}

// whom gives the servers that a change request is for, and what its approvers should know of their audit. A roll-back is for the servers that
// got the updates, a catch-up for those that are behind, however old their audit is.
func (e *Engine) whom(release approval.Release, c SubmitChange, now time.Time) (whom planned, finding string, err error) {
	if release.Undoes == "" && release.CatchesUp == "" {
		if whom, err = e.planFor(c.Collections, now); err == nil {
			finding, err = e.checkAudit(whom, c, now)
		}
		return whom, finding, err
	}
	if len(c.Collections) > 0 && release.CatchesUp != "" {
		return whom, "", fmt.Errorf("a catch-up is for the servers that are behind: name some of them when it is made, patchdeck release catch-up %s SERVER...; leave --collection out", release.CatchesUp)
	}
	if len(c.Collections) > 0 {
		return whom, "", fmt.Errorf("a roll-back is for the servers that got the updates: name some of them when it is made, patchdeck rollout rollback %s SERVER...; leave --collection out", release.Undoes)
	}
	for _, id := range release.Servers {
		if s := e.state.serverOf(inventory.ServerID(id)); s != nil {
			whom.servers = append(whom.servers, *s)
		}
	}
	return whom, "", nil
}

// rollbackWindows are the windows of a roll-back: those named in the command, or the next ones of the schedule, in the ring of roll-backs. The
// standard ones keep their order and their distance; the first begins at its next hour.
func (e *Engine) rollbackWindows(c SubmitChange, emergency bool, now time.Time) ([]rollout.Window, error) {
	if len(c.Windows) > 0 {
		return inRollback(c.Windows), nil
	}
	var specs []rollout.WindowSpec
	for _, spec := range e.options.Schedule {
		if spec.Ring != rollout.Pilot && (spec.Kind == rollout.EmergencyWindow) == emergency {
			specs = append(specs, spec)
		}
	}
	if len(specs) == 0 {
		return nil, fmt.Errorf("the schedule has no window for a roll-back: add windows to the configuration")
	}
	first := slices.MinFunc(specs, func(a, b rollout.WindowSpec) int { return a.Day - b.Day }).Day
	for delay := 0; ; delay++ {
		var windows []rollout.Window
		var last time.Time
		late := false
		for _, spec := range specs {
			spec.Day += delay - first
			w, err := spec.Resolve(now, e.options.Zone)
			if err != nil {
				return nil, err
			}
			late = late || w.Opens.Before(now)
			windows, last = append(windows, w), maxTime(last, w.Closes)
		}
		if late && delay < 2 {
			continue
		}
		if emergency {
			windows = append(windows, rollout.Window{ID: "ECHECK", Kind: rollout.Check, Opens: last, Closes: last.Add(emergencyCheck)})
		}
		return inRollback(windows), nil
	}
}

func inRollback(windows []rollout.Window) []rollout.Window {
	next := slices.Clone(windows)
	for i := range next {
		next[i].Ring = rollout.Rollback
	}
	return next
}
