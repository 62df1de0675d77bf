package servers

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// collections names the collections that somebody named the server in: as a member, or as excluded.
func (p *page) collections() (words []string) {
	for i := range p.desk.Current.Collections {
		c := &p.desk.Current.Collections[i]
		switch x, excluded := c.Exclusions[p.id]; {
		case excluded && x.Holds(p.desk.Current.At):
			words = append(words, fmt.Sprintf("%s (excluded: %s)", c.Name, x.Reason))
		case slices.Contains(c.Members, p.id):
			words = append(words, c.Name)
		}
	}
	return words
}

// severityTones lend findings the looks of statuses.
var severityTones = map[inventory.Severity]rollout.Tone{inventory.High: rollout.ToneBad, inventory.Medium: rollout.ToneMissed, inventory.Low: rollout.ToneFaint}

// wrong writes what is open about the server: findings, incidents, escalations, exemptions from baselines.
func (p *page) wrong(sheet *part.Sheet) {
	t, view := sheet.Theme, p.desk.Current
	begun := false
	fact := func(label string, tone rollout.Tone, words string) {
		if !begun {
			sheet.Head("Open about it", "")
			begun = true
		}
		sheet.Fact(label, t.Tone(tone), words)
	}
	for i := range view.Findings {
		f := &view.Findings[i]
		if !f.Open() {
			break // the open ones stand first
		}
		if f.Server == p.id {
			fact(f.ID, severityTones[f.Severity], f.Words+": "+f.Todo)
		}
	}
	for i := range view.Incidents {
		if n := &view.Incidents[i]; n.Server == p.id && n.State == notice.Open {
			fact(n.ID, rollout.ToneBad, n.Title)
		}
	}
	for _, x := range view.Escalations {
		if x.Server == string(p.id) && x.Open() {
			todo, _ := x.Measure.Words()
			fact(x.ID, rollout.ToneBad, fmt.Sprintf("%s: %s by %s: %s", todo, x.State, x.Newest().By, x.Newest().Reason))
		}
	}
	for i := range view.Baselines {
		if x, ok := view.Baselines[i].Exemptions[p.id]; ok && x.Holds(view.At) {
			fact("exempt", rollout.ToneExcluded, fmt.Sprintf("from %s until %s: %s", view.Baselines[i].Name, p.desk.Day(x.Until), x.Reason))
		}
	}
}

// health writes what would stop an installation.
func (p *page) health(sheet *part.Sheet, h *inventory.Health) {
	if h == nil {
		return
	}
	t := sheet.Theme
	sheet.Head("Health", "asked "+p.desk.Ago(h.At))
	if len(h.Obstacles) == 0 {
		sheet.Say(t.Tone(rollout.ToneGood), "nothing would stop an installation")
	}
	for _, o := range h.Obstacles {
		sheet.Fact(o.Code, t.Tone(rollout.ToneBad), o.Words)
	}
	sheet.Fact("last backup", t.Normal, p.desk.Day(h.LastBackup))
}

// rollouts writes what became of the server in each rollout, newest first.
func (p *page) rollouts(sheet *part.Sheet) {
	t, view := sheet.Theme, p.desk.Current
	begun := false
	for i := len(view.Rollouts) - 1; i >= 0; i-- {
		r := &view.Rollouts[i]
		at := slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return c.Server == p.id })
		if at < 0 {
			continue
		}
		if !begun {
			sheet.Head("Rollouts", "newest first")
			begun = true
		}
		c := &r.Cells[at]
		status := c.Delivery.Status()
		glyph, ink := t.Status(status)
		sheet.Row(func(l *part.Line) {
			l.Column(t.Dim, r.ID+" "+string(r.Ring), 14).Put(ink, glyph+" "+string(c.Delivery)).Space(2).Put(t.Normal, c.KB).Space(2)
			l.Put(t.Dim, p.desk.Day(c.Since)).Space(2).Put(t.Dim, c.Why)
		})
	}
}
