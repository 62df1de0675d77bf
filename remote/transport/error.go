package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Kind says what kept a request from its reply.
type Kind int

const (
	Ended          Kind = iota + 1 // the caller's context ended
	UnknownName                    // the name has no address
	Refused                        // nobody listens
	NoRoute                        // the network says that it cannot get there
	NotConnected                   // no connection within the limit
	NoAnswer                       // connected, but no whole reply within the limit
	Broken                         // the connection ended in the middle
	Untrusted                      // the certificate is not acceptable
	NoTLS                          // TLS could not be agreed
	LogonRefused                   // the server refused the account or what proves it
	AccountRefused                 // the domain refused the account or what proves it
	NoTicket                       // the domain gives no ticket for the server
	NoDomain                       // no domain controller answers
	LoginLost                      // the server asks again for a login that it accepted
	NotSecure                      // the server wants a weaker way than configured
	Unavailable                    // 503: the service is not up
	WrongStatus                    // another HTTP status that carries no message
	NotReadable                    // what came is not what the protocol allows
	Misconfigured                  // the Config itself
)

// Error is why a request has no reply.
type Error struct {
	Kind   Kind
	Limit  time.Duration // NotConnected, NoAnswer: the limit that passed
	Status int           // HTTP status, where there was one
	Err    error         // detail; may hold text from the peer
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func failed(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// ended tells why a context is over, also in the moment between its deadline and its own timer: the network keeps the same
// deadline with a timer of its own, and may be first.
func ended(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ctx.Err() == nil && ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// classify turns an error of the network into ours. limit is the one that ruled the step.
func classify(ctx context.Context, err error, late Kind, limit time.Duration) *Error {
	var ours *Error
	if errors.As(err, &ours) {
		return ours
	}
	if err := ended(ctx); err != nil {
		return &Error{Kind: Ended, Err: err}
	}
	var name *net.DNSError
	if errors.As(err, &name) && !name.IsTimeout {
		return &Error{Kind: UnknownName, Err: err}
	}
	var timeout net.Error
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return &Error{Kind: late, Limit: limit, Err: err}
	}
	var certificate *tls.CertificateVerificationError
	var hostname x509.HostnameError
	switch {
	case errors.As(err, &certificate), errors.As(err, &hostname):
		return &Error{Kind: Untrusted, Err: err}
	case refusesCertificate(err):
		return &Error{Kind: LogonRefused, Err: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{Kind: Refused, Err: err}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &Error{Kind: NoRoute, Err: err}
	}
	return &Error{Kind: Broken, Err: err}
}

// refusesCertificate tells whether the peer ended TLS because it does not like our certificate. Alerts have no type of their
// own outside of crypto/tls, only words.
func refusesCertificate(err error) bool {
	var remote *net.OpError
	return errors.As(err, &remote) && remote.Op == "remote error" && strings.Contains(remote.Err.Error(), "certificate")
}
