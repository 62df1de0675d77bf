package desk

import (
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// CountOrder is the order in which counts are shown: what is done, what is under way, what waits, what went wrong.
var CountOrder = []rollout.Delivery{
	rollout.Succeeded, rollout.Verifying, rollout.Restarting, rollout.RestartPending, rollout.Running, rollout.Retrying,
	rollout.Waiting, rollout.Staged, rollout.Staging, rollout.Received, rollout.NotReceived,
	rollout.Failed, rollout.Unreachable, rollout.Unknown, rollout.WindowMissed, rollout.NotStarted, rollout.Cancelled,
	rollout.Excluded, rollout.NotApplicable,
}

// troubled are the statuses that a person should look at.
var troubled = map[rollout.Delivery]bool{
	rollout.Failed: true, rollout.Unreachable: true, rollout.Unknown: true, rollout.WindowMissed: true,
}

// Troubled tells that a person should look at a server in this status.
func Troubled(d rollout.Delivery) bool { return troubled[d] }

// AnyTroubled tells that a person should look at one of the counted servers.
func AnyTroubled(counts rollout.Counts) bool {
	for d := range troubled {
		if counts[d] > 0 {
			return true
		}
	}
	return false
}

// BarKind tells what part of a progress bar a status belongs to.
func BarKind(d rollout.Delivery) int {
	switch s := d.Status(); {
	case d == rollout.Succeeded:
		return part.BarDone
	case troubled[d]:
		return part.BarTrouble
	case s.Started || d == rollout.Retrying:
		return part.BarMoving
	default:
		return part.BarWaiting
	}
}

// Shares turns counts into the shares of a progress bar: targeted servers only.
func Shares(t *part.Theme, counts rollout.Counts) []part.Share {
	var shares []part.Share
	for kind := range part.BarWaiting + 1 {
		for _, d := range CountOrder {
			if s := d.Status(); s.Targeted && counts[d] > 0 && BarKind(d) == kind {
				_, ink := t.Status(s)
				shares = append(shares, part.Share{Count: counts[d], Kind: kind, Ink: ink})
			}
		}
	}
	return shares
}
