package wsman

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Endpoint is the WinRM service of one simulated server. It costs one goroutine, and one more for each connection and
// each running command.
type Endpoint struct {
	listener net.Listener
	machine  Machine
	options  Options
	name     string
	serving  sync.WaitGroup

	mutex       sync.Mutex // guards everything below; a connection's own mutex is taken inside it, never around it
	closed      bool
	boot        int
	connections map[*connection]struct{}
	shells      map[string]*shell
	ended       []string             // the shells that ended last, oldest first
	wrong       map[string]*failures // by account
}

// Serve answers for machine on listener until Close. Zero quotas are Windows' defaults.
func Serve(listener net.Listener, machine Machine, options Options) *Endpoint {
	options.Quotas = options.Quotas.withDefaults()
	if options.Now == nil {
		options.Now = time.Now
	}
	e := &Endpoint{listener: listener, machine: machine, options: options, name: "WIN-SIMULATED", boot: machine.Boot()}
	if named, ok := machine.(Named); ok {
		e.name = named.ComputerName()
	}
	e.serving.Add(1)
	go e.accept()
	return e
}

// Close stops listening, closes every connection and ends every command. It returns when no connection is served any
// more; it does not wait for Machine.Run.
func (e *Endpoint) Close() error {
	err := e.listener.Close()
	e.mutex.Lock()
	e.closed = true
	e.forgetShells()
	for c := range e.connections {
		c.reset()
	}
	e.mutex.Unlock()
	e.serving.Wait()
	return err
}

// Drop tells that the machine went down: its shells are gone, their commands end, and every connection is silenced when
// the machine is Silent, reset otherwise, or closed where the machine is Polite. Whatever a silenced connection sends after the machine is back is reset, as by
// a kernel that does not know it. Drop asks where the machine is and whether it is Polite; nothing else of it is called under a lock of this
// package.
func (e *Endpoint) Drop() {
	silent := e.machine.Reach() == Silent
	polite, _ := e.machine.(Polite)
	closes := polite != nil && polite.ClosesConnections()
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.forgetShells()
	for c := range e.connections {
		switch {
		case silent:
			c.silence()
		case closes:
			c.finish()
		default:
			c.reset()
		}
	}
}

// FailedLogons tells how many wrong passwords in a row an account has seen.
func (e *Endpoint) FailedLogons(user string) int {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.failuresOf(accountKey(user)).count
}

// Unlock opens a locked account, as an administrator would.
func (e *Endpoint) Unlock(user string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	delete(e.wrong, accountKey(user))
}

// acceptPause is how long the listener rests when the process has no descriptors left.
const acceptPause = 10 * time.Millisecond

func (e *Endpoint) accept() {
	defer e.serving.Done()
	for {
		conn, err := e.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			if e.isClosed() {
				return
			}
			time.Sleep(acceptPause)
			continue
		}
		c := newConnection(e, conn)
		if !e.admit(c) {
			c.reset()
			continue
		}
		go func() {
			defer e.serving.Done()
			defer e.dismiss(c)
			c.serve()
		}()
	}
}

func (e *Endpoint) isClosed() bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.closed
}

func (e *Endpoint) admit(c *connection) bool {
	if e.machine.Reach() == Refusing {
		return false
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.closed || len(e.connections) >= e.options.Quotas.MaxConnections {
		return false
	}
	if e.connections == nil {
		e.connections = make(map[*connection]struct{})
	}
	e.connections[c] = struct{}{}
	e.serving.Add(1)
	return true
}

func (e *Endpoint) dismiss(c *connection) {
	e.mutex.Lock()
	delete(e.connections, c)
	e.mutex.Unlock()
	c.close()
}
