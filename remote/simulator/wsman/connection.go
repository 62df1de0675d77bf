package wsman

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// Limits of one connection, in wall time and bytes.
const (
	idleLimit      = 2 * time.Minute  // between requests, as http.sys
	requestLimit   = 30 * time.Second // from the first byte of a request to its last, and for writing a reply
	bufferSize     = 2 << 10
	headerLimit    = 64 << 10 // Kerberos tickets make long headers
	framingReserve = 4 << 10  // what multipart framing adds to an envelope
)

// connection is one HTTP connection: one goroutine reads a request, answers it, and reads the next. There is no second
// goroutine while a request waits; whoever has news for it wakes it by ending its read.
type connection struct {
	endpoint *Endpoint
	raw      net.Conn // the TCP connection
	stream   net.Conn // raw, or TLS over it
	source   limitedReader
	reader   *bufio.Reader
	login    login

	mutex    sync.Mutex
	silenced bool
	over     bool
}

// limitedReader bounds what one request may make the connection read.
type limitedReader struct {
	io.Reader
	left int
}

var errTooMuch = errors.New("the request is too large")

func (r *limitedReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooMuch
	}
	if len(p) > r.left {
		p = p[:r.left]
	}
	n, err := r.Reader.Read(p)
	r.left -= n
	return n, err
}

func newConnection(e *Endpoint, raw net.Conn) *connection {
	c := &connection{endpoint: e, raw: raw, stream: raw}
	if e.options.TLS != nil {
		c.stream = tls.Server(raw, e.options.Certificates.asking(e.options.TLS))
	}
	c.source.Reader = c.stream
	return c
}

// reset ends the connection as a kernel without a listener would.
func (c *connection) reset() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.over = true
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a failure leaves an ordinary close
	}
	_ = c.raw.Close()
}

// finish ends the connection as a service that stops does: everything was said.
func (c *connection) finish() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.over = true
	_ = c.raw.Close()
}

func (c *connection) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.over {
		c.over = true
		_ = c.stream.Close()
	}
}

// silence makes the connection deaf and mute from now on.
func (c *connection) silence() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.silenced = true
	_ = c.raw.SetReadDeadline(past)
}

// past is a deadline that ends a read at once.
var past = time.Unix(1, 0)

// wake ends the read that await is in.
func (c *connection) wake() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_ = c.raw.SetReadDeadline(past)
}

// readBy sets the deadline of the next reads, unless the connection is silenced. It tells whether it is not.
func (c *connection) readBy(deadline time.Time) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.silenced {
		_ = c.raw.SetReadDeadline(deadline)
	}
	return !c.silenced
}

// serve answers requests until the connection ends.
func (c *connection) serve() {
	if c.endpoint.machine.Reach() == Silent {
		c.swallow()
		return
	}
	c.reader = bufio.NewReaderSize(&c.source, bufferSize)
	for c.serveOne() {
	}
	c.mutex.Lock()
	silenced := c.silenced
	c.mutex.Unlock()
	if silenced {
		c.swallow()
	}
}

// serveOne answers one request and tells whether the connection is good for another.
func (c *connection) serveOne() bool {
	c.source.left = headerLimit
	if !c.readBy(time.Now().Add(idleLimit)) {
		return false
	}
	if _, err := c.reader.Peek(1); err != nil || !c.readBy(time.Now().Add(requestLimit)) {
		return false
	}
	request, err := http.ReadRequest(c.reader)
	switch {
	case errors.Is(err, errTooMuch):
		return c.write(pageReply(http.StatusRequestHeaderFieldsTooLarge))
	case err != nil && errors.As(err, new(net.Error)), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return false
	case err != nil:
		return c.write(pageReply(http.StatusBadRequest))
	}
	switch c.endpoint.machine.Reach() {
	case Silent:
		c.silence()
		return false
	case Refusing:
		c.reset()
		return false
	case Unavailable:
		return c.write(pageReply(http.StatusServiceUnavailable))
	}
	return c.answer(request) && !request.Close
}

// answer reads the body and does what the request asks for.
func (c *connection) answer(request *http.Request) bool {
	most := c.endpoint.options.Quotas.MaxEnvelope + framingReserve
	if request.ContentLength > int64(most) {
		return c.write(pageReply(http.StatusRequestEntityTooLarge))
	}
	if strings.EqualFold(request.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(c.stream, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return false
		}
	}
	c.source.left = most + headerLimit
	buffer := bodies.get(int(max(request.ContentLength, 0)) + bytes.MinRead)
	defer bodies.put(buffer)
	if _, err := buffer.ReadFrom(io.LimitReader(request.Body, int64(most)+1)); err != nil {
		return false
	}
	if buffer.Len() > most {
		return c.write(pageReply(http.StatusRequestEntityTooLarge))
	}
	return c.route(request, buffer.Bytes())
}

// errDeparted says that the client is gone, or sent the next request before the reply to this one.
var errDeparted = errors.New("the client did not wait for its reply")

// await sleeps until wake, the deadline set before, or the end of the connection, which is the only error.
func (c *connection) await() error {
	c.source.left = headerLimit
	_, err := c.reader.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return errDeparted
}

// swallow reads and forgets what comes, as a network without the machine. When the machine is reachable again it resets
// the connection at the next packet.
func (c *connection) swallow() {
	_ = c.raw.SetReadDeadline(time.Time{})
	var dump [256]byte
	for {
		_, err := c.raw.Read(dump[:])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded): // silenced once more while silent
			_ = c.raw.SetReadDeadline(time.Time{})
		case err != nil:
			return
		case c.endpoint.machine.Reach() != Silent:
			c.reset()
			return
		}
	}
}

// send writes bytes of a reply; false ends the connection.
func (c *connection) send(reply []byte) bool {
	c.mutex.Lock()
	silenced := c.silenced
	c.mutex.Unlock()
	if silenced {
		return false
	}
	_ = c.raw.SetWriteDeadline(time.Now().Add(requestLimit))
	_, err := c.stream.Write(reply)
	return err == nil
}
