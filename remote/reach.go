package remote

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/transport"
)

// reach remembers which servers and sites gave no sign of life, so that a call to one that is dead fails at once instead of
// holding a place until a limit passes. All pauses are wall time.
//
// A server is silent when there is no way to it, no connection or no answer. A refused connection, a failed login, a
// damaged reply are signs of life: somebody sent a packet. A site is dead when several servers in a row fell silent with no
// sign of life from any other of it; a server that was silent before proves nothing about the site, and leaves it to others to
// find out. One sign of life from any server of a site ends the doubt about the whole site.
//
// A server that restarts on our order is silent and comes back, and its caller asks in its own rhythm: for restartTime
// neither breaker holds its calls back, and its silence proves nothing. What it answers counts as from any other.
type reach struct {
	now     func() time.Time // wall time
	stamp   func() time.Time // the clock that people read
	connect time.Duration    // the limit for connecting: pauses are multiples of it

	mutex sync.Mutex // guards sites, and silence and restarting of every host
	sites map[string]*breaker
}

const (
	hostSilences = 3 // of one server, in a row
	siteSilences = 5 // of different servers of a site, in a row
	// restartTime is longer than a restart with a cumulative update on slow hardware.
	restartTime = 45 * time.Minute
)

// Silences that a breaker counts. Of a call whose name is unknown, whose time ended or whose domain gave no ticket nobody can
// say what the server did.
var (
	silences  = map[transport.Kind]bool{transport.NoRoute: true, transport.NotConnected: true, transport.NoAnswer: true}
	noWitness = map[transport.Kind]bool{transport.Ended: true, transport.UnknownName: true, transport.Misconfigured: true,
		transport.AccountRefused: true, transport.NoTicket: true, transport.NoDomain: true}
)

func newReach(o *Options) *reach {
	return &reach{now: time.Now, stamp: o.Now, connect: o.ConnectLimit, sites: map[string]*breaker{}}
}

func (r *reach) newHostBreaker() breaker { return newBreaker(hostSilences, r.connect/2, 3*r.connect) }

// site gives the breaker of a host's site. Servers that name no site have none in common.
func (r *reach) site(h *host) *breaker {
	if h.site == "" {
		return &breaker{limit: 1}
	}
	site := r.sites[h.site]
	if site == nil {
		b := newBreaker(siteSilences, r.connect, 6*r.connect)
		site = &b
		r.sites[h.site] = site
	}
	return site
}

// refuse says why a call must not be made now, or nil.
func (r *reach) refuse(h *host) *rollout.Failure {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.refusal(h, r.now())
}

// admit is refuse for a call that is about to be made; it may become the probe that finds out. Who is admitted owes an end.
func (r *reach) admit(h *host) *rollout.Failure {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := r.now()
	if failure := r.refusal(h, now); failure != nil {
		return failure
	}
	if site := r.site(h); site.open() && !now.Before(h.restarting) {
		site.probe = h
	}
	if h.silence.open() {
		h.silence.probe = h
	}
	return nil
}

func (r *reach) refusal(h *host, now time.Time) *rollout.Failure {
	if now.Before(h.restarting) {
		return nil
	}
	site := r.site(h)
	switch {
	case site.keepsOut(now), site.open() && h.silence.silences > 0 && h.silence.since.Before(site.since) && site.isFresh(now):
		return site.failure("PD-SITE-DOWN", fmt.Sprintf("site %q does not answer (%d servers, in a row)", h.site, site.silences), now)
	case h.silence.keepsOut(now):
		return h.silence.failure("PD-HOST-DOWN", fmt.Sprintf("the server does not answer (%d calls, in a row)", h.silence.silences), now)
	}
	return nil
}

func (b *breaker) failure(code, words string, now time.Time) *rollout.Failure {
	again := "is just being tried again"
	if wait := b.until.Sub(now); b.probe == nil && wait > 0 {
		again = "is tried again in " + max(wait.Round(time.Second), time.Second).String()
	}
	return &rollout.Failure{Class: rollout.ClassNetwork, Code: code, Retry: true, Words: clean(fmt.Sprintf(
		"%s since %s and %s; the last: %s", words, b.stamp.UTC().Format(time.RFC3339), again, b.last), longWords)}
}

// heard takes in a sign of life.
func (r *reach) heard(h *host) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	h.silence.answered()
	r.site(h).answered()
}

// end takes in what became of an admitted call.
func (r *reach) end(h *host, err error) {
	var trouble *transport.Error
	if !errors.As(err, &trouble) {
		trouble = &transport.Error{Kind: transport.Ended}
	}
	switch {
	case silences[trouble.Kind]:
		r.fellSilent(h, h.explainTrouble(trouble).Words)
	case !noWitness[trouble.Kind]:
		r.heard(h)
	default:
		r.mutex.Lock()
		defer r.mutex.Unlock()
		h.silence.release(h)
		r.site(h).release(h)
	}
}

func (r *reach) fellSilent(h *host, words string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now := r.now()
	if now.Before(h.restarting) {
		return
	}
	site := r.site(h)
	if newly := h.silence.silences == 0; newly || site.probe == h {
		site.silent(h, now, r.stamp(), words)
	}
	h.silence.silent(h, now, r.stamp(), words)
}

// restarts tells that a server goes down on our order.
func (r *reach) restarts(h *host) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	h.restarting = r.now().Add(restartTime)
	h.silence.answered()
}
