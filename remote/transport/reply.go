package transport

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"syscall"
)

// MaxReply bounds one reply, header included. Servers are asked to keep to a seventh of it.
const MaxReply = 1 << 20

// answer is the head of a reply.
type answer struct {
	status      int
	contentType string
	challenges  []string // WWW-Authenticate

	length  int  // of the body; unknown when chunked or ended by the end of the connection
	chunked bool // the body comes in chunks
	last    bool // the connection ends behind it
}

const unknown = -1

// errNoHTTP says that a reply is none.
var errNoHTTP = errors.New("malformed")

// readReply reads one reply and puts its body behind what into holds. It reads what HTTP/1.1 says of a reply to POST and
// nothing more: one status line, header lines without continuation, a body of known length, in chunks, or up to the end of
// the connection.
func (c *Conn) readReply(into *bytes.Buffer) (answer, error) {
	c.limited.left = MaxReply
	got, err := c.readHead()
	if err == nil && got.length > MaxReply {
		return answer{}, failed(NotReadable, "the reply announces %d bytes, more than %d", got.length, MaxReply)
	}
	if err == nil {
		err = c.readBody(got, into)
	}
	if err != nil {
		return answer{}, c.unreadable(err)
	}
	if got.last || c.in.Buffered() > 0 {
		c.useless = true
	}
	return got, nil
}

func (c *Conn) readHead() (answer, error) {
	got := answer{length: unknown}
	line, err := c.readLine()
	if err != nil {
		return got, err
	}
	version, rest, _ := bytes.Cut(line, []byte(" "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	if got.status = number(digits, 3); len(digits) != 3 || got.status < 100 {
		return got, errNoHTTP
	}
	switch string(version) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		got.last = true
	default:
		return got, errNoHTTP
	}
	for {
		if line, err = c.readLine(); err != nil {
			return got, noEnd(err)
		}
		if len(line) == 0 {
			return got, got.settle()
		}
		if err := got.take(line); err != nil {
			return got, err
		}
	}
}

// readLine reads a line without its end. It is valid until the next read.
func (c *Conn) readLine() ([]byte, error) {
	line, more, err := c.in.ReadLine()
	if more && err == nil {
		line = slices.Clone(line) // as long as a ticket
	}
	for more && err == nil {
		var next []byte
		next, more, err = c.in.ReadLine()
		line = append(line, next...)
	}
	return line, err
}

// take reads one line of the header.
func (a *answer) take(line []byte) error {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) == 0 || bytes.ContainsAny(name, " \t") {
		return errNoHTTP
	}
	value = bytes.Trim(value, " \t")
	switch {
	case is(name, "Content-Length"):
		length := number(value, 9)
		if length < 0 || a.length != unknown && a.length != length {
			return errNoHTTP
		}
		a.length = length
	case is(name, "Transfer-Encoding"):
		if !is(value, "chunked") || a.chunked {
			return errNoHTTP
		}
		a.chunked = true
	case is(name, "Content-Type"):
		a.contentType = string(value)
	case is(name, "Connection"):
		for option := range bytes.SplitSeq(value, []byte(",")) {
			a.last = a.last || is(bytes.TrimSpace(option), "close")
		}
	case is(name, "WWW-Authenticate"):
		a.challenges = append(a.challenges, string(value))
	}
	return nil
}

func is(name []byte, want string) bool {
	return len(name) == len(want) && strings.EqualFold(string(name), want)
}

// number reads digits, at most so many; everything else is -1.
func number(digits []byte, most int) int {
	if len(digits) == 0 || len(digits) > most {
		return -1
	}
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return -1
		}
		n = 10*n + int(d-'0')
	}
	return n
}

// settle decides how the body ends.
func (a *answer) settle() error {
	switch {
	case a.status < 200, a.status == http.StatusNoContent, a.status == http.StatusNotModified:
		a.length, a.chunked = 0, false
	case a.chunked && a.length != unknown: // two lengths: who else reads this reply may see another end
		return errNoHTTP
	case !a.chunked && a.length == unknown:
		a.last = true
	}
	return nil
}

func (c *Conn) readBody(a answer, into *bytes.Buffer) error {
	switch {
	case a.chunked:
		if _, err := into.ReadFrom(httputil.NewChunkedReader(c.in)); err != nil {
			return err
		}
		for { // the trailer says nothing to us
			if line, err := c.readLine(); err != nil || len(line) == 0 {
				return noEnd(err)
			}
		}
	case a.length == unknown:
		_, err := into.ReadFrom(c.in)
		return err
	}
	into.Grow(a.length)
	body := into.AvailableBuffer()[:a.length]
	if _, err := io.ReadFull(c.in, body); err != nil {
		return noEnd(err)
	}
	into.Write(body) // it is there already
	return nil
}

// noEnd makes an end in the middle out of an end.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// unreadable tells a broken connection from a peer that speaks something else than HTTP.
func (c *Conn) unreadable(err error) error {
	var network net.Error
	switch {
	case c.limited.left <= 0:
		return failed(NotReadable, "the reply is longer than %d bytes", MaxReply)
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isReset(err):
		return err
	}
	return failed(NotReadable, "the reply is no HTTP: %w", err)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF)
}

// limited ends a stream that goes on for too long.
type limited struct {
	from io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("too long")
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
