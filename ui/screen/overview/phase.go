package overview

import (
	"fmt"
	"slices"
	"strings"

	"patchdeck/engine/approval"
	"patchdeck/engine/report"
	"patchdeck/ui/part"
)

// phases are the columns of the cycle. A closed release is back in Assess, where the next one begins.
var phases = []approval.Phase{approval.Assess, approval.Identify, approval.Evaluate, approval.Deploy}

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

// phase is one column: what the engine counts in it, and its releases.
type phase struct {
	report.PhaseLine
	titles []string
}

// cycle gathers the four phases.
func (s *Screen) cycle() []phase {
	list := make([]phase, len(phases))
	for i, p := range phases {
		list[i].Phase = p
		for _, line := range s.measure.Answer.Phases {
			if line.Phase == p {
				list[i].PhaseLine = line
			}
		}
		for _, r := range inPhase(s.desk.Current.Releases, p) {
			list[i].titles = append(list[i].titles, r.Title)
		}
	}
	return list
}

// A phase stands as a column from so many columns on; below, it has a row.
const (
	leastPhase = 24
	phaseGap   = 2
)

// phasesBlock shows the month's updates and releases where they are in the cycle.
func (s *Screen) phasesBlock(width, room int) []string {
	sheet := part.Sheet{Theme: s.desk.Theme, Width: width}
	list := s.cycle()
	sheet.Head("Updates by phase", s.openWords())
	switch each := (width - 3*phaseGap) / len(list); {
	case each >= leastPhase:
		s.phaseColumns(&sheet, list, each, room-1)
	case room <= len(list)+2*leastBlock:
		sheet.Lines = append(sheet.Lines, s.phaseLine(list, width)...)
	default:
		s.phaseRows(&sheet, list)
	}
	return sheet.Lines
}

// openWords count the releases that are in the cycle, and those that are through it.
func (s *Screen) openWords() string {
	releases := s.desk.Current.Releases
	closed := len(inPhase(releases, approval.Closed))
	words := part.Count(len(releases)-closed, "release", "releases")
	if closed > 0 {
		words += fmt.Sprintf(", %s closed", part.Number(closed))
	}
	return words
}

// phaseColumns sets the phases side by side: name, updates, their severities, who has them, releases.
func (s *Screen) phaseColumns(sheet *part.Sheet, list []phase, each, most int) {
	t := s.desk.Theme
	row := func(ink part.Ink, words func(phase) string) {
		if most--; most < 0 {
			return
		}
		sheet.Row(func(l *part.Line) {
			for _, p := range list {
				l.Column(ink, words(p), each).Space(phaseGap)
			}
		})
	}
	row(t.Accent, func(p phase) string { return string(p.Phase) })
	row(t.Strong, func(p phase) string { return part.Count(p.Updates, "update", "updates") })
	row(t.Dim, func(p phase) string { return severityWords(p.Severities) })
	row(t.Normal, standWords)
	for i := 0; slices.ContainsFunc(list, func(p phase) bool { return i < len(p.titles) }); i++ {
		row(t.Normal, func(p phase) string {
			if i < len(p.titles) {
				return p.titles[i]
			}
			return ""
		})
	}
}

// phaseRows gives each phase a line.
func (s *Screen) phaseRows(sheet *part.Sheet, list []phase) {
	t := s.desk.Theme
	for _, p := range list {
		sheet.Row(func(l *part.Line) {
			l.Column(t.Accent, string(p.Phase), 15).Space(2).Right(t.Strong, part.Count(p.Updates, "update", "updates"), 11).Space(2)
			share := percentWords(p.Tally)
			words := strings.Join(p.titles, ", ")
			if words == "" {
				words = severityWords(p.Severities)
			}
			l.Column(t.Normal, words, max(0, l.Room()-len(share)-2)).End(t.Dim, share)
		})
	}
}

// phaseLine is all of it in as few lines as it takes, for where what is next needs the room.
func (s *Screen) phaseLine(list []phase, width int) []string {
	t := s.desk.Theme
	flow := part.Flow{Theme: t, Width: width}
	for _, p := range list {
		words := fmt.Sprintf("%s %s", p.Phase, part.Number(p.Updates))
		if share := percentWords(p.Tally); share != "" {
			words += " (" + share + ")"
		}
		flow.Add(t.Normal, "", words)
	}
	return flow.Lines()
}

// severityWords list the severities of some updates.
func severityWords(counts []report.SeverityCount) string {
	var words []string
	for _, c := range counts {
		words = append(words, fmt.Sprintf("%s %s", part.Number(c.Updates), report.SeverityName(c.Severity)))
	}
	return strings.Join(words, ", ")
}

// standWords say who has the updates of a phase.
func standWords(p phase) string {
	if p.Concerned() == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s of %s", percentWords(p.Tally), part.Number(p.Compliant), part.Number(p.Concerned()))
}
