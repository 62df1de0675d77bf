package wsman

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
)

// selfSigned is a server certificate that nobody vouches for.
func selfSigned(t *testing.T) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "srv-app-01"}, NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, raw
}

// A login that was taken from one TLS connection to another is worth nothing there.
func TestChannelBindingsAreCompared(t *testing.T) {
	config, raw := selfSigned(t)
	sum := sha256.Sum256(raw)
	right := &ntlmssp.ChannelBindings{ApplicationData: append([]byte("tls-server-end-point:"), sum[:]...)}
	wrong := &ntlmssp.ChannelBindings{ApplicationData: []byte("tls-server-end-point:another server's")}
	for _, c := range []struct {
		name     string
		level    BindingLevel
		bindings *ntlmssp.ChannelBindings
		want     int
	}{
		{"right, as usual", BindingRelaxed, right, 200}, {"none, as usual", BindingRelaxed, nil, 200}, {"wrong, as usual", BindingRelaxed, wrong, 401},
		{"right, strictly", BindingStrict, right, 200}, {"none, strictly", BindingStrict, nil, 401}, {"wrong, strictly", BindingStrict, wrong, 401},
		{"wrong, nobody looks", BindingNone, wrong, 200},
	} {
		endpoint, address := serve(t, newTestMachine(), Options{TLS: config, Bindings: c.level})
		if status := logInOverTLS(t, address, c.bindings); status != c.want {
			t.Errorf("%s: %d, want %d", c.name, status, c.want)
		}
		if n := endpoint.FailedLogons(testUser); n != 0 {
			t.Errorf("%s: counted as a wrong password", c.name)
		}
	}
}

func logInOverTLS(t *testing.T, address string, bindings *ntlmssp.ChannelBindings) int {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, status := (&pinned{t: t, conn: conn, reader: bufio.NewReader(conn)}).logInBound(testUser, testPassword, bindings)
	return status
}
