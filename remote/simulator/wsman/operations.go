package wsman

import (
	"context"
	"net"
	"strings"
	"time"
	"unicode/utf16"

	"patchdeck/remote/simulator/wsman/soap"
)

// create opens a shell.
func (c *connection) create(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	e := c.endpoint
	e.mutex.Lock()
	defer e.mutex.Unlock()
	now := time.Now()
	e.sweep(now)
	switch {
	case e.shellsOf(x.user) >= e.options.Quotas.MaxShellsPerUser:
		return nil, failure{fault: soap.TooManyShells}
	case e.others(x.user) >= e.options.Quotas.MaxUsers:
		return nil, failure{fault: soap.TooManyUsers}
	}
	s := &shell{id: newID(), owner: x.user, idle: e.options.Quotas.ShellIdleTimeout, used: now, commands: make(map[string]*command)}
	if validID(request.ShellID) && e.shells[shellKey(request.ShellID)] == nil {
		s.id = request.ShellID
	}
	if request.IdleTimeout > 0 {
		s.idle = request.IdleTimeout
	}
	if e.shells == nil {
		e.shells = make(map[string]*shell)
	}
	e.shells[shellKey(s.id)] = s
	client, _, _ := net.SplitHostPort(c.raw.RemoteAddr().String())
	return soap.AppendCreated(nil, header, soap.Shell{
		ID: s.id, Owner: s.owner, ClientIP: client, Address: e.scheme() + x.host + "/wsman", IdleTimeout: s.idle,
	}), nil
}

func (e *Endpoint) scheme() string {
	if e.options.TLS != nil {
		return "https://"
	}
	return "http://"
}

// longerThan tells whether a line has more than so many characters, as Windows counts them: units of UTF-16. There are never
// more of them than bytes of UTF-8.
func longerThan(line string, units int) bool {
	if len(line) <= units {
		return false
	}
	for _, r := range line {
		units -= utf16.RuneLen(r)
	}
	return units < 0
}

// execute takes a command line; doc.go says when the command starts.
func (c *connection) execute(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	line := strings.Join(append([]string{request.Command}, request.Arguments...), " ")
	e := c.endpoint
	if longerThan(line, e.options.Quotas.MaxCommandLine) {
		return nil, failure{fault: soap.LineTooLong}
	}
	conversation := e.conversation(line, x.user)
	waiting := conversation == nil && e.awaitsInput(line, request)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	s, ok := e.shellOf(x.user, request.ShellID)
	switch {
	case !ok:
		return nil, e.noShell(request.ShellID)
	case s.operations >= e.options.Quotas.MaxOperations:
		return nil, failure{fault: soap.TooManyOperations}
	case e.runningOf(x.user) >= e.options.Quotas.MaxOperationsPerUser:
		return nil, failure{fault: soap.TooManyOperations}
	case s.running() >= e.options.Quotas.MaxProcessesPerShell:
		return nil, failure{fault: soap.NotEnoughQuota}
	}
	s.operations++
	started := &command{shell: s, id: newID(), line: line, user: x.user, waiting: waiting, conversation: conversation}
	if validID(request.CommandID) && s.commands[shellKey(request.CommandID)] == nil {
		started.id = request.CommandID
	}
	started.context, started.cancel = context.WithCancel(context.Background())
	s.commands[shellKey(started.id)] = started
	if started.conversation == nil && !started.waiting {
		e.run(started)
	}
	return soap.AppendStarted(nil, header, started.id), nil
}

func (e *Endpoint) conversation(line, user string) Conversation {
	if machine, ok := e.machine.(Conversing); ok {
		return machine.Converse(line, user)
	}
	return nil
}

// awaitsInput tells whether a command starts with the end of its input instead of at once.
func (e *Endpoint) awaitsInput(line string, request *soap.Request) bool {
	if reader, ok := e.machine.(InputReader); ok {
		return reader.NeedsInput(line)
	}
	console, given := request.Flag("WINRS_CONSOLEMODE_STDIN")
	return given && !console
}

// input takes a part of standard input.
func (c *connection) input(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	e := c.endpoint
	e.mutex.Lock()
	defer e.mutex.Unlock()
	s, target, err := e.commandOf(x.user, request)
	if err != nil {
		return nil, err
	}
	if !target.waiting && target.conversation == nil {
		return soap.AppendEmpty(nil, header, request.Action), nil
	}
	if len(target.input)+len(request.Input) > e.options.Quotas.MaxInput || s.held()+len(request.Input) > e.options.Quotas.MaxMemoryPerShell {
		return nil, failure{fault: soap.NotEnoughMemory}
	}
	target.input = append(target.input, request.Input...)
	target.inputEnded = target.inputEnded || request.InputEnds
	switch {
	case target.conversation != nil:
		e.converse(target)
	case target.inputEnded:
		e.run(target)
	}
	return soap.AppendEmpty(nil, header, request.Action), nil
}

func (e *Endpoint) commandOf(user string, request *soap.Request) (*shell, *command, error) {
	s, ok := e.shellOf(user, request.ShellID)
	if !ok {
		return nil, nil, e.noShell(request.ShellID)
	}
	found, ok := s.commands[shellKey(request.CommandID)]
	if !ok {
		return nil, nil, commandNotFound
	}
	return s, found, nil
}

// signal ends a command. After terminate it is forgotten; after Ctrl+C its last output can still be fetched.
func (c *connection) signal(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	e := c.endpoint
	e.mutex.Lock()
	defer e.mutex.Unlock()
	s, target, err := e.commandOf(x.user, request)
	if err != nil {
		return nil, err
	}
	switch request.SignalCode {
	case soap.SignalTerminate:
		s.drop(target)
	case soap.SignalControlC, soap.SignalBreak:
		target.cancel()
		if target.waiting || target.conversation != nil && !target.answering && !target.ended {
			target.waiting, target.exit.Code = false, interrupted
			e.end(target)
		}
	}
	return soap.AppendEmpty(nil, header, request.Action), nil
}

// interrupted is STATUS_CONTROL_C_EXIT, as a signed exit code.
const interrupted = -1073741510

// delete closes a shell.
func (c *connection) delete(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	e := c.endpoint
	e.mutex.Lock()
	defer e.mutex.Unlock()
	s, ok := e.shellOf(x.user, request.ShellID)
	if !ok {
		return nil, e.noShell(request.ShellID)
	}
	e.forget(s)
	return soap.AppendEmpty(nil, header, request.Action), nil
}
