package engine

import "time"

// heap is a priority queue; less says what comes out first.
type heap[T any] struct {
	items []T
	less  func(a, b T) bool
}

func (h *heap[T]) push(v T) {
	h.items = append(h.items, v)
	for i := len(h.items) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.less(h.items[i], h.items[parent]) {
			return
		}
		h.items[i], h.items[parent] = h.items[parent], h.items[i]
		i = parent
	}
}

// pop takes the first item out of a heap that is not empty.
func (h *heap[T]) pop() T {
	first, last := h.items[0], len(h.items)-1
	h.items[0] = h.items[last]
	var zero T
	h.items[last] = zero
	h.items = h.items[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h.less(h.items[child], h.items[least]) {
				least = child
			}
		}
		if least == i {
			return first
		}
		h.items[i], h.items[least] = h.items[least], h.items[i]
		i = least
	}
}

// agenda says when each conversation has to be looked at again if nothing else happens to it before. Setting a time anew leaves the old
// entry in the heap, where it is skipped.
type agenda struct {
	at    map[string]time.Time
	queue heap[appointment]
}

type appointment struct {
	at  time.Time
	key string
}

func newAgenda() *agenda {
	return &agenda{at: map[string]time.Time{}, queue: heap[appointment]{less: func(a, b appointment) bool { return a.at.Before(b.at) }}}
}

// set makes the appointment of a key; the zero time is none.
func (a *agenda) set(key string, at time.Time) {
	if at.IsZero() {
		delete(a.at, key)
		return
	}
	if was, ok := a.at[key]; ok && was.Equal(at) {
		return
	}
	a.at[key] = at
	a.queue.push(appointment{at, key})
}

// due takes out everybody whose time has come.
func (a *agenda) due(now time.Time, each func(key string)) {
	for len(a.queue.items) > 0 && !a.queue.items[0].at.After(now) {
		first := a.queue.pop()
		if a.current(first) {
			delete(a.at, first.key)
			each(first.key)
		}
	}
}

// next is the earliest appointment; ok is false when there is none.
func (a *agenda) next() (at time.Time, ok bool) {
	for len(a.queue.items) > 0 {
		if a.current(a.queue.items[0]) {
			return a.queue.items[0].at, true
		}
		a.queue.pop()
	}
	return time.Time{}, false
}

func (a *agenda) current(p appointment) bool {
	at, ok := a.at[p.key]
	return ok && at.Equal(p.at)
}
