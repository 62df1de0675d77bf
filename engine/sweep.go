package engine

import (
	"fmt"
	"strconv"
	"time"

	"patchdeck/engine/inventory"
)

// sweepState is an inventory sweep: every server of it is read once, with a few tries.
type sweepState struct {
	Number  int                  `json:"number"`
	Kind    SweepKind            `json:"kind"`
	Ordered time.Time            `json:"ordered"`
	Servers []inventory.ServerID `json:"servers"`
	Ended   time.Time            `json:"ended,omitzero"`
}

func (s sweepState) id() string { return fmt.Sprintf("sweep-%d", s.Number) }

// done tells whether the sweep is through with a server.
func (s sweepState) done(server inventory.Server) bool {
	if s.Kind == SweepScan {
		return server.ScanSweep >= s.Number
	}
	return server.FactsSweep >= s.Number
}

// scanJob names the scan job of one server in this sweep. The time of the order keeps it apart from the sweep of the same number in another
// store.
func (s sweepState) scanJob(server inventory.ServerID, attempt int) string {
	return fmt.Sprintf("sweep%d-%s-%s-scan-%d", s.Number, strconv.FormatInt(s.Ordered.Unix(), 36), server, attempt)
}
