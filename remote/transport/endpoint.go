package transport

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
)

// certificateHashes are the signature algorithms whose hash is not SHA-256, which stands for all others (RFC 5929, 4.1).
var certificateHashes = map[x509.SignatureAlgorithm]crypto.Hash{
	x509.SHA384WithRSA:    crypto.SHA384,
	x509.SHA384WithRSAPSS: crypto.SHA384,
	x509.ECDSAWithSHA384:  crypto.SHA384,
	x509.SHA512WithRSA:    crypto.SHA512,
	x509.SHA512WithRSAPSS: crypto.SHA512,
	x509.ECDSAWithSHA512:  crypto.SHA512,
}

// binding ties a login to the TLS connection, so that it cannot be relayed over another one (RFC 5929). Without TLS there is
// none.
func (c *Conn) binding() []byte {
	secured, ok := c.stream.(*tls.Conn)
	if !ok {
		return nil
	}
	return append([]byte("tls-server-end-point:"), endPoint(secured.ConnectionState().PeerCertificates[0])...)
}

// endPoint is the hash of a server's certificate that channel bindings of type tls-server-end-point carry.
func endPoint(certificate *x509.Certificate) []byte {
	hash, ok := certificateHashes[certificate.SignatureAlgorithm]
	if !ok {
		hash = crypto.SHA256
	}
	h := hash.New()
	h.Write(certificate.Raw)
	return h.Sum(nil)
}
