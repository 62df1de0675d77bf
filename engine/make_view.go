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
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
)

// makeView builds a snapshot. It shares values that never change once they are in the state.
func (e *Engine) makeView(now time.Time, generation uint64) *View {
	v := &View{Generation: generation, At: now, Head: e.head, ReadOnly: e.clockTrouble()}
	for _, s := range e.state.servers {
		v.Servers = append(v.Servers, *s)
	}
	slices.SortFunc(v.Servers, func(a, b inventory.Server) int { return strings.Compare(a.Name, b.Name) })
	v.Bulletins = slices.SortedFunc(maps.Values(e.state.bulletins), func(a, b catalog.Bulletin) int { return b.Released.Compare(a.Released) })
	v.Releases = slices.SortedFunc(maps.Values(e.state.releases), func(a, b approval.Release) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
	})
	for _, id := range slices.SortedFunc(maps.Keys(e.state.changes), byNumber) {
		c := e.state.changes[id]
		v.Changes = append(v.Changes, ChangeView{Change: c, Plan: e.state.plans[c.PlanHash], Acceptance: e.state.acceptance[id]})
	}
	for _, id := range slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber) {
		v.Rollouts = append(v.Rollouts, e.viewRollout(e.state.rollouts[id], now))
	}
	for _, n := range slices.Sorted(maps.Keys(e.state.sweeps)) {
		if s := e.state.sweeps[n]; s.Ended.IsZero() {
			v.Sweeps = append(v.Sweeps, e.viewSweep(s))
		}
	}
	v.Needs = e.needs(v, now)
	return v
}

func (e *Engine) viewSweep(s sweepState) SweepView {
	view := SweepView{ID: s.id(), Kind: s.Kind, Total: len(s.Servers)}
	for _, id := range s.Servers {
		if server, ok := e.state.servers[id]; ok && s.done(*server) {
			view.Done++
			if server.Trouble != "" {
				view.Trouble++
			}
		}
	}
	return view
}

// rateSpan is how far back the rate looks, in the engine's time.
const rateSpan = 30 * time.Minute

func (e *Engine) viewRollout(r *rollout.Rollout, now time.Time) RolloutView {
	plan := e.state.plans[r.PlanHash]
	view := RolloutView{Rollout: *r, Release: e.state.releases[r.Release].Title, Counts: rollout.Counts{}, Current: -1}
	index := map[string]int{}
	for _, w := range plan.Windows {
		if w.Ring != r.Ring {
			continue
		}
		index[w.ID] = len(view.Windows)
		if view.Current < 0 && now.Before(w.Closes) {
			view.Current = len(view.Windows)
		}
		view.Windows = append(view.Windows, WindowView{Window: w, Counts: rollout.Counts{}, Score: r.Scores[w.ID]})
	}
	places := map[inventory.ServerID]string{}
	for _, a := range plan.Assignments {
		places[a.Server] = a.Windows[0]
	}
	recent := 0
	for _, id := range e.state.adsOf[r.ID] {
		ad := e.state.ads[id]
		view.Advertisements = append(view.Advertisements, ad)
		cell := e.viewCell(ad, places[ad.Server])
		view.Counts[cell.Delivery]++
		if i, ok := index[cell.Window]; ok {
			view.Windows[i].Counts[cell.Delivery]++
		}
		if ad.Delivery == rollout.Succeeded && now.Sub(ad.Since) < rateSpan {
			recent++
		}
		view.Cells = append(view.Cells, cell)
	}
	view.Rate = float64(recent) / rateSpan.Hours()
	slices.SortFunc(view.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(index[a.Window], index[b.Window]), strings.Compare(a.Site, b.Site), strings.Compare(a.Name, b.Name))
	})
	view.Forecast = e.forecast(r, plan, now)
	return view
}

// viewCell shows one advertisement in the place that the plan gave it, so that cells never move.
func (e *Engine) viewCell(ad *rollout.Advertisement, place string) Cell {
	c := e.contacts[ad.ID]
	cell := Cell{ID: ad.ID, Server: ad.Server, Site: ad.Site, Cluster: ad.Cluster, Window: place, Delivery: ad.Delivery, Compliance: ad.Compliance,
		Since: ad.Since, LastReport: c.Heard, Attempt: ad.Attempts, Before: ad.Before, After: ad.After}
	if s := e.state.servers[ad.Server]; s != nil {
		cell.Name, cell.OS, cell.Owner = s.Name, s.OS, s.Owner
	}
	if why := e.waits[ad.ID]; why != "" && (ad.Delivery == rollout.Staged || ad.Delivery == rollout.Retrying) {
		cell.Why = why
		if ad.Delivery == rollout.Staged {
			cell.Delivery = rollout.Waiting
		}
	}
	if !ad.Delivery.Final() {
		cell.Percent, cell.Phase, cell.KB = c.Percent, c.Phase, c.KB
		if c.Trouble != "" {
			cell.Why = c.Trouble
		}
	}
	tryAgain := ad.Delivery == rollout.Retrying || ad.Delivery == rollout.NotReceived
	if f := ad.Failure; f != nil && (ad.Delivery.Final() || tryAgain && cell.Why == "") {
		cell.Why, cell.Code, cell.Class = f.Words, f.Code, string(f.Class)
	}
	if ad.Exclusion != "" {
		cell.Why = ad.Exclusion
	}
	return cell
}

func (e *Engine) forecast(r *rollout.Rollout, plan *rollout.Plan, now time.Time) Forecast {
	var open []*rollout.Advertisement
	took := map[string][]int{}
	for _, other := range e.state.rollouts {
		if other.Release == r.Release {
			for key, list := range other.Durations {
				took[key] = append(took[key], list...)
			}
		}
	}
	for _, id := range e.state.adsOf[r.ID] {
		if ad := e.state.ads[id]; !ad.Delivery.Final() {
			open = append(open, ad)
		}
	}
	done, fits, willNot := rollout.Forecast(now, plan, r, open, e.options.Policy, took)
	return Forecast{Done: done, Fits: fits, WillNot: willNot}
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
		for _, cell := range r.Cells {
			switch cell.Delivery {
			case rollout.Failed, rollout.Unknown:
				add(cell.Delivery == rollout.Unknown, string(cell.Server), "%s %s: %s", cell.Name, cell.Delivery, cell.Why)
			}
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
