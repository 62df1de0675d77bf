package remote

import (
	"context"
	"sync"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/soap"
)

// Keys of log lines.
const (
	logServer = "server"
	logScript = "script"
	logError  = "error"
	logNoise  = "noise"
)

// Fleet reaches servers over WinRM. It is safe for many callers at once.
type Fleet struct {
	options Options
	limits  *limits
	idle    *idle
	reach   *reach

	open  context.Context // ends when the fleet is closed
	close context.CancelFunc

	tidying chan struct{} // places for work that deletes shells in the background
	tidied  sync.WaitGroup

	mutex    sync.Mutex
	closed   bool // no more calls
	tidy     bool // no more background work
	calls    sync.WaitGroup
	hosts    map[road]*host
	accounts map[string]*account
}

var _ engine.Fleet = (*Fleet)(nil)

const (
	// tidyPlaces bounds how many shells are deleted at once in the background; what finds no place is left to time out.
	tidyPlaces = 64
	// tidyTime is how long deleting one shell may take, and closing all of them together.
	tidyTime = 3 * time.Second
)

// New makes a fleet. It connects to nothing until it is asked something.
func New(options Options) *Fleet {
	f := &Fleet{options: options.withDefaults(), tidying: make(chan struct{}, tidyPlaces),
		hosts: map[road]*host{}, accounts: map[string]*account{}}
	f.limits = newLimits(f.options.FleetLimit, f.options.SiteLimit)
	f.reach = newReach(&f.options)
	f.idle = newIdle(f.options.OpenLimit - f.options.FleetLimit)
	f.open, f.close = context.WithCancel(context.Background())
	return f
}

// Close ends running calls, deletes the shells that are open, within a short time, and closes every connection.
func (f *Fleet) Close() error {
	f.mutex.Lock()
	f.closed = true
	f.mutex.Unlock()
	f.close()
	f.calls.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), tidyTime)
	defer cancel()
	places := make(chan struct{}, tidyPlaces)
	var finished sync.WaitGroup
	for _, h := range f.idle.all() {
		if f.seize(h) {
			finished.Go(func() {
				places <- struct{}{}
				h.finish(ctx)
				<-places
			})
		}
	}
	finished.Wait()
	f.mutex.Lock()
	f.tidy = true
	f.mutex.Unlock()
	f.tidied.Wait()
	return nil
}

// host finds or makes the host of a target and counts the call that is about to use it.
func (f *Fleet) host(target engine.Target) (*host, *rollout.Failure) {
	way, err := roadTo(target)
	if err != nil {
		return nil, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-CONFIG", Words: clean(err.Error(), longWords)}
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.closed {
		return nil, &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-CLOSED", Words: "patchdeck is closing", Retry: true}
	}
	f.calls.Add(1)
	if h := f.hosts[way]; h != nil {
		return h, nil
	}
	a := f.accounts[way.credential]
	if a == nil {
		a = newAccount(way.credential, &f.options)
		f.accounts[way.credential] = a
	}
	h := &host{road: way, account: a, options: &f.options, sweep: f.sweep, reach: f.reach, silence: f.reach.newHostBreaker(),
		turn: make(chan struct{}, 1)}
	f.hosts[way] = h
	return h, nil
}

// converse runs one script on a host, in its turn and within all limits.
func (f *Fleet) converse(ctx context.Context, h *host, o *order) (out output, sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.options.CallLimit)
	defer cancel()
	defer context.AfterFunc(f.open, cancel)()
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return output{}, false, waited{ctx.Err()}
	}
	f.idle.leave(h)
	defer f.release(h)
	if failure := f.reach.refuse(h); failure != nil {
		return output{}, false, failure
	}
	leave, err := f.limits.enter(ctx, h.site)
	if err != nil {
		return output{}, false, waited{err}
	}
	defer leave()
	if failure := f.reach.admit(h); failure != nil { // those before us in the queue may have found out
		return output{}, false, failure
	}
	out, sent, err = h.run(ctx, o)
	f.reach.end(h, err)
	return out, sent, err
}

// waited is the end of a call that never got its turn.
type waited struct{ error }

// release gives the turn back. A host that keeps a connection is listed as idle, which may put another one out.
func (f *Fleet) release(h *host) {
	open := h.conn != nil
	<-h.turn
	if !open {
		return
	}
	// The next call may have begun already: then it lists the host again when it ends.
	if evicted := f.idle.enter(h, f.options.IdleLimit, func() { f.retire(h) }); evicted != nil {
		f.retire(evicted)
	}
}

// seize takes the turn of an unused host whose connection is about to be closed.
func (f *Fleet) seize(h *host) bool {
	select {
	case h.turn <- struct{}{}:
		f.idle.leave(h)
		return true
	default:
		return false
	}
}

// retire closes an unused host's shell and connection in the background. A host that is in use again is left alone.
func (f *Fleet) retire(h *host) {
	if !f.seize(h) {
		return
	}
	finish := func(ctx context.Context) {
		h.finish(ctx)
		<-h.turn
	}
	if !f.inBackground(finish) {
		h.leave()
		<-h.turn
	}
}

// sweep deletes a shell whose connection was given up, over a connection of its own. What it cannot delete the host's next
// conversation does.
func (f *Fleet) sweep(h *host, shell string) {
	left := &host{road: h.road, account: h.account, options: h.options, reach: h.reach, shell: shell}
	begun := f.inBackground(func(ctx context.Context) {
		var err error
		if left.conn, err = left.dial(ctx); err == nil {
			err = left.exchange(ctx, &soap.Request{Action: soap.Delete}, new(soap.Reply))
			left.hangUp()
		}
		if err != nil && !isFault(err, soap.Gone) {
			f.options.Logger.Debug("a shell was left behind", logServer, h.address, logError, clean(err.Error(), longWords))
			h.left.add(shell)
		}
	})
	if !begun {
		h.left.add(shell)
	}
}

// inBackground runs work unless there is too much of it already or the fleet is closed.
func (f *Fleet) inBackground(work func(context.Context)) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.tidy {
		return false
	}
	select {
	case f.tidying <- struct{}{}:
	default:
		return false
	}
	f.tidied.Go(func() {
		defer func() { <-f.tidying }()
		ctx, cancel := context.WithTimeout(context.Background(), tidyTime)
		defer cancel()
		work(ctx)
	})
	return true
}
