package remote

import (
	"container/list"
	"sync"
	"time"
)

// idle lists the hosts whose connections wait for their next call, longest waiting first.
type idle struct {
	mutex  sync.Mutex
	order  *list.List // of *waiting
	places map[*host]*list.Element
	most   int
}

// waiting is a host that keeps its connection, until its timer or its place in the list says otherwise.
type waiting struct {
	host  *host
	timer *time.Timer
}

func newIdle(most int) *idle {
	return &idle{order: list.New(), places: map[*host]*list.Element{}, most: max(most, 1)}
}

// enter lists a host that finished a call, behind all others; tooLong runs when it has waited for limit. It gives the host that must go
// instead when the list is full.
func (i *idle) enter(h *host, limit time.Duration, tooLong func()) (evicted *host) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.remove(h)
	i.places[h] = i.order.PushBack(&waiting{h, time.AfterFunc(limit, tooLong)})
	if i.order.Len() <= i.most {
		return nil
	}
	oldest := i.order.Front().Value.(*waiting).host
	i.remove(oldest)
	return oldest
}

// leave takes a host off the list; one that is not on it is no mistake.
func (i *idle) leave(h *host) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.remove(h)
}

func (i *idle) remove(h *host) {
	if place, ok := i.places[h]; ok {
		place.Value.(*waiting).timer.Stop()
		i.order.Remove(place)
		delete(i.places, h)
	}
}

// all empties the list.
func (i *idle) all() []*host {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	hosts := make([]*host, 0, len(i.places))
	for h := range i.places {
		hosts = append(hosts, h)
	}
	for _, h := range hosts {
		i.remove(h)
	}
	return hosts
}
