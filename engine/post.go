package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/notice"
	"patchdeck/engine/rollout"
)

// postOffice is what the loop knows of copies on their way; none of it is stored. A copy that is ordered in the store and not known here
// was ordered by a process that ended: what became of it is not known.
type postOffice struct {
	flying  map[string]bool // by copy: ordered by this process; true once the call began
	quiet   bool            // nothing happened since the last look that could make a notice due
	due     time.Time       // no notice is due before, if nothing happens
	roads   map[string]*road
	looked  int       // the outbox's changes as of the last look
	next    time.Time // nothing is due before, if nothing changes
	notices []NoticeView
	// noticesAt and incidentsAt are the changes that the cached parts of the view show.
	noticesAt, incidentsAt int
	incidents              []notice.Incident
}

// road is what copies share that fail together.
type road struct {
	flying   int
	silences int // attempts in a row that nobody answered
	until    time.Time
}

const (
	// mostFlying bounds the copies on one road at once; while nobody answers there it is one.
	mostFlying = 4
	// postLimit bounds one call in the wall's time.
	postLimit = 2 * time.Minute
)

func (p *postOffice) road(a notice.Addressee) *road {
	if p.roads == nil {
		p.roads, p.flying = map[string]*road{}, map[string]bool{}
	}
	name := a.Road()
	if p.roads[name] == nil {
		p.roads[name] = &road{}
	}
	return p.roads[name]
}

// lookAtNotices composes what is due and orders the copies whose time has come.
func (e *Engine) lookAtNotices(now time.Time) time.Time {
	if e.options.Notices.Templates == nil || e.clockTrouble() != "" {
		return time.Time{}
	}
	if p := &e.post; !p.quiet || !p.due.IsZero() && !now.Before(p.due) {
		p.due = e.composeDue(now)
		p.quiet = true
	}
	if e.post.looked != e.state.outbox.changes || !e.post.next.IsZero() && !now.Before(e.post.next) {
		e.post.next = e.orderCopies(now)
		e.post.looked = e.state.outbox.changes
	}
	return earlier(e.post.due, e.post.next)
}

// followForNotices notes that something happened that could make a notice due: everything but what servers and copies do one by one.
func (e *Engine) followForNotices(event any, _ approval.Actor, _ time.Time) {
	switch event.(type) {
	case rollout.Moved, factsRead, serverScanned, serverTrouble, notice.Moved:
	default:
		e.post.quiet = false
	}
}

// earlier gives the earlier of two times; the zero time is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// orderCopies records the intent for every copy that may go now, and says when the next may.
func (e *Engine) orderCopies(now time.Time) (next time.Time) {
	for _, id := range slices.SortedFunc(maps.Keys(e.state.outbox.open), inOrder) {
		d := *e.state.outbox.deliveries[id]
		r := e.post.road(d.Addressee())
		_, ours := e.post.flying[id]
		switch {
		case d.State == notice.Sending && !ours:
			lost := d.Lost("patchdeck ended while it was being sent: whether it was taken is not known", now)
			e.must(lost, engineActor, "", now)
			next = earlier(next, lost.Next)
		case d.State == notice.Sending || e.options.Notices.Posters[d.Addressee().Road()] == nil:
		case d.Next.After(now):
			next = earlier(next, d.Next)
		case r.until.After(now):
			next = earlier(next, r.until)
		case r.flying >= mostFlying || r.silences > 0 && r.flying > 0: // an answer will bring us back
		default:
			e.must(d.Order(), engineActor, "", now)
			e.post.flying[id] = false
			r.flying++
		}
	}
	return next
}

// postNotices begins the calls for what was ordered; the orders are durable by now.
func (e *Engine) postNotices(start func(func(context.Context) heard)) {
	for _, id := range slices.SortedFunc(maps.Keys(e.post.flying), inOrder) {
		if e.post.flying[id] {
			continue
		}
		e.post.flying[id] = true
		d := e.state.outbox.deliveries[id]
		m := notice.Message{Notice: *e.state.outbox.notices[d.Notice], Addressee: d.Addressee(), Token: d.Token}
		poster := e.options.Notices.Posters[m.Road()]
		start(func(ctx context.Context) heard {
			ctx, cancel := context.WithTimeout(ctx, postLimit)
			defer cancel()
			return posted{id, troubleOf(poster.Post(ctx, m))}
		})
	}
}

// posted is the end of one attempt at a copy.
type posted struct {
	id      string
	trouble *notice.Trouble
}

// troubleOf reads a sender's error; one that it did not judge leaves open whether the copy was taken.
func troubleOf(err error) *notice.Trouble {
	var t *notice.Trouble
	switch {
	case err == nil:
		return nil
	case errors.As(err, &t):
		return t
	default:
		return &notice.Trouble{Words: err.Error(), Uncertain: true}
	}
}

