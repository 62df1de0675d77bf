package procedure

import (
	"slices"
	"time"

	"patchdeck/engine/calendar"
	"patchdeck/engine/rollout"
)

// Basis is what a timetable is made from.
type Basis struct {
	DayZero calendar.Date
	Zone    *time.Location
	// Began is when the cycle began. A cycle that begins late squeezes what should have been done into the time until the next fixed point.
	Began time.Time
	// Folded cycles (an emergency, a demonstration) run the same tasks on the timeline of their windows.
	Folded bool
	// Windows are those of pilot, Dev and Prod; without Prod windows the table's own days hold.
	Windows  []rollout.Window
	AcceptBy time.Time // the end of acceptance, zero where it is not known
}

// Entry is one task's place in time. A task that repeats is due several times.
type Entry struct {
	Task int         `json:"task"`
	From time.Time   `json:"from"`
	Due  []time.Time `json:"due"`
}

// Last is when the task has to be finished for good.
func (e Entry) Last() time.Time { return e.Due[len(e.Due)-1] }

// Timetable places the 31 tasks in time, in the order of their numbers. No task is due before one that it builds on.
func Timetable(b Basis) []Entry {
	entries := make([]Entry, len(Tasks))
	for i, task := range Tasks {
		entries[i] = Entry{Task: task.Number, From: b.on(task.Rule.From), Due: []time.Time{b.standard(task)}}
	}
	if points := b.points(entries); points != nil {
		for i := range entries {
			entries[i].From, entries[i].Due[0] = points.move(entries[i].From), points.move(entries[i].Due[0])
		}
	}
	b.byWindows(entries)
	b.inOrder(entries)
	return entries
}

func (b Basis) on(m Moment) time.Time { return b.DayZero.Add(m.Day).At(m.Clock, b.Zone) }

// standard is when the table has a task due: by the clocks on the wall, or by its distance from the release where those are ahead of Pacific.
func (b Basis) standard(t Task) time.Time {
	if release := calendar.Release(b.DayZero); t.Rule.Distance > 0 && calendar.AheadOfPacific(release, b.Zone) {
		return release.Add(t.Rule.Distance)
	}
	return b.on(t.Rule.By)
}

// points are instants of the standard month with those of this cycle, both ascending.
type points [][2]time.Time

// monthBegins is when a month begins that begins in time.
var monthBegins = Moment{Day: -6}

// points gives the fixed points of a folded or late cycle: when it began, its pilot, Dev, acceptance and Prod. A month that begins in time
// has none.
func (b Basis) points(entries []Entry) points {
	due := func(task int) time.Time { return entries[task-1].Due[0] }
	dev, prod := spanOf(b.Windows, rollout.Dev), spanOf(b.Windows, rollout.Prod)
	fixed := []struct {
		standard, here time.Time
	}{
		{due(12), spanOf(b.Windows, rollout.Pilot).opens}, {due(20), dev.opens}, {due(21), dev.closes}, {due(22), b.AcceptBy}, {due(26), prod.opens},
	}
	if !b.Folded && !b.Began.After(due(1)) {
		return nil
	}
	list := points{{b.on(monthBegins), b.Began}}
	for _, f := range fixed {
		if !b.Folded {
			f.here = f.standard // what lies ahead stays where it is
		}
		if last := list[len(list)-1]; !f.here.IsZero() && f.standard.After(last[0]) {
			if f.here.Before(last[1]) {
				f.here = last[1]
			}
			list = append(list, [2]time.Time{f.standard, f.here})
		}
	}
	return list
}

// move takes an instant of the standard month to this cycle: in proportion between two points, and at the same distance outside of them.
func (p points) move(at time.Time) time.Time {
	after := slices.IndexFunc(p, func(point [2]time.Time) bool { return point[0].After(at) })
	switch after {
	case -1:
		last := p[len(p)-1]
		return last[1].Add(at.Sub(last[0]))
	case 0:
		return p[0][1]
	}
	from, to := p[after-1], p[after]
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	part := seconds(at.Sub(from[0])) * seconds(to[1].Sub(from[1])) / max(1, seconds(to[0].Sub(from[0])))
	return from[1].Add(time.Duration(part) * time.Second)
}

