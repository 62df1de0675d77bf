package overview

import (
	"fmt"
	"maps"
	"slices"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

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
		sheet.Say(t.Dim, "no servers yet: 2, then i imports them from the inbox")
		return sheet.Lines
	}
	words := part.Flow{Theme: t, Width: width}
	for _, o := range complianceOrder {
		if n := c.compliance[o.compliance]; n > 0 {
			ink := t.Tone(desk.ComplianceTone(o.compliance))
			words.Add(ink, t.BarGlyph(o.kind), fmt.Sprintf("%s %s", part.Number(n), o.compliance))
		}
	}
	sheet.Lines = append(sheet.Lines, t.Bar(width, complianceShares(t, c.compliance)))
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

func complianceShares(t *part.Theme, counts map[rollout.Compliance]int) []part.Share {
	var shares []part.Share
	for _, o := range complianceOrder {
		shares = append(shares, part.Share{Count: counts[o.compliance], Kind: o.kind, Ink: t.Tone(desk.ComplianceTone(o.compliance))})
	}
	return shares
}

// sitesBlock shows the same for each site, where there is room.
func (s *Screen) sitesBlock(width, room int) []string {
	t := s.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Compliance by site", "")
	for _, site := range slices.Sorted(maps.Keys(s.fleet.sites)) {
		if len(sheet.Lines) >= room {
			break
		}
		counts, total := s.fleet.sites[site], 0
		for _, n := range counts {
			total += n
		}
		sheet.Row(func(l *part.Line) {
			const siteWidth, tallyWidth = 9, 14
			l.Column(t.Normal, site, siteWidth)
			bar := max(8, l.Room()-tallyWidth)
			l.Drawn(t.Bar(bar, complianceShares(t, counts)), bar).
				Right(t.Dim, fmt.Sprintf("%s/%s", part.Number(counts[rollout.Compliant]), part.Number(total)), tallyWidth)
		})
	}
	return sheet.Lines
}
