package wsman

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
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
	shell   *shell
	id      string
	line    string
	user    string
	input   []byte
	waiting bool // for the end of standard input
	ended   bool // the program has ended, exit is whole
	exit    Exit // its output without what was sent and forgotten
	context context.Context
	cancel  context.CancelFunc

	conversation Conversation // nil for a program that takes its input as a whole
	answering    bool         // a line is being answered
	inputEnded   bool

	message  string                       // the request that the latest reply answered
	sent     struct{ output, errors int } // bytes at the beginning of exit's output that the latest reply carried
	receiver *connection
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
	if len(e.ended) == rememberedShells {
		e.ended = e.ended[1:]
	}
	e.ended = append(e.ended, shellKey(s.id))
}

// rememberedShells is of how many shells that ended the service remembers that they were.
const rememberedShells = 64

// noShell is the failure of a request to a shell that is not there. Of one that it had, the service says so through its
// provider of shells.
func (e *Endpoint) noShell(id string) failure {
	if slices.Contains(e.ended, shellKey(id)) {
		return shellEnded
	}
	return shellNotFound
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

// others counts the users that have shells, but for one of them.
func (e *Endpoint) others(user string) int {
	owners := make(map[string]bool)
	for _, s := range e.shells {
		if !strings.EqualFold(s.owner, user) {
			owners[strings.ToLower(s.owner)] = true
		}
	}
	return len(owners)
}

// runningOf counts the commands of a user that run, in all shells.
func (e *Endpoint) runningOf(user string) (count int) {
	for _, s := range e.shells {
		if strings.EqualFold(s.owner, user) {
			count += s.running()
		}
	}
	return count
}

// held is how much input and output of its commands a shell keeps, in bytes.
func (s *shell) held() (size int) {
	for _, c := range s.commands {
		size += len(c.input) + len(c.exit.Stdout) + len(c.exit.Stderr)
	}
	return size
}

// produce adds to the output of a command. A process that needs more than its shell has left is ended.
func (e *Endpoint) produce(c *command, exit Exit) {
	if c.shell.held()+len(exit.Stdout)+len(exit.Stderr) > e.options.Quotas.MaxMemoryPerShell {
		exit = Exit{Code: noMemory, Stderr: []byte("Not enough memory resources are available to process this command.\r\n")}
	}
	if c.conversation == nil {
		c.exit = exit
		return
	}
	c.exit.Code = exit.Code
	c.exit.Stdout = append(c.exit.Stdout, exit.Stdout...)
	c.exit.Stderr = append(c.exit.Stderr, exit.Stderr...)
}

// noMemory is STATUS_NO_MEMORY, as a signed exit code.
const noMemory = -1073741801

// hasMore tells whether there is output that no reply carried yet.
func (c *command) hasMore() bool {
	return c.sent.output < len(c.exit.Stdout) || c.sent.errors < len(c.exit.Stderr)
}

// converse lets the program answer the next line of its input, if there is one and none is being answered.
func (e *Endpoint) converse(c *command) {
	if c.answering || c.ended {
		return
	}
	line, rest, whole := bytes.Cut(c.input, []byte("\n"))
	switch {
	case !whole && !c.inputEnded:
		return
	case !whole && len(line) == 0:
		e.end(c)
		return
	}
	c.input, c.answering = rest, true
	go func() {
		exit := c.conversation(c.context, bytes.TrimSuffix(line, []byte("\r")))
		e.mutex.Lock()
		defer e.mutex.Unlock()
		c.answering = false
		e.produce(c, exit)
		if c.exit.Code != 0 {
			e.end(c)
			return
		}
		e.converse(c)
		c.notify()
	}()
}

// end makes a command one that has ended.
func (e *Endpoint) end(c *command) {
	c.ended, c.input = true, nil
	c.cancel()
	c.notify()
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
		e.produce(c, exit)
		e.end(c)
	}()
}
