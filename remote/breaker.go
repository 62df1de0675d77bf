package remote

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// breaker counts silences in a row. From a limit on it is open: calls are kept away until a pause has passed, then one is
// let through to find out. Pauses grow and are jittered, so that many sites that failed together are not asked together.
type breaker struct {
	limit    int
	pause    backoff.ExponentialBackOff
	silences int
	since    time.Time // when the first of them began, wall time
	stamp    time.Time // the same on the clock that people read
	last     string    // what the last of them looked like
	until    time.Time // open: not before, wall time
	probe    *host     // open: who is finding out
}

// jitter is how far a pause may lie from its length, as a part of it.
const jitter = 0.25

func newBreaker(limit int, first, most time.Duration) breaker {
	return breaker{limit: limit, pause: backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: most, Multiplier: 2, RandomizationFactor: jitter}}
}

func (b *breaker) open() bool { return b.silences >= b.limit }

// silent takes in one more silence. What was under way when the breaker opened says nothing new; only the silence of the
// probe, or the one that opens, begins a pause.
func (b *breaker) silent(h *host, now, stamp time.Time, words string) {
	wasOpen := b.open()
	if b.silences == 0 {
		b.since, b.stamp = now, stamp
	}
	b.silences++
	b.last = words
	if b.open() && (!wasOpen || b.probe == h) {
		b.until, b.probe = now.Add(b.pause.NextBackOff()), nil
	}
}

// answered closes the breaker.
func (b *breaker) answered() {
	if b.silences > 0 {
		b.silences, b.until, b.probe = 0, time.Time{}, nil
		b.pause.Reset()
	}
}

// release ends a probe that found out nothing: the next call is the probe.
func (b *breaker) release(h *host) {
	if b.probe == h {
		b.probe = nil
	}
}

// keepsOut tells whether a call must not be made now.
func (b *breaker) keepsOut(now time.Time) bool {
	return b.open() && (b.probe != nil || now.Before(b.until))
}

// isFresh tells whether a better probe may still come: the pause is over, or only just.
func (b *breaker) isFresh(now time.Time) bool { return now.Before(b.until.Add(b.pause.MaxInterval)) }
