package enginetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// story is what a trail tells of a night, for the invariants that one record alone cannot show.
type story struct {
	stopped  map[string][]stretch // by rollout: while nobody new might start
	handled  map[string]bool      // advertisements that a person moved
	broken   map[string]bool      // clusters whose lock a person took away
	state    map[string]rollout.State
	changes  map[string]approval.Change
	admitted map[inventory.ServerID]int       // transitions that ordered an installation
	regains  map[inventory.ServerID]time.Time // since when a pilot gets back what its trial of removal took away, halted or not
}

// stretch is a stretch of time; a zero end is none yet.
type stretch struct{ from, to time.Time }

// tell reads a trail: it must verify, allow every transition, and start nobody without approval, outside a window or after a stop.
func tell(t *testing.T, v *engine.View, store engine.Store) *story {
	t.Helper()
	s := &story{stopped: map[string][]stretch{}, handled: map[string]bool{}, broken: map[string]bool{}, state: map[string]rollout.State{},
		changes: map[string]approval.Change{}, admitted: map[inventory.ServerID]int{}, regains: map[inventory.ServerID]time.Time{}}
	var head trail.Head
	err := store.Entries(1, func(seq uint64, raw []byte) error {
		var entry trail.Entry
		if err := json.Unmarshal(raw, &entry); err != nil { // the strict reading has tests of its own, and takes three times as long
			return err
		}
		if entry.Seq != seq || seq != head.Seq+1 || entry.Prev != head.String() {
			return fmt.Errorf("entry %d does not follow entry %d", entry.Seq, head.Seq)
		}
		head = head.Advance(raw)
		return s.add(t, v, entry)
	})
	if err != nil {
		t.Error(err)
	}
	if head != v.Head {
		t.Errorf("the trail ends at %d %s, the view says %d %s", head.Seq, head, v.Head.Seq, v.Head)
	}
	return s
}

func (s *story) add(t *testing.T, v *engine.View, entry trail.Entry) error {
	switch entry.Action {
	case "change.decided":
		var decided struct{ Change approval.Change }
		if err := json.Unmarshal(entry.Body, &decided); err != nil {
			return err
		}
		s.decided(t, entry, decided.Change)
	case "rollout.opened":
		var opened rollout.Opened
		if err := json.Unmarshal(entry.Body, &opened); err != nil {
			return err
		}
		s.state[opened.Rollout.ID] = opened.Rollout.State
	case "rollout.stopped":
		var stopped rollout.Stopped
		if err := json.Unmarshal(entry.Body, &stopped); err != nil {
			return err
		}
		s.stop(stopped, entry.At)
	case "rollout.reopened":
		var reopened rollout.Reopened
		if err := json.Unmarshal(entry.Body, &reopened); err != nil {
			return err
		}
		if reopened.To != reopened.From {
			s.stop(rollout.Stopped{Rollout: reopened.Rollout, From: reopened.From, To: reopened.To}, entry.At)
		}
	case "lock.broken":
		s.broken[entry.Object] = true
	case "advertisement.moved":
		var moved rollout.Moved
		if err := json.Unmarshal(entry.Body, &moved); err != nil {
			return err
		}
		s.moved(t, v, entry, moved)
	}
	return nil
}

// decided holds that nobody approves alone: who asked, who authorised and who approved are three people.
func (s *story) decided(t *testing.T, entry trail.Entry, c approval.Change) {
	s.changes[c.ID] = c
	if c.Authority != nil && c.Authority.By == c.Submitted.By {
		t.Errorf("entry %d: %s authorised what they submitted", entry.Seq, c.Authority.By)
	}
	if c.State != approval.Approved {
		return
	}
	if c.Board == nil || c.Board.By == c.Submitted.By || c.Authority == nil || c.Board.By == c.Authority.By {
		t.Errorf("entry %d: %s is approved without two others than %s", entry.Seq, c.ID, c.Submitted.By)
	}
}

func (s *story) stop(stopped rollout.Stopped, at time.Time) {
	s.state[stopped.Rollout] = stopped.To
	spans := s.stopped[stopped.Rollout]
	open := len(spans) > 0 && spans[len(spans)-1].to.IsZero()
	switch {
	case stopped.To == rollout.Active && open:
		spans[len(spans)-1].to = at
	case stopped.To != rollout.Active && !open:
		s.stopped[stopped.Rollout] = append(spans, stretch{from: at})
	}
}

// moved holds each transition against the table, and each start against its approval, the stop rule and its window.
func (s *story) moved(t *testing.T, v *engine.View, entry trail.Entry, m rollout.Moved) {
	if !rollout.Allowed(m.From, m.To) {
		t.Errorf("entry %d: %s -> %s is not in the table of transitions", entry.Seq, m.From, m.To)
	}
	if entry.Actor != "engine" {
		s.handled[m.Ad] = true
	}
	if m.JobKind == rollout.JobInstall && m.Job != "" {
		s.admitted[m.Server]++
	}
	if m.To != rollout.Running || m.From == rollout.Running || m.From == rollout.Unknown {
		return
	}
	i := slices.IndexFunc(v.Rollouts, func(r engine.RolloutView) bool { return r.ID == m.Rollout })
	if i < 0 {
		t.Errorf("entry %d: %s starts in %s, which nobody shows", entry.Seq, m.Ad, m.Rollout)
		return
	}
	r := v.Rollouts[i]
	if c := s.changes[r.Change]; !c.Unlocks(r.Ring == rollout.Pilot) {
		t.Errorf("entry %d: %s starts while %s is %s", entry.Seq, m.Ad, r.Change, c.State)
	}
	regains := m.Trial != nil && m.Trial.Stage == rollout.TrialReinstalling
	if regains {
		s.regains[m.Server] = entry.At
	}
	if s.state[m.Rollout] != rollout.Active && !regains {
		t.Errorf("entry %d: %s starts while %s is %s", entry.Seq, m.Ad, m.Rollout, s.state[m.Rollout])
	}
	if !slices.ContainsFunc(r.Windows, func(w engine.WindowView) bool { return w.ID == m.Window && w.Contains(entry.At) }) {
		t.Errorf("entry %d: %s starts at %s, outside its window %s", entry.Seq, m.Ad, entry.At, m.Window)
	}
}

// onTheWay is how long an order may be on its way to a server when a stop is decided.
const onTheWay = time.Second

// startsInOrder holds what truly began on the servers against the trail: each start was ordered, and none while its rollout was stopped.
func (w *World) startsInOrder(t *testing.T, v *engine.View, s *story) {
	t.Helper()
	for _, r := range v.Rollouts {
		for _, c := range r.Cells {
			if n := len(w.Starts[c.Server]); n > s.admitted[c.Server] {
				t.Errorf("%s: %d installations began, %d were ordered", c.Name, n, s.admitted[c.Server])
			}
			regains, gets := s.regains[c.Server]
			for _, at := range w.Starts[c.Server] {
				if gets && !at.Before(regains) {
					continue
				}
				for _, stop := range s.stopped[r.ID] {
					if at.After(stop.from.Add(onTheWay)) && (stop.to.IsZero() || at.Before(stop.to)) {
						t.Errorf("%s started at %s, while %s was stopped since %s", c.Name, at, r.ID, stop.from)
					}
				}
			}
		}
	}
}
