package uitest

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// trackOf plays the window that is open as the engine does. Who is verified was so all through the window, most of them in its second half.
func trackOf(r *engine.RolloutView, w rollout.Window) *engine.Track {
	p := rollout.Prospect{Now: At, Ring: r.Ring, Ceiling: r.Ceiling, Policy: rollout.DefaultPolicy(), Experience: map[string]int{}, Gained: map[string]int{}, Seed: 7}
	for i, ad := range r.Advertisements {
		p.Experience[ad.Base()] = p.Policy.Experience
		own := *ad
		if own.Delivery == rollout.Succeeded {
			gone := int(At.Sub(w.Opens).Minutes())
			own.Since = w.Opens.Add(time.Duration(gone-spread(i, gone)*spread(i+1, gone)/gone) * time.Minute)
		} else if own.Delivery.Status().Started {
			own.Started = At.Add(-time.Duration(spread(i, 25)) * time.Minute)
		}
		p.Open = append(p.Open, &own)
	}
	return engine.NewTrack(func() rollout.Progress { return p.Progress(w, false) })
}
