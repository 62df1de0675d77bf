package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// board is one rollout as views show it. What a view got is never changed: a list in which something changes is copied first, a cell
// is made anew only when its advertisement, its conversation or its server changed.
type board struct {
	dirty   pile           // advertisements whose cell may look different now
	at      map[string]int // places of the cells, by advertisement
	windows []string       // the window that the plan gave, by place
	names   uint64         // of the index, when the places were given
	added   int            // windows of the rollout beside the plan's, then
	view    RolloutView
	needs   []Need // of this rollout's servers
	waits   map[string]string
	asked   question // what the waits follow from
	askedAt time.Time

	forecastAge int // views since the forecast was made
	track       trackState
}

func (e *Engine) board(id string) *board {
	b := e.boards[id]
	if b == nil {
		b = &board{}
		e.boards[id] = b
	}
	return b
}

// rateSpan is how far back the rate looks, in the engine's time.
const rateSpan = 30 * time.Minute

// forecastViews is how many views share one forecast: it plays the rest of the rollout, and changes slowly.
const forecastViews = 10

func (e *Engine) showRollout(r *rollout.Rollout, now time.Time) RolloutView {
	b := e.board(r.ID)
	plan := e.state.planOf(r)
	if len(b.at) != len(e.state.adsOf[r.ID]) || b.names != e.state.index.names || b.added != len(r.Added) {
		e.lay(b, r, plan)
	}
	e.wait(b, r, now)
	e.redraw(b, r.ID)
	v := &b.view
	v.Rollout, v.Release = *r, e.state.releases[r.Release].Title
	e.showWindows(v, r, plan, now)
	v.Sites = e.sites(r, v.Cells)
	v.Gate, v.Todo = "", nil
	if r.State != rollout.Closed {
		h := e.held(r, now)
		v.Gate, v.Todo = h.why, h.todo
	}
	v.Rate = float64(e.state.index.tally(r.ID).since(now.Add(-rateSpan))) / rateSpan.Hours()
	if b.forecastAge--; r.State == rollout.Closed {
		v.Forecast, v.Track = Forecast{}, nil
	} else if b.forecastAge < 0 {
		v.Forecast, b.forecastAge = e.makeForecast(r, plan, now), forecastViews-1
		v.Track = e.track(b, r, now)
	}
	return *v
}

// lay gives every cell its place: by window, site and name. The order follows from the plan and the inventory, so that no cell moves while
// the rollout runs.
func (e *Engine) lay(b *board, r *rollout.Rollout, plan *rollout.Plan) {
	opens := map[string]int{}
	for i, w := range plan.Windows {
		opens[w.ID] = i
	}
	window := map[inventory.ServerID]string{}
	for _, a := range plan.Assignments {
		window[a.Server] = a.Windows[0]
	}
	order := slices.Clone(e.state.adsOf[r.ID])
	slices.SortFunc(order, func(x, y string) int {
		a, b := e.state.ads[x], e.state.ads[y]
		return cmp.Or(cmp.Compare(opens[window[a.Server]], opens[window[b.Server]]), strings.Compare(a.Site, b.Site),
			strings.Compare(e.nameOf(a.Server), e.nameOf(b.Server)), strings.Compare(x, y))
	})
	b.added = len(r.Added)
	b.names, b.at, b.windows = e.state.index.names, make(map[string]int, len(order)), make([]string, len(order))
	b.view = RolloutView{Counts: rollout.Counts{}, Cells: make([]Cell, len(order)), Advertisements: make([]*rollout.Advertisement, len(order)),
		Forecast: b.view.Forecast, Track: b.view.Track, Laid: b.names<<32 + uint64(len(order)) + 1}
	for i, id := range order {
		b.at[id], b.windows[i] = i, window[e.state.ads[id].Server]
		if w, again := e.state.ads[id].Later(r.Added); again {
			b.windows[i] = w
		}
		b.dirty.add(id)
	}
	for _, w := range plan.Windows {
		if w.Ring == r.Ring {
			b.view.Windows = append(b.view.Windows, WindowView{Window: w, Counts: rollout.Counts{}})
		}
	}
}

// wait finds anew why servers wait, when something that it depends on changed, or a minute passed: some reasons tell how much time is left.
func (e *Engine) wait(b *board, r *rollout.Rollout, now time.Time) {
	if r.State == rollout.Closed || e.options.Duty != FullDuty {
		return
	}
	asked := question{e.state.index.version, e.contacts.flips, e.gate(r, now)}
	if asked == b.asked && now.Sub(b.askedAt).Abs() < time.Minute {
		return
	}
	b.asked, b.askedAt = asked, now
	was := b.waits
	b.waits = e.waits(r, now)
	for id, why := range b.waits {
		if was[id] != why {
			b.dirty.add(id)
		}
	}
	for id := range was {
		if _, still := b.waits[id]; !still {
			b.dirty.add(id)
		}
	}
}

