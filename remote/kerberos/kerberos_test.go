package kerberos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/remote/kerberos/kdctest"
)

const (
	user     = "svc-patch@" + kdctest.Realm
	password = "correct horse"
	server   = "app01.corp.example"
)

// domain is a KDC that knows our account and one server.
func domain(t *testing.T, life string) *kdctest.Domain {
	t.Helper()
	d := kdctest.Start(t, life)
	d.Add("svc-patch", password)
	d.AddServer(server)
	return d
}

func newClient(t *testing.T, a Account) *Client {
	t.Helper()
	c, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) || failure.Kind != kind {
		t.Errorf("want kind %d, got %T %v", kind, err, err)
	}
}

// mit is MIT's library at the other end of a login.
type mit struct {
	t  *testing.T
	in io.Writer
	on *bufio.Scanner
}

func newMIT(t *testing.T, d *kdctest.Domain) *mit {
	t.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import gssapi").Run() != nil {
		kdctest.Missing(t, "Python's gssapi", "python3-gssapi")
	}
	d.Keytab("HTTP/" + server)
	program := exec.Command(python, "testdata/acceptor.py")
	program.Env = append(d.Environment(), "KRB5_KTNAME="+d.Path("HTTP-"+server+".keytab"))
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		program.Wait()
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &mit{t, in, lines}
}

func (m *mit) does(word string, given []byte) ([]byte, error) {
	m.t.Helper()
	fmt.Fprintln(m.in, word, base64.StdEncoding.EncodeToString(given))
	if !m.on.Scan() {
		m.t.Fatal("MIT's end is gone")
	}
	outcome, text, _ := strings.Cut(m.on.Text(), " ")
	answer, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		m.t.Fatal(err)
	}
	if outcome != "ok" {
		return nil, errors.New(string(answer))
	}
	return answer, nil
}

func (m *mit) must(word string, given []byte) []byte {
	m.t.Helper()
	answer, err := m.does(word, given)
	if err != nil {
		m.t.Fatalf("%s: %v", word, err)
	}
	return answer
}

func (m *mit) login(ticket *Ticket) *Session {
	m.t.Helper()
	login, err := ticket.Begin(nil)
	if err != nil {
		m.t.Fatal(err)
	}
	session, err := login.Finish(m.must("accept", login.Token))
	if err != nil {
		m.t.Fatal(err)
	}
	return session
}

func TestPasswordKeytabAndCacheLogInAndSealWithMITsLibrary(t *testing.T) {
	d := domain(t, "1h")
	m := newMIT(t, d)
	for name, a := range map[string]Account{
		"password": {User: user, Password: password},
		"keytab":   {User: user, Keytab: d.Keytab("svc-patch")},
		"cache":    {Cache: d.Cache("svc-patch", password)},
	} {
		t.Run(name, func(t *testing.T) {
			a.Config = d.Config
			ticket, err := newClient(t, a).Ticket(t.Context(), server)
			if err != nil {
				t.Fatal(err)
			}
			session := m.login(ticket)
			for i := range 3 {
				for _, length := range []int{0, 1, 15, 16, 17, 5000} {
					text := bytes.Repeat([]byte{byte('a' + i)}, length)
					signature, sealed, err := session.Seal(text)
					if err != nil || len(sealed) != length || len(signature) != 60 {
						t.Fatalf("%d bytes: signature %d, sealed %d, %v", length, len(signature), len(sealed), err)
					}
					if got := m.must("open", append(signature, sealed...)); !bytes.Equal(got, text) {
						t.Errorf("%d bytes arrived as %q", length, got)
					}
					token := m.must("seal", text)
					cut := min(len(token), 60)
					if got, err := session.Open(token[:cut], token[cut:]); err != nil || !bytes.Equal(got, text) {
						t.Errorf("%d bytes came back as %q, %v", length, got, err)
					}
				}
			}
		})
	}
}

