package remote

import (
	"context"
	"sync"
)

// limits bounds how many conversations run at once, in the whole fleet and in each site.
type limits struct {
	fleet   chan struct{}
	perSite int
	mutex   sync.Mutex
	sites   map[string]chan struct{}
}

func newLimits(fleet, perSite int) *limits {
	return &limits{fleet: make(chan struct{}, fleet), perSite: perSite, sites: map[string]chan struct{}{}}
}

func (l *limits) site(name string) chan struct{} {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	site := l.sites[name]
	if site == nil {
		site = make(chan struct{}, l.perSite)
		l.sites[name] = site
	}
	return site
}

// enter waits for a place in the site first, so that a crowded site takes no places from the others.
func (l *limits) enter(ctx context.Context, siteName string) (leave func(), err error) {
	site := l.site(siteName)
	select {
	case site <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case l.fleet <- struct{}{}:
	case <-ctx.Done():
		<-site
		return nil, ctx.Err()
	}
	return func() { <-l.fleet; <-site }, nil
}
