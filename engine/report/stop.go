package report

import (
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// StopRule is the numbers of the rule, so that anybody can recompute a score.
type StopRule struct {
	Failure int `json:"failure"` // added by a failure that speaks against the update
	Success int `json:"success"` // taken off by a verified success, down to 0
	Warn    int `json:"warn"`
	Halt    int `json:"halt"`
}

// Stop is one time that nobody new could start in a rollout.
type Stop struct {
	Seq     uint64        `json:"seq"` // of the entry in the trail
	Rollout string        `json:"rollout"`
	Ring    rollout.Ring  `json:"ring"`
	State   rollout.State `json:"state"` // halted or paused
	Rule    string        `json:"rule"`
	By      string        `json:"by"` // a person, or "engine"
	At      time.Time     `json:"at"`
	Reason  string        `json:"reason"`
	Score   int           `json:"score"`             // of the window of the trigger, at that moment
	Trigger *Trigger      `json:"trigger,omitempty"` // what the rule stopped at; none when a person did
	Ended   *StopEnd      `json:"ended,omitempty"`
}

// Trigger is the transition after which a rule stopped the rollout.
type Trigger struct {
	Seq     uint64     `json:"seq"`
	Server  ServerName `json:"server"`
	Window  string     `json:"window"`
	Status  string     `json:"status"`
	Failure *Failure   `json:"failure,omitempty"`
}

// StopEnd is how a stop ended: resumed, closed, or followed by another stop.
type StopEnd struct {
	Step string `json:"step"`
	Signed
}

// Score is the stop rule's score of one window, step by step.
type Score struct {
	Peak int `json:"peak"`
	Last int `json:"last"`
	// Recomputes tells that every step follows from the one before by the rule's numbers.
	Recomputes bool        `json:"recomputes"`
	WarnedAt   time.Time   `json:"warned_at,omitzero"`
	Steps      []ScoreStep `json:"steps"`
}

// ScoreStep is one step of a score, with the entry of the trail that made it.
type ScoreStep struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Server string    `json:"server,omitempty"`
	Cause  string    `json:"cause"` // failed, succeeded, resumed
	Code   string    `json:"code,omitempty"`
	From   int       `json:"from"`
	To     int       `json:"to"`
}

// resumed is the cause of a step back to 0: the person who resumes answers for the score that led to the stop.
const resumed = "resumed"

func (m *maker) score(window string) *Score {
	s := m.journal.scores[window]
	if s == nil {
		s = &Score{Recomputes: true}
		m.journal.scores[window] = s
	}
	return s
}

func (m *maker) readScore(e trail.Entry, moved rollout.Moved) {
	if moved.Scores == nil {
		return
	}
	step := ScoreStep{Seq: e.Seq, At: e.At.UTC(), Server: m.nameOf(moved.Server).Name, Cause: string(moved.To), From: moved.Scores.From, To: moved.Scores.To}
	want := max(0, step.From-m.in.Policy.SuccessScore)
	if moved.To == rollout.Failed {
		want = step.From + m.in.Policy.FailureScore
	}
	if moved.Failure != nil {
		step.Code = moved.Failure.Code
	}
	m.score(moved.Scores.Window).add(step, want)
}

// add takes the next step and checks that it follows from the one before.
func (s *Score) add(step ScoreStep, want int) {
	if step.From != s.Last || step.To != want {
		s.Recomputes = false
	}
	s.Last, s.Peak = step.To, max(s.Peak, step.To)
	s.Steps = append(s.Steps, step)
}

func (m *maker) readWarned(e trail.Entry, w rollout.Warned) {
	if m.rollouts[w.Rollout] != nil {
		m.score(w.Window).WarnedAt = e.At.UTC()
	}
}

func (m *maker) readStopped(e trail.Entry, s rollout.Stopped) {
	r := m.rollouts[s.Rollout]
	if r == nil {
		return
	}
	j := &m.journal
	if open := j.running[r.ID]; open != nil {
		open.Ended = m.endOf(e, s)
		delete(j.running, r.ID)
	}
	switch s.To {
	case rollout.Paused, rollout.Halted:
		stop := &Stop{Seq: e.Seq, Rollout: r.ID, Ring: r.Ring, State: s.To, Rule: s.Rule, By: s.By, At: e.At.UTC(), Reason: s.Reason}
		if last, ok := j.last[r.ID]; ok && s.By == engineActor {
			stop.Trigger = &last
			if score := j.scores[last.Window]; score != nil {
				stop.Score = score.Last
			}
		}
		j.stops = append(j.stops, stop)
		j.running[r.ID] = stop
	case rollout.Active:
		m.resume(e, r)
	}
}

// endOf tells how a stop ended. A rollout closes by itself when its last server is through; who ended the others decided that.
func (m *maker) endOf(e trail.Entry, s rollout.Stopped) *StopEnd {
	words := map[rollout.State]string{rollout.Active: "resumed", rollout.Closed: "closed", rollout.Halted: "halted", rollout.Paused: "paused"}[s.To]
	end := &StopEnd{words, Signed{By: s.By, At: e.At.UTC(), Reason: s.Reason}}
	if closer, ok := m.journal.closers[s.Rollout]; ok && s.To == rollout.Closed {
		end.Signed = closer.Signed
	}
	return end
}

// resume writes down that the scores of the rollout's windows begin anew.
func (m *maker) resume(e trail.Entry, r *rollout.Rollout) {
	for _, w := range m.in.Plan.Windows {
		s := m.journal.scores[w.ID]
		if w.Ring == r.Ring && s != nil && s.Last > 0 {
			s.add(ScoreStep{Seq: e.Seq, At: e.At.UTC(), Cause: resumed, From: s.Last, To: 0}, 0)
		}
	}
}

// stops lists the stops as values.
func (m *maker) stops() []Stop {
	list := make([]Stop, 0, len(m.journal.stops))
	for _, s := range m.journal.stops {
		list = append(list, *s)
	}
	return list
}

// haltedBy gives the rollout that a stop rule halted and nobody resumed. A pause for one and the same outside cause is none.
func (m *maker) haltedBy() *rollout.Rollout {
	for i := range m.in.Rollouts {
		r := &m.in.Rollouts[i]
		if r.HaltedByRule() {
			return r
		}
	}
	return nil
}
