package rollout

import (
	"fmt"
	"math"
)

// Rules by which the engine itself stops a rollout.
const (
	RuleScore    = "score"     // failures came too thick in one window
	RulePilot    = "pilot"     // a pilot has few servers: two failures are enough
	RuleHard     = "hard"      // servers did not come back well
	RuleSameCode = "same code" // one cause outside the update fails server after server
	RulePerson   = "person"
)

// Judge looks at a rollout after a failure and says whether nobody new may start: halted for failures that speak against the
// update, paused for a run of one and the same other cause. ok is false when the rollout may go on.
func (p Policy) Judge(r *Rollout, window string) (stop Stopped, ok bool) {
	if r.State != Active {
		return Stopped{}, false
	}
	halt := func(to State, rule, format string, args ...any) (Stopped, bool) {
		return Stopped{Rollout: r.ID, From: r.State, To: to, Rule: rule, Reason: fmt.Sprintf(format, args...), By: engineName}, true
	}
	hard := 0
	for _, n := range r.Hard {
		hard += n
	}
	switch {
	case r.Scores[window] >= p.Halt:
		return halt(Halted, RuleScore, "stop score %d of %d in window %s: failures are too frequent for a good update", r.Scores[window], p.Halt, window)
	case r.Ring == Pilot && hard >= p.HardPilot:
		return halt(Halted, RuleHard, "a pilot server did not come back well from its restart")
	case r.Ring == Pilot && r.Failures >= p.PilotFailures:
		return halt(Halted, RulePilot, "%d pilot servers failed", r.Failures)
	case r.Hard[window] >= p.HardWindow:
		return halt(Halted, RuleHard, "%d servers did not come back well from their restart in window %s", r.Hard[window], window)
	case hard >= p.HardRollout:
		return halt(Halted, RuleHard, "%d servers of the rollout did not come back well from their restart", hard)
	case r.SameCode >= p.SameCode:
		return halt(Paused, RuleSameCode, "%d failures in a row with the code %s: mend the cause, then resume", r.SameCode, r.LastCode)
	}
	return Stopped{}, false
}

// Warning tells whether a window's score passed the warning for the first time.
func (p Policy) Warning(r *Rollout, window string) (Warned, bool) {
	if r.Scores[window] < p.Warn || r.Warned[window] {
		return Warned{}, false
	}
	return Warned{Rollout: r.ID, Window: window, Score: r.Scores[window]}, true
}

// Proves is what n successes without a failure prove: the failure rate that would still give this result once in twenty times, in per cent
// (the exact binomial bound).
func Proves(n int) float64 {
	if n <= 0 {
		return 100
	}
	return 100 * (1 - math.Pow(0.05, 1/float64(n)))
}
