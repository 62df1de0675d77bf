package rollouts

import (
	"cmp"
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// updateGroup is how the servers stand that one update is meant for.
type updateGroup struct {
	kb     string
	update *catalog.Update // nil when no bulletin has it
	counts rollout.Counts
}

// updateList shows the updates of the rollout, in the order of their names.
type updateList struct {
	list   part.List
	groups []updateGroup
}

func (l *updateList) prepare(s *Screen) {
	l.list.Columns = []part.Column{
		{Title: "Update", Width: 10}, {Title: "Severity", Width: 9}, {Title: "", Width: 9}, {Title: "Servers", Width: 7, Right: true},
		{Title: "Verified", Width: 8, Right: true}, {Title: "In work", Width: 7, Right: true}, {Title: "Failed", Width: 6, Right: true},
		{Title: "For", Width: 12, Grow: 1, From: 100},
	}
	l.list.Cell = func(row, column int) (part.Ink, string) {
		t, g := s.desk.Theme, &l.groups[row]
		switch column {
		case 0:
			return t.Strong, g.kb
		case 1:
			return t.Normal, g.severity()
		case 2:
			if g.update != nil && g.update.Exploited {
				return t.Tone(rollout.ToneBad), "exploited"
			}
			return t.Normal, ""
		case 3:
			return t.Normal, part.Number(g.counts.Targeted())
		case 4:
			return t.Tone(rollout.ToneGood), part.Number(g.counts[rollout.Succeeded])
		case 5:
			return t.Normal, part.Number(started(g.counts))
		case 6:
			if g.counts[rollout.Failed] == 0 {
				return t.Dim, "0"
			}
			return t.Tone(rollout.ToneBad), part.Number(g.counts[rollout.Failed])
		default:
			return t.Dim, g.products()
		}
	}
}

func (g *updateGroup) severity() string {
	if g.update == nil {
		return "–"
	}
	return desk.Severity(g.update.Severity)
}

func (g *updateGroup) products() string {
	if g.update == nil {
		return ""
	}
	names := make([]string, len(g.update.Products))
	for i, p := range g.update.Products {
		names[i] = p.Name
	}
	return part.Some(names, 3)
}

// take counts the servers of each update anew. An advertisement and its cell have the same id.
func (l *updateList) take(view *engine.View, r *engine.RolloutView) {
	updates := make(map[string][]string, len(r.Advertisements))
	for _, ad := range r.Advertisements {
		updates[ad.ID] = ad.Updates
	}
	byKB := map[string]rollout.Counts{}
	for i := range r.Cells {
		c := &r.Cells[i]
		for _, kb := range updates[c.ID] {
			if byKB[kb] == nil {
				byKB[kb] = rollout.Counts{}
			}
			byKB[kb][c.Delivery]++
		}
	}
	l.groups = l.groups[:0]
	for kb, counts := range byKB {
		l.groups = append(l.groups, updateGroup{kb, findUpdate(view, kb), counts})
	}
	slices.SortFunc(l.groups, func(a, b updateGroup) int { return cmp.Compare(a.kb, b.kb) })
	groups := l.groups
	l.list.Set(len(groups), func(row int) string { return groups[row].kb })
}

// findUpdate looks an update up in the newest bulletin that has it.
func findUpdate(view *engine.View, kb string) *catalog.Update {
	for i := range view.Bulletins {
		updates := view.Bulletins[i].Updates
		if at := slices.IndexFunc(updates, func(u catalog.Update) bool { return u.KB == kb }); at >= 0 {
			return &updates[at]
		}
	}
	return nil
}

func started(counts rollout.Counts) int {
	n := 0
	for d, k := range counts {
		if d.Status().Started {
			n += k
		}
	}
	return n
}

func (s *Screen) drawUpdates(width, height int) []string {
	t := s.desk.Theme
	if s.updates.list.Len() == 0 {
		return []string{t.Text(t.Dim, width, "no server of this rollout has an update yet: they are known when its servers are reached")}
	}
	row, _ := s.updates.list.Selected()
	g := &s.updates.groups[row]
	sheet := part.Sheet{Theme: t, Width: width}
	sheet.Head(g.kb, g.severity())
	sheet.Lines = append(sheet.Lines, t.Bar(width, desk.Shares(t, g.counts)))
	flow := part.Flow{Theme: t, Width: width}
	for _, d := range desk.CountOrder {
		if n := g.counts[d]; n > 0 {
			glyph, ink := t.Status(d.Status())
			flow.Add(ink, glyph, part.Number(n)+" "+string(d))
		}
	}
	sheet.Lines = append(sheet.Lines, flow.Lines()...)
	if g.update != nil {
		sheet.Say(t.Dim, fmt.Sprintf("for %s", orDash(g.products())))
	}
	rows := min(len(s.updates.groups)+1, max(2, height-len(sheet.Lines)-1))
	return append(append(s.updates.list.Render(t, width, rows), ""), sheet.Lines...)
}
