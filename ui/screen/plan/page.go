package plan

import (
	"fmt"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// windowPage lists the servers of one window.
type windowPage struct {
	screen *Screen
	window rollout.Window
	list   part.List
	ids    []inventory.ServerID
	cells  map[inventory.ServerID]*engine.Cell
}

func newWindowPage(s *Screen, w rollout.Window) *windowPage {
	p := &windowPage{screen: s, window: w}
	p.list.Columns = []part.Column{{Title: "Server", Width: 16, Grow: 1}, {Title: "Site", Width: 5}, {Title: "Owner", Width: 14, Grow: 1, From: 70}, {Title: "Cluster", Width: 10},
		{Title: "Applications", Width: 12, Grow: 2, From: 100}, {Title: "Status", Width: 18}}
	p.list.Cell = p.cell
	return p
}

// Title implements desk.Screen.
func (p *windowPage) Title() string { return "Window " + p.window.ID }

// Init implements desk.Screen.
func (p *windowPage) Init() part.Cmd { return p.Update(desk.Viewed{}) }

// Update implements desk.Screen.
func (p *windowPage) Update(message part.Msg) part.Cmd {
	if _, ok := message.(desk.Viewed); !ok {
		return nil
	}
	p.screen.take()
	p.ids, p.cells = p.screen.tally.servers[p.window.ID], map[inventory.ServerID]*engine.Cell{}
	c := p.screen.change()
	for i := range p.screen.desk.Current.Rollouts {
		r := &p.screen.desk.Current.Rollouts[i]
		if c == nil || r.PlanHash != c.Plan.Hash || r.Ring != p.window.Ring {
			continue
		}
		for k := range r.Cells {
			p.cells[r.Cells[k].Server] = &r.Cells[k]
		}
	}
	ids := p.ids
	p.list.Set(len(ids), func(row int) string { return string(ids[row]) })
	return nil
}

func (p *windowPage) cell(row, column int) (part.Ink, string) {
	t, s := p.screen.desk.Theme, p.screen.server(p.ids[row])
	if s == nil {
		s = &inventory.Server{Name: string(p.ids[row])}
	}
	switch column {
	case 0:
		return t.Normal, s.Name
	case 1:
		return t.Normal, s.Site
	case 2:
		return t.Dim, s.Owner
	case 3:
		return t.Accent, s.Cluster
	case 4:
		return t.Dim, part.Some(s.Applications, 3)
	}
	c := p.cells[p.ids[row]]
	if c == nil {
		return t.Dim, "not begun"
	}
	glyph, ink := t.Status(c.Delivery.Status())
	return ink, glyph + " " + string(c.Delivery)
}

// Bindings implements desk.Screen.
func (p *windowPage) Bindings() []part.Binding { return p.list.Moves() }

// View implements desk.Screen.
func (p *windowPage) View(width, height int) []string {
	t := p.screen.desk.Theme
	head := t.Line(width).Put(t.Title, fmt.Sprintf("Window %s: %s", p.window.ID, part.Count(len(p.ids), "server", "servers"))).End(t.Dim, p.screen.when(p.window)).String()
	if len(p.ids) == 0 {
		return []string{head, "", t.Text(t.Dim, width, "no server has this window as its first; it takes what others leave over")}
	}
	return append([]string{head, ""}, p.list.Render(t, width, height-2)...)
}

// findingsPage says what the approvers of a plan should know.
type findingsPage struct {
	screen *Screen
	scroll part.Scroll
}

// Title implements desk.Screen.
func (p *findingsPage) Title() string { return "Findings" }

// Init implements desk.Screen.
func (p *findingsPage) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *findingsPage) Update(message part.Msg) part.Cmd { return p.screen.Update(message) }

// Bindings implements desk.Screen.
func (p *findingsPage) Bindings() []part.Binding { return p.scroll.Moves() }

// View implements desk.Screen.
func (p *findingsPage) View(width, height int) []string {
	t, c := p.screen.desk.Theme, p.screen.change()
	sheet := part.Sheet{Theme: t, Width: width}
	if c == nil {
		return nil
	}
	sheet.Head("Findings of the plan of "+c.ID, part.Count(len(c.Plan.Findings), "finding", "findings"))
	for _, f := range c.Plan.Findings {
		name := ""
		if s := p.screen.server(f.Server); s != nil {
			name = s.Name
		}
		sheet.Fact(name, t.Normal, f.Words)
	}
	return p.scroll.Render(t, sheet.Lines, width, height)
}
