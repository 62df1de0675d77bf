package desk

import (
	"slices"

	"patchdeck/ui/part"
)

// columnsPage chooses the columns of a table and their order.
type columnsPage struct {
	table *part.Table
	theme *part.Theme
	list  part.List
	order []string // titles, those that are shown first
	shown int
}

// ColumnsBinding opens the choice of a table's columns.
func (d *Desk) ColumnsBinding(key string, table *part.Table) part.Binding {
	return part.Binding{Keys: []string{key}, Help: "choose the columns and their order", Hint: "columns", Group: "Table", Run: func() part.Cmd {
		p := &columnsPage{table: table, theme: d.Theme}
		p.list.Columns = []part.Column{{Title: "", Width: 1}, {Title: "Column", Width: 12, Grow: 1}}
		p.list.Cell = p.cell
		p.take()
		return d.Open(p)
	}}
}

func (p *columnsPage) take() {
	p.order, p.shown = p.table.Columns()
	p.list.Set(len(p.order), func(row int) string { return p.order[row] })
}

func (p *columnsPage) cell(row, column int) (part.Ink, string) {
	ink, sign := p.theme.Dim, "·"
	if row < p.shown {
		ink, sign = p.theme.Normal, "✓"
	}
	if column == 0 {
		return p.theme.Accent, sign
	}
	return ink, p.order[row]
}

// Title implements Screen.
func (p *columnsPage) Title() string { return "Columns" }

// Init implements Screen.
func (p *columnsPage) Init() part.Cmd { return nil }

// Update implements Screen.
func (p *columnsPage) Update(part.Msg) part.Cmd { return nil }

// Bindings implements Screen.
func (p *columnsPage) Bindings() []part.Binding {
	const group = "Columns"
	do := func(step func()) func() part.Cmd {
		return func() part.Cmd { step(); return nil }
	}
	notShown := func() string {
		if row, ok := p.list.Selected(); !ok || row >= p.shown {
			return "the column is not shown: space shows it"
		}
		return ""
	}
	return append([]part.Binding{
		{Keys: []string{"space", "enter"}, Help: "show the column, or leave it out", Hint: "show", Group: group, Run: do(p.turn), Disabled: func() string {
			if row, _ := p.list.Selected(); p.shown == 1 && row == 0 {
				return "one column has to stay"
			}
			return ""
		}},
		{Keys: []string{"K"}, Help: "further left", Hint: "left", Group: group, Disabled: notShown, Run: do(func() { p.swap(-1) })},
		{Keys: []string{"J"}, Help: "further right", Hint: "right", Group: group, Disabled: notShown, Run: do(func() { p.swap(1) })},
		{Keys: []string{"r"}, Help: "the usual columns again", Group: group, Run: do(func() { p.table.Choose(); p.take() })},
	}, p.list.Moves()...)
}

// turn shows the column behind the shown ones, or takes it from among them.
func (p *columnsPage) turn() {
	row, _ := p.list.Selected()
	chosen := slices.Clone(p.order[:p.shown])
	if row < p.shown {
		chosen = slices.Delete(chosen, row, row+1)
	} else {
		chosen = append(chosen, p.order[row])
	}
	p.table.Choose(chosen...)
	p.take()
}

func (p *columnsPage) swap(by int) {
	row, _ := p.list.Selected()
	if to := row + by; to >= 0 && to < p.shown {
		chosen := slices.Clone(p.order[:p.shown])
		chosen[row], chosen[to] = chosen[to], chosen[row]
		p.table.Choose(chosen...)
		p.take()
	}
}

// View implements Screen.
func (p *columnsPage) View(width, height int) []string {
	t := p.theme
	head := t.Line(width).Put(t.Title, "Columns").Space(2).Put(t.Dim, "space shows or hides, K and J move, r the usual ones, esc back")
	return append([]string{head.String(), ""}, p.list.Render(t, width, height-2)...)
}
