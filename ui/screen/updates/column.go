package updates

import (
	"strconv"

	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// newTable makes the table of a bulletin's updates.
func (s *Screen) newTable() *part.Table {
	t := s.desk.Theme
	number := func(title string, width, from int, ink part.Ink, get func(row int) int) part.TableColumn {
		return part.TableColumn{Column: part.Column{Title: title, Width: width, From: from, Right: true},
			Value:  func(row int) (part.Ink, string) { return ink, part.Number(get(row)) },
			Number: func(row int) float64 { return float64(get(row)) }}
	}
	return part.NewTable(
		part.TableColumn{Column: part.Column{Title: "Update", Width: 10}, Value: func(row int) (part.Ink, string) { return t.Strong, s.shown[row].KB }},
		part.TableColumn{Column: part.Column{Title: "Severity", Width: 10}, Number: func(row int) float64 { return -float64(s.shown[row].Severity) }, Value: s.severityCell},
		part.TableColumn{Column: part.Column{Title: "Exploited", Width: 9}, Value: func(row int) (part.Ink, string) {
			if s.shown[row].Exploited {
				return t.Tone(rollout.ToneBad), "exploited"
			}
			return t.Dim, "–"
		}},
		part.TableColumn{Column: part.Column{Title: "Restart", Width: 7}, Value: func(row int) (part.Ink, string) { return t.Normal, restartWords[s.shown[row].Restart] }},
		number("CVEs", 4, 86, t.Normal, func(row int) int { return len(s.shown[row].CVEs) }),
		number("Missing", 7, 0, t.Normal, func(row int) int { return s.counts[row].missing }),
		number("Compliant", 9, 0, t.Normal, func(row int) int { return s.counts[row].compliant }),
		number("Unknown", 7, 96, t.Dim, func(row int) int { return s.counts[row].unknown }),
		part.TableColumn{Column: part.Column{Title: "Relevant", Width: 8}, Value: s.relevanceCell},
		part.TableColumn{Column: part.Column{Title: "Products", Width: 8, Grow: 1, From: 110}, Value: func(row int) (part.Ink, string) { return t.Dim, productNames(&s.shown[row]) }},
		part.TableColumn{Column: part.Column{Title: "Score", Width: 5, Right: true}, Spare: true, Number: func(row int) float64 { return s.shown[row].CVSS },
			Value: func(row int) (part.Ink, string) {
				return t.Normal, strconv.FormatFloat(s.shown[row].CVSS, 'f', 1, 64)
			}},
		part.TableColumn{Column: part.Column{Title: "Kind", Width: 16}, Spare: true, Value: func(row int) (part.Ink, string) { return t.Normal, s.shown[row].SubType }},
	)
}

func (s *Screen) severityCell(row int) (part.Ink, string) {
	u := &s.shown[row]
	if u.Severity == catalog.Critical {
		return s.desk.Theme.Tone(rollout.ToneBad), desk.Severity(u.Severity)
	}
	return s.desk.Theme.Normal, desk.Severity(u.Severity)
}

func (s *Screen) relevanceCell(row int) (part.Ink, string) {
	words := s.relevance(s.shown[row].KB)
	if words == undecided {
		return s.desk.Theme.Dim, words
	}
	return s.desk.Theme.Normal, words
}

// undecided stands where nobody decided whether an update matters.
const undecided = "–"

// relevance is what was decided of an update.
func (s *Screen) relevance(kb string) string {
	decision, ok := s.desk.Current.Dossiers[kb].Decided()
	switch {
	case !ok:
		return undecided
	case decision.Relevant:
		return "yes"
	}
	return "no"
}

// rated gives updates with the danger that was posted last.
func (s *Screen) rated(updates []catalog.Update) []catalog.Update {
	list := make([]catalog.Update, len(updates))
	for i, u := range updates {
		list[i] = s.desk.Current.Dossiers[u.KB].Rated(u)
	}
	return list
}
