package rollout

// Margin is how near the stop rule is to stopping a rollout in one of its windows.
type Margin struct {
	Score, Warn, Halt int
	// Failures is how many more in a row stop it that speak against the update; 0 when it has gone so far.
	Failures int
	// Hard is how many more servers that do not come back well from their restart stop it.
	Hard int
}

// Margin tells how far a rollout is from a stop. A success in between gives some of it back; a pilot is stopped by failures of any kind.
func (p Policy) Margin(r *Rollout, window string) Margin {
	score := r.Scores[window]
	m := Margin{Score: score, Warn: p.Warn, Halt: p.Halt}
	if p.FailureScore > 0 {
		m.Failures = max(0, (p.Halt-score+p.FailureScore-1)/p.FailureScore)
	}
	hard := 0
	for _, n := range r.Hard {
		hard += n
	}
	m.Hard = min(p.HardWindow-r.Hard[window], p.HardRollout-hard)
	if r.Ring == Pilot {
		m.Failures = min(m.Failures, p.PilotFailures-r.Failures)
		m.Hard = min(m.Hard, p.HardPilot-hard)
	}
	m.Failures, m.Hard = max(0, m.Failures), max(0, m.Hard)
	return m
}
