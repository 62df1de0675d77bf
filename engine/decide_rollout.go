package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// holdSteps is what a person may do to a rollout as a whole.
var holdSteps = map[string]struct {
	from []rollout.State
	to   rollout.State
}{
	"pause":  {[]rollout.State{rollout.Active}, rollout.Paused},
	"halt":   {[]rollout.State{rollout.Active, rollout.Paused}, rollout.Halted},
	"resume": {[]rollout.State{rollout.Paused, rollout.Halted}, rollout.Active},
	"close":  {[]rollout.State{rollout.Active, rollout.Paused, rollout.Halted}, rollout.Closed},
}

func (e *Engine) hold(actor approval.Actor, c Hold, now time.Time) (string, error) {
	step, ok := holdSteps[c.Step]
	r := e.state.rollouts[c.Rollout]
	switch {
	case !ok:
		return "", fmt.Errorf("step %q is not known: use pause, halt, resume or close", c.Step)
	case r == nil:
		return "", fmt.Errorf("rollout %q is not known: %s", c.Rollout, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	case !slices.Contains(step.from, r.State):
		return "", approval.Clash("%s is %s: to %s it is not possible now", r.ID, r.State, c.Step)
	}
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	if c.Step == "close" {
		return e.closeByPerson(actor, r, c.Reason, now)
	}
	e.must(rollout.Stopped{Rollout: r.ID, From: r.State, To: step.to, Rule: rollout.RulePerson, Reason: c.Reason, By: actor.Name}, actor, c.Reason, now)
	counts := e.counts(r.ID)
	return fmt.Sprintf("%s is %s; %d of its %d servers are through", r.ID, step.to, counts.Targeted()-counts.Open(), counts.Targeted()), nil
}

// closeByPerson ends what has not started; the rollout closes by itself when what runs is through.
func (e *Engine) closeByPerson(actor approval.Actor, r *rollout.Rollout, reason string, now time.Time) (string, error) {
	ended, running := e.endUnstarted(actor, r, reason, now)
	return fmt.Sprintf("%s: %d servers will not start, %d still finish", r.ID, ended, running), nil
}

// endUnstarted ends every advertisement of a rollout that has not started, and lets nobody start any more.
func (e *Engine) endUnstarted(actor approval.Actor, r *rollout.Rollout, reason string, now time.Time) (ended, running int) {
	for _, adID := range e.state.adsOf[r.ID] {
		ad := e.state.ads[adID]
		if ad.Delivery.Final() {
			continue
		}
		m, err := ad.Narrow(rollout.NotStarted, reason)
		if err != nil {
			running++
			continue
		}
		e.must(*m, actor, reason, now)
		ended++
	}
	if r.State == rollout.Active {
		e.must(rollout.Stopped{Rollout: r.ID, From: r.State, To: rollout.Paused, Rule: rollout.RulePerson, Reason: reason, By: actor.Name}, actor, reason, now)
	}
	return ended, running
}

func (e *Engine) skip(actor approval.Actor, c Skip, now time.Time) (string, error) {
	return e.each(actor, c.Rollout, c.Servers, c.Reason, now, "skipped", func(_ *rollout.Rollout, ad *rollout.Advertisement) (*rollout.Moved, error) {
		return ad.Narrow(rollout.Cancelled, c.Reason)
	})
}

// each applies one decision to several servers of a rollout, all or none.
func (e *Engine) each(actor approval.Actor, id string, servers []inventory.ServerID, reason string, now time.Time, done string,
	decide func(*rollout.Rollout, *rollout.Advertisement) (*rollout.Moved, error)) (string, error) {
	r := e.state.rollouts[id]
	if r == nil {
		return "", fmt.Errorf("rollout %q is not known: %s", id, known(slices.SortedFunc(maps.Keys(e.state.rollouts), byNumber)))
	}
	if r.State == rollout.Closed {
		return "", approval.Clash("%s is closed", r.ID)
	}
	return e.eachOf(actor, r, servers, reason, now, done, decide)
}

// eachOf is each for a rollout that may be closed.
func (e *Engine) eachOf(actor approval.Actor, r *rollout.Rollout, servers []inventory.ServerID, reason string, now time.Time, done string,
	decide func(*rollout.Rollout, *rollout.Advertisement) (*rollout.Moved, error)) (string, error) {
	moves, err := e.decideEach(r, servers, reason, decide)
	if err != nil {
		return "", err
	}
	return e.moveEach(actor, moves, reason, now, done), nil
}

// decideEach decides one thing for several servers of a rollout, all or none.
func (e *Engine) decideEach(r *rollout.Rollout, servers []inventory.ServerID, reason string,
	decide func(*rollout.Rollout, *rollout.Advertisement) (*rollout.Moved, error)) (moves []*rollout.Moved, err error) {
	if err := demandReason(reason); err != nil {
		return nil, err
	}
	if len(servers) == 0 {
		return nil, fmt.Errorf("no server is named")
	}
	for _, server := range slices.Compact(slices.Sorted(slices.Values(servers))) {
		ad := e.state.ads[rollout.AdvertisementID(r.ID, server)]
		if ad == nil {
			return nil, fmt.Errorf("%s is not in %s", e.nameOf(server), r.ID)
		}
		m, err := decide(r, ad)
		if err != nil {
			return nil, approval.Clash("%s: %v", e.nameOf(server), err)
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// moveEach records what was decided for several servers; their hosts are asked anew.
func (e *Engine) moveEach(actor approval.Actor, moves []*rollout.Moved, reason string, now time.Time, done string) string {
	for _, m := range moves {
		e.must(*m, actor, reason, now)
		e.contacts.put(m.Ad, rollout.Contact{})
	}
	return fmt.Sprintf("%d servers %s", len(moves), done)
}

func (e *Engine) breakLock(actor approval.Actor, c BreakLock, now time.Time) (string, error) {
	if err := demandReason(c.Reason); err != nil {
		return "", err
	}
	var busy *rollout.Advertisement
	for _, id := range slices.Sorted(maps.Keys(e.state.ads)) {
		ad := e.state.ads[id]
		if c.Cluster == "" || ad.Lock != c.Cluster && !slices.Contains(ad.Seats, c.Cluster) {
			continue
		}
		if ad.Delivery != rollout.Unknown && !ad.Delivery.Final() {
			busy = ad
			continue
		}
		e.must(lockBroken{Cluster: c.Cluster, Ad: id}, actor, c.Reason, now)
		return fmt.Sprintf("the lock of %s was taken from %s", c.Cluster, e.nameOf(ad.Server)), nil
	}
	if busy != nil {
		return "", approval.Clash("%s holds the lock of %s and is %s: it gives it back when it is through", e.nameOf(busy.Server), c.Cluster, busy.Delivery)
	}
	return "", fmt.Errorf("nobody holds a lock of cluster or group %q", c.Cluster)
}

// byNumber orders ids such as by their number.
func byNumber(a, b string) int {
	number := func(s string) int {
		n, _ := strconv.Atoi(s[strings.LastIndexByte(s, '-')+1:])
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), strings.Compare(a, b))
}
