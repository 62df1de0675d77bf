package desk

import (
	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

// Names gives the names that people know servers by; a server that has left the inventory keeps its id.
func Names(view *engine.View) func(inventory.ServerID) string {
	names := make(map[inventory.ServerID]string, len(view.Servers))
	for i := range view.Servers {
		names[view.Servers[i].ID] = view.Servers[i].Name
	}
	return func(id inventory.ServerID) string {
		if name, ok := names[id]; ok {
			return name
		}
		return string(id)
	}
}
