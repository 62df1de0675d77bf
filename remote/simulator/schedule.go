package simulator

import (
	"container/heap"
	"sync"
	"time"
)

// schedule wakes servers when something is due on them: one heap and one timer for the whole fleet. A wake-up that
// turns out to be needless is harmless, so nothing is ever taken out of the heap early.
type schedule struct {
	clock clock
	mu    sync.Mutex
	heap  dueHeap
	wake  chan struct{} // tells run that an earlier moment was added
}

type due struct {
	at   time.Time
	host *host
}

func newSchedule(c clock) *schedule { return &schedule{clock: c, wake: make(chan struct{}, 1)} }

// add asks for a visit to the host at a moment of fleet time.
func (s *schedule) add(at time.Time, h *host) {
	s.mu.Lock()
	heap.Push(&s.heap, due{at, h})
	first := s.heap[0].host == h && s.heap[0].at.Equal(at)
	s.mu.Unlock()
	if first {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// take removes the hosts that are due by now, and tells when the next one is; ok is false when none is left.
func (s *schedule) take(now time.Time) (hosts []*host, next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.heap) > 0 && !s.heap[0].at.After(now) {
		hosts = append(hosts, heap.Pop(&s.heap).(due).host)
	}
	if len(s.heap) == 0 {
		return hosts, time.Time{}, false
	}
	return hosts, s.heap[0].at, true
}

// run visits hosts until stop is closed.
func (s *schedule) run(stop <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		hosts, next, ok := s.take(s.clock.now())
		for _, h := range hosts {
			h.visit()
		}
		wait := time.Hour
		if ok {
			// Never less than a millisecond: at high speed many moments fall into one, and are taken together.
			wait = max(s.clock.until(next), time.Millisecond)
		}
		timer.Reset(wait)
		select {
		case <-stop:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = due{}
	*h = old[:len(old)-1]
	return last
}
