package inventory

import "time"

// Health is what a server said about everything that an installation will need, when it was last asked.
type Health struct {
	At         time.Time  `json:"at"` // our clock
	Obstacles  []Obstacle `json:"obstacles,omitempty"`
	LastBackup time.Time  `json:"last_backup,omitzero"` // the newest good one that it knows of; zero is none
}

// Obstacle is one thing that would stop an installation.
type Obstacle struct {
	Class string `json:"class"`
	Code  string `json:"code"`
	Words string `json:"words"`
}

// Unhealthy are the findings that a server's health shows, one for each code.
func (s *Server) Unhealthy() (seen []Observation) {
	if s.Health == nil {
		return nil
	}
	for _, o := range s.Health.Obstacles {
		seen = append(seen, Observation{Kind: ClientHealth, Subject: s.Name, Rule: o.Code, Server: s.ID, Words: o.Words + " (" + o.Code + ")"})
	}
	return seen
}
