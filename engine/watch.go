package engine

import (
	"sync"
	"time"
)

// watchers are readers that want to know of newer views. Each has a channel of one token: a reader that is slow misses nothing but the
// count, and the loop never waits.
type watchers struct {
	mu     sync.Mutex
	ended  bool
	wakers map[chan struct{}]bool
}

func (w *watchers) add() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		close(c)
		return c, func() {}
	}
	if w.wakers == nil {
		w.wakers = map[chan struct{}]bool{}
	}
	w.wakers[c] = true
	return c, func() { w.drop(c) }
}

func (w *watchers) drop(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wakers[c] {
		delete(w.wakers, c)
		close(c)
	}
}

func (w *watchers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.wakers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (w *watchers) closeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for c := range w.wakers {
		delete(w.wakers, c)
		close(c)
	}
}

// throttle asks for something at most once in a period of the wall's time.
type throttle struct {
	every time.Duration
	timer *time.Timer
	armed bool
	last  time.Time
}

func newThrottle(every time.Duration) *throttle {
	t := &throttle{every: every, timer: time.NewTimer(time.Hour)}
	t.timer.Stop()
	return t
}

// ask arms the timer: at once when the last time is long ago, else at the end of the period.
func (t *throttle) ask() {
	if t.armed {
		return
	}
	t.armed = true
	t.timer.Reset(max(0, t.every-time.Since(t.last)))
}

// due fires when the work is due; the caller does it and calls done.
func (t *throttle) due() <-chan time.Time { return t.timer.C }

func (t *throttle) done() { t.armed, t.last = false, time.Now() }

func (t *throttle) stop() { t.timer.Stop() }
