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

// sortKey is one way to order the table.
type sortKey struct {
	word    string
	compare func(a, b *engine.Cell) int
}

// sortKeys begin with the grid's own order, which never changes.
var sortKeys = []sortKey{
	{"window and site", nil},
	{"name", func(a, b *engine.Cell) int { return strings.Compare(a.Name, b.Name) }},
	{"status", func(a, b *engine.Cell) int { return cmp.Compare(statusRank[a.Delivery], statusRank[b.Delivery]) }},
	{"time in its status", func(a, b *engine.Cell) int { return a.Since.Compare(b.Since) }},
	{"code", func(a, b *engine.Cell) int { return strings.Compare(b.Code, a.Code) }},
	{"attempt", func(a, b *engine.Cell) int { return cmp.Compare(b.Attempt, a.Attempt) }},
	{"owner", func(a, b *engine.Cell) int { return strings.Compare(a.Owner, b.Owner) }},
}

// statusRank puts trouble first, then what is under way, then the rest.
var statusRank = func() map[rollout.Delivery]int {
	rank := map[rollout.Delivery]int{}
	for i, d := range desk.CountOrder {
		switch {
		case desk.Troubled(d):
			rank[d] = i - 2*len(desk.CountOrder)
		case d.Status().Started:
			rank[d] = i - len(desk.CountOrder)
		default:
			rank[d] = i
		}
	}
	return rank
}()

// order is the order of the table. It is made when a person asks for it and kept until they ask again, so that no row moves under the
// cursor while the servers go on.
type order struct {
	key      int
	reversed bool
	rows     []int32 // indexes of cells; nil is the grid's order
	at       string  // rollout and number of cells that it was made for
}

// sort orders the cells as they are now.
func (o *order) sort(r *engine.RolloutView) {
	o.rows, o.at = nil, shapeOf(r)
	compare := sortKeys[o.key].compare
	if compare == nil && !o.reversed {
		return
	}
	o.rows = make([]int32, len(r.Cells))
	for i := range o.rows {
		o.rows[i] = int32(i)
	}
	if compare != nil {
		slices.SortStableFunc(o.rows, func(a, b int32) int { return compare(&r.Cells[a], &r.Cells[b]) })
	}
	if o.reversed {
		slices.Reverse(o.rows)
	}
}

// row gives the cell that stands in a place. Another rollout, or another number of cells, is ordered anew first.
func (o *order) row(r *engine.RolloutView, place int) int32 {
	if o.rows != nil && o.at != shapeOf(r) {
		o.sort(r)
	}
	if o.rows == nil {
		return int32(place)
	}
	return o.rows[place]
}

func shapeOf(r *engine.RolloutView) string { return r.ID + " " + part.Number(len(r.Cells)) }

// sortBindings order the table.
func (s *Screen) sortBindings() []part.Binding {
	if s.layout != asTable {
		return nil
	}
	again := func(change func()) func() part.Cmd {
		return func() part.Cmd {
			change()
			if r := s.view(); r != nil {
				s.order.sort(r)
			}
			s.narrow()
			s.table.First()
			s.afterTable()
			s.desk.Tell("ordered by "+s.order.words()+", as it is now", false)
			return nil
		}
	}
	const group = "List"
	return []part.Binding{
		{Keys: []string{"o"}, Help: "order by the next column; rows stay where they are until o is pressed again", Hint: "order", Group: group,
			Run: again(func() { s.order.key, s.order.reversed = (s.order.key+1)%len(sortKeys), false })},
		{Keys: []string{"O"}, Help: "turn the order round", Group: group, Run: again(func() { s.order.reversed = !s.order.reversed })},
	}
}

func (o *order) words() string {
	words := sortKeys[o.key].word
	if o.reversed {
		words += ", backwards"
	}
	return words
}
