package wsman

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"hash"

	"patchdeck/remote/simulator/wsman/ntlm"
)

// BindingLevel is how strictly a login must be tied to the TLS connection that it comes through (CbtHardeningLevel).
type BindingLevel int

const (
	BindingRelaxed BindingLevel = iota // what a client says of the connection must be true; it may say nothing
	BindingNone                        // nobody looks
	BindingStrict                      // a client must say it
)

var errBinding = errors.New("the login does not belong to this TLS connection")

// checkBinding compares what a client says of its TLS connection with the certificate that this end showed.
func (c *connection) checkBinding(login *ntlm.Login) error {
	level := c.endpoint.options.Bindings
	if _, secure := c.stream.(*tls.Conn); !secure || level == BindingNone {
		return nil
	}
	switch {
	case len(login.Binding) == 0 && level == BindingRelaxed:
		return nil
	case string(login.Binding) != string(ntlm.Binding(endPoint(c.endpoint.options.TLS))):
		return errBinding
	}
	return nil
}

// endPoint is the binding of a server's certificate, "tls-server-end-point" of RFC 5929. A certificate that is chosen for each
// client is not known here, so nothing fits.
func endPoint(config *tls.Config) []byte {
	if len(config.Certificates) == 0 || len(config.Certificates[0].Certificate) == 0 {
		return nil
	}
	raw := config.Certificates[0].Certificate[0]
	var sum hash.Hash = sha256.New()
	if certificate, err := x509.ParseCertificate(raw); err == nil {
		switch certificate.SignatureAlgorithm {
		case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
			sum = sha512.New384()
		case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
			sum = sha512.New()
		}
	}
	sum.Write(raw)
	return sum.Sum([]byte("tls-server-end-point:"))
}
