package overview

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

var phases = []approval.Phase{approval.Identify, approval.Evaluate, approval.Deploy, approval.Closed}

// inPhase lists the releases of a phase, newest first.
func inPhase(releases []approval.Release, phase approval.Phase) []approval.Release {
	var in []approval.Release
	for _, r := range releases {
		if r.Phase == phase {
			in = append(in, r)
		}
	}
	slices.SortStableFunc(in, func(a, b approval.Release) int { return b.Created.Compare(a.Created) })
	return in
}

// today is a window of an open rollout that touches the present day.
type today struct {
	ring   rollout.Ring
	window *engine.WindowView
}

// todaysWindows lists the windows that open, close or are open on the present day of the fleet's zone, those that are over last.
func todaysWindows(d *desk.Desk) []today {
	year, month, day := d.Current.At.In(d.Zone).Date()
	from, to := time.Date(year, month, day, 0, 0, 0, 0, d.Zone), time.Date(year, month, day+1, 0, 0, 0, 0, d.Zone)
	var windows []today
	for i := range d.Current.Rollouts {
		r := &d.Current.Rollouts[i]
		for j := range r.Windows {
			if w := &r.Windows[j]; w.Opens.Before(to) && w.Closes.After(from) {
				windows = append(windows, today{r.Ring, w})
			}
		}
	}
	slices.SortStableFunc(windows, func(a, b today) int {
		return cmp.Or(cmp.Compare(over(a, d), over(b, d)), a.window.Opens.Compare(b.window.Opens))
	})
	return windows
}

// dayWords names the present day.
func dayWords(d *desk.Desk) string { return d.Current.At.In(d.Zone).Format("Mon 2 Jan") }

func over(w today, d *desk.Desk) int {
	if w.window.Closes.After(d.Current.At) {
		return 0
	}
	return 1
}

// fleetCounts is how many servers stand where.
type fleetCounts struct {
	servers, unread int
	environments    map[inventory.Environment]int
	compliance      map[rollout.Compliance]int
}

func countFleet(view *engine.View) fleetCounts {
	counts := fleetCounts{servers: len(view.Servers), environments: map[inventory.Environment]int{}, compliance: map[rollout.Compliance]int{}}
	for i, standing := range desk.Standings(view) {
		counts.environments[view.Servers[i].Environment]++
		counts.compliance[standing.Compliance]++
		if standing.Unread {
			counts.unread++
		}
	}
	return counts
}

// complianceOrder is the order of the fleet's bar and counts, with the part of the bar that each belongs to.
var complianceOrder = []struct {
	compliance rollout.Compliance
	kind       int
}{
	{rollout.Compliant, part.BarDone}, {rollout.InstalledByOthers, part.BarDone}, {rollout.AwaitsRestart, part.BarMoving},
	{rollout.HasFailed, part.BarTrouble}, {rollout.UnknownCompliance, part.BarTrouble}, {rollout.Missing, part.BarWaiting},
	{rollout.IsExcluded, part.BarWaiting}, {rollout.IsExempt, part.BarWaiting}, {rollout.DoesNotApply, part.BarWaiting},
}

func (s *Screen) fleetBlock(width, _ int) []string {
	t, c := s.desk.Theme, s.fleet
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Fleet", part.Count(c.servers, "server", "servers"))
	if c.servers == 0 {
		sheet.Say(t.Dim, "no servers yet: patchdeck inventory import FILE")
		return sheet.Lines
	}
	var shares []part.Share
	words := part.Flow{Theme: t, Width: width}
	for _, o := range complianceOrder {
		if n := c.compliance[o.compliance]; n > 0 {
			ink := t.Tone(desk.ComplianceTone(o.compliance))
			shares = append(shares, part.Share{Count: n, Kind: o.kind, Ink: ink})
			words.Add(ink, t.BarGlyph(o.kind), fmt.Sprintf("%s %s", part.Number(n), o.compliance))
		}
	}
	sheet.Lines = append(sheet.Lines, t.Bar(width, shares))
	sheet.Lines = append(sheet.Lines, words.Lines()...)
	places := ""
	for _, e := range []inventory.Environment{inventory.Dev, inventory.Test, inventory.Prod} {
		if n := c.environments[e]; n > 0 {
			places += fmt.Sprintf("%s %s · ", part.Number(n), e)
		}
	}
	sheet.Say(t.Dim, places+fmt.Sprintf("%s not read by the last sweep", part.Number(c.unread)))
	return sheet.Lines
}
