package mail

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"patchdeck/engine/notice"
)

// server is a mail server on loopback; refuse decides what it takes.
type server struct {
	mu     sync.Mutex
	took   []taken
	logins []string
	mail   func() error
	rcpt   func(to string) error
	data   func(conn *smtp.Conn) error // after the whole text was read
	smtp   *smtp.Server
	port   int
	ca     []byte
}

type taken struct {
	from, to string
	text     string
	secure   bool
}

const password = "correct horse battery"

// open starts a server; encrypted from the first byte, or on STARTTLS where it has a certificate.
func open(t *testing.T, security Security, s *server) *server {
	t.Helper()
	issuer := httptest.NewTLSServer(nil) // for its certificate, which is good for 127.0.0.1
	issuer.Close()
	certificate := issuer.TLS.Certificates[0]
	s.ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.smtp.Domain = "mail.example.com"
	s.smtp.ErrorLog = quiet{}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	switch security {
	case TLS:
		listener = tls.NewListener(listener, config)
	case StartTLS:
		s.smtp.TLSConfig = config
	}
	ended := make(chan struct{})
	go func() { s.smtp.Serve(listener); close(ended) }()
	t.Cleanup(func() { s.smtp.Close(); <-ended })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	server   *server
	conn     *smtp.Conn
	from, to string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, word string) error {
		if user != "patchdeck" || word != password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "who are you"}
		}
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.logins = append(s.server.logins, user)
		return nil
	}), nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	if s.server.mail != nil {
		return s.server.mail()
	}
	return nil
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.server.rcpt != nil {
		return s.server.rcpt(to)
	}
	return nil
}
func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, secure := s.conn.TLSConnectionState()
	if s.server.data != nil {
		if err := s.server.data(s.conn); err != nil {
			return err
		}
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.took = append(s.server.took, taken{s.from, s.to, string(text), secure})
	return nil
}

func (s *server) taken() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.took...)
}

func (s *server) options() Options {
	return Options{Host: "127.0.0.1", Port: s.port, Security: StartTLS, From: "patchdeck@example.com", CA: s.ca, Limit: 5 * time.Second}
}

