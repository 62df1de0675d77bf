package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// peer is a server over TLS that does to a Basic connection whatever the test wants.
func peer(t *testing.T, handler http.HandlerFunc) Config {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.ServerName = "127.0.0.1"
	return Config{Address: server.Listener.Addr().String(), TLS: trust, Auth: Basic,
		User: "user", Password: "secret", Connect: 5 * time.Second, Read: 5 * time.Second}
}

func post(t *testing.T, config Config) (*Conn, string, error) {
	t.Helper()
	c, err := Dial(t.Context(), config)
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(c.Close)
	var reply bytes.Buffer
	err = c.Post(t.Context(), []byte("<hello/>"), &reply)
	return c, reply.String(), err
}

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("want kind %d, got %T %v", kind, err, err)
	}
}

func TestOneConnectionCarriesManyRequests(t *testing.T) {
	requests := 0
	config := peer(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		user, password, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/wsman" || user != "user" || password != "secret" || r.Header.Get("Content-Type") != soapType {
			t.Errorf("%v %v %s", r.URL, r.Header, body)
		}
		w.Write(append([]byte("echo "), body...))
	})
	c, reply, err := post(t, config)
	if err != nil || reply != "echo <hello/>" {
		t.Fatalf("%q %v", reply, err)
	}
	var more bytes.Buffer
	for range 3 {
		if !c.Alive() {
			t.Fatal("the connection is given up for nothing")
		}
		if err := c.Post(t.Context(), []byte("x"), &more); err != nil {
			t.Fatal(err)
		}
	}
	if more.String() != "echo xecho xecho x" || requests != 4 {
		t.Errorf("%q after %d requests", more.String(), requests)
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	speak := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(conn, text)
			conn.Close()
		}
	}
	for _, c := range []struct {
		name    string
		kind    Kind
		handler http.HandlerFunc
	}{
		{"empty", NotReadable, status(200, "")},
		{"empty 500", WrongStatus, status(500, "")},
		{"login again", LogonRefused, status(401, "")},
		{"no such page", WrongStatus, status(404, "not here")},
		{"redirect", WrongStatus, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://other/", http.StatusFound) }},
		{"not up", Unavailable, status(503, "<html>Service Unavailable</html>")},
		{"no HTTP", NotReadable, speak("SSH-2.0-OpenSSH_9.2\r\n\r\n")},
		{"closed", Broken, speak("")},
		{"closed in the header", Broken, speak("HTTP/1.1 200 OK\r\nServer: x\r\n")},
		{"closed in the body", Broken, speak("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")},
		{"announced too long", NotReadable, speak("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc")},
		{"too long", NotReadable, status(200, strings.Repeat("x", MaxReply))},
		{"endless header", NotReadable, speak("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", MaxReply))},
		{"bad chunks", NotReadable, speak("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")},
	} {
		_, reply, err := post(t, peer(t, c.handler))
		t.Run(c.name, func(t *testing.T) { wantKind(t, err, c.kind) })
		if reply != "" {
			t.Errorf("%s: left %d bytes behind", c.name, len(reply))
		}
	}
}

func TestAStalledReplyEndsAtTheReadLimit(t *testing.T) {
	release := make(chan struct{})
	config := peer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-release
	})
	defer close(release)
	config.Read = 50 * time.Millisecond
	c, _, err := post(t, config)
	wantKind(t, err, NoAnswer)
	if c.Alive() {
		t.Error("the connection is out of step and must not be used again")
	}
}

func TestTheEndOfTheContextEndsARequestAtOnce(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	config := peer(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-release })
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	c, err := Dial(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() { <-arrived; cancel() }()
	wantKind(t, c.Post(ctx, []byte("x"), new(bytes.Buffer)), Ended)
	wantKind(t, c.Post(t.Context(), []byte("x"), new(bytes.Buffer)), Broken)
}

func TestAConnectionThatThePeerClosedIsNotAlive(t *testing.T) {
	config := peer(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		conn.Close()
	})
	c, reply, err := post(t, config)
	if err != nil || reply != "ok" {
		t.Fatalf("%q %v", reply, err)
	}
	for c.Alive() { // the end may still be on its way; the test's own time limit ends this if it never comes
	}
}

func TestAConnectionOutlivesTheDeadlineOfItsLastRequest(t *testing.T) {
	c, _, err := post(t, peer(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<reply/>") }))
	if err != nil {
		t.Fatal(err)
	}
	c.raw.SetDeadline(time.Unix(1, 0)) // as after a long rest
	if !c.Alive() {
		t.Fatal("an unused connection is given up")
	}
	if err := c.Post(t.Context(), []byte("<again/>"), new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
}

func TestBasicNeedsVerifiedTLS(t *testing.T) {
	for _, config := range []*tls.Config{nil, {InsecureSkipVerify: true}} {
		_, err := Dial(t.Context(), Config{Address: "127.0.0.1:1", TLS: config, Auth: Basic})
		wantKind(t, err, Misconfigured)
	}
}

func TestAServerThatWantsItWeakerIsRefusedBeforeThePasswordIsUsed(t *testing.T) {
	for name, answer := range map[string]struct {
		kind   Kind
		header string
		status int
	}{
		"only Basic":        {NotSecure, `Basic realm="WSMAN"`, 401},
		"nothing":           {NotSecure, "", 401},
		"no password":       {NotSecure, "", 200},
		"weak NTLM":         {NotSecure, "Negotiate " + weakChallenge, 401},
		"no challenge":      {NotReadable, "Negotiate TlRMTVNTUAA=", 401},
		"challenge garbled": {NotReadable, "Negotiate ???", 401},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if authorization := r.Header.Get("Authorization"); !strings.HasPrefix(authorization, "Negotiate TlRMTVNTUAAB") {
				t.Errorf("%s: more than a greeting: %s", name, authorization)
			}
			if answer.header != "" {
				w.Header().Set("WWW-Authenticate", answer.header)
			}
			w.WriteHeader(answer.status)
		}))
		admitted := func(context.Context) (func(error), error) {
			t.Errorf("%s: the password was about to be tried", name)
			return func(error) {}, nil
		}
		_, err := Dial(t.Context(), Config{Address: server.Listener.Addr().String(), User: "u", Password: "p",
			Connect: 5 * time.Second, Read: 5 * time.Second, Admit: admitted})
		t.Run(name, func(t *testing.T) { wantKind(t, err, answer.kind) })
		server.Close()
	}
}

// weakChallenge is a challenge whose flags leave out sealing.
const weakChallenge = "TlRMTVNTUAACAAAAAAAAADgAAAABAIgAAAAAAAAAAAAAAAAAAAAAAAQABAA4AAAAAAAAAAAAAAAAAAAA"

func TestNobodyListening(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = Dial(t.Context(), Config{Address: address, Connect: 5 * time.Second, Read: 5 * time.Second})
	wantKind(t, err, Refused)
}

func TestUsersAreSplitAsWindowsWantsThem(t *testing.T) {
	for name, want := range map[string][2]string{
		`CORP\svc`: {"CORP", "svc"}, `.\admin`: {"", "admin"}, "admin": {"", "admin"}, "svc@corp.example": {"", "svc@corp.example"},
	} {
		if domain, user := splitUser(name); [2]string{domain, user} != want {
			t.Errorf("%s: %q %q", name, domain, user)
		}
	}
}
