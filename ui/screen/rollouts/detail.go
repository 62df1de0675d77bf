package rollouts

import (
	"fmt"
	"slices"

	"patchdeck/engine"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/history"
)

// pane explains the cell under the cursor in a few lines.
func (s *Screen) pane(r *engine.RolloutView, width, height int) []string {
	sheet := part.Sheet{Theme: s.desk.Theme, Width: width}
	if n := len(s.picked); n > 0 {
		sheet.Say(s.desk.Theme.Accent, part.Count(n, "server", "servers")+" picked: actions mean these")
		sheet.Gap()
	}
	if c := s.cell(); c != nil {
		s.explain(&sheet, r, c)
		s.log.draw(s, &sheet, c, height-len(sheet.Lines))
	}
	return sheet.Lines
}

// explain writes everything that the engine knows of one advertisement.
func (s *Screen) explain(sheet *part.Sheet, r *engine.RolloutView, c *engine.Cell) {
	t, d := sheet.Theme, s.desk
	status := c.Delivery.Status()
	glyph, ink := t.Status(status)
	sheet.Row(func(l *part.Line) { l.Put(t.Strong, c.Name).End(ink, glyph+" "+statusWords(c)) })
	sheet.Say(t.Dim, status.Meaning)
	if c.Why != "" {
		sheet.Say(t.Normal, c.Why)
	}
	if advice := adviceFor(c.Code, c.Class); advice != "" && desk.Troubled(c.Delivery) {
		sheet.Fact("what to do", t.Accent, advice)
	}
	if c.Code != "" || c.Class != "" {
		sheet.Fact("failure", t.Normal, orDash(c.Code)+", class "+orDash(c.Class))
	}
	if c.Incident != "" {
		sheet.Fact("incident", t.Normal, c.Incident)
	}
	sheet.Gap()
	sheet.Fact("update", t.Normal, c.KB)
	sheet.Fact("since", t.Normal, fmt.Sprintf("%s (%s)", d.Second(c.Since), d.Ago(c.Since)))
	report := ""
	switch {
	case c.LastReport.IsZero() && c.Attempt == 0:
		report = "none yet"
	case !c.LastReport.IsZero(): // a conversation that is over, or of an engine before this one, is not remembered
		report = fmt.Sprintf("%s (%s)", d.Second(c.LastReport), d.Ago(c.LastReport))
	}
	sheet.Fact("last report", t.Normal, report)
	sheet.Fact("phase", t.Normal, c.Phase)
	sheet.Fact("attempt", t.Normal, fmt.Sprint(c.Attempt))
	if !c.Before.IsZero() {
		sheet.Fact("build before", t.Normal, c.Before.String())
	}
	if !c.After.IsZero() {
		sheet.Fact("build after", t.Normal, c.After.String())
	}
	sheet.Fact("compliance", t.Tone(desk.ComplianceTone(c.Compliance)), string(c.Compliance))
	sheet.Gap()
	sheet.Fact("window", t.Normal, windowWords(r, c.Window, d))
	sheet.Fact("site", t.Normal, c.Site)
	sheet.Fact("cluster", t.Normal, c.Cluster)
	if lock := lockOf(r, c); lock != "" {
		sheet.Fact("lock", t.Normal, "holds that of "+lock)
	}
	if peers := peers(r, c); len(peers) > 0 {
		sheet.Fact("its peers", t.Normal, part.Some(peers, 4))
	}
	sheet.Fact("owner", t.Normal, c.Owner)
	sheet.Fact("system", t.Normal, c.OS)
}

func windowWords(r *engine.RolloutView, id string, d *desk.Desk) string {
	i := slices.IndexFunc(r.Windows, func(w engine.WindowView) bool { return w.ID == id })
	if i < 0 {
		return orDash(id)
	}
	return fmt.Sprintf("%s, %s–%s", id, d.Day(r.Windows[i].Opens), d.Clock(r.Windows[i].Closes))
}

// peers lists the other members of the cell's cluster with what they are doing.
func peers(r *engine.RolloutView, of *engine.Cell) []string {
	var names []string
	for i := range r.Cells {
		if c := &r.Cells[i]; of.Cluster != "" && c.Cluster == of.Cluster && c.ID != of.ID {
			names = append(names, fmt.Sprintf("%s %s (%s)", c.Name, c.Delivery, orDash(c.Window)))
		}
	}
	return names
}

// page is the same as a screen of its own, for terminals without room for the pane. It shows what it last knew when the
// advertisement leaves the view.
type page struct {
	screen  *Screen
	rollout string
	cell    engine.Cell
	scroll  part.Scroll
	log     jobLog
}

// Title implements desk.Screen.
func (p *page) Title() string { return p.cell.Name }

// Init implements desk.Screen.
func (p *page) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *page) Update(message part.Msg) part.Cmd {
	if read, ok := message.(logRead); ok && read.of == &p.log {
		p.log.take(read)
	}
	if _, ok := message.(desk.Viewed); !ok {
		return nil
	}
	if r := p.view(); r != nil {
		if at := slices.IndexFunc(r.Cells, func(c engine.Cell) bool { return c.ID == p.cell.ID }); at >= 0 {
			p.cell = r.Cells[at]
		}
	}
	return p.log.follow(p.screen, &p.cell)
}

func (p *page) view() *engine.RolloutView {
	rollouts := p.screen.desk.Current.Rollouts
	i := slices.IndexFunc(rollouts, func(r engine.RolloutView) bool { return r.ID == p.rollout })
	if i < 0 {
		return nil
	}
	return &rollouts[i]
}

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	s := p.screen
	target := func() []engine.Cell { return []engine.Cell{p.cell} }
	list := append(s.actions(p.view, target), part.Binding{Keys: []string{"l"}, Help: "what the audit trail says of it", Hint: "log", Group: "Server",
		Run: func() part.Cmd {
			return s.desk.Open(history.New(s.desk, p.cell.Name, string(p.cell.Server)))
		}})
	return append(list, p.scroll.Moves()...)
}

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	sheet := part.Sheet{Theme: p.screen.desk.Theme, Width: width}
	r := p.view()
	if r == nil {
		r = &engine.RolloutView{}
	}
	p.screen.explain(&sheet, r, &p.cell)
	p.log.draw(p.screen, &sheet, &p.cell, engine.MostJobLines)
	return p.scroll.Render(p.screen.desk.Theme, sheet.Lines, width, height)
}
