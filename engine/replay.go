package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/rollout"
)

// MostReplaySteps bounds what a replay remembers: a step takes about 80 bytes.
const MostReplaySteps = 1 << 20

// Replay is a past night of one rollout, made from the audit trail by the same fold that made the records. It stands at an instant and
// can go to any other one: each step knows the one before it of its server, so that going back costs no more than going on.
//
// It is filled first, with Add, and then read; it is not safe for use by several goroutines at once.
type Replay struct {
	rollout rollout.Rollout // as folded so far while it is filled
	ads     []rollout.Advertisement
	place   map[string]int // cells by advertisement
	window  map[string]int
	newest  []int32 // newest step of each cell, while it is filled
	texts   []string
	textAt  map[string]uint32

	steps []replayStep
	first []Cell // before the first step
	done  int    // how many steps are applied
	at    time.Time
	view  RolloutView
}

// replayStep is one thing that happened. Texts are numbers, so that a million steps take little room.
type replayStep struct {
	seq             uint64
	at              int64 // Unix nanoseconds
	cell            int32 // whose; none for the rollout itself
	before          int32 // the step before of the same cell; none for the first
	shows           replayShown
	score, scoreWas int32 // of the window
	window          int16 // whose score changed; none when no score did
	state, stateWas uint32
	stopped         bool // the rollout's state changed
	why, whyWas     uint32
}

// replayShown is what a cell shows after a step.
type replayShown struct {
	delivery, compliance, why, code, class, drain uint32
	since                                         int64
	attempt                                       int32
	before, after                                 [4]int32
}

const none = -1

// NewReplay makes an empty replay of a rollout; its cells stand where the given view has them.
func NewReplay(of *RolloutView) *Replay {
	p := &Replay{place: make(map[string]int, len(of.Cells)), window: map[string]int{}, textAt: map[string]uint32{}, ads: make([]rollout.Advertisement, len(of.Cells)),
		newest: make([]int32, len(of.Cells)), first: make([]Cell, len(of.Cells)), view: *of}
	p.text("")
	for i := range of.Cells {
		p.place[of.Cells[i].ID], p.newest[i] = i, none
	}
	for i, w := range of.Windows {
		p.window[w.ID] = i
	}
	p.view.Cells, p.view.Windows = slices.Clone(of.Cells), slices.Clone(of.Windows)
	p.view.Advertisements, p.view.Forecast = nil, Forecast{}
	return p
}

// replayed are the names of the events that a replay reads. Most entries of a trail are none of them, and are not parsed.
var replayed = [][]byte{[]byte(`"rollout.opened"`), []byte(`"advertisement.moved"`), []byte(`"rollout.stopped"`), []byte(`"rollout.reopened"`)}

