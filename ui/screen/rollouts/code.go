package rollouts

import (
	"cmp"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// codeGroup is the servers in trouble that share an error code.
type codeGroup struct {
	code, class, words string
	cells              []engine.Cell
}

func (g *codeGroup) id() string { return g.class + "/" + g.code }

// codeList shows the groups. They keep the order of class and code, so that a growing count moves nothing under the cursor.
type codeList struct {
	list   part.List
	groups []codeGroup
}

func (l *codeList) prepare(s *Screen) {
	l.list.Columns = []part.Column{
		{Title: "Code", Width: 12}, {Title: "Servers", Width: 7, Right: true}, {Title: "Class", Width: 8}, {Title: "Scores", Width: 6},
		{Title: "What it means", Width: 20, Grow: 3}, {Title: "What to do", Width: 20, Grow: 3, From: 110},
	}
	l.list.Cell = func(row, column int) (part.Ink, string) {
		t, g := s.desk.Theme, &l.groups[row]
		switch column {
		case 0:
			return t.Strong, g.code
		case 1:
			return t.Normal, part.Number(len(g.cells))
		case 2:
			return t.Normal, orDash(g.class)
		case 3:
			if scoring[rollout.Class(g.class)] {
				return t.Tone(rollout.ToneBad), "yes"
			}
			return t.Dim, "no"
		case 4:
			return t.Normal, g.words
		default:
			return t.Accent, adviceFor(g.code, g.class)
		}
	}
}

func (l *codeList) take(r *engine.RolloutView) {
	byID := map[string]int{}
	l.groups = nil
	if !desk.AnyTroubled(r.Counts) {
		l.list.Set(0, nil)
		return
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if !desk.Troubled(c.Delivery) {
			continue
		}
		g := codeGroup{code: c.Code, class: c.Class, words: c.Why}
		if g.code == "" {
			g.code = string(c.Delivery)
		}
		at, known := byID[g.id()]
		if !known {
			at = len(l.groups)
			byID[g.id()] = at
			l.groups = append(l.groups, g)
		}
		l.groups[at].cells = append(l.groups[at].cells, *c)
	}
	slices.SortFunc(l.groups, func(a, b codeGroup) int { return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.code, b.code)) })
	groups := l.groups
	l.list.Set(len(groups), func(row int) string { return groups[row].id() })
}

// selected gives the servers of the code under the cursor.
func (l *codeList) selected() []engine.Cell {
	if row, ok := l.list.Selected(); ok {
		return l.groups[row].cells
	}
	return nil
}

func (s *Screen) drawCodes(width, height int) []string {
	t := s.desk.Theme
	if s.codes.list.Len() == 0 {
		return []string{t.Text(t.Dim, width, "no server is in trouble")}
	}
	rows := min(len(s.codes.groups)+1, max(2, height-codeLines))
	sheet := part.Sheet{Theme: t, Width: width}
	group := s.codes.groups[s.codes.row()]
	sheet.Head(group.code, part.Count(len(group.cells), "server", "servers"))
	sheet.Say(t.Normal, group.words)
	if advice := adviceFor(group.code, group.class); advice != "" {
		sheet.Say(t.Accent, "do: "+advice)
	}
	sheet.Say(t.Dim, strings.Join(cellNames(group.cells), ", "))
	return append(append(s.codes.list.Render(t, width, rows), ""), sheet.Lines...)
}

// codeLines is how many lines under the list are kept for the code under the cursor.
const codeLines = 7

// row is the index of the group under the cursor.
func (l *codeList) row() int {
	row, _ := l.list.Selected()
	return row
}

func cellNames(cells []engine.Cell) []string {
	names := make([]string, len(cells))
	for i := range cells {
		names[i] = cells[i].Name
	}
	return names
}
