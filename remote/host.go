package remote

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"patchdeck/remote/soap"
	"patchdeck/remote/transport"
)

// host is one server: a connection and a shell that are kept from call to call. Everything below turn belongs to who
// holds the turn.
type host struct {
	road
	account *account
	options *Options
	sweep   func(h *host, shell string) // deletes a shell in the background
	reach   *reach                      // guards the two below

	silence    breaker
	restarting time.Time // until then silence is what a restart looks like, wall time

	turn     chan struct{} // holds one token: calls go one by one
	conn     *transport.Conn
	shell    string
	commands int // run in the shell
	kept     kept
	left     leftover
}

// output is what a command said.
type output struct {
	stdout, stderr []byte
	exitCode       int
	ended          bool // the command is over
}

const (
	// maxOutput bounds what a command may say in all.
	maxOutput = 4 << 20
	// maxNoise bounds what is kept of standard error.
	maxNoise = 64 << 10
	// inputPiece keeps a Send, in base64, below the smallest envelope a server may insist on (150 KB).
	inputPiece = 96 << 10
	// maxInput bounds what we send; parameters are lists of updates and services.
	maxInput = 1 << 20
)

// faultError is a fault as an error.
type faultError struct {
	action soap.Action
	fault  *soap.Fault
}

func (e *faultError) Error() string { return e.action.String() + ": " + e.fault.Message }

// unbelievable is a reply that a correct server does not give.
type unbelievable struct{ error }

func isFault(err error, codes ...uint32) bool {
	var f *faultError
	if !errors.As(err, &f) {
		return false
	}
	for _, code := range codes {
		if f.fault.Code == code {
			return true
		}
	}
	return false
}

func (h *host) dial(ctx context.Context) (*transport.Conn, error) {
	login, err := h.account.get(ctx, h.address)
	if err != nil {
		return nil, err
	}
	config := h.config(login, h.options)
	config.Admit = func(ctx context.Context) (func(error), error) { return h.account.admit(ctx, h.address) }
	conn, err := transport.Dial(ctx, config)
	var trouble *transport.Error
	if errors.As(err, &trouble) && trouble.Kind == transport.AccountRefused {
		h.account.refusedByDomain()
	}
	return conn, err
}

// createShell opens a shell under a name that we propose, so that it can be deleted even when the reply is lost.
func (h *host) createShell(ctx context.Context) error {
	var reply soap.Reply
	var fault *faultError
	h.shell = soap.NewID()
	if err := h.exchange(ctx, &soap.Request{Action: soap.Create, Idle: shellIdle}, &reply); err != nil {
		if errors.As(err, &fault) {
			h.shell = ""
		}
		return err
	}
	if !believableID(reply.ShellID) {
		return unbelievable{errors.New("the server opened a shell and gave it no usable id")}
	}
	h.shell, h.commands = reply.ShellID, 0
	return nil
}

// finish closes the shell and the connection.
func (h *host) finish(ctx context.Context) {
	if h.conn != nil && h.conn.Alive() {
		h.deleteShell(ctx)
	}
	h.leave()
}

// leave gives up connection and shell without a word to the server; the shell is deleted when somebody connects again.
func (h *host) leave() {
	if h.shell != "" {
		h.left.add(h.shell)
	}
	h.hangUp()
	h.shell, h.commands = "", 0
}

// deleteShell closes the shell as well as it can: one that is left closes itself after shellIdle.
func (h *host) deleteShell(ctx context.Context) {
	if h.shell != "" && h.conn != nil {
		if err := h.exchange(ctx, &soap.Request{Action: soap.Delete}, new(soap.Reply)); err != nil && !isFault(err, soap.Gone) {
			h.options.Logger.Debug("a shell could not be deleted", logServer, h.address, logError, clean(err.Error(), longWords))
			h.left.add(h.shell)
		}
	}
	h.shell, h.commands = "", 0
}

// believableID tells whether a server's name for a shell or command is one; Windows uses GUIDs.
func believableID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return true
}

// send gives the command input, all there is when last. A server that does not take it within the operation timeout may still have it, so
// that is no error: the output will tell.
func (h *host) send(ctx context.Context, command string, input []byte, last bool) (sent bool, err error) {
	if len(input) > maxInput {
		return false, unbelievable{errors.New("the parameters are too long to send")}
	}
	for len(input) > 0 {
		piece := input[:min(len(input), inputPiece)]
		input = input[len(piece):]
		sent = len(input) == 0
		request := soap.Request{Action: soap.Send, CommandID: command, Input: piece, End: sent && last}
		if err := h.exchange(ctx, &request, new(soap.Reply)); err != nil && !isFault(err, soap.TimedOut) {
			return sent, err
		}
	}
	return sent, nil
}

