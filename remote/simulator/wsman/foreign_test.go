package wsman

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

// masterzen makes a client of github.com/masterzen/winrm.
func masterzen(t testing.TB, address string, authority []byte, transport func() winrm.Transporter) *winrm.Client {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	parameters := *winrm.DefaultParameters
	parameters.TransportDecorator = transport
	endpoint := winrm.NewEndpoint(host, port, authority != nil, false, authority, nil, nil, 20*time.Second)
	c, err := winrm.NewClientWithParameters(endpoint, testUser, testPassword, &parameters)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// exerciseMasterzen runs commands; "sort" only with input, which it reads, and "fill" writes more than fits into one
// envelope.
func exerciseMasterzen(t *testing.T, c *winrm.Client, input string) {
	t.Helper()
	ctx := context.Background()
	want := map[string]string{"hostname": "SRV-APP-01\r\n", "fill": strings.Repeat("größer", 40_000)}
	if input != "" {
		want["sort"] = input
	}
	for line, want := range want {
		var reader io.Reader // nil makes the library send nothing
		if input != "" {
			reader = strings.NewReader(input)
		}
		var stdout, stderr strings.Builder
		code, err := c.RunWithContextWithInput(ctx, line, &stdout, &stderr, reader)
		if err != nil || code != 0 || stdout.String() != want {
			t.Errorf("%s: %d bytes, %q, exit code %d, %v", line, stdout.Len(), stderr.String(), code, err)
		}
	}
	if stdout, stderr, code, err := c.RunCmdWithContext(ctx, "nonsense"); err != nil || code != 1 || !strings.Contains(stderr, "not recognized") {
		t.Errorf("an unknown command: %q %q %d %v", stdout, stderr, code, err)
	}
}

// The library sends input and asks for output at the same time, and its NTLM client mixes up the connections of its pool
// when it logs in to two of them at once: no server can help it, so this test has no input.
func TestMasterzenOverHTTPSWithNTLM(t *testing.T) {
	config, authority := testTLS(t)
	_, address := serve(t, inputMachine{newTestMachine()}, Options{TLS: config})
	exerciseMasterzen(t, masterzen(t, address, authority, func() winrm.Transporter { return new(winrm.ClientNTLM) }), "")
}

func TestMasterzenOverHTTPWithBasic(t *testing.T) {
	_, address := serve(t, inputMachine{newTestMachine()}, basicOptions)
	exerciseMasterzen(t, masterzen(t, address, nil, nil), "wörds")
}

func TestMasterzenOverHTTPWithSealedMessages(t *testing.T) {
	_, address := serve(t, inputMachine{newTestMachine()}, Options{})
	exerciseMasterzen(t, masterzen(t, address, nil, func() winrm.Transporter { return newSealedTransport(t) }), "wörds")
}

func TestMasterzenIsRefusedWithoutSealing(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{})
	_, err := masterzen(t, address, nil, func() winrm.Transporter { return new(winrm.ClientNTLM) }).CreateShell()
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("unencrypted SOAP over HTTP answered %v", err)
	}
}

// sealedTransport is a transport of masterzen/winrm that logs in and seals with bodgit/ntlmssp. The library sends input
// and asks for output at the same time, so there are several connections.
type sealedTransport struct {
	t    testing.TB
	free chan *sealedConnection
}

func newSealedTransport(t testing.TB) *sealedTransport {
	return &sealedTransport{t: t, free: make(chan *sealedConnection, 10)}
}

func (s *sealedTransport) Transport(*winrm.Endpoint) error { return nil }

// Post sends one envelope to the address that the library wrote into it.
func (s *sealedTransport) Post(_ *winrm.Client, message *soap.SoapMessage) (string, error) {
	_, after, _ := strings.Cut(message.String(), "<a:To>")
	url, _, _ := strings.Cut(after, "</a:To>")
	var connection *sealedConnection
	select {
	case connection = <-s.free:
	default:
		connection = newSealedConnection(s.t, testPassword)
	}
	defer func() { s.free <- connection }()
	return connection.send(url, message.String())
}

