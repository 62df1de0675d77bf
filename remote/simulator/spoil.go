package simulator

import "patchdeck/remote/simulator/wsman"

// spoiled is a damaged reply that waits for its request.
type spoiled struct {
	action wsman.Action
	how    wsman.Spoil
}

// chance tells whether one of the server's damaged replies falls due here.
func (h *host) chance(what string, attempt int, odds float64) bool {
	return len(h.damages()) > 0 && h.draws.fraction("chance: "+what, attempt) < odds
}

func (h *host) damages() (all []wsman.Spoil) {
	for _, n := range h.nuisances {
		all = append(all, n.spoils...)
	}
	return all
}

// spoilNext damages the next reply that carries output: what was asked for is done, and the client does not learn it.
func (h *host) spoilNext(what string, attempt int) {
	all := h.damages()
	h.spoiled = append(h.spoiled, spoiled{wsman.Receive, all[h.draws.below(len(all), "damage: "+what, attempt)]})
}

// Spoil gives the damage that waits for a request of this kind, once.
func (h *host) Spoil(action wsman.Action) wsman.Spoil {
	h.enter()
	defer h.mu.Unlock()
	for i, s := range h.spoiled {
		if s.action == action {
			h.spoiled = append(h.spoiled[:i], h.spoiled[i+1:]...)
			return s.how
		}
	}
	return wsman.NoSpoil
}