// receive gathers output until the command has ended, or has written the text until, if there is one.
func (h *host) receive(ctx context.Context, command, until string) (output, error) {
	var reply soap.Reply
	pace := pace{quick: h.options.OperationTimeout / 2}
	for {
		before, had, asked := len(reply.Stdout), len(reply.Stdout)+len(reply.Stderr), time.Now()
		err := h.exchange(ctx, &soap.Request{Action: soap.Receive, CommandID: command}, &reply)
		switch {
		case isFault(err, soap.TimedOut): // nothing to tell yet
		case err != nil:
			return output{}, err
		case reply.CommandID != "" && reply.CommandID != command:
			return output{}, unbelievable{errors.New("the server gave the output of another command")}
		case len(reply.Stdout) > maxOutput:
			return output{}, unbelievable{errors.New("the script's output is longer than 4 MiB")}
		case reply.Done, until != "" && bytes.Contains(reply.Stdout[max(0, before-len(until)):], []byte(until)):
			return output{reply.Stdout, reply.Stderr, reply.ExitCode, reply.Done}, nil
		}
		gained := len(reply.Stdout)+len(reply.Stderr) > had
		reply.Stderr = reply.Stderr[:min(len(reply.Stderr), maxNoise)]
		if err := pace.wait(ctx, gained, time.Since(asked)); err != nil {
			return output{}, err
		}
	}
}

// pace keeps us from asking a server again and again that answers "nothing" at once instead of waiting.
type pace struct {
	quick time.Duration // an answer faster than this did not wait
	pause time.Duration
}

func (p *pace) wait(ctx context.Context, gained bool, took time.Duration) error {
	if gained || took >= p.quick {
		p.pause = 0
		return nil
	}
	p.pause = min(max(2*p.pause, 20*time.Millisecond), time.Second)
	timer := time.NewTimer(p.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &transport.Error{Kind: transport.Ended, Err: ctx.Err()}
	}
}

// wire is the memory of one request and its reply.
type wire struct {
	message []byte
	answer  bytes.Buffer
}

// Requests that carry input are long, and short-lived; those that wait for output are short, and there is one for every
// server in flight. They do not share memory.
var (
	wires     = sync.Pool{New: func() any { return new(wire) }}
	longWires = sync.Pool{New: func() any { return new(wire) }}
)

// back gives the memory back, unless a very long message made it big.
func (w *wire) back(pool *sync.Pool) {
	const most = 256 << 10
	if cap(w.message) <= most && w.answer.Cap() <= most {
		w.answer.Reset()
		pool.Put(w)
	}
}

// exchange sends one request and reads its reply. Output is gathered in reply.
func (h *host) exchange(ctx context.Context, request *soap.Request, reply *soap.Reply) error {
	request.To, request.Timeout, request.ShellID = h.url, h.options.OperationTimeout, h.shell
	request.MessageID = soap.NewMessageID()
	pool := &wires
	if request.Action == soap.Send {
		pool = &longWires
	}
	w := pool.Get().(*wire)
	defer w.back(pool)
	w.message = request.Append(w.message[:0])
	if err := h.conn.Post(ctx, w.message, &w.answer); err != nil {
		return err
	}
	h.reach.heard(h)
	if err := soap.Read(w.answer.Bytes(), reply); err != nil {
		return unbelievable{err}
	}
	switch {
	case reply.RelatesTo != "" && reply.RelatesTo != request.MessageID:
		return unbelievable{errors.New("the server answered another request than ours")}
	case reply.Fault != nil:
		return &faultError{request.Action, reply.Fault}
	case !request.Action.Answers(reply.Action):
		return unbelievable{errors.New("the server answered " + request.Action.String() + " with " + reply.Action)}
	}
	return nil
}

// afterFailedStart leaves the host fit for the next attempt. A fault leaves the connection as it was.
func (h *host) afterFailedStart(ctx context.Context, err error) {
	var fault *faultError
	switch {
	case isFault(err, soap.Gone, soap.ProfileGone):
		h.shell = ""
	case isFault(err, soap.MaxCommands):
		h.deleteShell(ctx)
	case errors.As(err, &fault):
	default:
		h.abandon(err)
	}
}

// abandon gives up connection and shell. The shell is deleted in the background when it may still be there.
func (h *host) abandon(err error) {
	h.hangUp()
	shell := h.shell
	h.shell, h.commands = "", 0
	if shell != "" && maySurvive(err) {
		h.sweep(h, shell)
	}
}

// maySurvive tells whether the server probably still has the shell after that error. A broken connection is what a
// restart looks like; asking a server that is starting for nothing but tidiness would only risk a refused login.
func maySurvive(err error) bool {
	var trouble *transport.Error
	if errors.As(err, &trouble) {
		return trouble.Kind == transport.Ended || trouble.Kind == transport.NoAnswer || trouble.Kind == transport.NotReadable
	}
	return !isFault(err, soap.Gone, soap.ProfileGone, soap.Aborted)
}

func (h *host) hangUp() {
	if h.conn != nil {
		h.conn.Close()
		h.conn = nil
	}
}