// Add takes the next entry of the trail, in order; those of other rollouts and about other things are passed over. It tells whether the
// replay has room for more.
func (p *Replay) Add(seq uint64, raw []byte) (more bool, err error) {
	if !slices.ContainsFunc(replayed, func(name []byte) bool { return bytes.Contains(raw, name) }) {
		return true, nil
	}
	var entry struct {
		At     time.Time       `json:"at"`
		Action string          `json:"action"`
		Body   json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(raw, &entry); err != nil {
		return false, fmt.Errorf("entry %d cannot be read: %w", seq, err)
	}
	kind := eventsByName[entry.Action]
	if kind == nil {
		return true, nil // a word in the body of something else
	}
	event, err := kind.decode(entry.Body)
	if err != nil {
		return false, fmt.Errorf("entry %d cannot be read: %w", seq, err)
	}
	switch e := event.(type) {
	case rollout.Opened:
		if e.Rollout.ID == p.view.ID {
			p.open(e, entry.At)
		}
	case rollout.Moved:
		if i, known := p.place[e.Ad]; known && e.Rollout == p.view.ID {
			p.moved(seq, i, e, entry.At)
		}
	case rollout.Stopped:
		if e.Rollout == p.view.ID {
			p.stopped(seq, e, entry.At)
		}
	case rollout.Reopened:
		if e.Rollout == p.view.ID {
			p.turned(seq, e.Apply(p.rollout), entry.At)
		}
	}
	return len(p.steps) < MostReplaySteps, nil
}

func (p *Replay) open(e rollout.Opened, at time.Time) {
	p.rollout, p.at = e.Rollout, at
	for _, ad := range e.Advertisements {
		if i, known := p.place[ad.ID]; known {
			p.ads[i], p.first[i].Delivery = ad, ad.Delivery
		}
	}
}

// moved folds a transition and keeps what its cell shows from then on.
func (p *Replay) moved(seq uint64, i int, m rollout.Moved, at time.Time) {
	before := p.rollout
	p.rollout, p.ads[i] = m.Apply(p.rollout, p.ads[i], at)
	ad := &p.ads[i]
	step := replayStep{seq: seq, at: at.UnixNano(), cell: int32(i), before: p.newest[i], window: none, shows: p.shown(ad)}
	if w, known := p.window[m.Window]; known && m.Scores != nil {
		step.window, step.scoreWas, step.score = int16(w), int32(before.Scores[m.Window]), int32(p.rollout.Scores[m.Window])
	}
	p.newest[i] = int32(len(p.steps))
	p.steps = append(p.steps, step)
}

func (p *Replay) shown(ad *rollout.Advertisement) replayShown {
	var c Cell
	c.judge(ad)
	s := replayShown{delivery: p.text(string(ad.Delivery)), compliance: p.text(string(ad.Compliance)), why: p.text(c.Why), code: p.text(c.Code),
		class: p.text(c.Class), drain: p.text(string(ad.Drain)), since: ad.Since.UnixNano(), attempt: int32(ad.Attempts)}
	for n := range s.before {
		s.before[n], s.after[n] = int32(ad.Before[n]), int32(ad.After[n])
	}
	return s
}

// stopped keeps a change of the rollout's own state. Resuming forgets the scores, which a step of its own for each window says.
func (p *Replay) stopped(seq uint64, e rollout.Stopped, at time.Time) {
	before := p.rollout
	p.turned(seq, e.Apply(p.rollout, at), at)
	for id, score := range before.Scores {
		if w, known := p.window[id]; known && p.rollout.Scores[id] != score {
			p.steps = append(p.steps, replayStep{seq: seq, at: at.UnixNano(), cell: none, before: none, window: int16(w), scoreWas: int32(score), score: int32(p.rollout.Scores[id])})
		}
	}
}

// turned keeps a step to another state of the rollout.
func (p *Replay) turned(seq uint64, to rollout.Rollout, at time.Time) {
	before := p.rollout
	p.rollout = to
	p.steps = append(p.steps, replayStep{seq: seq, at: at.UnixNano(), cell: none, before: none, window: none, stopped: true,
		state: p.text(string(to.State)), stateWas: p.text(string(before.State)), why: p.text(stopWords(to.Stop)), whyWas: p.text(stopWords(before.Stop))})
}

func stopWords(s *rollout.Stop) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%s by %s: %s", s.To, s.By, s.Reason)
}

// text gives the number of a text.
func (p *Replay) text(words string) uint32 {
	n, known := p.textAt[words]
	if !known {
		n = uint32(len(p.texts))
		p.texts = append(p.texts, words)
		p.textAt[words] = n
	}
	return n
}

