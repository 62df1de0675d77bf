package wsman

import (
	"time"

	"patchdeck/remote/simulator/wsman/soap"
)

const (
	shortestWait     = 500 * time.Millisecond
	smallestEnvelope = 8 << 10
)

// receive waits until a command has ended and hands out its output, part by part. The machine gives all output at the
// end, so a running command has none.
func (c *connection) receive(x exchange, request *soap.Request, header soap.Header) ([]byte, error) {
	e := c.endpoint
	e.mutex.Lock()
	defer e.mutex.Unlock()
	s, target, err := e.commandOf(x.user, request)
	if err != nil {
		return nil, err
	}
	target.notify() // an older Receive for the same command ends
	target.receiver = c
	defer func() {
		if target.receiver == c {
			target.receiver = nil
		}
	}()
	deadline := time.Now().Add(e.options.Quotas.wait(request.OperationTimeout))
	for !target.ended {
		if !c.readBy(deadline) {
			return nil, errDeparted
		}
		e.mutex.Unlock()
		err := c.await()
		e.mutex.Lock()
		switch {
		case err != nil:
			return nil, err
		case target.receiver != c || s.commands[shellKey(target.id)] != target:
			return nil, failure{fault: soap.Aborted}
		case !target.ended && !time.Now().Before(deadline):
			return nil, failure{fault: soap.OperationTimedOut}
		}
	}
	return soap.AppendOutput(nil, header, target.next(request.MessageID, e.options.Quotas.room(request))), nil
}

// wait is how long a Receive may take.
func (q Quotas) wait(asked time.Duration) time.Duration {
	if asked == 0 {
		return q.OperationTimeoutCap
	}
	return min(max(asked, shortestWait), q.OperationTimeoutCap)
}

// room is how much output fits into the reply.
func (q Quotas) room(request *soap.Request) int {
	envelope := q.MaxEnvelope
	if request.MaxEnvelope > 0 {
		envelope = min(max(request.MaxEnvelope, smallestEnvelope), envelope)
	}
	return soap.OutputRoom(envelope)
}

// next takes the next part of the output; the same message gets the same part.
func (c *command) next(message string, room int) soap.Output {
	if message != "" && message == c.message {
		c.delivered = c.before
	}
	c.before, c.message = c.delivered, message

	out := soap.Output{CommandID: c.id}
	standard := c.exit.Stdout[min(c.delivered, len(c.exit.Stdout)):]
	out.Stdout = standard[:min(room, len(standard))]
	room -= len(out.Stdout)
	c.delivered += len(out.Stdout)

	failed := c.exit.Stderr[max(c.delivered-len(c.exit.Stdout), 0):]
	out.Stderr = failed[:min(room, len(failed))]
	c.delivered += len(out.Stderr)

	out.Done = c.delivered == len(c.exit.Stdout)+len(c.exit.Stderr)
	out.ExitCode = c.exit.Code
	return out
}
