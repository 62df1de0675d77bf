package overview

import (
	"fmt"
	"strings"

	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// gradeOrder is the order of a bar of compliance: what share of the concerned servers has the updates, lacks some, or cannot be told.
var gradeOrder = []struct {
	words string
	kind  int
	tone  rollout.Tone
	count func(report.Tally) int
}{
	{"compliant", part.BarDone, rollout.ToneGood, func(t report.Tally) int { return t.Compliant }},
	{"missing", part.BarWaiting, rollout.TonePlain, func(t report.Tally) int { return t.Missing }},
	{"unknown or stale", part.BarTrouble, rollout.ToneLost, func(t report.Tally) int { return t.Unknown + t.Stale }},
}

// nameWidth is how many columns the names before bars of compliance take.
const nameWidth = 11

// severityBlock shows where the servers stand with the updates of each severity, the gravest first.
func (s *Screen) severityBlock(width, room int) []string {
	t, c := s.desk.Theme, &s.measure.Answer
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head("Compliance by severity", s.measuredWords())
	most := max(room/3, leastBlock)
	for _, line := range c.Severities {
		if line.Updates == 0 || line.Concerned() == 0 || len(sheet.Lines) >= most {
			continue
		}
		sheet.Row(func(l *part.Line) {
			l.Column(t.Normal, report.SeverityName(line.Severity), nameWidth)
			s.tallyOn(l, line.Tally)
		})
	}
	switch {
	case s.fleet.servers == 0:
		sheet.Say(t.Dim, noServers)
	case !s.measure.Known:
		sheet.Say(t.Dim, "being counted")
	case len(sheet.Lines) == 1:
		sheet.Say(t.Dim, "nothing is concerned yet: import a bulletin, sweep the servers")
	case most > leastBlock:
		sheet.Lines = append(sheet.Lines, s.gradeLegend(width)...)
	}
	return sheet.Lines
}

// measuredWords say how many updates and servers were counted.
func (s *Screen) measuredWords() string {
	c := &s.measure.Answer
	if !s.measure.Known {
		return ""
	}
	words := part.Count(c.Updates, "update", "updates") + ", " + part.Count(c.All.Servers, "server", "servers")
	if c.Unmanaged > 0 {
		words += fmt.Sprintf(", %s outside", part.Number(c.Unmanaged))
	}
	return words
}

// tallyOn draws a bar of the concerned servers, with the share that is compliant.
func (s *Screen) tallyOn(l *part.Line, tally report.Tally) {
	t := s.desk.Theme
	const tail = 22
	var shares []part.Share
	for _, g := range gradeOrder {
		shares = append(shares, part.Share{Count: g.count(tally), Kind: g.kind, Ink: t.Tone(g.tone)})
	}
	bar := max(8, l.Room()-tail)
	l.Drawn(t.Bar(bar, shares), bar).Right(t.Normal, percentWords(tally), 7)
	l.Right(t.Dim, fmt.Sprintf("%s/%s", part.Number(tally.Compliant), part.Number(tally.Concerned())), tail-7)
}

// percentWords are the share of the concerned servers that are compliant, rounded down: 100 % means all.
func percentWords(tally report.Tally) string {
	percent, ok := tally.Percent()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %%", int(percent))
}

// gradeLegend explains the bars with the numbers of all updates together.
func (s *Screen) gradeLegend(width int) []string {
	t := s.desk.Theme
	flow := part.Flow{Theme: t, Width: width}
	for _, g := range gradeOrder {
		flow.Add(t.Tone(g.tone), t.BarGlyph(g.kind), part.Number(g.count(s.measure.Answer.All))+" "+g.words)
	}
	var outside []string
	for _, o := range []struct {
		n     int
		words string
	}{{s.measure.Answer.All.Exempt, "exempt"}, {s.measure.Answer.All.NotApplicable, "not concerned"}, {s.measure.Answer.All.RestartOwed, "owe a restart"}} {
		if o.n > 0 {
			outside = append(outside, part.Number(o.n)+" "+o.words)
		}
	}
	if len(outside) > 0 {
		flow.Add(t.Dim, "", strings.Join(outside, ", "))
	}
	return flow.Lines()
}
