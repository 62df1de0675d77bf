package ntlm

import (
	"bytes"
	"crypto/rc4"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
)

var now = time.Date(2026, 3, 10, 18, 0, 0, 0, time.UTC)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The key that [MS-NLMP] 4.2.4.1.1 computes for its example.
func TestPasswordKeyOfTheSpecification(t *testing.T) {
	if got := passwordKey("Password", "User", "Domain"); !bytes.Equal(got, unhex(t, "0c868a403bfd7a93a3001ef22ef02e3f")) {
		t.Errorf("got %x", got)
	}
}

// The sealed message of [MS-NLMP] 4.2.4.4, with the session key of its examples.
func TestUnsealMessageOfTheSpecification(t *testing.T) {
	session, err := newSession(flagExtendedSession|flagSeal|flag128|flagKeyExchange, bytes.Repeat([]byte{0x55}, 16), toClient)
	if err != nil {
		t.Fatal(err)
	}
	message := unhex(t, "54e50165bf1936dc996020c1811b0f06fb5f")
	if err := session.Unseal(unhex(t, "010000007fb38ec5c55d497600000000"), message); err != nil {
		t.Fatal(err)
	}
	if want := unicodeBytes("Plaintext"); !bytes.Equal(message, want) {
		t.Errorf("got %q", message)
	}
}

// offer is a hand-made client, for what the library's client cannot do.
type offer struct {
	flags    uint32
	tampered bool // the NEGOTIATE message the server saw is not the one that was sent
}

var toServer = side{out: clientToServer, in: serverToClient}

// logIn takes a client through the login and returns both sides.
func (o offer) logIn(t testing.TB, password string) (*Login, *Session, error) {
	t.Helper()
	negotiate := append(bytes.Clone(signature), 1, 0, 0, 0)
	negotiate = binary.LittleEndian.AppendUint32(negotiate, o.flags)
	acceptor := NewAcceptor("srv-app-01")
	challenge, err := acceptor.Challenge(negotiate, now)
	if err != nil {
		t.Fatal(err)
	}
	if o.tampered {
		negotiate[15] ^= 1
	}
	proof, session := o.proof(t, negotiate, challenge, password)
	login, err := acceptor.Authenticate(proof, password)
	return login, session, err
}

func (o offer) proof(t testing.TB, negotiate, challenge []byte, password string) ([]byte, *Session) {
	t.Helper()
	const user, domain = "Jörg", "CONTOSO"
	flags := binary.LittleEndian.Uint32(challenge[20:])
	list, err := payload(challenge, 40)
	if err != nil {
		t.Fatal(err)
	}
	list = appendAttribute(bytes.Clone(list[:len(list)-4]), attributeFlags, []byte{attributeFlagMIC, 0, 0, 0})
	list = appendAttribute(list, attributeEnd, nil)
	temporary := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, fileTime(now)...)
	temporary = append(append(temporary, "nonce-12\x00\x00\x00\x00"...), list...)
	key := passwordKey(password, user, domain)
	proof := keyed(key, challenge[24:32], temporary)
	exported := keyed(key, proof)
	var encrypted []byte
	if flags&flagKeyExchange != 0 {
		cipher, err := rc4.NewCipher(exported)
		if err != nil {
			t.Fatal(err)
		}
		exported, encrypted = bytes.Repeat([]byte{7}, 16), make([]byte, 16)
		cipher.XORKeyStream(encrypted, exported)
	}
	names := func(text string) []byte {
		if flags&flagUnicode != 0 {
			return unicodeBytes(text)
		}
		var raw []byte
		for _, r := range text {
			raw = append(raw, byte(r))
		}
		return raw
	}
	m := append(bytes.Clone(signature), 3, 0, 0, 0)
	content := []byte{}
	for _, field := range [][]byte{nil, append(proof, temporary...), names(domain), names(user), nil, encrypted} {
		m = appendField(m, len(field), micEnd+len(content))
		content = append(content, field...)
	}
	m = binary.LittleEndian.AppendUint32(m, flags)
	m = append(append(m, make([]byte, micEnd-authenticateLength)...), content...)
	copy(m[micOffset:], keyed(exported, negotiate, challenge, m))
	session, err := newSession(flags, exported, toServer)
	if err != nil {
		t.Fatal(err)
	}
	return m, session
}

const usual = flagUnicode | flagSign | flagSeal | flagExtendedSession | flagKeyExchange | flag128 | flag56

func TestLoginThenSealedMessagesBothWays(t *testing.T) {
	for name, flags := range map[string]uint32{
		"usual":           usual,
		"OEM names":       usual&^flagUnicode | flagOEM,
		"no key exchange": usual &^ flagKeyExchange,
		"56 bits":         usual &^ flag128,
		"40 bits":         usual &^ (flag128 | flag56),
	} {
		login, theirs, err := offer{flags: flags}.logIn(t, "pä$$word")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if login.User != "Jörg" || login.Domain != "CONTOSO" {
			t.Errorf("%s: logged in as %q %q", name, login.Domain, login.User)
		}
		for _, way := range []struct{ from, to *Session }{{theirs, login.Session}, {login.Session, theirs}, {theirs, login.Session}} {
			message := []byte("a message")
			mark := way.from.Seal(message)
			if bytes.Equal(message, []byte("a message")) {
				t.Errorf("%s: the message is not sealed", name)
			}
			if err := way.to.Unseal(mark[:], message); err != nil || string(message) != "a message" {
				t.Errorf("%s: %q, %v", name, message, err)
			}
		}
	}
}

