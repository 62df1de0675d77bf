package desk

import (
	"reflect"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// cellsOf are the cells of sites in windows, each site with so many servers in a status.
func cellsOf(delivery rollout.Delivery, places ...string) (cells []engine.Cell) {
	for _, p := range places {
		cells = append(cells, engine.Cell{Window: p[:2], Site: p[2:], Delivery: delivery})
	}
	return cells
}

// DESIGN 9: positions are stable. Where strips end is found once a layout, their tallies and marks with every view.
func TestStripsAreLaidOnceAndCountedEachTime(t *testing.T) {
	r := &engine.RolloutView{Rollout: rollout.Rollout{ID: "R-1"}, Laid: 7, Cells: cellsOf(rollout.Staged, "W1DUB", "W1DUB", "W1RED", "W2RED")}
	var kept Strips
	kept.Take(r)
	newer := &engine.RolloutView{Rollout: r.Rollout, Laid: 7, Cells: cellsOf(rollout.Succeeded, "W1DUB", "W1DUB", "W1RED", "W2RED")}
	newer.Cells[1].Delivery = rollout.Failed
	strips := kept.Take(newer)
	want := []part.Strip{{Group: "W1", Label: "DUB", Tally: "1/2", Loud: true, Cells: 2}, {Group: "W1", Label: "RED", Tally: "1/1", Cells: 1}, {Group: "W2", Label: "RED", Tally: "1/1", Cells: 1}}
	if !reflect.DeepEqual(strips, want) || kept.Marks[0] != part.MarkOf(rollout.Succeeded) || kept.Marks[1] != part.MarkOf(rollout.Failed) {
		t.Errorf("%+v, marks %v", strips, kept.Marks)
	}
	for name, other := range map[string]*engine.RolloutView{
		"laid anew":       {Rollout: r.Rollout, Laid: 8, Cells: cellsOf(rollout.Staged, "W1DUB", "W1RED", "W1RED", "W2RED")},
		"of another size": {Rollout: r.Rollout, Laid: 7, Cells: cellsOf(rollout.Staged, "W1DUB", "W1RED", "W1RED")},
		"another rollout": {Rollout: rollout.Rollout{ID: "R-2"}, Laid: 7, Cells: cellsOf(rollout.Staged, "W1DUB", "W1RED", "W1RED", "W2RED")},
		"of no engine":    {Rollout: r.Rollout, Cells: cellsOf(rollout.Staged, "W1DUB", "W1RED", "W1RED", "W2RED")},
	} {
		s := kept
		s.Marks, s.ends = append([]part.Mark(nil), kept.Marks...), append([]int(nil), kept.ends...)
		var fresh Strips
		if got, want := s.Take(other), fresh.Take(other); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
