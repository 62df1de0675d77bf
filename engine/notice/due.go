package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
	"patchdeck/engine/pilot"
	"patchdeck/engine/rollout"
)

// Matter is one release with its newest change request and the rollouts of that, as far as they exist.
type Matter struct {
	Release    approval.Release
	Change     *approval.Change
	Plan       *rollout.Plan
	Acceptance *pilot.Acceptance // nil until it opened
	Rollouts   []*rollout.Rollout
	Blocks     []string // applications whose failed test nobody has answered
}

// Ring gives the rollout of a ring, or nil.
func (m Matter) Ring(ring rollout.Ring) *rollout.Rollout {
	for _, r := range m.Rollouts {
		if r.Ring == ring {
			return r
		}
	}
	return nil
}

// unlocked tells that the change request was authorised and not rejected since.
func (m Matter) unlocked() bool {
	return m.Change != nil && (m.Change.State == approval.Completed || !m.Change.State.Ended()) && m.Change.State != approval.Submitted
}

func (m Matter) emergency() bool {
	return m.Change != nil && m.Change.Priority == approval.Emergency
}

// through tells that every ring of the plan was opened and closed.
func (m Matter) through() bool {
	prod := m.Ring(rollout.Prod)
	return prod != nil && !slices.ContainsFunc(m.Rollouts, func(r *rollout.Rollout) bool { return r.State != rollout.Closed })
}

// Quiet tells that everything about it ended so long ago that no notice is due any more.
func (m Matter) Quiet(now time.Time) bool {
	return !slices.ContainsFunc(m.Rollouts, func(r *rollout.Rollout) bool {
		return r.State != rollout.Closed || now.Sub(r.Ended) < summaryAfter+stale
	})
}

// Due is a notice that should exist.
type Due struct {
	Kind    Kind
	Key     string
	Rollout string
}

// Scene is what is looked at to find the notices that are due.
type Scene struct {
	Now   time.Time
	Zone  *time.Location
	Daily time.Duration // when daily notices go, after local midnight
	// Composed tells whether there is a notice with a key already.
	Composed func(key string) bool
}

const (
	// stale is how late a notice may be: patchdeck did not run, or learns of an old matter. Later it would only confuse.
	stale = 48 * time.Hour
	// reminder is how long before the acceptance deadline the applications without a result are reminded.
	reminder = 12 * time.Hour
	// summaryAfter leaves time for the review meeting (tasks 29 to 31 of the month).
	summaryAfter = 4 * 24 * time.Hour
)

// Late tells that something happened so long ago that a notice of it would only confuse.
func Late(happened, now time.Time) bool { return now.Sub(happened) >= stale }

// occasion is one time at which a notice is due, with the name of the matter within its kind.
type occasion struct {
	matter  string // of the key, below the kind
	rollout string
	at      time.Time
}

// rules tell for each kind on which occasions a matter calls for it; occasions to come are listed too, so that nobody has to poll.
var rules = []struct {
	kind Kind
	when func(Scene, Matter) []occasion
}{
	{HeadsUp, func(_ Scene, m Matter) []occasion {
		if m.Release.Phase == approval.Closed || m.emergency() {
			return nil
		}
		return once(m.Release.ID, m.Release.Created)
	}},
	{Advance, func(_ Scene, m Matter) []occasion {
		if m.Change == nil || m.emergency() || m.Change.State.CameToNothing() {
			return nil
		}
		return once(m.Change.ID, m.Change.Submitted.At)
	}},
	{Emergency, func(_ Scene, m Matter) []occasion {
		if !m.emergency() || m.Change.State.CameToNothing() {
			return nil
		}
		return once(m.Change.ID, m.Change.Submitted.At)
	}},
	{Update, func(_ Scene, m Matter) []occasion {
		if !m.unlocked() || m.emergency() || m.Change.Authority == nil {
			return nil
		}
		return once(m.Change.ID, m.Change.Authority.At)
	}},
	{Schedule, func(_ Scene, m Matter) []occasion {
		if !m.unlocked() || m.Change.Board == nil {
			return nil
		}
		return once(m.Change.ID, m.Change.Board.At)
	}},
	{DevComplete, func(s Scene, m Matter) []occasion {
		if m.Acceptance == nil || m.Acceptance.Closed {
			return nil
		}
		return once(m.Change.ID, s.Now)
	}},
	{Acceptance, func(_ Scene, m Matter) []occasion {
		if m.Acceptance == nil || m.Acceptance.Closed || len(m.Acceptance.With(pilot.Pending)) == 0 {
			return nil
		}
		at := m.Acceptance.Deadline.Add(-reminder)
		if dev := m.Ring(rollout.Dev); dev != nil && dev.Ended.After(at) {
			return nil // the notice that Dev is complete says it, hours before the deadline
		}
		return once(m.Change.ID, at)
	}},
	{Progress, progress},
	{ProdUpdated, func(_ Scene, m Matter) []occasion {
		if !m.through() {
			return nil
		}
		return []occasion{{m.Change.ID, m.Ring(rollout.Prod).ID, m.Ring(rollout.Prod).Ended}}
	}},
	{Halted, func(_ Scene, m Matter) []occasion {
		var list []occasion
		for _, r := range m.Rollouts {
			if r.State == rollout.Halted || r.State == rollout.Paused {
				list = append(list, occasion{fmt.Sprintf("%s/%d", r.ID, r.Stop.At.Unix()), r.ID, r.Stop.At})
			}
		}
		return list
	}},
	{Overdue, overdue},
	{Summary, func(_ Scene, m Matter) []occasion {
		if !m.through() {
			return nil
		}
		return once(m.Change.ID, m.Ring(rollout.Prod).Ended.Add(summaryAfter))
	}},
}

