package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const soapType = "application/soap+xml;charset=UTF-8"

// Conn is one connection with its login. It serves one request at a time.
type Conn struct {
	raw, stream   net.Conn // the same without TLS
	host          string
	read, connect time.Duration
	limited       limited
	in            *bufio.Reader
	sealing       *sealing // set when messages travel sealed
	authorization string   // sent with every request (Basic, Certificate)
	admit         func(context.Context) (func(error), error)
	useless       bool
}

// Close ends the connection. A request that waits returns.
func (c *Conn) Close() { c.raw.Close() }

// Alive tells whether the connection can take another request: nothing failed on it, and the peer has neither closed
// it nor spoken unasked. The deadline of the request before says nothing about that.
func (c *Conn) Alive() bool {
	return !c.useless && c.in.Buffered() == 0 && c.raw.SetDeadline(time.Time{}) == nil && quiet(c.raw)
}

// Post sends one message, whose memory it uses up, and puts the reply behind what into holds. A reply is what came with status 200, or with 500
// and a body, in which case it is a fault; everything else is an *Error. After an error other than Unavailable and
// WrongStatus the connection is useless.
func (c *Conn) Post(ctx context.Context, message []byte, into *bytes.Buffer) error {
	tried := func(error) {}
	if c.admit != nil {
		var err error
		if tried, err = c.admit(ctx); err != nil {
			c.useless = true
			return err
		}
		c.admit = nil
	}
	err := c.post(ctx, message, into)
	tried(err)
	return err
}

func (c *Conn) post(ctx context.Context, message []byte, into *bytes.Buffer) (err error) {
	start := into.Len()
	defer func() {
		if err != nil {
			into.Truncate(start)
		}
	}()
	contentType, body := soapType, parts{nil, message, ""}
	if c.sealing != nil {
		if body, err = c.sealing.seal(message); err != nil {
			c.useless = true
			return err
		}
		contentType = c.sealing.contentType
	}
	answer, err := c.exchange(ctx, c.authorization, contentType, body, into)
	if err != nil {
		return err
	}
	if err := c.judge(answer, into.Len() > start); err != nil {
		return err
	}
	if c.sealing == nil {
		return nil
	}
	if err := c.sealing.unseal(answer.contentType, into, start); err != nil {
		c.useless = true
		return err
	}
	return nil
}

// judge says whether a status promises a message in the body.
func (c *Conn) judge(answer answer, body bool) error {
	switch answer.status {
	case http.StatusOK, http.StatusInternalServerError:
		if body {
			return nil
		}
		if answer.status == http.StatusOK {
			c.useless = true
			return failed(NotReadable, "the reply is empty")
		}
		// An empty 500 is how a service that is being stopped says goodbye.
		return &Error{Kind: WrongStatus, Status: answer.status, Err: errors.New("HTTP status 500 without a message")}
	case http.StatusUnauthorized:
		c.useless = true
		if c.authorization != "" {
			return &Error{Kind: LogonRefused, Status: answer.status, Err: errors.New("the login was refused")}
		}
		return &Error{Kind: LoginLost, Status: answer.status, Err: errors.New("the server asks for a login again")}
	case http.StatusServiceUnavailable:
		return &Error{Kind: Unavailable, Status: answer.status, Err: errors.New("HTTP status 503")}
	}
	return &Error{Kind: WrongStatus, Status: answer.status, Err: errors.New("HTTP status " + strconv.Itoa(answer.status))}
}

// buffers keeps the memory of requests on their way.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKept is the largest buffer worth keeping.
const maxKept = 256 << 10

// parts is the body of a request: a message with what frames it.
type parts struct {
	before  []byte
	message []byte
	after   string
}

// exchange sends one HTTP request and reads its reply to the end, whatever the status.
func (c *Conn) exchange(ctx context.Context, authorization, contentType string, body parts, into *bytes.Buffer) (answer, error) {
	release, err := c.limit(ctx)
	if err != nil {
		return answer{}, err
	}
	defer release()
	if err := c.write(authorization, contentType, body); err != nil {
		c.useless = true
		return answer{}, classify(ctx, err, NoAnswer, c.read)
	}
	got, err := c.readReply(into)
	if err != nil {
		c.useless = true
		return answer{}, classify(ctx, err, NoAnswer, c.read)
	}
	return got, nil
}

// limit arms the deadline of one request: the read limit, or at once when the context ends.
func (c *Conn) limit(ctx context.Context) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, &Error{Kind: Ended, Err: ctx.Err()}
	}
	if c.useless {
		return nil, failed(Broken, "the connection was given up")
	}
	if err := c.raw.SetDeadline(time.Now().Add(c.read)); err != nil {
		return nil, &Error{Kind: Broken, Err: err}
	}
	stop := context.AfterFunc(ctx, func() { c.raw.SetDeadline(time.Unix(1, 0)) })
	return func() {
		if !stop() {
			c.useless = true // its deadline was moved to the past, or is about to be
		}
	}, nil
}

func (c *Conn) write(authorization, contentType string, body parts) error {
	b := buffers.Get().(*bytes.Buffer)
	defer keep(b)
	b.Reset()
	b.WriteString("POST /wsman HTTP/1.1\r\nHost: ")
	b.WriteString(c.host)
	b.WriteString("\r\nUser-Agent: patchdeck\r\nConnection: Keep-Alive\r\nContent-Type: ")
	b.WriteString(contentType)
	if authorization != "" {
		b.WriteString("\r\nAuthorization: ")
		b.WriteString(authorization)
	}
	b.WriteString("\r\nContent-Length: ")
	b.Write(strconv.AppendInt(b.AvailableBuffer(), int64(len(body.before)+len(body.message)+len(body.after)), 10))
	b.WriteString("\r\n\r\n")
	b.Write(body.before)
	b.Write(body.message)
	b.WriteString(body.after)
	_, err := c.stream.Write(b.Bytes())
	return err
}

func keep(b *bytes.Buffer) {
	if b.Cap() <= maxKept {
		buffers.Put(b)
	}
}
