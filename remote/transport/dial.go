package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"time"

	"patchdeck/remote/kerberos"
)

// Auth is a way to prove who we are.
type Auth int

const (
	NTLM        Auth = iota // NTLMv2; over plain HTTP with every message sealed
	Basic                   // the password itself; over verified TLS only
	Kerberos                // a ticket of the domain; over plain HTTP with every message sealed
	Certificate             // a certificate of ours, in Config.TLS; over verified TLS only
)

// mutual is what a request says whose certificate is its login.
const mutual = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// Config is the road to one server.
type Config struct {
	Address        string      // host:port
	TLS            *tls.Config // nil is plain HTTP
	Auth           Auth
	User, Password string // the user as DOMAIN\user, .\user, user@domain or user

	// Ticket gives the ticket for the server (Kerberos). Its error is an *kerberos.Error.
	Ticket func(context.Context) (*kerberos.Ticket, error)

	Connect time.Duration // limit for connecting, again for agreeing on TLS, and again for the first answer of a login
	Read    time.Duration // limit for one request and its whole reply
	// Admit is asked before the password is tried. It may wait, and refuse with an error. The function it gives is called
	// once, with what the server said: nil, or the error that the try ended with. Nil admits always.
	Admit func(context.Context) (tried func(error), err error)
}

// Dial connects and, with NTLM and Kerberos, logs in. With Basic and Certificate the first Post is the login.
func Dial(ctx context.Context, config Config) (*Conn, error) {
	verified := config.TLS != nil && !config.TLS.InsecureSkipVerify
	switch {
	case config.Auth == Basic && !verified:
		return nil, failed(Misconfigured, "Basic would show the password: it needs https with a verified certificate")
	case config.Auth == Certificate && (!verified || len(config.TLS.Certificates) == 0):
		return nil, failed(Misconfigured, "a certificate of ours is no login without https")
	case config.Auth == Kerberos && config.Ticket == nil:
		return nil, failed(Misconfigured, "nobody gives tickets")
	case config.Auth == Certificate:
		config.TLS = askedLater(config.TLS)
	}
	c, err := connect(ctx, config)
	if err != nil {
		return nil, err
	}
	switch config.Auth {
	case Basic:
		proof := base64.StdEncoding.EncodeToString([]byte(config.User + ":" + config.Password))
		c.authorization = "Basic " + proof
		c.admit = config.Admit
	case Certificate:
		c.authorization = mutual
		c.admit = config.Admit
	case Kerberos:
		err = c.logonKerberos(ctx, config)
	default:
		err = c.logonNTLM(ctx, config)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// askedLater is a TLS configuration for servers that ask for our certificate only when they see the request: Windows does
// so by renegotiation, which TLS 1.3 no longer has.
func askedLater(from *tls.Config) *tls.Config {
	config := from.Clone()
	config.MaxVersion = tls.VersionTLS12
	config.Renegotiation = tls.RenegotiateOnceAsClient
	return config
}

// keepAlive finds connections whose other end vanished without a word.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

func connect(ctx context.Context, config Config) (*Conn, error) {
	dialer := net.Dialer{Timeout: config.Connect, KeepAliveConfig: keepAlive}
	raw, err := dialer.DialContext(ctx, "tcp", config.Address)
	if err != nil {
		return nil, classify(ctx, err, NotConnected, config.Connect)
	}
	c := &Conn{raw: raw, stream: raw, host: config.Address, read: config.Read, connect: config.Connect}
	if config.TLS != nil {
		if err := c.secure(ctx, config); err != nil {
			raw.Close()
			return nil, err
		}
	}
	c.limited.from = c.stream
	c.in = bufio.NewReader(&c.limited)
	return c, nil
}

func (c *Conn) secure(ctx context.Context, config Config) error {
	limited, cancel := context.WithTimeout(ctx, config.Connect)
	defer cancel()
	client := tls.Client(c.raw, config.TLS)
	if err := client.HandshakeContext(limited); err != nil {
		if ended(ctx) == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
			return &Error{Kind: NoAnswer, Limit: config.Connect, Err: err}
		}
		classified := classify(ctx, err, NoAnswer, config.Connect)
		if classified.Kind == Broken && !isReset(err) {
			classified.Kind = NoTLS
		}
		return classified
	}
	c.stream = client
	return nil
}
