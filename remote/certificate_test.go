package remote

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// authority signs certificates of clients.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// issue makes a client's certificate and its key, in PEM.
func (a authority) issue(t *testing.T, name string) (certificate, key []byte) {
	t.Helper()
	der, own := a.sign(t, name, x509.ExtKeyUsageClientAuth, time.Now().Add(time.Hour))
	encoded, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", encoded)
}

// server makes the TLS configuration of a server, and the certificate to trust it by, in PEM.
func (a authority) server(t *testing.T, name string) (config *tls.Config, ca []byte) {
	t.Helper()
	return a.serverUntil(t, name, time.Now().Add(time.Hour))
}

func (a authority) serverUntil(t *testing.T, name string, end time.Time) (config *tls.Config, ca []byte) {
	t.Helper()
	der, own := a.sign(t, name, x509.ExtKeyUsageServerAuth, end)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: own}}}, pemOf("CERTIFICATE", a.certificate.Raw)
}

func (a authority) sign(t *testing.T, name string, usage x509.ExtKeyUsage, end time.Time) (der []byte, own *ecdsa.PrivateKey) {
	t.Helper()
	own = newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: end, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{usage}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &own.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return der, own
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestACertificateOfOursLogsInOverHTTPS(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	config, ca := certificate(t)
	s := newServer(t, wsman.Options{TLS: config,
		Certificates: wsman.CertificateMapping{Authorities: ours.pool(), Users: map[string]string{"patchdeck": "svc-patch"}}})
	good, key := ours.issue(t, "patchdeck")
	f := newFleet(t, with(Credential{Auth: Certificate, Certificate: good, Key: key, CA: ca}))
	for range 2 {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Fatal(err)
		}
	}
	for name, from := range map[string]authority{"somebody.else": ours, "patchdeck": theirs} {
		unknown, key := from.issue(t, name)
		f := newFleet(t, with(Credential{Auth: Certificate, Certificate: unknown, Key: key, CA: ca}))
		_, err := f.Facts(t.Context(), s.target)
		if failure := failed(t, err, rollout.ClassAccess, "PD-LOGON"); !strings.Contains(failure.Words, "the certificate CN="+name) {
			t.Errorf("%q", failure.Words)
		}
		_, err = f.Facts(t.Context(), s.target)
		failed(t, err, rollout.ClassAccess, "PD-LOGON-HELD")
	}
}

func TestAServerThatEndsTLSOverOurCertificateRefusesTheLogin(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	config, ca := certificate(t)
	config = config.Clone()
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, theirs.pool()
	s := newServer(t, wsman.Options{TLS: config})
	unknown, key := ours.issue(t, "patchdeck")
	f := newFleet(t, with(Credential{Auth: Certificate, Certificate: unknown, Key: key, CA: ca}))
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGON")
}

func TestACertificateIsShownOnlyToAVerifiedServer(t *testing.T) {
	ours := newAuthority(t)
	config, _ := certificate(t)
	good, key := ours.issue(t, "patchdeck")
	f := newFleet(t, with(Credential{Auth: Certificate, Certificate: good, Key: key}))
	plain, stranger := newServer(t, wsman.Options{}), newServer(t, wsman.Options{TLS: config})
	_, err := f.Facts(t.Context(), plain.target)
	failed(t, err, rollout.ClassConfig, "PD-CONFIG")
	_, err = f.Facts(t.Context(), stranger.target)
	failed(t, err, rollout.ClassAccess, "PD-CERTIFICATE")
	for _, s := range []*server{plain, stranger} {
		same(t, s.asked(), map[wsman.Action]int{})
	}
}

func TestACertificateThatIsNoneIsSaidWithoutItsKey(t *testing.T) {
	good, key := newAuthority(t).issue(t, "patchdeck")
	_, other := newAuthority(t).issue(t, "patchdeck")
	s := newServer(t, wsman.Options{})
	for name, c := range map[string]Credential{
		"nothing":   {},
		"no key":    {Certificate: good},
		"wrong key": {Certificate: good, Key: other},
		"swapped":   {Certificate: key, Key: good},
	} {
		c.Auth = Certificate
		f := newFleet(t, with(c))
		_, err := f.Facts(t.Context(), s.target)
		failure := failed(t, err, rollout.ClassAccess, "PD-CREDENTIAL")
		if strings.Contains(failure.Words, "BEGIN") || strings.Contains(failure.Words, "MII") {
			t.Errorf("%s: %q", name, failure.Words)
		}
	}
}