// reach is from the first opening to the last closing of a ring's windows.
type reach struct {
	opens, closes time.Time
	windows       int
}

func spanOf(windows []rollout.Window, ring rollout.Ring) reach {
	var r reach
	for _, w := range windows {
		if w.Ring != ring {
			continue
		}
		r.windows++
		if r.opens.IsZero() || w.Opens.Before(r.opens) {
			r.opens = w.Opens
		}
		if w.Closes.After(r.closes) {
			r.closes = w.Closes
		}
	}
	return r
}

// byWindows places what follows the windows: the pilot's check ends with its window, acceptance has its own deadline, and from 26 on
// everything counts from the Prod windows.
func (b Basis) byWindows(entries []Entry) {
	later := func(task int, than time.Time) {
		if e := &entries[task-1]; than.After(e.Due[0]) {
			e.Due[0] = than
		}
	}
	later(16, spanOf(b.Windows, rollout.Pilot).closes)
	later(21, spanOf(b.Windows, rollout.Dev).closes)
	if !b.AcceptBy.IsZero() {
		entries[22-1].Due[0], entries[24-1].Due[0] = b.AcceptBy, b.AcceptBy
	}
	prod := spanOf(b.Windows, rollout.Prod)
	if prod.windows == 0 {
		return
	}
	first, last := calendar.DateOf(prod.opens, b.Zone), calendar.DateOf(prod.closes.Add(-1), b.Zone)
	for i, task := range Tasks {
		from, by := task.Rule.From, task.Rule.By
		switch task.Rule.Counts {
		case AtOpening:
			entries[i].Due = []time.Time{prod.opens}
		case WhileOpen:
			entries[i].Due = b.whileOpen(prod, first)
		case DayAfter:
			entries[i].Due = nil
			for day := first.Add(1); !last.Add(1).Before(day); day = day.Add(1) {
				entries[i].Due = append(entries[i].Due, day.At(by.Clock, b.Zone))
			}
		case FromClosing:
			entries[i].From = last.Add(from.Day-prodDay).At(from.Clock, b.Zone)
			entries[i].Due = []time.Time{last.Add(by.Day-prodDay).At(by.Clock, b.Zone)}
		}
	}
}

// whileOpen is when progress is due: each day, as long as the windows last longer than one, and for the last time two hours after the last
// closing, as the table has it after a short window.
func (b Basis) whileOpen(prod reach, first calendar.Date) []time.Time {
	var due []time.Time
	for day := first; prod.closes.Sub(prod.opens) > 24*time.Hour; day = day.Add(1) {
		at := day.At(progressClock, b.Zone)
		if !at.Before(prod.closes) {
			break
		}
		if at.After(prod.opens) {
			due = append(due, at)
		}
	}
	return append(due, prod.closes.Add(2*time.Hour))
}

// progressClock is when progress is due on a day with open windows: with the status report.
const progressClock = 10 * time.Hour

// inOrder holds that nothing is due before what it builds on, and lets each task begin when that is through.
func (b Basis) inOrder(entries []Entry) {
	for i, task := range Tasks {
		e := &entries[i]
		begins := b.Began
		if release := calendar.Release(b.DayZero); task.Number >= 10 && !b.Folded && release.After(begins) {
			begins = release
		}
		for _, before := range task.BuildsOn {
			if done := entries[before-1].Last(); done.After(begins) {
				begins = done
			}
		}
		for n := range e.Due {
			if e.Due[n].Before(begins) {
				e.Due[n] = begins
			}
		}
		e.Due = slices.CompactFunc(e.Due, time.Time.Equal)
		if task.Rule.From == task.Rule.By || e.From.Before(begins) {
			e.From = begins
		}
	}
}
