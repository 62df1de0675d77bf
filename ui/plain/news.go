package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// mostNamed is how many servers one line names before it counts the rest.
const mostNamed = 5

// told are the statuses that a line tells when a server reaches them, loudest first; the others are only counted.
var told = []rollout.Delivery{rollout.Failed, rollout.Unknown, rollout.Unreachable, rollout.WindowMissed}

// Standing says how everything stands, for somebody who has just come in.
func Standing(v *engine.View, zone *time.Location) []string {
	lines := []string{fmt.Sprintf("It is %s. %s in the inventory.", v.At.In(zone).Format("Mon 2 Jan 15:04"), part.Count(len(v.Servers), "server", "servers"))}
	if v.ReadOnly != "" {
		lines = append(lines, "Nothing new starts: "+v.ReadOnly)
	}
	for i, n := range v.Needs {
		if i == mostNeeds {
			lines = append(lines, fmt.Sprintf("And %d more need a person.", len(v.Needs)-i))
			break
		}
		lines = append(lines, needLine("Needs you", n))
	}
	open := 0
	for i := range v.Rollouts {
		if r := &v.Rollouts[i]; r.State != rollout.Closed {
			open++
			lines = append(lines, rolloutLine(r, v.At, zone))
		}
	}
	if open == 0 {
		lines = append(lines, "No rollout is open.")
	}
	return lines
}

// mostNeeds bounds the list of what waits for a person.
const mostNeeds = 20

func needLine(begin string, n engine.Need) string {
	if n.Urgent {
		return begin + ", urgent: " + n.Words
	}
	return begin + ": " + n.Words
}

// rolloutLine says how one rollout stands.
func rolloutLine(r *engine.RolloutView, now time.Time, zone *time.Location) string {
	return fmt.Sprintf("%s %s, %s: %s.%s", r.ID, r.Ring, r.State, countWords(r.Counts), windowWords(r, now, zone))
}

// countWords says the counts in the order of the table of statuses, and of how many.
func countWords(c rollout.Counts) string {
	var words []string
	for _, s := range rollout.Statuses {
		if n := c[s.Delivery]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, s.Delivery))
		}
	}
	if len(words) == 0 {
		return "no servers"
	}
	return fmt.Sprintf("%s; %d targeted", strings.Join(words, ", "), c.Targeted())
}

func windowWords(r *engine.RolloutView, now time.Time, zone *time.Location) string {
	if r.Current < 0 || r.Current >= len(r.Windows) {
		return ""
	}
	w := r.Windows[r.Current]
	if now.Before(w.Opens) {
		return fmt.Sprintf(" Window %s opens at %s, in %s.", w.ID, w.Opens.In(zone).Format("Mon 15:04"), part.Lasting(w.Opens.Sub(now)))
	}
	return fmt.Sprintf(" Window %s closes at %s, in %s.", w.ID, w.Closes.In(zone).Format("Mon 15:04"), part.Lasting(w.Closes.Sub(now)))
}

// News says what has changed from one view to a newer one, what needs a person first. Counts come only when counts is set, so that
// a caller can say them seldom.
func News(before, after *engine.View, zone *time.Location, counts bool) []string {
	var lines []string
	if after.ReadOnly != before.ReadOnly {
		if after.ReadOnly != "" {
			lines = append(lines, "Nothing new starts: "+after.ReadOnly)
		} else {
			lines = append(lines, "Work may start again.")
		}
	}
	lines = append(lines, needNews(before, after)...)
	known := map[string]*engine.RolloutView{}
	for i := range before.Rollouts {
		known[before.Rollouts[i].ID] = &before.Rollouts[i]
	}
	for i := range after.Rollouts {
		r := &after.Rollouts[i]
		was := known[r.ID]
		if was == nil {
			lines = append(lines, "New: "+rolloutLine(r, after.At, zone))
			continue
		}
		lines = append(lines, rolloutNews(was, r, before.At, after.At, zone, counts)...)
	}
	return lines
}

func needNews(before, after *engine.View) (lines []string) {
	have := func(list []engine.Need, n engine.Need) bool { return slices.Contains(list, n) }
	fresh := 0
	for _, n := range after.Needs {
		if have(before.Needs, n) {
			continue
		}
		if fresh++; fresh <= mostNamed {
			lines = append(lines, needLine("Needs you", n))
		}
	}
	if fresh > mostNamed {
		lines = append(lines, fmt.Sprintf("And %d more need a person: needs lists them.", fresh-mostNamed))
	}
	gone := 0
	for _, n := range before.Needs {
		if !have(after.Needs, n) {
			gone++
		}
	}
	if gone > 0 && len(after.Needs) == 0 {
		lines = append(lines, "Nothing needs a person any more.")
	}
	return lines
}

func rolloutNews(was, r *engine.RolloutView, before, now time.Time, zone *time.Location, counts bool) (lines []string) {
	if r.State != was.State {
		line := fmt.Sprintf("%s is now %s", r.ID, r.State)
		if r.Stop != nil && r.State != rollout.Active {
			line += ": " + r.Stop.Reason
		}
		lines = append(lines, line+".")
	}
	if len(r.Cells) == len(was.Cells) {
		lines = append(lines, cellNews(was, r)...)
	}
	for i, w := range r.Windows {
		switch {
		case before.Before(w.Opens) && !now.Before(w.Opens) && now.Before(w.Closes):
			lines = append(lines, fmt.Sprintf("%s: window %s is open until %s.", r.ID, w.ID, w.Closes.In(zone).Format("Mon 15:04")))
		case before.Before(w.Closes) && !now.Before(w.Closes):
			lines = append(lines, fmt.Sprintf("%s: window %s is closed: %s.", r.ID, w.ID, countWords(r.Windows[i].Counts)))
		}
	}
	if counts && r.State != rollout.Closed && !sameCounts(was.Counts, r.Counts) || r.State != was.State {
		lines = append(lines, rolloutLine(r, now, zone))
	}
	return lines
}

// cellNews names the servers that came to trouble. Cells keep their places while a rollout runs.
func cellNews(was, r *engine.RolloutView) (lines []string) {
	reached := map[rollout.Delivery][]*engine.Cell{}
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Delivery != was.Cells[i].Delivery {
			reached[c.Delivery] = append(reached[c.Delivery], c)
		}
	}
	for _, delivery := range told {
		for i, c := range reached[delivery] {
			if i == mostNamed {
				lines = append(lines, fmt.Sprintf("%s: and %d more %s.", r.ID, len(reached[delivery])-i, delivery))
				break
			}
			line := fmt.Sprintf("%s: %s is %s", r.ID, c.Name, delivery)
			if c.Why != "" {
				line += ": " + c.Why
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func sameCounts(a, b rollout.Counts) bool {
	for _, s := range rollout.Statuses {
		if a[s.Delivery] != b[s.Delivery] {
			return false
		}
	}
	return true
}
