package rollouts

import (
	"patchdeck/engine"
	"patchdeck/ui/part"
)

// pickBindings are the keys that pick servers, so that one action means several.
func (s *Screen) pickBindings() []part.Binding {
	if s.layout == byCode || s.layout == byUpdate {
		return nil
	}
	const group = "Server"
	list := []part.Binding{{Keys: []string{"space"}, Help: "pick the server, so that an action means all that are picked", Group: group,
		Run: s.pick, Disabled: s.noCell}}
	if len(s.picked) > 0 && !s.filter.Active() {
		list = append(list, part.Binding{Keys: []string{"esc"}, Help: "unpick all", Hint: "unpick", Group: group, Run: s.unpick})
	}
	return list
}

// pick picks the server under the cursor, or gives it back, and goes on to the next.
func (s *Screen) pick() part.Cmd {
	c := s.cell()
	if s.picked[c.ID] {
		delete(s.picked, c.ID)
	} else {
		s.picked[c.ID] = true
	}
	s.takeGrid(s.view())
	if s.layout == asTable {
		s.table.Move(1)
		s.afterTable()
	} else {
		s.grid.Move(1, 0)
		s.afterGrid()
	}
	return nil
}

func (s *Screen) unpick() part.Cmd {
	clear(s.picked)
	s.takeGrid(s.view())
	return nil
}

// pickedCells gives the picked servers in the order of the grid. What has left the rollout is not among them.
func (s *Screen) pickedCells() []engine.Cell {
	var cells []engine.Cell
	if r := s.view(); r != nil {
		for i := range r.Cells {
			if s.picked[r.Cells[i].ID] {
				cells = append(cells, r.Cells[i])
			}
		}
	}
	return cells
}