func (p posted) hear(e *Engine, now time.Time) {
	d := e.state.outbox.deliveries[p.id]
	delete(e.post.flying, p.id)
	r := e.post.road(d.Addressee())
	r.flying--
	if p.trouble != nil && p.trouble.Unreached {
		r.silences++
		r.until = now.Add(p.trouble.Rest(d.Addressee().Road(), r.silences))
	} else {
		r.silences, r.until = 0, time.Time{}
	}
	e.must(d.Answer(p.trouble, now), engineActor, "", now)
}

// composeDue writes every notice that is due and does not exist, and says when the next may be due.
func (e *Engine) composeDue(now time.Time) (next time.Time) {
	matters := e.matters()
	for _, release := range slices.Sorted(maps.Keys(matters)) {
		m := matters[release]
		if m.Release.Phase == approval.Closed && m.Quiet(now) {
			continue
		}
		due, later := e.noticeScene(now).Due(m)
		next = earlier(next, later)
		for _, d := range due {
			n, to := e.write(d, m, nil, engineActor, "", now)
			e.compose(n, to, engineActor, now)
		}
	}
	return earlier(earlier(next, e.climb(matters, now)), e.tellIncidents(matters, now))
}

// tellIncidents writes the notices of incidents, one a release at a time.
func (e *Engine) tellIncidents(matters map[string]notice.Matter, now time.Time) (next time.Time) {
	if len(e.state.incidents.open) == 0 {
		return time.Time{}
	}
	of := map[string][]notice.Incident{}
	for _, i := range e.state.openIncidents() {
		of[i.Release] = append(of[i.Release], i)
	}
	o := &e.state.outbox
	for _, release := range slices.Sorted(maps.Keys(of)) {
		ids, later := notice.Untold(of[release], func(id string) time.Time { return o.told[id] }, o.tellings[release], now)
		next = earlier(next, later)
		if len(ids) == 0 {
			continue
		}
		key := notice.Key(notice.Incidents, fmt.Sprintf("%s/%s/%d", release, ids[0], now.Unix()))
		n, to := e.write(notice.Due{Kind: notice.Incidents, Key: key}, matters[release], ids, engineActor, "", now)
		n.Release = release
		e.compose(n, to, engineActor, now)
	}
	return next
}

// compose records a notice and its copies. They are sent by the next look of an engine with the duty to.
func (e *Engine) compose(n notice.Notice, to []notice.Addressee, actor approval.Actor, now time.Time) {
	e.must(noticeComposed{n, n.Address(to)}, actor, "", now)
}

// longWait is after what time copies that wait are a person's matter, in the engine's time.
const longWait = time.Hour

// noticeNeeds names roads that do not take notices, and notices whose copies a person has to decide on.
func (e *Engine) noticeNeeds(_ *View, now time.Time, add addNeed) {
	e.stuckNeeds(add)
	type queue struct {
		copies int
		oldest time.Time
		words  string
	}
	queues := map[string]*queue{}
	for _, id := range slices.SortedFunc(maps.Keys(e.state.outbox.open), inOrder) {
		d := e.state.outbox.deliveries[id]
		road := d.Addressee().Road()
		q := queues[road]
		if q == nil {
			q = &queue{oldest: e.state.outbox.notices[d.Notice].At} // they come in the order of their notices
			queues[road] = q
		}
		q.copies++
		if d.Words != "" {
			q.words = ": " + d.Words
		}
	}
	for _, name := range slices.Sorted(maps.Keys(queues)) {
		q := queues[name]
		switch {
		case e.options.Notices.Posters[name] == nil && e.options.Duty == FullDuty:
			add(true, "", "%s of notices wait for %s, which is not configured any more: configure it again, or cancel them", wordCopies(q.copies), name)
		case now.Sub(q.oldest) >= longWait:
			add(true, "", "%s of notices wait for %s since %s%s", wordCopies(q.copies), name, q.oldest.In(e.options.Zone).Format("2 Jan 15:04"), q.words)
		}
	}
}

// stuckNeeds names the notices with copies that failed or whose end is not known.
func (e *Engine) stuckNeeds(add addNeed) {
	stuck := map[string]int{}
	for id := range e.state.outbox.stuck {
		stuck[e.state.outbox.deliveries[id].Notice]++
	}
	for _, id := range slices.SortedFunc(maps.Keys(stuck), byNumber) {
		add(false, id, "%s did not surely reach %d of %s: patchdeck notice show %s, then retry or cancel", id, stuck[id],
			count(e.state.outbox.notices[id].Copies, "addressee"), id)
	}
}

// wordCopies says how many copies there are.
func wordCopies(n int) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}