func TestAMessageThatWasChangedRepeatedOrNotSealedIsRefused(t *testing.T) {
	d := domain(t, "1h")
	m := newMIT(t, d)
	ticket, err := newClient(t, Account{User: user, Password: password, Config: d.Config}).Ticket(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	session := m.login(ticket)
	token := m.must("seal", []byte("the truth"))
	for i := range token {
		changed := bytes.Clone(token)
		changed[i] ^= 1
		if text, err := session.Open(changed[:60], changed[60:]); err == nil {
			t.Errorf("byte %d was changed and %q was believed", i, text)
		}
	}
	for cut := range token {
		if _, err := session.Open(token[:cut], nil); err == nil {
			t.Errorf("%d bytes were believed", cut)
		}
	}
	if text, err := session.Open(token[:60], token[60:]); err != nil || string(text) != "the truth" {
		t.Fatalf("%q %v", text, err)
	}
	_, err = session.Open(token[:60], token[60:])
	wantKind(t, err, Unproven)
	signature, sealed, err := session.Seal([]byte("ours"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Open(signature, sealed); err == nil {
		t.Error("our own message came back and was believed")
	}
}

func TestAServerThatAnswersAnotherLoginProvesNothing(t *testing.T) {
	d := domain(t, "1h")
	m := newMIT(t, d)
	c := newClient(t, Account{User: user, Password: password, Config: d.Config})
	ticket, err := c.Ticket(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := ticket.Begin(nil)
	second, _ := ticket.Begin([]byte("tls-server-end-point:x"))
	answer := m.must("accept", first.Token)
	_, err = second.Finish(answer)
	wantKind(t, err, Unproven)
	for _, token := range [][]byte{nil, first.Token, answer[:20], append(bytes.Clone(answer), 0)} {
		_, err := first.Finish(token)
		wantKind(t, err, Unreadable)
	}
}

func TestATicketIsKeptForItsLifeAndALoginForFiveSixthsOfIt(t *testing.T) {
	d := domain(t, "1h")
	other := "app02.corp.example"
	d.AddServer(other)
	c := newClient(t, Account{User: user, Password: password, Config: d.Config})
	ask := func(server string) (*Ticket, *Ticket) {
		t.Helper()
		ticket, err := c.Ticket(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		return ticket, c.granting
	}
	first, login := ask(server)
	if again, _ := ask(strings.ToUpper(server) + "."); again != first {
		t.Error("a good ticket was asked for again")
	}
	if another, same := ask(other); another == first || same != login {
		t.Error("another server needs its own ticket, from the same login")
	}
	first.Drop()
	dropped := first
	if first, _ = ask(server); first == dropped {
		t.Error("a ticket that the server refused was used again")
	}
	dropped.Drop()
	if again, _ := ask(server); again != first {
		t.Error("a ticket was dropped for another's sake")
	}
	began := time.Now()
	c.now = func() time.Time { return began.Add(51 * time.Minute) }
	if _, same := ask(server); same != login {
		t.Error("a ticket that is still good was replaced")
	}
	c.tickets = map[string]*Ticket{}
	if _, renewed := ask(server); renewed == login {
		t.Error("a login near its end was used for a new ticket")
	}
	c.now = func() time.Time { return began.Add(59 * time.Minute) }
	if ticket, _ := ask(server); ticket == first {
		t.Error("a ticket in its last minutes was used")
	}
}

func TestAWrongPasswordCostsOneFailedLogonForHoweverManyServers(t *testing.T) {
	d := domain(t, "1h")
	c := newClient(t, Account{User: user, Password: "swordfish", Config: d.Config, Hold: time.Hour})
	var calls sync.WaitGroup
	for i := range 10 {
		calls.Go(func() {
			_, err := c.Ticket(t.Context(), fmt.Sprintf("app%02d.corp.example", i))
			wantKind(t, err, Refused)
			if err != nil && (strings.Contains(err.Error(), "swordfish") || !strings.Contains(err.Error(), "password or keytab is wrong")) {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if n := d.Refusals("svc-patch"); n != "1" {
		t.Errorf("%s failed logons", n)
	}
	began := time.Now()
	c.now = func() time.Time { return began.Add(2 * time.Hour) }
	_, err := c.Ticket(t.Context(), server)
	wantKind(t, err, Refused)
	if n := d.Refusals("svc-patch"); n != "2" {
		t.Errorf("after the hold: %s failed logons", n)
	}
}

func TestWhatTheDomainRefusesIsSaidInWords(t *testing.T) {
	d := domain(t, "1h")
	d.Add("locked", password)
	d.Change("locked", "-allow_tix")
	for name, c := range map[string]struct {
		account Account
		server  string
		kind    Kind
		words   string
	}{
		"unknown account": {Account{User: "nobody@" + kdctest.Realm, Password: password}, server, Refused, "does not know the account"},
		"locked account":  {Account{User: "locked@" + kdctest.Realm, Password: password}, server, Refused, "disabled or locked"},
		"unknown server":  {Account{User: user, Password: password}, "app99.corp.example", NoTicket, "knows no server of that name"},
		"address":         {Account{User: user, Password: password}, "10.1.2.3", NoTicket, "DNS name"},
	} {
		t.Run(name, func(t *testing.T) {
			c.account.Config = d.Config
			_, err := newClient(t, c.account).Ticket(t.Context(), c.server)
			wantKind(t, err, c.kind)
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Error(err)
			}
		})
	}
}

// realmAt is a configuration whose KDC is at that address.
func realmAt(address net.Addr) string {
	return "[realms]\n " + kdctest.Realm + " = {\n  kdc = " + address.String() + "\n }\n"
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func TestADomainThatDoesNotAnswerIsUnreachable(t *testing.T) {
	listener := listen(t)
	listener.Close()
	_, err := newClient(t, Account{User: user, Password: password, Config: realmAt(listener.Addr())}).Ticket(t.Context(), server)
	wantKind(t, err, Unreachable)
}

func TestTheEndOfTheContextEndsTheWaitForTheDomain(t *testing.T) {
	listener := listen(t)
	c := newClient(t, Account{User: user, Password: password, Config: realmAt(listener.Addr())})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := listener.Accept(); err == nil {
			cancel()
			<-t.Context().Done()
			conn.Close()
		}
	}()
	_, err := c.Ticket(ctx, server)
	wantKind(t, err, Ended)
}

func TestADomainThatAnswersNonsenseIsNoDanger(t *testing.T) {
	for name, reply := range map[string][]byte{
		"empty": {0, 0, 0, 0}, "noise": append([]byte{0, 0, 0, 9}, "nonsense!"...), "shallow": {0, 0, 0, 4, 0x6b, 2, 0x30, 0},
		"cut off": {0, 0, 1, 0, 1}, "huge": {0xff, 0xff, 0xff, 0xff, 1},
	} {
		t.Run(name, func(t *testing.T) {
			listener := listen(t)
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					bufio.NewReader(conn).Peek(1)
					conn.Write(reply)
					conn.(*net.TCPConn).CloseWrite()
				}
			}()
			_, err := newClient(t, Account{User: user, Password: password, Config: realmAt(listener.Addr())}).Ticket(t.Context(), server)
			var failure *Error
			if !errors.As(err, &failure) || failure.Kind == Refused {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

func TestNothingGoesOnWhenNobodyAsks(t *testing.T) {
	d := domain(t, "1h")
	before := runtime.NumGoroutine()
	for range 5 {
		c := newClient(t, Account{User: user, Password: password, Config: d.Config})
		if _, err := c.Ticket(t.Context(), server); err != nil {
			t.Fatal(err)
		}
	}
	for runtime.NumGoroutine() > before { // those that only end now; the test's own time limit ends this if they never do
		runtime.Gosched()
	}
}

func TestAnAccountThatCannotWorkIsRefusedBeforeAnybodyIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		account Account
		words   string
	}{
		"no proof":       {Account{User: user}, "one of password"},
		"two proofs":     {Account{User: user, Password: password, Keytab: []byte{5, 2}}, "one of password"},
		"no realm":       {Account{User: `CORP\svc-patch`, Password: password}, "user@REALM"},
		"empty keytab":   {Account{User: user, Keytab: []byte{5, 2}}, "keytab"},
		"no keytab":      {Account{User: user, Keytab: []byte("hello")}, "keytab"},
		"cut off keytab": {Account{User: user, Keytab: []byte{5, 2, 0, 0, 0, 40, 0}}, ""},
		"no cache":       {Account{Cache: []byte("hello")}, "cache"},
		"cut off cache":  {Account{Cache: []byte{5, 4, 0, 12, 0}}, ""},
	} {
		if _, err := New(c.account); err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzAnswer: no token of a server may hurt us, and none is believed without the key.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x60\x0f" + string(mechanism) + "\x02\x00\x6f\x00"))
	f.Add([]byte("\x60\x81\x0f" + string(mechanism) + "\x03\x00\x7e\x00"))
	f.Add([]byte("\x60\x84\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, token []byte) {
		l := &Login{}
		l.key.KeyType, l.key.KeyValue = strong[0], make([]byte, 32)
		if session, err := l.Finish(token); err == nil || session != nil {
			t.Errorf("%v %v", session, err)
		}
	})
}

func FuzzSealed(f *testing.F) {
	f.Add(append([]byte{5, 4, 3, 0xff, 0, 0, 0, 28}, make([]byte, 60)...))
	f.Add([]byte{5, 4})
	f.Fuzz(func(t *testing.T, token []byte) {
		s := &Session{}
		s.key.KeyType, s.key.KeyValue = strong[0], make([]byte, 32)
		if err := s.prepare(); err != nil {
			t.Fatal(err)
		}
		if text, err := s.Open(token[:len(token)/2], token[len(token)/2:]); err == nil {
			t.Errorf("%q was believed", text)
		}
	})
}

// FuzzKeytab: a keytab is a file that somebody else made.
func FuzzKeytab(f *testing.F) {
	f.Add([]byte{5, 2, 0, 0, 0, 40, 0})
	f.Fuzz(func(t *testing.T, contents []byte) {
		if c, err := New(Account{User: user, Keytab: contents}); err == nil && c == nil {
			t.Error("neither client nor error")
		}
	})
}
