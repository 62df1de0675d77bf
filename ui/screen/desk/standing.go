package desk

import (
	"slices"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Standing is where one server stands, as far as the console can tell from its newest evidence.
type Standing struct {
	Compliance rollout.Compliance
	Words      string // "3 missing", and the trouble of the last sweep
	Unread     bool   // the last sweep could not read it
}

// Standings answers where servers stand. It remembers where each server's advertisement is in the view, which changes rarely,
// so that a newer view costs next to nothing.
type Standings struct {
	view   *engine.View
	shape  []int // cells of each rollout when places was made
	places map[inventory.ServerID]place
}

// place is where a server's newest advertisement stands in a view.
type place struct{ rollout, cell int }

// Take goes on with another view.
func (s *Standings) Take(view *engine.View) {
	s.view = view
	shape := make([]int, len(view.Rollouts))
	for i := range view.Rollouts {
		shape[i] = len(view.Rollouts[i].Cells)
	}
	if !slices.Equal(shape, s.shape) {
		s.shape = shape
		s.find()
	}
}

// find looks where every server's newest advertisement is.
func (s *Standings) find() {
	s.places = make(map[inventory.ServerID]place, len(s.view.Servers))
	for i := range s.view.Rollouts {
		for j := range s.view.Rollouts[i].Cells {
			s.places[s.view.Rollouts[i].Cells[j].Server] = place{i, j}
		}
	}
}

// cell gives a server's newest advertisement; nil when it has none.
func (s *Standings) cell(id inventory.ServerID) *engine.Cell {
	p, known := s.places[id]
	if !known {
		return nil
	}
	c := &s.view.Rollouts[p.rollout].Cells[p.cell]
	if c.Server == id {
		return c
	}
	s.find() // cells have moved
	p, known = s.places[id]
	if !known {
		return nil
	}
	return &s.view.Rollouts[p.rollout].Cells[p.cell]
}

// Of tells where the view's server with this index stands. The word of a rollout wins over an older scan.
func (s *Standings) Of(index int) Standing {
	server := &s.view.Servers[index]
	known := evidence(server, s.cell(server.ID))
	if server.Trouble != "" {
		known.Unread = true
		known.Words += "; not read: " + server.Trouble
	}
	return known
}

// evidence is what is known of a server, however the last sweep went.
func evidence(s *inventory.Server, cell *engine.Cell) Standing {
	if cell != nil && cell.Compliance != "" && (s.Scan == nil || cell.Since.After(s.Scan.At)) {
		return Standing{Compliance: cell.Compliance, Words: string(cell.Compliance)}
	}
	switch {
	case s.Facts == nil:
		return Standing{Compliance: rollout.UnknownCompliance, Words: "unknown"}
	case s.Facts.RestartBlocks():
		return Standing{Compliance: rollout.AwaitsRestart, Words: string(rollout.AwaitsRestart)}
	case s.Scan == nil:
		return Standing{Compliance: rollout.UnknownCompliance, Words: "unknown: not scanned yet"}
	case len(s.Scan.Offered) == 0:
		return Standing{Compliance: rollout.Compliant, Words: string(rollout.Compliant)}
	default:
		return Standing{Compliance: rollout.Missing, Words: part.Count(len(s.Scan.Offered), "missing", "missing")}
	}
}

// complianceTones lends the compliance words the looks of the statuses that mean the same.
var complianceTones = map[rollout.Compliance]rollout.Tone{
	rollout.Compliant: rollout.ToneGood, rollout.InstalledByOthers: rollout.ToneGood, rollout.Missing: rollout.TonePlain,
	rollout.AwaitsRestart: rollout.ToneRestart, rollout.DoesNotApply: rollout.ToneFaint, rollout.IsExcluded: rollout.ToneExcluded,
	rollout.IsExempt: rollout.ToneExcluded, rollout.HasFailed: rollout.ToneBad, rollout.UnknownCompliance: rollout.ToneLost,
}

// ComplianceTone gives the looks of a compliance word.
func ComplianceTone(c rollout.Compliance) rollout.Tone { return complianceTones[c] }
