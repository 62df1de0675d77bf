package remote

import (
	"context"
	"errors"
	"slices"
	"sync"

	"patchdeck/remote/soap"
)

// leftover names the shells of one server that may still be open there although nobody uses them: the reply that would have
// told was lost, and so was the attempt to delete them behind the caller's back. Each counts against the account's thirty
// until the server's own limit for unused shells, so that a server that answers too slowly for a while would be shut for
// long afterwards. The next conversation deletes them before it opens a shell of its own.
type leftover struct {
	mutex  sync.Mutex
	shells []string
}

// mostLeft bounds the list; the oldest are forgotten first, since they are the next to go by themselves.
const mostLeft = 32

func (l *leftover) add(shells ...string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.shells = append(l.shells, shells...)
	l.shells = slices.Delete(l.shells, 0, max(0, len(l.shells)-mostLeft))
}

func (l *leftover) take() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	shells := l.shells
	l.shells = nil
	return shells
}

// deleteLeftover deletes what earlier conversations left. A fault means that there is nothing to delete; after any other
// error the connection is in doubt and the rest waits for the next one.
func (h *host) deleteLeftover(ctx context.Context) error {
	shells := h.left.take()
	defer func() { h.shell = "" }()
	for i, shell := range shells {
		h.shell = shell
		var fault *faultError
		if err := h.exchange(ctx, &soap.Request{Action: soap.Delete}, new(soap.Reply)); err != nil && !errors.As(err, &fault) {
			h.left.add(shells[i:]...)
			return err
		}
	}
	return nil
}
