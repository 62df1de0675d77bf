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
	// Collection is whose members were asked, Whole that it was every managed server.
	Collection string          `json:"collection,omitempty"`
	Whole      bool            `json:"whole,omitempty"`
	Stamp      inventory.Stamp `json:"stamp,omitzero"` // what a sweep of kind stamp writes
	Ended      time.Time       `json:"ended,omitzero"`
	Trouble    int             `json:"trouble,omitempty"` // servers that could not be read, when it ended
}

func (s sweepState) id() string { return fmt.Sprintf("sweep-%d", s.Number) }

// done tells whether the sweep is through with a server.
func (s sweepState) done(server inventory.Server) bool {
	return *s.newest(&server) >= s.Number
}

// newest is where a server keeps the number of the newest sweep of this kind that is through with it.
func (s sweepState) newest(server *inventory.Server) *int {
	switch s.Kind {
	case SweepScan:
		return &server.ScanSweep
	case SweepHealth:
		return &server.HealthSweep
	case SweepStamp:
		return &server.StampSweep
	default:
		return &server.FactsSweep
	}
}

// scanJob names the scan job of one server in this sweep. The time of the order keeps it apart from the sweep of the same number in another
// store.
func (s sweepState) scanJob(server inventory.ServerID, attempt int) string {
	return fmt.Sprintf("sweep%d-%s-%s-scan-%d", s.Number, strconv.FormatInt(s.Ordered.Unix(), 36), server, attempt)
}
