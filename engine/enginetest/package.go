package enginetest

import (
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// hasAgents tells that an order has updates that the server's own agent installs.
func hasAgents(o engine.JobOrder) bool { return len(o.Updates) > len(o.Packages) }

// unpack installs an order's packages.
func (h *host) unpack(o engine.JobOrder) {
	for _, p := range o.Packages {
		if h.fate != HollowPackage && !slices.Contains(h.packages, p.KB) {
			h.packages = append(h.packages, p.KB)
		}
	}
}

// found are the packages that a server is asked about and has.
func (h *host) found(sought []rollout.Sought) (list []string) {
	for _, s := range sought {
		if slices.Contains(h.packages, s.KB) {
			list = append(list, s.KB)
		}
	}
	return list
}

// Packaged lists the packages of other vendors that are on a server.
func (w *World) Packaged(id inventory.ServerID) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.hosts[id].packages)
}
