package serve

import (
	"sync"
	"time"
)

const (
	// placesKept is how long a person who lost their session may take to come back to where they were.
	placesKept = time.Hour
	// mostPlace bounds what is kept for one person, in bytes: for each screen a filter (500 characters at most), an order, columns
	// and what is selected.
	mostPlace = 16 << 10
)

// places keeps where people were in their consoles, by name, so that a lost session is taken up where it was. It knows nothing of what
// a place says. Several consoles of one person share one place: the newest counts.
type places struct {
	mu   sync.Mutex
	left map[string]place
}

type place struct {
	state []byte
	until time.Time
}

// keep remembers where a person is from now on; nothing forgets it, and so does more than is kept.
func (p *places) keep(name string, state []byte, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for other, place := range p.left {
		if !now.Before(place.until) {
			delete(p.left, other)
		}
	}
	if len(state) == 0 || len(state) > mostPlace {
		delete(p.left, name)
		return
	}
	if p.left == nil {
		p.left = map[string]place{}
	}
	p.left[name] = place{append([]byte(nil), state...), now.Add(placesKept)}
}

// touch lets the time run from now on: the person's session has just ended.
func (p *places) touch(name string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if place, ok := p.left[name]; ok && now.Before(place.until) {
		place.until = now.Add(placesKept)
		p.left[name] = place
	}
}

// recall gives where a person was; nothing when that is unknown or too long ago.
func (p *places) recall(name string, now time.Time) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	place, ok := p.left[name]
	if !ok || !now.Before(place.until) {
		return nil
	}
	return append([]byte(nil), place.state...)
}
