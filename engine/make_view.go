package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// makeView builds a snapshot. It shares values that never change once they are in the state.
func (e *Engine) makeView(now time.Time, generation uint64) *View {
	e.gather()
	v := &View{Generation: generation, At: now, Head: e.head, ReadOnly: e.standstill(), Servers: e.showServers(), Policy: e.options.Policy,
		gauge: e.gauge, catalogue: e.state.index.versions["bulletin"] + e.state.index.versions["dossier"] + 1}
	v.places = e.roster.at
	e.shelf.show(e.state, v)
	for _, id := range slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber) {
		v.Rollouts = append(v.Rollouts, e.showRollout(e.state.rollouts[id], now))
	}
	for _, n := range slices.Sorted(maps.Keys(e.state.index.sweeps)) {
		s, t := e.state.sweeps[n], e.state.index.sweeps[n]
		v.Sweeps = append(v.Sweeps, SweepView{ID: s.id(), Kind: s.Kind, Total: len(s.Servers), Done: len(s.Servers) - t.left, Trouble: t.trouble})
	}
	for _, n := range nouns {
		if n.show != nil {
			n.show(e, v, now)
		}
	}
	v.Needs = e.needs(v, now)
	return v
}

func (e *Engine) makeForecast(r *rollout.Rollout, plan *rollout.Plan, now time.Time) Forecast {
	var open []*rollout.Advertisement
	for _, id := range e.state.adsOf[r.ID] {
		if ad := e.state.ads[id]; !ad.Delivery.Final() && !ad.Declined() {
			open = append(open, ad)
		}
	}
	done, fits, willNot := rollout.Forecast(now, plan, r, open, e.options.Policy, e.took(r.Release))
	return Forecast{Done: done, Succeeded: e.counts(r.ID)[rollout.Succeeded], Fits: fits, WillNot: willNot}
}

// needs lists what waits for a person, most urgent first.
func (e *Engine) needs(v *View, now time.Time) []Need {
	var list []Need
	add := func(urgent bool, object, format string, args ...any) {
		list = append(list, Need{Urgent: urgent, Object: object, Words: fmt.Sprintf(format, args...)})
	}
	if v.ReadOnly != "" {
		add(true, "", "%s", v.ReadOnly)
	}
	for _, r := range v.Rollouts {
		switch r.State {
		case rollout.Halted:
			add(true, r.ID, "%s is halted: %s. Investigate, then resume it or close it", r.ID, r.Stop.Reason)
		case rollout.Paused:
			add(true, r.ID, "%s is paused: %s", r.ID, r.Stop.Reason)
		}
	}
	for _, c := range v.Changes {
		switch {
		case c.ConfirmationOverdue(now):
			add(true, c.ID, "%s: the board's confirmation of the emergency is overdue since %s", c.ID, c.ConfirmBy.In(e.options.Zone).Format("2 Jan 15:04"))
		case c.State == approval.Submitted:
			add(false, c.ID, "%s waits for the change authority", c.ID)
		case c.State == approval.Authorised:
			add(false, c.ID, "%s waits for the change board", c.ID)
		}
		for _, app := range e.openBlocks(c.Change) {
			add(true, c.ID, "acceptance of %s failed: drop the update, exclude its servers, or record a workaround", app)
		}
	}
	for _, r := range v.Rollouts {
		if r.State == rollout.Active && len(r.Todo) > 0 && e.state.changes[r.Change].Priority == approval.Emergency {
			add(true, r.ID, "%s waits: %s: %s", r.ID, r.Gate, r.Todo[0])
		}
		list = append(list, e.boards[r.ID].needs...)
	}
	for _, n := range nouns {
		if n.needs != nil {
			n.needs(e, v, now, add)
		}
	}
	slices.SortStableFunc(list, func(a, b Need) int { return cmp.Compare(btoi(b.Urgent), btoi(a.Urgent)) })
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// History gives what the trail says of an object, newest first.
func (e *Engine) History(object string, most int) ([]HistoryLine, error) {
	var lines []HistoryLine
	err := e.options.Store.Entries(1, func(seq uint64, raw []byte) error {
		var entry trail.Entry
		if err := json.Unmarshal(raw, &entry); err != nil {
			return err
		}
		if object != "" && entry.Object != object {
			return nil
		}
		lines = append(lines, HistoryLine{Seq: seq, At: entry.At, Actor: entry.Actor, Action: entry.Action, Words: wordsOf(entry)})
		if len(lines) > 2*most {
			lines = append(lines[:0], lines[len(lines)-most:]...)
		}
		return nil
	})
	lines = lines[max(0, len(lines)-most):]
	slices.Reverse(lines)
	return lines, err
}

// wordsOf tells an entry in one line.
func wordsOf(entry trail.Entry) string {
	words := ""
	if kind := eventsByName[entry.Action]; kind != nil {
		if event, err := kind.decode(entry.Body); err == nil {
			words = kind.words(event)
		}
	}
	if entry.Before != entry.After && entry.After != "" {
		words = strings.TrimPrefix(entry.Before+" -> ", " -> ") + entry.After + ": " + words
	}
	if entry.Reason != "" && !strings.Contains(words, entry.Reason) {
		words += " (" + entry.Reason + ")"
	}
	return words
}
