package uitest

import (
	"encoding/json"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// paths are how servers come to where they end; the last step of each is the end itself.
var paths = map[rollout.Delivery][]rollout.Delivery{
	rollout.Succeeded:      {rollout.Staging, rollout.Staged, rollout.Running, rollout.RestartPending, rollout.Restarting, rollout.Verifying, rollout.Succeeded},
	rollout.Failed:         {rollout.Staging, rollout.Staged, rollout.Running, rollout.Failed},
	rollout.Running:        {rollout.Staging, rollout.Staged, rollout.Running},
	rollout.Restarting:     {rollout.Staging, rollout.Staged, rollout.Running, rollout.RestartPending, rollout.Restarting},
	rollout.RestartPending: {rollout.Staging, rollout.Staged, rollout.Running, rollout.RestartPending},
	rollout.Staged:         {rollout.Staging, rollout.Staged},
	rollout.Unreachable:    {rollout.Unreachable},
}

// Past is an audit trail that tells how a night's Prod rollout came to where it stands.
func Past(view *engine.View) ([][]byte, trail.Head) {
	r := &view.Rollouts[2]
	opened := rollout.Opened{Rollout: rollout.Rollout{ID: r.ID, Ring: r.Ring, State: rollout.Active, Opened: r.Opened}}
	for i := range r.Cells {
		c := &r.Cells[i]
		opened.Advertisements = append(opened.Advertisements, rollout.Advertisement{ID: c.ID, Rollout: r.ID, Server: c.Server, Delivery: rollout.NotReceived})
	}
	p := past{}
	p.add(r.Opened, "rollout.opened", opened)
	steps := 0
	for round := range 7 {
		for i := range r.Cells {
			c := &r.Cells[i]
			path := paths[c.Delivery]
			if round >= len(path) {
				continue
			}
			from := rollout.NotReceived
			if round > 0 {
				from = path[round-1]
			}
			m := rollout.Moved{Ad: c.ID, Rollout: r.ID, Server: c.Server, From: from, To: path[round], Cause: "as the night went", Window: c.Window, Before: c.Before}
			if m.To == rollout.Failed {
				m.Failure = &rollout.Failure{Class: rollout.Class(c.Class), Code: c.Code, Words: c.Why}
				m.Scores = &rollout.ScoreStep{Window: c.Window, To: 161}
			}
			steps++
			p.add(r.Opened.Add(time.Duration(steps)*90*time.Second), "advertisement.moved", m)
		}
	}
	p.add(r.Opened.Add(time.Duration(steps+1)*90*time.Second), "rollout.stopped", rollout.Stopped{Rollout: r.ID, From: rollout.Active, To: rollout.Halted,
		Rule: rollout.RulePerson, Reason: "enough for one night", By: "k.osei"})
	return p.raws, p.head
}

// past is a chain that grows.
type past struct {
	raws [][]byte
	head trail.Head
}

func (p *past) add(at time.Time, action string, event any) {
	body, err := json.Marshal(event)
	if err != nil {
		panic(err) // an event of this package is wrong
	}
	raw, next, err := p.head.Append(trail.Entry{At: at, Actor: "engine", Via: "engine", Action: action, Body: body})
	if err != nil {
		panic(err)
	}
	p.raws, p.head = append(p.raws, raw), next
}
