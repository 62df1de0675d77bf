package wsman

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/spnego"

	"patchdeck/remote/simulator/wsman/soap"
)

// pinned is one connection, on which a test sends what it likes.
type pinned struct {
	t      testing.TB
	conn   net.Conn
	reader *bufio.Reader
}

func pin(t testing.TB, address string) *pinned {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &pinned{t: t, conn: conn, reader: bufio.NewReader(conn)}
}

func (p *pinned) post(authorization, contentType string, body []byte) (status int, header http.Header, reply []byte) {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://windows-host:5985/wsman", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	request.Header.Set("Content-Type", contentType)
	if err := request.Write(p.conn); err != nil {
		p.t.Fatal(err)
	}
	response, err := http.ReadResponse(p.reader, request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err = io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, response.Header, reply
}

func negotiateHeader(token []byte) string {
	return "Negotiate " + base64.StdEncoding.EncodeToString(token)
}

// logIn goes through NTLM with bodgit/ntlmssp and returns the login and the status of the last step.
func (p *pinned) logIn(user, password string) (*ntlmssp.Client, int) {
	p.t.Helper()
	return p.logInBound(user, password, nil)
}

// logInBound does the same, and says which TLS connection it comes through.
func (p *pinned) logInBound(user, password string, bindings *ntlmssp.ChannelBindings) (*ntlmssp.Client, int) {
	p.t.Helper()
	login, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, password))
	if err != nil {
		p.t.Fatal(err)
	}
	negotiate, err := login.Authenticate(nil, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	status, header, _ := p.post(negotiateHeader(negotiate), soapType, nil)
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header.Get("WWW-Authenticate"), "Negotiate "))
	if err != nil || status != http.StatusUnauthorized {
		p.t.Fatalf("the challenge is %d %q: %v", status, header.Get("WWW-Authenticate"), err)
	}
	proof, err := login.Authenticate(challenge, bindings)
	if err != nil {
		p.t.Fatal(err)
	}
	status, _, _ = p.post(negotiateHeader(proof), soapType, nil)
	return login, status
}

func TestWhoIsNotLoggedInLearnsOnlyHowToLogIn(t *testing.T) {
	for _, test := range []struct {
		options Options
		want    []string
	}{
		{Options{}, []string{"Negotiate"}},
		{basicOptions, []string{"Negotiate", `Basic realm="WSMAN"`}},
	} {
		_, address := serve(t, newTestMachine(), test.options)
		status, header, body := pin(t, address).post("", soapType, []byte("anything"))
		if status != http.StatusUnauthorized || len(body) > 0 || header.Get("Content-Type") != "" || header.Get("Server") != "Microsoft-HTTPAPI/2.0" {
			t.Errorf("got %d %v %q", status, header, body)
		}
		if got := header.Values("WWW-Authenticate"); strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("offered %q, want %q", got, test.want)
		}
	}
}

func TestBasicIsRefusedUnlessAllowed(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{AllowUnencrypted: true})
	c := newClient(t, address)
	if reply := c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")); reply.status != http.StatusUnauthorized {
		t.Errorf("got %d", reply.status)
	}
}

func TestLoginLastsAsLongAsItsConnection(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{})
	p := pin(t, address)
	if _, status := p.logIn(testUser, testPassword); status != http.StatusOK {
		t.Fatalf("login: %d", status)
	}
	if status, _, body := p.post("", soapType, nil); status != http.StatusOK || len(body) > 0 {
		t.Errorf("an empty request after the login: %d %q", status, body)
	}
	if status, _, _ := p.post("", soapType, []byte("<s:Envelope/>")); status != http.StatusUnauthorized {
		t.Errorf("SOAP in clear text after the login: %d", status)
	}
	if status, _, _ := pin(t, address).post("", soapType, nil); status != http.StatusUnauthorized {
		t.Errorf("another connection: %d", status)
	}
}

func TestProofOnAnotherConnectionIsRefused(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{})
	login, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(testUser, testPassword))
	if err != nil {
		t.Fatal(err)
	}
	negotiate, err := login.Authenticate(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, header, _ := pin(t, address).post(negotiateHeader(negotiate), soapType, nil)
	challenge, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(header.Get("WWW-Authenticate"), "Negotiate "))
	proof, err := login.Authenticate(challenge, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := pin(t, address).post(negotiateHeader(proof), soapType, nil); status != http.StatusUnauthorized {
		t.Errorf("got %d", status)
	}
}

