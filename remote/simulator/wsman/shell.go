package wsman

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// shell is an open shell. The endpoint's mutex guards it and its commands.
type shell struct {
	id         string
	owner      string
	idle       time.Duration // how long it lives without being used
	used       time.Time
	operations int // commands ever started
	commands   map[string]*command
}

// command is one command of a shell, from the request that asks for it to the signal that ends it.
type command struct {
	id      string
	line    string
	user    string
	input   []byte
	waiting bool // for the end of standard input
	ended   bool // Run has returned, exit is valid
	exit    Exit
	context context.Context
	cancel  context.CancelFunc

	delivered int    // bytes of standard output and then standard error that have been sent
	before    int    // delivered, before the latest reply
	message   string // the request that the latest reply answered
	receiver  *connection
}

// newID makes an identifier as Windows does.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// validID accepts the identifiers that clients may propose.
func validID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i, r := range id {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (r == '-') || !hyphen && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}

// forgetShells ends every command and drops every shell: the service has stopped.
func (e *Endpoint) forgetShells() {
	for _, s := range e.shells {
		e.forget(s)
	}
}

func (e *Endpoint) forget(s *shell) {
	for _, c := range s.commands {
		s.drop(c)
	}
	delete(e.shells, shellKey(s.id))
}

// drop ends a command; whoever waits for its output learns it.
func (s *shell) drop(c *command) {
	delete(s.commands, shellKey(c.id))
	c.cancel()
	c.notify()
}

// notify wakes the request that waits for output.
func (c *command) notify() {
	if c.receiver != nil {
		c.receiver.wake()
	}
}

func shellKey(id string) string { return strings.ToUpper(id) }

// settle drops the shells of an earlier boot, before every operation. The machine is asked outside the mutex, so that it
// may call Drop with locks of its own.
func (e *Endpoint) settle() {
	boot := e.machine.Boot()
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if boot > e.boot {
		e.forgetShells()
		e.boot = boot
	}
}

// sweep drops the shells that nobody has used for too long.
func (e *Endpoint) sweep(now time.Time) {
	for _, s := range e.shells {
		if len(s.commands) == 0 && now.Sub(s.used) > s.idle {
			e.forget(s)
		}
	}
}

// shellOf finds a user's shell and marks it as used.
func (e *Endpoint) shellOf(user, id string) (*shell, bool) {
	s, ok := e.shells[shellKey(id)]
	if !ok || !strings.EqualFold(s.owner, user) {
		return nil, false
	}
	s.used = time.Now()
	return s, true
}

func (e *Endpoint) shellsOf(user string) int {
	count := 0
	for _, s := range e.shells {
		if strings.EqualFold(s.owner, user) {
			count++
		}
	}
	return count
}

func (s *shell) running() int {
	count := 0
	for _, c := range s.commands {
		if !c.ended {
			count++
		}
	}
	return count
}

// run executes a command in a goroutine of its own.
func (e *Endpoint) run(c *command) {
	c.waiting = false
	task := Command{Line: c.line, Stdin: c.input, User: c.user}
	c.input = nil
	go func() {
		exit := e.machine.Run(c.context, task)
		e.mutex.Lock()
		defer e.mutex.Unlock()
		c.exit, c.ended = exit, true
		c.cancel()
		c.notify()
	}()
}
