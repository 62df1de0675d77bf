package wsman

import (
	"net/http"
	"time"
)

// damaged are the spoiled replies that are replies at all.
var damaged = map[Spoil]reply{
	EmptyBody: {status: http.StatusOK},
	Garbage:   {status: http.StatusOK, contentType: soapType, body: []byte("\x00\x1bThis is no envelope & never was <")},
	HTMLPage: {status: http.StatusOK, contentType: pageType,
		body: []byte("<html><head><title>Proxy</title></head><body>Please log in to the network.</body></html>")},
}

// spoil answers with damage. The request has been done all the same.
func (c *connection) spoil(how Spoil) bool {
	if damage, ok := damaged[how]; ok {
		return c.write(damage)
	}
	switch how {
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
	if c.send(header) && c.readBy(time.Time{}) {
		for c.await() == nil && c.readBy(time.Time{}) {
		}
	}
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