// redraw makes the cells anew that may look different, with the accounts that follow from them.
func (e *Engine) redraw(b *board, id string) {
	dirty := b.dirty.take()
	if len(dirty) == 0 {
		return
	}
	v := &b.view
	v.Cells, v.Counts = slices.Clone(v.Cells), maps.Clone(v.Counts)
	v.Windows, v.Advertisements = slices.Clone(v.Windows), slices.Clone(v.Advertisements)
	fresh := map[string]bool{} // windows whose counts are a copy already
	troubled := false
	for _, ad := range dirty {
		i := b.at[ad]
		was, is := v.Cells[i], e.viewCell(e.state.ads[ad], b.windows[i], b.waits[ad])
		v.Cells[i] = is
		place, _ := slices.BinarySearch(e.state.adsOf[id], ad)
		v.Advertisements[place] = e.state.ads[ad]
		troubled = troubled || wants(was.Delivery) || wants(is.Delivery)
		if was.Delivery == is.Delivery {
			continue
		}
		recount(v.Counts, was.Delivery, is.Delivery)
		for w := range v.Windows {
			if v.Windows[w].ID == is.Window {
				if !fresh[is.Window] {
					v.Windows[w].Counts, fresh[is.Window] = maps.Clone(v.Windows[w].Counts), true
				}
				recount(v.Windows[w].Counts, was.Delivery, is.Delivery)
			}
		}
	}
	if troubled {
		b.listNeeds()
	}
}

// recount moves one cell from a status to another; a cell that was never shown has none.
func recount(counts rollout.Counts, was, is rollout.Delivery) {
	if was != "" {
		if counts[was]--; counts[was] == 0 {
			delete(counts, was)
		}
	}
	counts[is]++
}

// wants tells that a server in this status waits for a person.
func wants(d rollout.Delivery) bool { return d == rollout.Failed || d == rollout.Unknown }

func (b *board) listNeeds() {
	b.needs = nil
	for i := range b.view.Cells {
		if c := &b.view.Cells[i]; wants(c.Delivery) {
			b.needs = append(b.needs, Need{Urgent: c.Delivery == rollout.Unknown, Object: string(c.Server), Words: fmt.Sprintf("%s %s: %s", c.Name, c.Delivery, c.Why)})
		}
	}
}

// showWindows brings scores and the current window up to date.
func (e *Engine) showWindows(v *RolloutView, r *rollout.Rollout, plan *rollout.Plan, now time.Time) {
	v.Current = -1
	copied := false
	for i := range v.Windows {
		w := &v.Windows[i]
		if v.Current < 0 && now.Before(w.Closes) {
			v.Current = i
		}
		if score := r.Scores[w.ID]; score != w.Score {
			if !copied {
				v.Windows, copied = slices.Clone(v.Windows), true
				w = &v.Windows[i]
			}
			w.Score = score
		}
	}
}

// viewCell shows one advertisement in the place that the plan gave it, so that cells never move.
func (e *Engine) viewCell(ad *rollout.Advertisement, place, why string) Cell {
	c := e.contacts.at(ad.ID)
	cell := Cell{ID: ad.ID, Server: ad.Server, Site: ad.Site, Cluster: ad.Cluster, Window: place, Delivery: ad.Delivery, Compliance: ad.Compliance,
		Since: ad.Since, LastReport: c.Heard, Attempt: ad.Attempts, Before: ad.Before, After: ad.After}
	if s := e.state.serverOf(ad.Server); s != nil {
		cell.Name, cell.OS, cell.Owner = s.Name, s.OS, s.Owner
	}
	if why != "" && ad.Delivery == rollout.NotReceived {
		cell.Why = why
	}
	if why != "" && (ad.Delivery == rollout.Staged || ad.Delivery == rollout.Retrying) {
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
	cell.judge(ad)
	if ad.Delivery == rollout.Failed || ad.Delivery == rollout.Unreachable {
		cell.Incident = e.incidentOf(ad)
	}
	return cell
}

// judge says why the advertisement is where it is, as far as its record tells.
func (c *Cell) judge(ad *rollout.Advertisement) {
	tryAgain := ad.Delivery == rollout.Retrying || ad.Delivery == rollout.NotReceived
	if f := ad.Failure; f != nil && (ad.Delivery.Final() || tryAgain && c.Why == "") {
		c.Why, c.Code, c.Class = f.Words, f.Code, string(f.Class)
	}
	if h := ad.Hand; h != nil {
		c.Why = "by hand: " + string(h.State)
		if h.Words != "" {
			c.Why += ", " + h.Words
		}
	}
	if ad.Exclusion != "" {
		c.Why = ad.Exclusion
	}
}
