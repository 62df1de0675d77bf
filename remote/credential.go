package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"patchdeck/engine"
	"patchdeck/remote/transport"
)

// Auth is how a credential is proven to a server.
type Auth string

const (
	NTLM  Auth = "ntlm"  // the default; over http every message is sealed
	Basic Auth = "basic" // over https only
)

// Credential is an account on servers. It is never logged: however it is formatted, the password stays out.
type Credential struct {
	User     string // DOMAIN\user, user@domain, .\user or user
	Password string
	CA       []byte // PEM certificates that sign the servers' certificates; empty means the system's
	Auth     Auth   // empty is NTLM
}

func (c Credential) String() string       { return "credential of " + c.User }
func (c Credential) GoString() string     { return c.String() }
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// login is a credential made ready.
type login struct {
	Credential
	auth  transport.Auth
	roots *x509.CertPool // nil means the system's
}

func prepare(c Credential) (login, error) {
	l := login{Credential: c}
	switch c.Auth {
	case NTLM, "":
	case Basic:
		l.auth = transport.Basic
	default:
		return login{}, fmt.Errorf("unknown authentication %q: use ntlm or basic", c.Auth)
	}
	if c.User == "" || c.Password == "" {
		return login{}, errors.New("user or password is empty")
	}
	if len(c.CA) > 0 {
		l.roots = x509.NewCertPool()
		if !l.roots.AppendCertsFromPEM(c.CA) {
			return login{}, errors.New("its CA file holds no certificate in PEM form")
		}
	}
	return l, nil
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
	if r.secure {
		config.TLS = &tls.Config{ServerName: r.host, RootCAs: l.roots, MinVersion: tls.VersionTLS12}
	}
	return config
}