var copyOf = notice.Message{Notice: notice.Notice{ID: "N-12", Kind: notice.Schedule, At: time.Date(2026, 11, 10, 21, 0, 0, 0, time.UTC),
	Subject: "Rollout schedule: Größe, 日程", Body: "W1  Prod\n.\nÄnderung\n", Calendar: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
	Addressee: notice.Addressee{Channel: notice.Mail, To: "team@example.com"}, Token: "0123456789abcdef"}

func send(t *testing.T, o Options, m notice.Message) *notice.Trouble {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Post(t.Context(), m)
	var trouble *notice.Trouble
	if err != nil && !errors.As(err, &trouble) {
		t.Fatalf("%T: %v, want a Trouble", err, err)
	}
	return trouble
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	s := open(t, StartTLS, &server{})
	o := s.options()
	o.User, o.Password = "patchdeck", func(context.Context) (string, error) { return password, nil }
	for range 2 {
		if trouble := send(t, o, copyOf); trouble != nil {
			t.Fatal(trouble)
		}
	}
	took := s.taken()
	if len(took) != 2 || len(s.logins) != 2 {
		t.Fatalf("%d mails, %d logins, want 2 each", len(took), len(s.logins))
	}
	for _, m := range took {
		read, err := netmail.ReadMessage(strings.NewReader(m.text))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if err != nil || subject != copyOf.Subject || read.Header.Get("Message-ID") != "<0123456789abcdef@example.com>" || m.to != copyOf.To || m.from != "patchdeck@example.com" {
			t.Errorf("%q, %v: %+v", subject, err, read.Header)
		}
		if at, err := read.Header.Date(); err != nil || !at.Equal(copyOf.At) {
			t.Errorf("date %v, %v, want %v: a second attempt is the same mail", at, err, copyOf.At)
		}
		if !m.secure || read.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(m.text, "schedule.ics") {
			t.Errorf("encrypted %v:\n%s", m.secure, m.text)
		}
	}
}

func TestTLSFromTheFirstByte(t *testing.T) {
	s := open(t, TLS, &server{})
	o := s.options()
	o.Security, o.User, o.Password = TLS, "patchdeck", func(context.Context) (string, error) { return password, nil }
	if trouble := send(t, o, copyOf); trouble != nil || len(s.taken()) != 1 || len(s.logins) != 1 {
		t.Errorf("%v, %d mails, %d logins", trouble, len(s.taken()), len(s.logins))
	}
}

// What is wrong with the server or the account keeps every copy waiting: none of it is held against an addressee.
func TestTroubleWithTheServerIsNoTroubleWithTheCopy(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	plain, secure := open(t, Plain, &server{}), open(t, StartTLS, &server{})
	tired := open(t, StartTLS, &server{mail: func() error { return &smtp.SMTPError{Code: 550, Message: "sender not allowed"} }})
	for name, change := range map[string]func(*Options){
		"nobody listens":        func(o *Options) { o.Port = port(closed) },
		"nobody speaks":         func(o *Options) { o.Port, o.Limit = port(silent), 50*time.Millisecond },
		"no encryption":         func(o *Options) { o.Port = plain.port },
		"a strange certificate": func(o *Options) { o.CA = nil },
		"another name":          func(o *Options) { o.Host = "localhost" },
		"the wrong password": func(o *Options) {
			o.User, o.Password = "patchdeck", func(context.Context) (string, error) { return "wrong", nil }
		},
		"a password out of reach": func(o *Options) {
			o.User, o.Password = "patchdeck", func(context.Context) (string, error) { return "", errors.New("no such file") }
		},
		"a sender not allowed": func(o *Options) { o.Port, o.CA = tired.port, tired.ca },
	} {
		o := secure.options()
		change(&o)
		trouble := send(t, o, copyOf)
		if trouble == nil || !trouble.Unreached || trouble.Permanent || trouble.Uncertain {
			t.Errorf("%s: %+v, want trouble with the server alone", name, trouble)
		}
		if trouble != nil && strings.Contains(trouble.Words, password) {
			t.Errorf("%s: the password stands in %q", name, trouble.Words)
		}
	}
	if n := len(plain.taken()) + len(secure.taken()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}

func TestTemporaryAndPermanentRefusalsAreToldApart(t *testing.T) {
	for code, want := range map[int]notice.Trouble{451: {}, 452: {}, 550: {Permanent: true}, 553: {Permanent: true}} {
		for _, stage := range []string{"address", "text"} {
			answer := &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCodeNotSet, Message: "not now"}
			s := &server{}
			if stage == "address" {
				s.rcpt = func(string) error { return answer }
			} else {
				s.data = func(*smtp.Conn) error { return answer }
			}
			o := open(t, StartTLS, s).options()
			got := send(t, o, copyOf)
			if got == nil || got.Permanent != want.Permanent || got.Unreached || got.Uncertain || !strings.Contains(got.Words, strconv.Itoa(code)) {
				t.Errorf("%d to the %s: %+v, want %+v", code, stage, got, want)
			}
		}
	}
}

func TestARefusalForNowIsTakenTheNextTime(t *testing.T) {
	refusals := 1
	s := open(t, StartTLS, &server{rcpt: func(string) error {
		if refusals--; refusals >= 0 {
			return &smtp.SMTPError{Code: 451, Message: "greylisted"}
		}
		return nil
	}})
	if got := send(t, s.options(), copyOf); got == nil || got.Permanent {
		t.Errorf("the first time: %+v", got)
	}
	if got := send(t, s.options(), copyOf); got != nil || len(s.taken()) != 1 {
		t.Errorf("the second time: %+v, %d mails", got, len(s.taken()))
	}
}

func TestAConnectionThatBreaksAfterTheTextLeavesTheEndOpen(t *testing.T) {
	s := open(t, StartTLS, &server{data: func(conn *smtp.Conn) error {
		conn.Conn().Close()
		return nil
	}})
	if got := send(t, s.options(), copyOf); got == nil || !got.Uncertain || got.Permanent || got.Unreached {
		t.Errorf("%+v, want an end that is not known", got)
	}
	release := make(chan struct{})
	ctx, over := context.WithCancel(t.Context())
	slow := open(t, StartTLS, &server{data: func(*smtp.Conn) error { over(); <-release; return nil }})
	defer close(release)
	sender, err := New(slow.options())
	if err != nil {
		t.Fatal(err)
	}
	var got *notice.Trouble
	if err := sender.Post(ctx, copyOf); !errors.As(err, &got) || !got.Uncertain {
		t.Errorf("a server that never says whether it took the text: %v, want an end that is not known", err)
	}
}

func TestNoAddressOrSubjectAddsAHeaderOrAnAddressee(t *testing.T) {
	s := open(t, StartTLS, &server{})
	m := copyOf
	for _, to := range []string{"a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "", "<a@example.com> RCPT TO:<b@example.com>"} {
		m.To = to
		if got := send(t, s.options(), m); got == nil || !got.Permanent {
			t.Errorf("%q: %+v, want a refusal for good", to, got)
		}
	}
	m = copyOf
	m.Subject = "x\r\nBcc: b@example.com"
	if got := send(t, s.options(), m); got != nil {
		t.Fatal(got)
	}
	for _, got := range s.taken() {
		read, err := netmail.ReadMessage(strings.NewReader(got.text))
		if err != nil || read.Header.Get("Bcc") != "" {
			t.Errorf("%v: %v", err, read.Header)
		}
	}
}

func TestAnAccountIsNeverUsedWithoutTLS(t *testing.T) {
	_, err := New(Options{Host: "127.0.0.1", Port: 25, Security: Plain, From: "a@example.com", User: "a", Password: func(context.Context) (string, error) { return "b", nil }})
	if err == nil || !strings.Contains(err.Error(), "never used without TLS") {
		t.Error(err)
	}
}