// sealedRequest is the type of a sealed message.
const sealedRequest = `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`

// sealedConnection is one connection with its login.
type sealedConnection struct {
	http  http.Client
	login *ntlmssp.Client
}

func newSealedConnection(t testing.TB, password string) *sealedConnection {
	login, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(testUser, password), ntlmssp.SetDomain("CONTOSO"), ntlmssp.SetVersion(ntlmssp.DefaultVersion()))
	if err != nil {
		t.Fatal(err)
	}
	pool := &http.Transport{MaxConnsPerHost: 1}
	t.Cleanup(pool.CloseIdleConnections)
	return &sealedConnection{http: http.Client{Transport: pool}, login: login}
}

func (s *sealedConnection) send(url, envelope string) (string, error) {
	if err := s.logIn(url); err != nil {
		return "", err
	}
	body, err := s.seal(envelope)
	if err != nil {
		return "", err
	}
	reply, _, status, err := s.exchange(url, "", sealedRequest, body)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK && status != http.StatusInternalServerError {
		return "", fmt.Errorf("status %d", status)
	}
	return s.unseal(reply)
}

// seal frames as pywinrm does. (The framing of bodgit/ntlmssp itself breaks messages that contain two line feeds.)
func (s *sealedConnection) seal(envelope string) ([]byte, error) {
	sealed, signature, err := s.login.SecuritySession().Wrap([]byte(envelope))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"+
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n"+
		"--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n", len(envelope))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(signature))))
	b.Write(signature)
	b.Write(sealed)
	b.WriteString("--Encrypted Boundary--\r\n")
	return b.Bytes(), nil
}

// unseal takes a framed reply apart as pywinrm does.
func (s *sealedConnection) unseal(body []byte) (string, error) {
	pieces := bytes.Split(body, []byte("--Encrypted Boundary\r\n"))
	if len(pieces) != 3 {
		return "", fmt.Errorf("a framed reply of %d pieces", len(pieces))
	}
	_, text, _ := strings.Cut(string(pieces[1]), "Length=")
	length, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return "", err
	}
	payload := bytes.TrimSuffix(pieces[2], []byte("--Encrypted Boundary--\r\n"))
	payload = bytes.TrimPrefix(payload, []byte("\tContent-Type: application/octet-stream\r\n"))
	if len(payload) != 20+length {
		return "", fmt.Errorf("%d sealed bytes for %d", len(payload), length)
	}
	plain, err := s.login.SecuritySession().Unwrap(payload[20:], payload[4:20])
	return string(plain), err
}

var errLogin = errors.New("login refused")

// logIn takes the two steps of NTLM with empty requests, once.
func (s *sealedConnection) logIn(url string) error {
	var challenge []byte
	for !s.login.Complete() {
		token, err := s.login.Authenticate(challenge, nil)
		if err != nil {
			return err
		}
		_, header, status, err := s.exchange(url, "Negotiate "+base64.StdEncoding.EncodeToString(token), "", nil)
		switch {
		case err != nil:
			return err
		case s.login.Complete() && status == http.StatusOK:
			return nil
		case s.login.Complete() || status != http.StatusUnauthorized:
			return errLogin
		}
		if challenge, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(header.Get("WWW-Authenticate"), "Negotiate ")); err != nil {
			return err
		}
	}
	return nil
}

func (s *sealedConnection) exchange(url, authorization, contentType string, body []byte) ([]byte, http.Header, int, error) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, 0, err
	}
	for name, value := range map[string]string{"Authorization": authorization, "Content-Type": contentType} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := s.http.Do(request)
	if err != nil {
		return nil, nil, 0, err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	return reply, response.Header, response.StatusCode, err
}

// testTLS makes a certificate for loopback and gives it in PEM, too.
func testTLS(t testing.TB) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "SRV-APP-01"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return config, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
