package wsman

import (
	"time"

	"patchdeck/remote/simulator/wsman/soap"
)

const (
	shortestWait     = 500 * time.Millisecond
	smallestEnvelope = 8 << 10
)

// receive waits until a command has output or has ended and hands out the output, part by part. The machine gives the output
// of a program at its end, or of one that converses line by line, after each line.
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
	again := request.MessageID != "" && request.MessageID == target.message
	for !again && !target.ended && !target.hasMore() {
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
		case !target.ended && !target.hasMore() && !time.Now().Before(deadline):
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

// next takes the next part of the output; the same message gets the same part. What went to the message before is
// forgotten.
func (c *command) next(message string, room int) soap.Output {
	if message == "" || message != c.message {
		c.message = message
		c.exit.Stdout, c.exit.Stderr = c.exit.Stdout[c.sent.output:], c.exit.Stderr[c.sent.errors:]
		c.sent.output = min(room, len(c.exit.Stdout))
		c.sent.errors = min(room-c.sent.output, len(c.exit.Stderr))
	}
	return soap.Output{
		CommandID: c.id, Stdout: c.exit.Stdout[:c.sent.output], Stderr: c.exit.Stderr[:c.sent.errors],
		Done: c.ended && !c.hasMore(), ExitCode: c.exit.Code,
	}
}
