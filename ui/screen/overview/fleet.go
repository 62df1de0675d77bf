package overview

import (
	"fmt"
	"strings"

	"patchdeck/ui/part"
)

const noServers = "no servers yet: patchdeck inventory import FILE"

// fleetBlock says how many servers there are and where, and how many the last sweep could not read.
func (s *Screen) fleetBlock(width, _ int) []string {
	t, c := s.desk.Theme, s.fleet
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Fleet", part.Count(c.servers, "server", "servers"))
	if c.servers == 0 {
		sheet.Say(t.Dim, noServers)
		return sheet.Lines
	}
	var words []string
	for _, e := range environments {
		if n := c.environments[e]; n > 0 {
			words = append(words, fmt.Sprintf("%s %s", part.Number(n), e))
		}
	}
	sheet.Say(t.Dim, strings.Join(append(words, fmt.Sprintf("%s not read by the last sweep", part.Number(c.unread))), " · "))
	return sheet.Lines
}

// sitesBlock shows compliance for each site, where there is room.
func (s *Screen) sitesBlock(width, room int) []string {
	t := s.desk.Theme
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Compliance by site", "")
	for _, line := range s.measure.Answer.Sites {
		if len(sheet.Lines) >= room {
			break
		}
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, line.Name, nameWidth)
			s.tallyOn(l, line.Tally)
		})
	}
	return sheet.Lines
}
