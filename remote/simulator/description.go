package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Description is a server as an inventory would list it, with the way to log in.
type Description struct {
	Name         string   `json:"name"`
	Address      string   `json:"address"`
	Port         int      `json:"port"`
	Scheme       string   `json:"scheme"` // "http" (sealed messages) or "https"
	User         string   `json:"user"`
	Password     string   `json:"password"`
	CA           string   `json:"ca,omitempty"` // PEM, with TLS
	OS           string   `json:"os"`
	Build        string   `json:"build"` // before the night
	Environment  string   `json:"environment"`
	Site         string   `json:"site"`
	Owner        string   `json:"owner"`
	Applications []string `json:"applications"`
	Cluster      string   `json:"cluster"`
	Window       string   `json:"window"` // always empty: owners choose windows, servers do not know them
	Risk         string   `json:"risk"`
}

// Ready says how fleet time runs: epoch + speed x (wall - started).
type Ready struct {
	Ready   bool      `json:"ready"`
	Epoch   time.Time `json:"epoch"`
	Started time.Time `json:"started"`
	Speed   float64   `json:"speed"`
}

// Servers describes the fleet, in the order of its indexes.
func (f *Fleet) Servers() []Description {
	return append([]Description(nil), f.descriptions...)
}

// Ready tells how to compute fleet time.
func (f *Fleet) Ready() Ready {
	c := f.world.clock
	return Ready{Ready: true, Epoch: c.epoch, Started: c.started, Speed: c.speed}
}

// WriteDescription writes one JSON object a line for each server, then the Ready line.
func (f *Fleet) WriteDescription(w io.Writer) error {
	lines := json.NewEncoder(w)
	for _, d := range f.descriptions {
		if err := lines.Encode(d); err != nil {
			return fmt.Errorf("describe simulated server %s: %w", d.Name, err)
		}
	}
	if err := lines.Encode(f.Ready()); err != nil {
		return fmt.Errorf("describe simulated fleet: %w", err)
	}
	return nil
}
