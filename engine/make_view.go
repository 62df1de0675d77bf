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
	if e.orders.age++; e.orders.age >= forecastViews {
		e.orders.age, e.orders.forecasts = 0, nil
	}
	v := &View{Generation: generation, At: now, Head: e.head, ReadOnly: e.standstill()}
	v.Servers = make([]inventory.Server, 0, len(e.state.servers))
	for _, id := range e.serversByName() {
		v.Servers = append(v.Servers, *e.state.servers[id])
	}
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
	for _, n := range nouns {
		if n.show != nil {
			n.show(e, v, now)
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
		view.Advertisements = append(view.Advertisements, e.state.ads[id])
	}
	for _, id := range e.places(r, plan) {
		ad := e.state.ads[id]
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
	view.Forecast = e.forecast(r, plan, now)
	return view
}

// orders are what changes only with the inventory, kept from view to view.
type orders struct {
	servers   []inventory.ServerID
	cells     map[string][]string // advertisements by rollout: by window, site and name
	forecasts map[string]Forecast
	age       int // views since the forecasts were made
}

// serversByName is the order of the inventory.
func (e *Engine) serversByName() []inventory.ServerID {
	if len(e.orders.servers) != len(e.state.servers) {
		e.orders.servers = slices.Collect(maps.Keys(e.state.servers))
		slices.SortFunc(e.orders.servers, func(a, b inventory.ServerID) int { return strings.Compare(e.nameOf(a), e.nameOf(b)) })
	}
	return e.orders.servers
}

// places is the order of a rollout's cells. It follows from the plan and the inventory, so that no cell moves while the rollout runs.
func (e *Engine) places(r *rollout.Rollout, plan *rollout.Plan) []string {
	if cells, ok := e.orders.cells[r.ID]; ok && len(cells) == len(e.state.adsOf[r.ID]) {
		return cells
	}
	opens := map[string]int{}
	for i, w := range plan.Windows {
		opens[w.ID] = i
	}
	window := map[inventory.ServerID]int{}
	for _, a := range plan.Assignments {
		window[a.Server] = opens[a.Windows[0]]
	}
	cells := slices.Clone(e.state.adsOf[r.ID])
	slices.SortFunc(cells, func(x, y string) int {
		a, b := e.state.ads[x], e.state.ads[y]
		return cmp.Or(cmp.Compare(window[a.Server], window[b.Server]), strings.Compare(a.Site, b.Site), strings.Compare(e.nameOf(a.Server), e.nameOf(b.Server)))
	})
	if e.orders.cells == nil {
		e.orders.cells = map[string][]string{}
	}
	e.orders.cells[r.ID] = cells
	return cells
}

// forecastViews is how many views share one forecast: it plays the rest of the rollout, and changes slowly.
const forecastViews = 10

// viewCell shows one advertisement in the place that the plan gave it, so that cells never move.
func (e *Engine) viewCell(ad *rollout.Advertisement, place string) Cell {
	c := e.contacts.at(ad.ID)
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
	if cell.Drain = ad.Drain; ad.Drain == rollout.Draining || ad.Drain == rollout.Returning {
		cell.Phase = orWords(c.Phase, string(ad.Drain))
	}
	if !ad.Delivery.Final() {
		cell.Percent, cell.Phase, cell.KB = c.Percent, orWords(c.Phase, cell.Phase), c.KB
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
	if ad.Delivery == rollout.Failed || ad.Delivery == rollout.Unreachable {
		cell.Incident = e.incidentOf(ad)
	}
	return cell
}

func (e *Engine) forecast(r *rollout.Rollout, plan *rollout.Plan, now time.Time) Forecast {
	if f, ok := e.orders.forecasts[r.ID]; ok {
		return f
	}
	f := e.makeForecast(r, plan, now)
	if e.orders.forecasts == nil {
		e.orders.forecasts = map[string]Forecast{}
	}
	e.orders.forecasts[r.ID] = f
	return f
}

func (e *Engine) makeForecast(r *rollout.Rollout, plan *rollout.Plan, now time.Time) Forecast {
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