func TestWrongPasswordsLockTheAccount(t *testing.T) {
	endpoint, address := serve(t, newTestMachine(), Options{LockoutThreshold: 3})
	try := func(password string, want int) {
		t.Helper()
		if _, status := pin(t, address).logIn(testUser, password); status != want {
			t.Errorf("password %q: %d, want %d", password, status, want)
		}
	}
	try("wrong", http.StatusUnauthorized)
	try(testPassword, http.StatusOK)
	if got := endpoint.FailedLogons(`CONTOSO\` + strings.ToUpper(testUser)); got != 0 {
		t.Errorf("%d wrong passwords after a right one", got)
	}
	for range 3 {
		try("wrong", http.StatusUnauthorized)
	}
	if got := endpoint.FailedLogons(testUser); got != 3 {
		t.Errorf("%d wrong passwords counted, want 3", got)
	}
	try(testPassword, http.StatusUnauthorized)
	if _, status := pin(t, address).logIn("nobody", testPassword); status != http.StatusUnauthorized {
		t.Errorf("an unknown account: %d", status)
	}
}

func TestALockedAccountOpensAfterItsTimeOrByHand(t *testing.T) {
	now := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	var mutex sync.Mutex
	pass := func(d time.Duration) {
		mutex.Lock()
		defer mutex.Unlock()
		now = now.Add(d)
	}
	endpoint, address := serve(t, newTestMachine(), Options{LockoutThreshold: 2, LockoutTime: 30 * time.Minute, Now: func() time.Time {
		mutex.Lock()
		defer mutex.Unlock()
		return now
	}})
	try := func(password string, want int) {
		t.Helper()
		if _, status := pin(t, address).logIn(testUser, password); status != want {
			t.Errorf("password %q: %d, want %d", password, status, want)
		}
	}
	lock := func() {
		try("wrong", http.StatusUnauthorized)
		try("wrong", http.StatusUnauthorized)
		try(testPassword, http.StatusUnauthorized)
	}
	lock()
	pass(29 * time.Minute)
	try(testPassword, http.StatusUnauthorized)
	pass(time.Minute)
	try(testPassword, http.StatusOK)
	lock()
	endpoint.Unlock(`CONTOSO\` + strings.ToUpper(testUser))
	try(testPassword, http.StatusOK)
	try("wrong", http.StatusUnauthorized)
	pass(time.Hour)
	if n := endpoint.FailedLogons(testUser); n != 0 {
		t.Errorf("%d wrong passwords count after an hour", n)
	}
}

func TestHostsDifferInWhatAnEmptyRequestGets(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{EmptyNeedsLogin: true, ClosesAnonymous: true})
	anonymous := pin(t, address)
	if status, _, _ := anonymous.post("", soapType, nil); status != http.StatusUnauthorized {
		t.Errorf("without a login: %d", status)
	}
	if _, err := anonymous.reader.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection lives on: %v", err)
	}
	p := pin(t, address)
	login, status := p.logIn(testUser, testPassword)
	if status != http.StatusOK {
		t.Fatalf("login: %d", status)
	}
	if status, _, _ := p.post("", soapType, nil); status != http.StatusUnauthorized {
		t.Errorf("an empty request after the login: %d", status)
	}
	c := newClient(t, address)
	if status, _, _ := p.post("", sealedRequest, sealedEnvelope(t, login, c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))); status != http.StatusOK {
		t.Errorf("a sealed request after it: %d", status)
	}
}

// sealedEnvelope seals and frames an envelope.
func sealedEnvelope(t testing.TB, login *ntlmssp.Client, envelope string) []byte {
	t.Helper()
	framed, err := (&sealedConnection{login: login}).seal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return framed
}

func TestTamperedMessageIsRefusedAndEndsTheConnection(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{})
	for name, tamper := range map[string]func([]byte) []byte{
		"one bit of the message": func(b []byte) []byte { b[len(b)-40] ^= 1; return b },
		"one bit of the signature": func(b []byte) []byte {
			b[bytes.Index(b, binary.LittleEndian.AppendUint32(nil, 16))+8] ^= 1
			return b
		},
		"a cut message":  func(b []byte) []byte { return append(b[:len(b)-60], "--Encrypted Boundary--\r\n"...) },
		"no end":         func(b []byte) []byte { return b[:len(b)-30] },
		"no parts":       func([]byte) []byte { return []byte("--Encrypted Boundary--\r\n") },
		"another length": func(b []byte) []byte { return bytes.Replace(b, []byte("Length="), []byte("Length=1"), 1) },
	} {
		p := pin(t, address)
		login, status := p.logIn(testUser, testPassword)
		if status != http.StatusOK {
			t.Fatalf("login: %d", status)
		}
		c := newClient(t, address)
		framed := sealedEnvelope(t, login, c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
		status, _, body := p.post("", sealedRequest, tamper(framed))
		if status != http.StatusBadRequest || len(body) > 0 {
			t.Errorf("%s: %d %q", name, status, body)
		}
		if _, err := p.reader.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: the connection lives on: %v", name, err)
		}
	}
}

func TestSealedMessageOfAnotherConnectionIsRefused(t *testing.T) {
	_, address := serve(t, newTestMachine(), Options{})
	mine, theirs := pin(t, address), pin(t, address)
	if _, status := mine.logIn(testUser, testPassword); status != http.StatusOK {
		t.Fatalf("login: %d", status)
	}
	login, _ := theirs.logIn(testUser, testPassword)
	framed := sealedEnvelope(t, login, newClient(t, address).envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
	if status, _, _ := mine.post("", sealedRequest, framed); status != http.StatusBadRequest {
		t.Errorf("got %d", status)
	}
	if status, _, _ := pin(t, address).post("", sealedRequest, framed); status != http.StatusUnauthorized {
		t.Errorf("without a login: %d", status)
	}
}

// wrapped puts an NTLM token into the first or a later SPNEGO token, with the encoder of gokrb5.
func wrapped(t *testing.T, token []byte, mechanisms ...asn1.ObjectIdentifier) string {
	t.Helper()
	outer := spnego.SPNEGOToken{Resp: true, NegTokenResp: spnego.NegTokenResp{ResponseToken: token}}
	if mechanisms != nil {
		outer = spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{MechTypes: mechanisms, MechTokenBytes: token}}
	}
	text, err := outer.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return negotiateHeader(text)
}

// unwrapped reads the server's token.
func unwrapped(t *testing.T, header http.Header) spnego.NegTokenResp {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header.Get("WWW-Authenticate"), "Negotiate "))
	if err != nil {
		t.Fatal(err)
	}
	var token spnego.NegTokenResp
	if err := token.Unmarshal(text); err != nil {
		t.Fatalf("the server's token %x: %v", text, err)
	}
	return token
}

func TestNTLMInsideSPNEGO(t *testing.T) {
	oidNTLM, oidKerberos := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}, asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}
	for name, kerberosFirst := range map[string]bool{"NTLM first": false, "Kerberos first": true} {
		_, address := serve(t, newTestMachine(), Options{})
		p := pin(t, address)
		login, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(testUser, testPassword))
		if err != nil {
			t.Fatal(err)
		}
		negotiate, err := login.Authenticate(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		first := wrapped(t, negotiate, oidNTLM, oidKerberos)
		if kerberosFirst {
			_, header, _ := p.post(wrapped(t, []byte("ticket"), oidKerberos, oidNTLM), soapType, nil)
			if token := unwrapped(t, header); !token.SupportedMech.Equal(oidNTLM) || token.ResponseToken != nil {
				t.Errorf("%s: the server chose %v", name, token)
			}
			first = wrapped(t, negotiate)
		}
		_, header, _ := p.post(first, soapType, nil)
		proof, err := login.Authenticate(unwrapped(t, header).ResponseToken, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, header, _ := p.post(wrapped(t, proof), soapType, nil)
		if token := unwrapped(t, header); status != http.StatusOK || token.State() != spnego.NegStateAcceptCompleted {
			t.Errorf("%s: %d, state %d", name, status, token.State())
		}
		framed := sealedEnvelope(t, login, newClient(t, address).envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
		if status, _, _ := p.post("", sealedRequest, framed); status != http.StatusOK {
			t.Errorf("%s: a sealed request after the login: %d", name, status)
		}
	}
}