// Ready ends the filling: the replay stands before its first step, and what only the filling needed is given back.
func (p *Replay) Ready() {
	v := &p.view
	v.Counts, v.Stop, v.State, v.Ended = rollout.Counts{}, nil, rollout.Active, time.Time{}
	for i := range v.Windows {
		v.Windows[i].Counts, v.Windows[i].Score = rollout.Counts{}, 0
	}
	began := p.at
	for i := range v.Cells {
		c := &v.Cells[i]
		*c = Cell{ID: c.ID, Server: c.Server, Name: c.Name, Site: c.Site, OS: c.OS, Owner: c.Owner, Cluster: c.Cluster, Window: c.Window, Delivery: p.first[i].Delivery, Since: began}
		if c.Delivery == "" {
			c.Delivery = rollout.NotReceived // the part of the trail that opened it was not given
		}
		p.count(c, 1)
	}
	p.first = slices.Clone(v.Cells)
	p.ads, p.place, p.newest, p.textAt, p.window = nil, nil, nil, nil, nil
	p.move(began)
}

func (p *Replay) count(c *Cell, by int) {
	tally := func(counts rollout.Counts) {
		if counts[c.Delivery] += by; counts[c.Delivery] == 0 {
			delete(counts, c.Delivery)
		}
	}
	tally(p.view.Counts)
	for i := range p.view.Windows {
		if p.view.Windows[i].ID == c.Window {
			tally(p.view.Windows[i].Counts)
		}
	}
}

// Len is the number of steps, and Done how many of them lie behind.
func (p *Replay) Len() int  { return len(p.steps) }
func (p *Replay) Done() int { return p.done }

// At is where the replay stands in time.
func (p *Replay) At() time.Time { return p.at }

// Span is from the first step to the last.
func (p *Replay) Span() (from, to time.Time) {
	if len(p.steps) == 0 {
		return p.at, p.at
	}
	return time.Unix(0, p.steps[0].at).UTC(), time.Unix(0, p.steps[len(p.steps)-1].at).UTC()
}

// Seek goes to an instant: everything up to it has happened.
func (p *Replay) Seek(at time.Time) {
	to := at.UnixNano()
	for p.done < len(p.steps) && p.steps[p.done].at <= to {
		p.forward()
	}
	for p.done > 0 && p.steps[p.done-1].at > to {
		p.back()
	}
	p.move(at)
}

// Step goes on by so many steps, or back, and stands at the moment of the step that it came to, or just before the first.
func (p *Replay) Step(by int) {
	for ; by > 0 && p.done < len(p.steps); by-- {
		p.forward()
	}
	for ; by < 0 && p.done > 0; by++ {
		p.back()
	}
	switch {
	case p.done > 0:
		p.move(time.Unix(0, p.steps[p.done-1].at).UTC())
	case len(p.steps) > 0:
		p.move(time.Unix(0, p.steps[0].at-1).UTC()) // just before anything happened
	}
}

// Trouble goes on to the next failure, loss or stop, or back to the one before; it tells whether there is one.
func (p *Replay) Trouble(back bool) bool {
	from, by := p.done, 1
	if back {
		from, by = p.done-2, -1 // it stands at the step before p.done
	}
	for i := from; i >= 0 && i < len(p.steps); i += by {
		if p.troubles(&p.steps[i]) {
			p.Step(i + 1 - p.done)
			return true
		}
	}
	return false
}

func (p *Replay) troubles(s *replayStep) bool {
	if s.cell == none {
		return s.stopped && p.texts[s.state] != string(rollout.Active)
	}
	d := rollout.Delivery(p.texts[s.shows.delivery])
	was := p.first[s.cell].Delivery
	if s.before != none {
		was = rollout.Delivery(p.texts[p.steps[s.before].shows.delivery])
	}
	return d != was && (d == rollout.Failed || d == rollout.Unreachable || d == rollout.Unknown)
}

func (p *Replay) forward() {
	s := &p.steps[p.done]
	p.done++
	if s.cell != none {
		p.show(s.cell, &s.shows)
	}
	p.apply(s.window, s.score, s.stopped, s.state, s.why)
}

