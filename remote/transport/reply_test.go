package transport

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reading is a connection whose peer has said text and gone.
func reading(text string) *Conn {
	c := new(Conn)
	c.limited.from = strings.NewReader(text)
	c.in = bufio.NewReader(&c.limited)
	return c
}

func TestRepliesAreReadToTheirEndAndNoFurther(t *testing.T) {
	ticket := strings.Repeat("dGlja2V0", 8<<10)
	for _, c := range []struct {
		name, text, body string
		status           int
		over             bool // the connection can take no other request
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, false},
		{"odd spelling", "HTTP/1.1 200\ncontent-LENGTH:\t3 \n\nabc", "abc", 200, false},
		{"no body", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "", 401, false},
		{"chunks", "HTTP/1.1 500 x\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nTrailer: x\r\n\r\n", "abc", 500, false},
		{"to the end", "HTTP/1.1 200 OK\r\n\r\nabc", "abc", 200, true},
		{"old", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, true},
		{"goodbye", "HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, true},
		{"nothing to say", "HTTP/1.1 204 No Content\r\n\r\n", "", 204, false},
		{"unasked", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK", "abc", 200, true},
		{"ticket", "HTTP/1.1 200 OK\r\nWWW-Authenticate: Negotiate " + ticket + "\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, false},
	} {
		conn, into := reading(c.text), bytes.NewBufferString("before ")
		got, err := conn.readReply(into)
		if err != nil || got.status != c.status || into.String() != "before "+c.body || conn.useless != c.over {
			t.Errorf("%s: status %d, %q, useless %v, %v", c.name, got.status, into, conn.useless, err)
		}
		if c.name == "ticket" && (len(got.challenges) != 1 || !strings.HasSuffix(got.challenges[0], ticket)) {
			t.Error("a long header line is not whole")
		}
	}
}

func TestWhatIsNoReplyIsRefused(t *testing.T) {
	for _, text := range []string{
		"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "HTTP/1.1 200 OK\r\n: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
	} {
		_, err := reading(text).readReply(new(bytes.Buffer))
		t.Run(text, func(t *testing.T) { wantKind(t, err, NotReadable) })
	}
}

// FuzzReply: whatever a peer says, reading ends, and where net/http reads a reply too both read the same.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
		"HTTP/1.0 401 No\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", "HTTP/1.1 204 \r\nConnection: close\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		conn, body := reading(text), new(bytes.Buffer)
		got, err := conn.readReply(body)
		if err != nil {
			return
		}
		if got.status < 100 || got.status > 999 || body.Len() > MaxReply {
			t.Fatalf("%d with %d bytes", got.status, body.Len())
		}
		reply, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), &http.Request{Method: http.MethodPost})
		if err != nil {
			return
		}
		theirs, err := io.ReadAll(reply.Body)
		if err != nil {
			return
		}
		if reply.StatusCode != got.status || !bytes.Equal(theirs, body.Bytes()) || reply.Close && !conn.useless {
			t.Errorf("%q is %d %q here and %d %q, close %v, to net/http", text, got.status, body, reply.StatusCode, theirs, reply.Close)
		}
	})
}