func TestReplayedMessageIsRefused(t *testing.T) {
	login, theirs, err := offer{flags: usual &^ flagKeyExchange}.logIn(t, "p")
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("once")
	mark := theirs.Seal(message)
	again := bytes.Clone(message)
	if err := login.Session.Unseal(mark[:], message); err != nil {
		t.Fatal(err)
	}
	if err := login.Session.Unseal(mark[:], again); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func TestChangedHandshakeIsRefused(t *testing.T) {
	if _, _, err := (offer{flags: usual, tampered: true}).logIn(t, "p"); err == nil {
		t.Error("the integrity code was not checked")
	}
}

func TestLoginWithoutSealingHasNoSession(t *testing.T) {
	for name, flags := range map[string]uint32{"no sealing": usual &^ flagSeal, "no extended security": usual &^ flagExtendedSession} {
		if login, _, err := (offer{flags: flags}).logIn(t, "p"); err != nil || login.Session != nil {
			t.Errorf("%s: %+v, %v", name, login, err)
		}
	}
}

func TestCountersignLetsTheCiphersStartAnew(t *testing.T) {
	login, theirs, err := offer{flags: usual}.logIn(t, "p")
	if err != nil {
		t.Fatal(err)
	}
	list := []byte("mechanisms")
	fresh := *theirs.out.cipher
	mark := theirs.sign(&theirs.out, theirs.out.checksum(list))
	theirs.out.cipher = &fresh
	answer, err := login.Session.Countersign(mark[:], list)
	if err != nil {
		t.Fatal(err)
	}
	fresh = *theirs.in.cipher
	if expected := theirs.sign(&theirs.in, theirs.in.checksum(list)); !bytes.Equal(expected[:], answer) {
		t.Errorf("the answer is %x, want %x", answer, expected)
	}
	message := []byte("first")
	mark = theirs.Seal(message)
	if binary.LittleEndian.Uint32(mark[12:]) != 1 {
		t.Errorf("the first message after it has number %d", mark[12])
	}
	if _, err := login.Session.Countersign(mark[:], list); !errors.Is(err, ErrSignature) {
		t.Errorf("a wrong signature: %v", err)
	}
}

// library logs in with github.com/bodgit/ntlmssp.
func library(t testing.TB, acceptor *Acceptor, user, domain, theirs string) []byte {
	t.Helper()
	client, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, theirs), ntlmssp.SetDomain(domain), ntlmssp.SetVersion(ntlmssp.DefaultVersion()))
	if err != nil {
		t.Fatal(err)
	}
	negotiate, err := client.Authenticate(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	challenge, err := acceptor.Challenge(negotiate, now)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := client.Authenticate(challenge, nil)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func TestWrongPasswordIsTold(t *testing.T) {
	acceptor := NewAcceptor("srv")
	proof := library(t, acceptor, "Administrator", "CONTOSO", "wrong")
	if user, err := User(proof); user != "Administrator" || err != nil {
		t.Errorf("the account is %q, %v", user, err)
	}
	if _, err := acceptor.Authenticate(proof, "right"); !errors.Is(err, ErrPassword) {
		t.Errorf("got %v", err)
	}
}

func TestChallengeIsGoodForOneProof(t *testing.T) {
	acceptor := NewAcceptor("srv")
	proof := library(t, acceptor, "a", "", "p")
	if _, err := acceptor.Authenticate(proof, "p"); err != nil {
		t.Fatal(err)
	}
	if _, err := acceptor.Authenticate(proof, "p"); !errors.Is(err, ErrMalformed) {
		t.Errorf("the second time: %v", err)
	}
}

func TestMalformedMessagesAreRefused(t *testing.T) {
	acceptor := NewAcceptor("srv")
	whole := library(t, acceptor, "a", "", "p")
	for length := range whole {
		if _, err := User(whole[:length]); err == nil && length < authenticateLength {
			t.Errorf("a proof of %d bytes is accepted", length)
		}
	}
	outside := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(outside[24:], 0xfffffff0)
	if _, err := User(outside); !errors.Is(err, ErrMalformed) {
		t.Errorf("a field outside the message: %v", err)
	}
	noNames := append(bytes.Clone(signature), 1, 0, 0, 0, 0, 0, 0, 0)
	for name, token := range map[string][]byte{"nothing": nil, "no names": noNames, "a proof": whole, "too short": noNames[:12]} {
		if _, err := acceptor.Challenge(token, now); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAuthenticate(f *testing.F) {
	acceptor := NewAcceptor("srv")
	f.Add(library(f, acceptor, "a", "b", "p"))
	f.Add(append(bytes.Clone(signature), 3, 0, 0, 0))
	f.Fuzz(func(t *testing.T, message []byte) {
		acceptor := NewAcceptor("srv")
		_ = library(t, acceptor, "a", "b", "p")
		if login, err := acceptor.Authenticate(message, "p"); err == nil {
			t.Errorf("%+v logged in without the challenge", login)
		}
	})
}

func BenchmarkLogin(b *testing.B) {
	for b.Loop() {
		if _, _, err := (offer{flags: usual}).logIn(b, "p"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal4KB(b *testing.B) {
	session, err := newSession(usual, make([]byte, 16), toClient)
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, 4096)
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		session.Seal(message)
	}
}
