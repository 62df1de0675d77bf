package desk

import (
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

// Standings gives the standing of every server of the view, in the same order. The word of a rollout wins over an older scan.
func Standings(view *engine.View) []Standing {
	cells := newestCells(view)
	all := make([]Standing, len(view.Servers))
	for i := range view.Servers {
		all[i] = standing(&view.Servers[i], cells[view.Servers[i].ID])
	}
	return all
}

// newestCells gives each server's advertisement in the newest rollout that has one.
func newestCells(view *engine.View) map[inventory.ServerID]*engine.Cell {
	cells := make(map[inventory.ServerID]*engine.Cell, len(view.Servers))
	for i := range view.Rollouts {
		for j := range view.Rollouts[i].Cells {
			c := &view.Rollouts[i].Cells[j]
			cells[c.Server] = c
		}
	}
	return cells
}

func standing(s *inventory.Server, cell *engine.Cell) Standing {
	known := evidence(s, cell)
	if s.Trouble != "" {
		known.Unread = true
		known.Words += "; not read: " + s.Trouble
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
