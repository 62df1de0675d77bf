package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Bounds of a later window.
const (
	latestLater   = 31 * 24 * time.Hour // how far ahead it may open
	shortestLater = 10 * time.Minute
	longestLater  = 48 * time.Hour
)

// playedPlan is a rollout's plan with the windows that were added to the rollout, kept until either changes.
type playedPlan struct {
	of    *rollout.Plan
	added int
	plan  *rollout.Plan
}

// planOf is the plan by which a rollout is played.
func (s *state) planOf(r *rollout.Rollout) *rollout.Plan {
	plan := s.plans[r.PlanHash]
	if len(r.Added) == 0 || plan == nil {
		return plan
	}
	known := s.played[r.ID]
	if known.of != plan || known.added != len(r.Added) {
		known = playedPlan{plan, len(r.Added), plan.With(r.Added)}
		s.played[r.ID] = known
	}
	return known.plan
}

// reopenedWords tells in one line what a rollout got for servers that are tried again.
func reopenedWords(e rollout.Reopened) string {
	switch {
	case e.Window == nil:
		return "open again"
	case e.From == rollout.Closed:
		return fmt.Sprintf("open again with window %s, %s to %s", e.Window.ID, e.Window.Opens.Format("2 Jan 15:04"), e.Window.Closes.Format("2 Jan 15:04"))
	}
	return fmt.Sprintf("window %s, %s to %s", e.Window.ID, e.Window.Opens.Format("2 Jan 15:04"), e.Window.Closes.Format("2 Jan 15:04"))
}

func (e *Engine) retry(actor approval.Actor, c Retry, now time.Time) (string, error) {
	r := e.state.rollouts[c.Rollout]
	if r == nil {
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	}
	change := e.state.changes[r.Change]
	if r.State == rollout.Closed && !change.Unlocks(r.Ring == rollout.Pilot) {
		return "", approval.Clash("%s is closed, and %s is %s: nobody starts under it any more", r.ID, change.ID, change.State)
	}
	var later *rollout.Window
	if c.Later.Now || !c.Later.Opens.IsZero() {
		w, err := e.laterWindow(r, c.Later, now)
		if err != nil {
			return "", err
		}
		later = &w
	}
	moves, err := e.decideEach(r, c.Servers, c.Reason, func(r *rollout.Rollout, ad *rollout.Advertisement) (*rollout.Moved, error) {
		windows := e.windowsLeft(r, ad.Server, now)
		if later != nil {
			windows = []string{later.ID}
		}
		if len(windows) == 0 {
			return nil, fmt.Errorf("it has no window left in the approved plan; %s", e.wayOn(r))
		}
		return ad.Again(windows, c.Reason)
	})
	if err != nil {
		return "", err
	}
	if reopened, ok := r.Reopen(later, c.Reason); ok {
		e.must(reopened, actor, c.Reason, now)
	}
	words := e.moveEach(actor, moves, c.Reason, now, "tried again")
	if later != nil {
		words += fmt.Sprintf(" in window %s, %s to %s", later.ID, later.Opens.In(e.options.Zone).Format("2 Jan 15:04"), later.Closes.In(e.options.Zone).Format("2 Jan 15:04"))
	}
	return words, nil
}

// windowsLeft are the windows in which a server may still start: those of its plan, and those that it got later.
func (e *Engine) windowsLeft(r *rollout.Rollout, server inventory.ServerID, now time.Time) (left []string) {
	plan := e.state.planOf(r)
	for _, a := range plan.Assignments {
		if a.Server != server {
			continue
		}
		for _, id := range a.Windows {
			if w, _ := plan.Window(id); now.Before(w.Closes) {
				left = append(left, id)
			}
		}
	}
	ad := e.state.ads[rollout.AdvertisementID(r.ID, server)]
	if ad == nil {
		return left
	}
	if id, again := ad.Later(r.Added); again {
		if w, _ := plan.Window(id); now.Before(w.Closes) {
			left = append(left, id)
		}
	}
	return left
}

// laterWindow places a window that a rollout gets beside its plan's. The board approves the windows of Dev and Prod, so only a pilot, which the
// authority's word unlocks, gets one.
func (e *Engine) laterWindow(r *rollout.Rollout, c LaterWindow, now time.Time) (rollout.Window, error) {
	if r.Ring != rollout.Pilot {
		return rollout.Window{}, approval.Clash("the windows of %s (%s) are approved with its plan; %s", r.ID, r.Ring, e.wayOn(r))
	}
	plan := e.state.plans[r.PlanHash]
	i := slices.IndexFunc(plan.Windows, func(w rollout.Window) bool { return w.Ring == r.Ring })
	if i < 0 {
		return rollout.Window{}, fmt.Errorf("the plan of %s has no window of the ring %s", r.ID, r.Ring)
	}
	like := plan.Windows[i]
	w := rollout.Window{ID: fmt.Sprintf("%s-%d", like.ID, len(r.Added)+2), Ring: r.Ring, Kind: like.Kind, Opens: c.Opens.UTC()}
	if c.Now {
		w.Opens = now
	}
	length := c.Length
	if length == 0 {
		length = like.Closes.Sub(like.Opens)
	}
	switch {
	case w.Opens.Before(now):
		return w, fmt.Errorf("the window would open at %s, which has passed: name a time to come, or now", w.Opens.In(e.options.Zone).Format("2 Jan 2006 15:04"))
	case w.Opens.Sub(now) > latestLater:
		return w, fmt.Errorf("the window would open at %s: a later window opens within 31 days", w.Opens.In(e.options.Zone).Format("2 Jan 2006 15:04"))
	case length < shortestLater || length > longestLater:
		return w, fmt.Errorf("the window would be %s long: 10m to 48h are accepted", rollout.Span(length))
	}
	w.Closes = w.Opens.Add(length)
	return w, nil
}

// wayOn names the command that brings servers of a rollout to a window when its plan has none left for them.
func (e *Engine) wayOn(r *rollout.Rollout) string {
	if r.Ring == rollout.Pilot {
		return fmt.Sprintf("give it a later one: patchdeck rollout retry %s SERVER --window now --reason \"...\"", r.ID)
	}
	release := e.state.releases[r.Release]
	if source := cmp.Or(release.CatchesUp, release.ID); release.Undoes == "" && e.prodThrough(source) {
		return fmt.Sprintf("it is caught up in windows of its own: patchdeck release catch-up %s --reason \"...\"", source)
	}
	return fmt.Sprintf("a later one needs a plan of its own: patchdeck change resubmit %s --reason \"...\"", r.Change)
}
