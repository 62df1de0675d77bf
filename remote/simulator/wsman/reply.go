package wsman

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// reply is one HTTP reply.
type reply struct {
	status      int
	contentType string
	challenges  []string // WWW-Authenticate, one header each
	body        []byte
	last        bool  // the connection ends after it
	pace        Spoil // HalfBody or Drip: it does not go out at once
}

const (
	soapType = "application/soap+xml;charset=UTF-8"
	pageType = "text/html; charset=us-ascii"
)

// pageReply is an error of http.sys itself, which WinRM never sees.
func pageReply(status int) reply {
	text := http.StatusText(status)
	page := "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>" +
		text + "</TITLE>\r\n<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n<BODY><h2>" +
		text + "</h2>\r\n<hr><p>HTTP Error " + strconv.Itoa(status) + ". " + text + ".</p>\r\n</BODY></HTML>\r\n"
	return reply{status: status, contentType: pageType, body: []byte(page), last: true}
}

func (r reply) appendHeader(b []byte, contentLength int) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(r.status)...)
	if r.contentType != "" {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, r.contentType...)
	}
	for _, challenge := range r.challenges {
		b = append(b, "\r\nWWW-Authenticate: "...)
		b = append(b, challenge...)
	}
	if r.last {
		b = append(b, "\r\nConnection: close"...)
	}
	b = append(b, "\r\nServer: Microsoft-HTTPAPI/2.0\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	if contentLength == chunked {
		b = append(b, "\r\nTransfer-Encoding: chunked"...)
	} else {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(contentLength), 10)
	}
	return append(b, "\r\n\r\n"...)
}

// chunked in place of a content length.
const chunked = -1

// write sends a reply and tells whether the connection is good for another request.
func (c *connection) write(r reply) bool {
	buffer := bodies.get(len(r.body) + 512)
	defer bodies.put(buffer)
	message := r.appendHeader(buffer.AvailableBuffer(), len(r.body))
	head := len(message)
	message = append(message, r.body...)
	switch r.pace {
	case HalfBody:
		return c.send(message[:head+len(r.body)/2]) && c.rest()
	case Drip:
		return c.drip(message) && !r.last
	}
	return c.send(message) && !r.last
}

// pool keeps buffers between requests, so that an idle connection holds none.
type pool struct{ sync.Pool }

var bodies pool

// largestKept is the capacity beyond which a buffer is not worth keeping.
const largestKept = 64 << 10

func (p *pool) get(size int) *bytes.Buffer {
	buffer, ok := p.Get().(*bytes.Buffer)
	if !ok {
		buffer = new(bytes.Buffer)
	}
	buffer.Reset()
	buffer.Grow(size)
	return buffer
}

func (p *pool) put(buffer *bytes.Buffer) {
	if buffer.Cap() <= largestKept {
		p.Put(buffer)
	}
}
