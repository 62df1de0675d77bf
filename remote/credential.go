package remote

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"patchdeck/engine"
	"patchdeck/remote/kerberos"
	"patchdeck/remote/transport"
)

// Auth is how a credential is proven to a server.
type Auth string

const (
	NTLM        Auth = "ntlm"        // the default; over http every message is sealed
	Basic       Auth = "basic"       // over https only
	Kerberos    Auth = "kerberos"    // with a domain's tickets; over http every message is sealed
	Certificate Auth = "certificate" // over https only
)

// Credential is an account on servers. It is never logged: however it is formatted, what proves it stays out.
type Credential struct {
	User     string // DOMAIN\user, user@domain, .\user or user; with Kerberos user@REALM; with a certificate or Cache it may be empty
	Password string
	CA       []byte // PEM certificates that sign the servers' certificates; empty means the system's
	Auth     Auth   // empty is NTLM

	Certificate []byte // Auth Certificate: PEM, with the certificates that lead to its authority behind it
	Key         []byte // Auth Certificate: PEM, without a pass phrase

	Keytab []byte // Auth Kerberos: contents of a keytab instead of a password
	Cache  []byte // Auth Kerberos: contents of a credential cache instead of a password
	Domain string // Auth Kerberos: text of a krb5.conf; empty finds the domain controllers by DNS
}

func (c Credential) String() string       { return "credential of " + c.User }
func (c Credential) GoString() string     { return c.String() }
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// same tells whether two credentials are the same account with the same proof. CA is about the servers.
func (c Credential) same(other Credential) bool {
	return c.User == other.User && c.Auth == other.Auth && c.Password == other.Password &&
		bytes.Equal(c.Certificate, other.Certificate) && bytes.Equal(c.Key, other.Key) &&
		bytes.Equal(c.Keytab, other.Keytab) && bytes.Equal(c.Cache, other.Cache) && c.Domain == other.Domain
}

// login is a credential made ready.
type login struct {
	Credential
	auth  transport.Auth
	roots *x509.CertPool    // nil means the system's
	ours  []tls.Certificate // Auth Certificate
	from  *kerberos.Client  // Auth Kerberos
	proof string            // what a server refuses, in words: "the password of CORP\svc"
}

// prepare makes a login of a credential. hold is how long a domain's refusal is believed.
func prepare(c Credential, hold time.Duration) (login, error) {
	l := login{Credential: c, proof: "the password of " + c.User}
	var err error
	switch c.Auth {
	case NTLM, "":
		err = c.checkPassword()
	case Basic:
		l.auth = transport.Basic
		err = c.checkPassword()
	case Kerberos:
		l.auth = transport.Kerberos
		err = l.takeKerberos(hold)
	case Certificate:
		l.auth = transport.Certificate
		err = l.takeCertificate()
	default:
		err = fmt.Errorf("unknown authentication %q: use ntlm, kerberos, certificate or basic", c.Auth)
	}
	if err != nil {
		return login{}, err
	}
	if len(c.CA) > 0 {
		l.roots = x509.NewCertPool()
		if !l.roots.AppendCertsFromPEM(c.CA) {
			return login{}, errors.New("its CA file holds no certificate in PEM form")
		}
	}
	return l, nil
}

func (c Credential) checkPassword() error {
	if c.User == "" || c.Password == "" {
		return errors.New("user or password is empty")
	}
	return nil
}

func (l *login) takeKerberos(hold time.Duration) (err error) {
	l.proof = "the login of " + orElse(l.User, "the credential cache")
	l.from, err = kerberos.New(kerberos.Account{User: l.User, Password: l.Password, Keytab: l.Keytab, Cache: l.Cache,
		Config: l.Domain, Hold: hold})
	return err
}

func (l *login) takeCertificate() error {
	pair, err := tls.X509KeyPair(l.Credential.Certificate, l.Key)
	if err != nil {
		return fmt.Errorf("certificate and key are not usable: %w", err)
	}
	l.ours = []tls.Certificate{pair}
	if l.User == "" {
		l.User = pair.Leaf.Subject.CommonName
	}
	l.proof = "the certificate " + pair.Leaf.Subject.String()
	return nil
}

// road is how one server is reached, taken from its target.
type road struct {
	address    string // host:port
	host       string
	url        string
	secure     bool
	site       string
	credential string
}

func roadTo(t engine.Target) (road, error) {
	if t.Address == "" || t.Port < 1 || t.Port > 65535 {
		return road{}, fmt.Errorf("address %q and port %d do not lead to a server", t.Address, t.Port)
	}
	if t.Scheme != "http" && t.Scheme != "https" {
		return road{}, fmt.Errorf("scheme %q: use http or https", t.Scheme)
	}
	address := net.JoinHostPort(t.Address, strconv.Itoa(t.Port))
	return road{address: address, host: t.Address, url: t.Scheme + "://" + address + "/wsman", secure: t.Scheme == "https",
		site: t.Site, credential: t.Credential}, nil
}

// config puts together what a connection needs.
func (r road) config(l login, o *Options) transport.Config {
	config := transport.Config{Address: r.address, Auth: l.auth, User: l.User, Password: l.Password,
		Connect: o.ConnectLimit, Read: o.ReadLimit}
	if l.from != nil {
		config.Ticket = func(ctx context.Context) (*kerberos.Ticket, error) { return l.from.Ticket(ctx, r.host) }
	}
	if r.secure {
		config.TLS = &tls.Config{ServerName: r.host, RootCAs: l.roots, Certificates: l.ours, MinVersion: tls.VersionTLS12}
	}
	return config
}
