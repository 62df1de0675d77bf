package wsman

import (
	"crypto/tls"
	"crypto/x509"
)

// CertificateMapping says which client certificates log in as whom. The zero value asks for none.
type CertificateMapping struct {
	Authorities *x509.CertPool    // who signs certificates of clients
	Users       map[string]string // accounts by the common name of a certificate
}

// mutual is what a request says whose certificate is its login ([MS-WSMV] and DSP0226, appendix C).
const mutual = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// asking makes a server ask for certificates. It takes any: who nobody is mapped to is refused by the service, with 401.
func (m CertificateMapping) asking(config *tls.Config) *tls.Config {
	if m.Authorities == nil {
		return config
	}
	asking := config.Clone()
	asking.ClientAuth = tls.RequestClientCert
	return asking
}

// certificateUser gives the account that the client's certificate stands for.
func (c *connection) certificateUser() (user string, ok bool) {
	secured, isTLS := c.stream.(*tls.Conn)
	mapping := c.endpoint.options.Certificates
	if !isTLS || mapping.Authorities == nil {
		return "", false
	}
	chain := secured.ConnectionState().PeerCertificates
	if len(chain) == 0 {
		return "", false
	}
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: mapping.Authorities, Intermediates: between,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return "", false
	}
	user, ok = mapping.Users[chain[0].Subject.CommonName]
	return user, ok
}
