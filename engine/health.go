package engine

import (
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// serverHealth is what a server said about everything that an installation will need.
type serverHealth struct {
	Server inventory.ServerID `json:"server"`
	Sweep  int                `json:"sweep"`
	Health inventory.Health   `json:"health"`
}

func init() {
	register("server.health",
		func(e serverHealth) string { return string(e.Server) },
		func(e serverHealth) string { return count(len(e.Health.Obstacles), "obstacle") + " to an installation" },
		func(s *state, e serverHealth, _ time.Time) error {
			return s.changeServer(e.Server, func(server *serverRecord) {
				server.Health, server.HealthSweep = &e.Health, max(server.HealthSweep, e.Sweep)
			})
		})
}

// healthOf keeps of an answer what is worth keeping. An obstacle that passes by itself, such as a restart that is owed, is none of the client's.
func healthOf(id inventory.ServerID, sweep int, h *rollout.Health, now time.Time) serverHealth {
	e := serverHealth{Server: id, Sweep: sweep, Health: inventory.Health{At: now, LastBackup: h.LastBackup}}
	for _, o := range h.Obstacles {
		if !o.Retry {
			e.Health.Obstacles = append(e.Health.Obstacles, inventory.Obstacle{Class: string(o.Class), Code: o.Code, Words: o.Words})
		}
	}
	return e
}