func once(matter string, at time.Time) []occasion { return []occasion{{matter: matter, at: at}} }

// progress is due every day from the first opening of Prod until it is through.
func progress(s Scene, m Matter) []occasion {
	prod := m.Ring(rollout.Prod)
	if prod == nil || prod.State == rollout.Closed || m.Plan == nil {
		return nil
	}
	var opens time.Time
	for _, w := range m.Plan.Windows {
		if w.Ring == rollout.Prod && (opens.IsZero() || w.Opens.Before(opens)) {
			opens = w.Opens
		}
	}
	var list []occasion
	for _, day := range []int{0, 1} {
		at := s.daily(day)
		if opens.Before(at) {
			list = append(list, occasion{prod.ID + "/" + s.day(at), prod.ID, at})
		}
	}
	if len(list) == 0 {
		at := s.dailyAfter(opens)
		list = append(list, occasion{prod.ID + "/" + s.day(at), prod.ID, at})
	}
	return list
}

// overdue is due when a deadline passes, and every day after that.
func overdue(s Scene, m Matter) []occasion {
	var list []occasion
	for _, d := range Deadlines(m) {
		switch {
		case s.Now.Before(d.At):
			list = append(list, occasion{m.Change.ID + "/" + s.day(d.At), "", d.At})
		case s.day(d.At) == s.day(s.Now):
			list = append(list, occasion{m.Change.ID + "/" + s.day(d.At), "", d.At})
			at := s.daily(1)
			list = append(list, occasion{m.Change.ID + "/" + s.day(at), "", at})
		default:
			for _, day := range []int{0, 1} {
				at := s.daily(day)
				list = append(list, occasion{m.Change.ID + "/" + s.day(at), "", at})
			}
		}
	}
	return list
}

// Deadline is a time by which somebody has to have done something that is not done yet.
type Deadline struct {
	At    time.Time
	Words string // what is owed
}

// Deadlines lists what a matter still owes, with its time, also when that is to come.
func Deadlines(m Matter) []Deadline {
	c := m.Change
	if c == nil || c.State.CameToNothing() {
		return nil
	}
	var list []Deadline
	if c.State == approval.Authorised && !c.ConfirmBy.IsZero() {
		list = append(list, Deadline{c.ConfirmBy, "the board's confirmation of the emergency " + c.ID})
	}
	if !m.through() && !c.Deadline.IsZero() {
		list = append(list, Deadline{c.Deadline, fmt.Sprintf("%s: a change of priority %s is to be through", c.ID, c.Priority)})
	}
	if len(m.Blocks) > 0 && m.Acceptance != nil && !m.Acceptance.Deadline.IsZero() {
		list = append(list, Deadline{m.Acceptance.Deadline, "an answer to the failed acceptance of " + strings.Join(m.Blocks, ", ") + ": drop the update, exclude the servers, or record a workaround"})
	}
	return list
}

// Due lists the notices that a matter calls for now and that do not exist, and says when the next may be due.
func (s Scene) Due(m Matter) (due []Due, next time.Time) {
	for _, rule := range rules {
		for _, o := range rule.when(s, m) {
			key := Key(rule.kind, o.matter)
			switch {
			case o.at.After(s.Now):
				if next.IsZero() || o.at.Before(next) {
					next = o.at
				}
			case !Late(o.at, s.Now) && !s.Composed(key) && !slices.ContainsFunc(due, func(d Due) bool { return d.Key == key }):
				due = append(due, Due{Kind: rule.kind, Key: key, Rollout: o.rollout})
			}
		}
	}
	return due, next
}

// Occasion names the notice of a kind that a matter calls for now or next, whether or not it exists; by hand, if it calls for none.
func (s Scene) Occasion(m Matter, kind Kind) Due {
	for _, rule := range rules {
		if rule.kind != kind {
			continue
		}
		for _, o := range rule.when(s, m) {
			return Due{Kind: kind, Key: Key(kind, o.matter), Rollout: o.rollout}
		}
	}
	return Due{Kind: kind, Key: Key(kind, m.Release.ID+"/by hand")}
}

// Key names one notice: what it is about, and which matter.
func Key(kind Kind, matter string) string { return string(kind) + "/" + matter }

// day is the date on the walls of the fleet's zone.
func (s Scene) day(at time.Time) string { return calendar.DateOf(at, s.Zone).String() }

// daily is when the daily notices go, so many days from today.
func (s Scene) daily(days int) time.Time {
	return calendar.DateOf(s.Now, s.Zone).Add(days).At(s.Daily, s.Zone)
}

// dailyAfter is the first daily time after an instant.
func (s Scene) dailyAfter(at time.Time) time.Time {
	date := calendar.DateOf(at, s.Zone)
	if today := date.At(s.Daily, s.Zone); today.After(at) {
		return today
	}
	return date.Add(1).At(s.Daily, s.Zone)
}
