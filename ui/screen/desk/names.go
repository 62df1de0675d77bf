package desk

import (
	"patchdeck/engine"
	"patchdeck/engine/inventory"
)

// Names gives the names that people know servers by; a server that has left the inventory keeps its id.
func Names(view *engine.View) func(inventory.ServerID) string {
	return func(id inventory.ServerID) string {
		if s := view.Server(id); s != nil {
			return s.Name
		}
		return string(id)
	}
}
