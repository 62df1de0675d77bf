package wsman

import (
	"net/http"
	"slices"
	"time"
)

// damaged are the spoiled replies that are replies at all.
var damaged = map[Spoil]reply{
	EmptyBody:  {status: http.StatusOK},
	EmptyError: {status: http.StatusInternalServerError},
	Garbage:    {status: http.StatusOK, contentType: soapType, body: []byte("\x00\x1bThis is no envelope & never was <")},
	HTMLPage: {status: http.StatusOK, contentType: pageType,
		body: []byte("<html><head><title>Proxy</title></head><body>Please log in to the network.</body></html>")},
}

// spoil answers with damage. The request has been done all the same.
func (c *connection) spoil(how Spoil) bool {
	if damage, ok := damaged[how]; ok {
		return c.write(damage)
	}
	switch how {
	case LoginAgain:
		c.login = login{}
		return c.write(c.unauthorized())
	case Mute:
		c.rest()
	case Stall:
		c.stall()
	case Endless:
		c.flood()
	case Reset:
		c.reset()
	}
	return false
}

// stalledLength is the length that a stalled reply promises.
const stalledLength = 1 << 10

// stall sends a header and then nothing, until the client goes or the machine does.
func (c *connection) stall() {
	header := reply{status: http.StatusOK, contentType: soapType}.appendHeader(nil, stalledLength)
	if c.send(header) {
		c.rest()
	}
}

// rest says nothing more, until the client goes or the machine does. It gives false: the connection is no good any more.
func (c *connection) rest() bool {
	for c.readBy(time.Time{}) && c.await() == nil {
	}
	return false
}

// The pace of a reply that drips.
const (
	dripPart  = 64
	dripPause = time.Millisecond
)

// drip sends a message a few bytes at a time, and tells whether all of it went out.
func (c *connection) drip(message []byte) bool {
	pace := time.NewTicker(dripPause)
	defer pace.Stop()
	for part := range slices.Chunk(message, dripPart) {
		if !c.send(part) {
			return false
		}
		<-pace.C
	}
	return true
}

// delay waits as long as the machine takes its time; false means that the client did not wait.
func (c *connection) delay(action Action) bool {
	slow, ok := c.endpoint.machine.(Slow)
	if !ok {
		return true
	}
	wait := slow.Delay(action)
	return wait <= 0 || c.readBy(time.Now().Add(wait)) && c.await() == nil
}

// The pace of an endless reply: fast enough to fill any bound soon, slow enough to leave a core to the others.
const (
	floodChunk = 16 << 10
	floodPause = 2 * time.Millisecond
)

// flood sends a body that never ends, until the client goes or the machine does.
func (c *connection) flood() {
	if !c.send(reply{status: http.StatusOK, contentType: soapType}.appendHeader(nil, chunked)) {
		return
	}
	chunk := append([]byte("4000\r\n"), make([]byte, floodChunk)...)
	for i := range floodChunk {
		chunk[len("4000\r\n")+i] = 'A'
	}
	chunk = append(chunk, "\r\n"...)
	pace := time.NewTicker(floodPause)
	defer pace.Stop()
	for c.send(chunk) {
		<-pace.C
	}
}