func (p *Replay) back() {
	p.done--
	s := &p.steps[p.done]
	switch {
	case s.cell == none:
	case s.before == none:
		c := &p.view.Cells[s.cell]
		p.count(c, -1)
		*c = p.first[s.cell]
		p.count(c, 1)
	default:
		p.show(s.cell, &p.steps[s.before].shows)
	}
	p.apply(s.window, s.scoreWas, s.stopped, s.stateWas, s.whyWas)
}

// apply brings score and state of the rollout to what they are on one side of a step.
func (p *Replay) apply(window int16, score int32, stopped bool, state, why uint32) {
	if window != none {
		p.view.Windows[window].Score = int(score)
	}
	if !stopped {
		return
	}
	p.view.State, p.view.Stop = rollout.State(p.texts[state]), nil
	if words := p.texts[why]; words != "" && p.view.State != rollout.Active && p.view.State != rollout.Closed {
		p.view.Stop = &rollout.Stop{To: p.view.State, Reason: words}
	}
}

func (p *Replay) show(cell int32, s *replayShown) {
	c := &p.view.Cells[cell]
	p.count(c, -1)
	c.Delivery, c.Compliance, c.Drain = rollout.Delivery(p.texts[s.delivery]), rollout.Compliance(p.texts[s.compliance]), rollout.Drain(p.texts[s.drain])
	c.Why, c.Code, c.Class, c.Attempt = p.texts[s.why], p.texts[s.code], p.texts[s.class], int(s.attempt)
	c.Since = time.Unix(0, s.since).UTC()
	for n := range s.before {
		c.Before[n], c.After[n] = int(s.before[n]), int(s.after[n])
	}
	p.count(c, 1)
}

// move stands at an instant: the window that is open then, and the rate of the half hour before it.
func (p *Replay) move(at time.Time) {
	p.at = at
	v := &p.view
	v.Current = slices.IndexFunc(v.Windows, func(w WindowView) bool { return at.Before(w.Closes) })
	succeeded, from := 0, at.Add(-rateSpan).UnixNano()
	for i := p.done - 1; i >= 0 && p.steps[i].at >= from; i-- {
		if s := &p.steps[i]; s.cell != none && p.texts[s.shows.delivery] == string(rollout.Succeeded) {
			succeeded++
		}
	}
	v.Rate = float64(succeeded) / rateSpan.Hours()
}

// View is the rollout as it stood. It changes with the replay: who wants to keep it clones it.
func (p *Replay) View() *RolloutView { return &p.view }

// Snapshot is the same as a value of its own.
func (p *Replay) Snapshot() RolloutView {
	v := p.view
	v.Cells, v.Counts, v.Windows = slices.Clone(v.Cells), maps.Clone(v.Counts), slices.Clone(v.Windows)
	for i := range v.Windows {
		v.Windows[i].Counts = maps.Clone(v.Windows[i].Counts)
	}
	return v
}

// Words tell the step that the replay stands at: which entry of the trail it is, and what happened to whom.
func (p *Replay) Words() (seq uint64, words string) {
	if p.done == 0 {
		return 0, "before its first step"
	}
	s := &p.steps[p.done-1]
	if s.cell == none {
		return s.seq, "the rollout is " + string(p.view.State) + " " + p.texts[s.why]
	}
	c := &p.view.Cells[s.cell]
	words = c.Name + " " + string(c.Delivery)
	if c.Why != "" {
		words += ": " + c.Why
	}
	return s.seq, words
}

// Troubles are the moments at which something went wrong, in order.
func (p *Replay) Troubles() []time.Time {
	var list []time.Time
	for i := range p.steps {
		if p.troubles(&p.steps[i]) {
			list = append(list, time.Unix(0, p.steps[i].at).UTC())
		}
	}
	return list
}

// Cell is whose step the replay stands at; false when it is the rollout's own, or there is none.
func (p *Replay) Cell() (index int, ok bool) {
	if p.done == 0 || p.steps[p.done-1].cell == none {
		return 0, false
	}
	return int(p.steps[p.done-1].cell), true
}
