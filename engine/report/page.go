package report

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"

	"patchdeck/engine/rollout"
)

// page is what the template shows: the report, and what only a page needs.
type page struct {
	Night
	Style template.CSS
	State stateMark
}

// stateMark is the state of the night as a glyph and a word.
type stateMark struct {
	Tone  rollout.Tone
	Glyph string
	Word  string
}

func makePage(n Night) page {
	if n.zone == nil {
		n.zone = time.UTC
	}
	p := page{Night: n, Style: template.CSS(styleText)}
	switch t := n.Totals; {
	case n.Halted:
		p.State = stateMark{rollout.ToneBad, "✗", "Halted"}
	case !n.Over:
		p.State = stateMark{rollout.ToneActive, "◐", "Not over"}
	case t.Succeeded < t.Targeted:
		p.State = stateMark{rollout.ToneMissed, "!", "Over, with exceptions"}
	default:
		p.State = stateMark{rollout.ToneGood, "●", "Over"}
	}
	return p
}

var pageFunctions = template.FuncMap{
	"status":   status,
	"segments": segments,
	"spoken":   spoken,
	"chart":    drawChart,
	"capital":  capital,
	"count":    count,
	"short":    func(hash string) string { return hash[:min(12, len(hash))] },
	"join":     func(words []string) string { return strings.Join(words, ", ") },
	"where":    where,
}

// status gives the glyph, tone and word of a delivery status, or of one of the report's own.
func status(word string) rollout.Status {
	if s, ok := statusNamed(word); ok {
		return s
	}
	return rollout.Status{Delivery: rollout.Delivery(word), Glyph: "–", ASCII: "-", Tone: rollout.ToneExcluded, Final: true}
}

// When shows an instant as people in the zone of the servers read it.
func (p page) When(at time.Time) string { return at.In(p.zone).Format("Mon 2 Jan 2006 15:04") }

// Span shows a window: its day once, unless it ends on another one.
func (p page) Span(opens, closes time.Time) string {
	from, to := opens.In(p.zone), closes.In(p.zone)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return from.Format("Mon 2 Jan 15:04") + "–" + to.Format("15:04")
	}
	return from.Format("Mon 2 Jan 15:04") + "–" + to.Format("Mon 2 Jan 15:04")
}

// segment is one part of a bar of outcomes.
type segment struct {
	Tone  rollout.Tone
	Glyph string
	Word  string
	Count int
}

// segments are the outcomes of targeted servers in the order in which bars and legends show them.
func segments(c Counts) []segment {
	list := []segment{}
	for _, part := range []struct {
		looks rollout.Delivery
		word  string
		n     int
	}{
		{rollout.Succeeded, "succeeded", c.Succeeded}, {rollout.Failed, "failed", c.Failed}, {rollout.Unreachable, "unreachable", c.Unreachable},
		{rollout.WindowMissed, "window missed", c.WindowMissed}, {rollout.Running, "under way", c.Open}, {rollout.NotStarted, "not started", c.NotStarted},
	} {
		if part.n > 0 {
			s := part.looks.Status()
			list = append(list, segment{s.Tone, s.Glyph, part.word, part.n})
		}
	}
	return list
}

// spoken is a bar for those who do not see it.
func spoken(c Counts) string {
	var parts []string
	for _, s := range segments(c) {
		parts = append(parts, fmt.Sprintf("%d %s", s.Count, s.Word))
	}
	return cmp.Or(strings.Join(parts, ", "), "no targeted servers")
}

// where says where a server stands and whose it is.
func where(s Server) string {
	var parts []string
	cluster := s.Cluster
	if cluster != "" {
		cluster = "cluster " + cluster
	}
	for _, part := range []string{string(s.Environment), s.Site, s.Owner, cluster} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}
