package simulator

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// MaxServers is the largest fleet: what one second octet of 127/8 holds with 250 servers in each third octet.
const MaxServers = 60_000

// Config is what a fleet is made from. The same Seed and Published give the same servers with the same fate.
type Config struct {
	Servers   int
	Seed      uint64
	Speed     float64 // fleet seconds a second of wall time; 0 means 1
	Faults    Faults
	TLS       bool        // HTTPS with a certificate authority of the fleet's own, else HTTP with message sealing
	Ledger    io.Writer   // gets one JSON line, in one Write, for each thing that happened on a server; may be nil
	Epoch     time.Time   // fleet time at Started; zero means Started
	Started   time.Time   // wall time at which fleet time began to run; zero means now
	Published []Published // what the servers' update agents can find; an update named twice for a product is one

	chosen selection // Faults, taken apart
}

// validated gives the configuration with its defaults filled in.
func (c Config) validated(now time.Time) (Config, error) {
	if c.Servers < 1 || c.Servers > MaxServers {
		return c, fmt.Errorf("simulated fleet: %d servers: want 1 to %d", c.Servers, MaxServers)
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if !(c.Speed > 0 && c.Speed <= 1e6) {
		return c, fmt.Errorf("simulated fleet: speed %v: want a number above 0, at most 1000000", c.Speed)
	}
	var err error
	if c.Faults, err = ParseFaults(string(c.Faults)); err == nil {
		c.chosen, err = readFaults(string(c.Faults))
	}
	if err != nil {
		return c, fmt.Errorf("simulated fleet: %w", err)
	}
	if c.Started.IsZero() {
		c.Started = now
	}
	c.Started = c.Started.Round(0) // without the monotonic reading: others compute fleet time from what is announced
	if c.Epoch.IsZero() {
		c.Epoch = c.Started
	}
	c.Epoch = c.Epoch.UTC()
	given := c.Published
	c.Published = nil
	for _, p := range given {
		if err := p.validate(); err != nil {
			return c, fmt.Errorf("simulated fleet: %w", err)
		}
		if !slices.ContainsFunc(c.Published, p.sameAs) {
			c.Published = append(c.Published, p)
		}
	}
	return c, nil
}
