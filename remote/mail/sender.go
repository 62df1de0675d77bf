package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"patchdeck/engine/notice"
)

// Security is how the connection to the mail server is protected.
type Security string

const (
	StartTLS Security = "starttls" // plain at first, then TLS or nothing
	TLS      Security = "tls"      // TLS from the first byte
	Plain    Security = "none"     // no protection: never with an account
)

// Options say how to reach the mail server.
type Options struct {
	Host     string
	Port     int
	Security Security
	From     string // the address that notices come from
	User     string // empty is no login
	// Password reads the password; it is asked at every connection, so that a changed one counts at once.
	Password func(context.Context) (string, error)
	CA       []byte        // certificates to trust, PEM; nil are the system's
	Limit    time.Duration // for one copy from connecting to the end; 0 means 30 s
}

// Sender sends copies, each over a connection of its own.
type Sender struct {
	options Options
	tls     *tls.Config
	domain  string // of the sender's address, for Message-IDs
}

// New checks the options.
func New(o Options) (*Sender, error) {
	_, domain, ok := strings.Cut(o.From, "@")
	switch {
	case !ok:
		return nil, fmt.Errorf("the sender %q is no mail address", o.From)
	case o.Security == Plain && o.User != "":
		return nil, errors.New("a mail account is never used without TLS: set tls to starttls or tls, or leave user out")
	case o.Security != StartTLS && o.Security != TLS && o.Security != Plain:
		return nil, fmt.Errorf("tls %q is not known: use starttls, tls or none", o.Security)
	case o.User != "" && o.Password == nil:
		return nil, errors.New("a mail account lacks its password")
	}
	if o.Limit == 0 {
		o.Limit = 30 * time.Second
	}
	s := &Sender{options: o, domain: domain, tls: &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}}
	if len(o.CA) > 0 {
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the certificates for the mail server hold none that can be read")
		}
	}
	return s, nil
}

// Post hands one copy over.
func (s *Sender) Post(ctx context.Context, m notice.Message) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Limit)
	defer cancel()
	message, err := s.compose(m)
	if err != nil {
		return &notice.Trouble{Words: err.Error(), Permanent: true}
	}
	var line connection
	defer line.close()
	client, err := s.client(ctx, &line)
	if err != nil {
		return &notice.Trouble{Words: err.Error(), Unreached: true}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &notice.Trouble{Words: "the mail server cannot be used: " + err.Error(), Unreached: true}
	}
	err = client.SendWithSMTPClient(session, message)
	if message.IsDelivered() {
		_ = session.Quit() // the server has it: how the goodbye ends means nothing
		return nil
	}
	return judge(err)
}

// judge says what a failed attempt means for the copy and for the road.
func judge(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return &notice.Trouble{Words: err.Error(), Unreached: true}
	}
	words, _, _ := strings.Cut(failed.Error(), ", affected ") // the copy is named where this is shown
	trouble, code := &notice.Trouble{Words: words}, failed.ErrorCode()
	switch {
	case failed.Reason == gomail.ErrGetSender || failed.Reason == gomail.ErrGetRcpts:
		trouble.Permanent = true
	case failed.Reason == gomail.ErrSMTPDataClose && code == 0:
		trouble.Uncertain = true
	case code == 0 || code == 421 || failed.Reason == gomail.ErrSMTPMailFrom || failed.Reason == gomail.ErrConnCheck:
		trouble.Unreached = true
	case code >= 500:
		trouble.Permanent = true
	}
	return trouble
}

// compose writes the message. The same copy gives the same Message-ID and Date each time.
func (s *Sender) compose(m notice.Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
	if err := message.From(s.options.From); err != nil {
		return nil, err
	}
	if err := message.To(m.To); err != nil {
		return nil, err
	}
	message.Subject(m.Subject)
	message.SetMessageIDWithValue(m.Token + "@" + s.domain)
	message.SetDateWithValue(m.At)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetGenHeader("X-Auto-Response-Suppress", "All")
	message.SetGenHeader("X-Patchdeck-Notice", m.ID)
	message.SetBodyString(gomail.TypeTextPlain, m.Body)
	if m.Calendar != "" {
		if err := message.AttachReader("schedule.ics", strings.NewReader(m.Calendar), gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH")); err != nil {
			return nil, err
		}
	}
	return message, nil
}

func (s *Sender) client(ctx context.Context, line *connection) (*gomail.Client, error) {
	o := s.options
	options := []gomail.Option{gomail.WithPort(o.Port), gomail.WithTimeout(o.Limit), gomail.WithTLSConfig(s.tls), gomail.WithHELO(helo()),
		gomail.WithoutNoop(), gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			return line.dial(ctx, network, address, o.Security == TLS, s.tls)
		})}
	switch o.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if o.User != "" {
		password, err := o.Password(ctx)
		if err != nil {
			return nil, fmt.Errorf("the password of the mail account: %w", err)
		}
		options = append(options, gomail.WithSMTPAuthCustom(&login{user: o.User, password: password, host: o.Host}))
	}
	client, err := gomail.NewClient(o.Host, options...)
	if err != nil {
		return nil, err
	}
	line.ended = ctx
	return client, nil
}

// helo is how this machine names itself.
func helo() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}

// connection is the one connection of an attempt: it breaks when the attempt's time is over, whatever the server does.
type connection struct {
	ended context.Context
	conn  net.Conn
	stop  func() bool
}

func (c *connection) dial(ctx context.Context, network, address string, encrypted bool, config *tls.Config) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.conn = conn
	c.stop = context.AfterFunc(c.ended, func() { conn.Close() })
	if !encrypted {
		return conn, nil
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

func (c *connection) close() {
	if c.conn != nil {
		c.stop()
		c.conn.Close()
	}
}

// Address is the server as people write it.
func (s *Sender) Address() string {
	return net.JoinHostPort(s.options.Host, strconv.Itoa(s.options.Port))
}
