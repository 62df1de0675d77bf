package ntlm

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rc4"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	//lint:ignore SA1019 NTLM is made of it
	"golang.org/x/crypto/md4"
)

// Acceptor takes one client through the two steps of a login.
type Acceptor struct {
	computer  string
	negotiate []byte
	challenge []byte
	nonce     [8]byte
	flags     uint32
}

// Login is a client that has proved to know the password.
type Login struct {
	User, Domain string
	// Session seals the messages that follow; nil when the client did not negotiate sealing.
	Session *Session
	// Binding is what the client says of the TLS connection that it is on, see Binding; nil when it says nothing.
	Binding []byte
}

// Binding is how a client says in a login which TLS connection it is on: the hash of the GSS-API channel bindings with
// that application data and no addresses.
func Binding(application []byte) []byte {
	bindings := make([]byte, 16, 20+len(application)) // types and lengths of two addresses
	bindings = binary.LittleEndian.AppendUint32(bindings, uint32(len(application)))
	sum := md5.Sum(append(bindings, application...))
	return sum[:]
}

// ErrPassword says that the message is in order but the proof is not: wrong password or unknown account.
var ErrPassword = errors.New("wrong user name or password")

// NewAcceptor starts a login to the computer of that name.
func NewAcceptor(computer string) *Acceptor {
	return &Acceptor{computer: computer}
}

// Challenge answers a NEGOTIATE message. now goes into the challenge; a client that sees it adds an integrity code.
func (a *Acceptor) Challenge(negotiate []byte, now time.Time) ([]byte, error) {
	kind, err := MessageType(negotiate)
	if err != nil {
		return nil, err
	}
	if kind != Negotiate || len(negotiate) < negotiateLength {
		return nil, fmt.Errorf("%w: no NEGOTIATE message", ErrMalformed)
	}
	a.flags = binary.LittleEndian.Uint32(negotiate[12:])&supported | flagNTLM | flagTargetInfo | flagTargetServer
	switch {
	case a.flags&flagUnicode != 0:
		a.flags &^= flagOEM
	case a.flags&flagOEM == 0:
		return nil, fmt.Errorf("%w: neither Unicode nor OEM is offered", ErrMalformed)
	}
	if _, err := rand.Read(a.nonce[:]); err != nil {
		return nil, fmt.Errorf("challenge: %w", err)
	}
	a.negotiate = append([]byte(nil), negotiate...)
	a.challenge = a.buildChallenge(now)
	return a.challenge, nil
}

func (a *Acceptor) buildChallenge(now time.Time) []byte {
	name := []byte(strings.ToUpper(a.computer))
	wide := unicodeBytes(strings.ToUpper(a.computer))
	if a.flags&flagUnicode != 0 {
		name = wide
	}
	var information []byte
	information = appendAttribute(information, attributeDomain, wide)
	information = appendAttribute(information, attributeComputer, wide)
	information = appendAttribute(information, attributeDNSComputer, unicodeBytes(strings.ToLower(a.computer)))
	information = appendAttribute(information, attributeTimestamp, fileTime(now))
	information = appendAttribute(information, attributeEnd, nil)

	m := make([]byte, 0, challengeLength+len(name)+len(information))
	m = append(m, signature...)
	m = binary.LittleEndian.AppendUint32(m, challengeType)
	m = appendField(m, len(name), challengeLength)
	m = binary.LittleEndian.AppendUint32(m, a.flags)
	m = append(m, a.nonce[:]...)
	m = append(m, make([]byte, 8)...) // reserved
	m = appendField(m, len(information), challengeLength+len(name))
	m = append(m, 10, 0, 0x7c, 0x4f, 0, 0, 0, 15) // version 10.0 build 20348, NTLM revision 15
	m = append(m, name...)
	return append(m, information...)
}

func appendField(m []byte, length, offset int) []byte {
	m = binary.LittleEndian.AppendUint16(m, uint16(length))
	m = binary.LittleEndian.AppendUint16(m, uint16(length))
	return binary.LittleEndian.AppendUint32(m, uint32(offset))
}

// fileTime counts 100 ns from the year 1601, as Windows does.
func fileTime(now time.Time) []byte {
	const epoch = 11644473600 // seconds from 1601 to 1970
	ticks := uint64(now.Unix()+epoch)*1e7 + uint64(now.Nanosecond()/100)
	return binary.LittleEndian.AppendUint64(nil, ticks)
}

// User reads the account name of an AUTHENTICATE message without checking anything.
func User(message []byte) (string, error) {
	m, err := parseAuthenticate(message)
	if err != nil {
		return "", err
	}
	return m.user, nil
}

// Authenticate checks an AUTHENTICATE message against password. It works once for each Challenge.
func (a *Acceptor) Authenticate(message []byte, password string) (*Login, error) {
	if a.challenge == nil {
		return nil, fmt.Errorf("%w: AUTHENTICATE without a challenge", ErrMalformed)
	}
	challenge := a.challenge
	a.challenge = nil
	m, err := parseAuthenticate(message)
	if err != nil {
		return nil, err
	}
	key := passwordKey(password, m.user, m.domain)
	proof := keyed(key, a.nonce[:], m.response[proofLength:])
	if subtle.ConstantTimeCompare(proof, m.response[:proofLength]) == 0 {
		return nil, ErrPassword
	}
	flags := a.flags & m.flags
	exported, err := sessionKey(keyed(key, proof), m.sessionKey, flags)
	if err != nil {
		return nil, err
	}
	if err := m.checkMIC(exported, a.negotiate, challenge); err != nil {
		return nil, err
	}
	login := &Login{User: m.user, Domain: m.domain}
	if login.Binding, err = m.binding(); err != nil {
		return nil, err
	}
	if flags&flagSeal != 0 && flags&flagExtendedSession != 0 {
		if login.Session, err = newSession(flags, exported, toClient); err != nil {
			return nil, err
		}
	}
	return login, nil
}

// binding gives the client's word on its TLS connection; all zeros are none.
func (m *authenticate) binding() ([]byte, error) {
	value, err := attribute(m.attributes, attributeBinding)
	if err != nil || len(value) != md5.Size || subtle.ConstantTimeCompare(value, make([]byte, md5.Size)) == 1 {
		return nil, err
	}
	return value, nil
}

func (m *authenticate) checkMIC(key, negotiate, challenge []byte) error {
	claimed, err := m.claimsMIC()
	if err != nil || !claimed {
		return err
	}
	if len(m.raw) < micEnd {
		return fmt.Errorf("%w: the promised integrity code is not there", ErrMalformed)
	}
	blank := append([]byte(nil), m.raw...)
	clear(blank[micOffset:micEnd])
	if !hmac.Equal(keyed(key, negotiate, challenge, blank), m.raw[micOffset:micEnd]) {
		return errors.New("the integrity code of the login does not fit: a message was changed on its way")
	}
	return nil
}

// passwordKey is NTOWFv2.
func passwordKey(password, user, domain string) []byte {
	h := md4.New()
	h.Write(unicodeBytes(password))
	return keyed(h.Sum(nil), unicodeBytes(strings.ToUpper(user)+domain))
}

func sessionKey(base, encrypted []byte, flags uint32) ([]byte, error) {
	if flags&flagKeyExchange == 0 || flags&(flagSign|flagSeal) == 0 {
		return base, nil
	}
	if len(encrypted) != 16 {
		return nil, fmt.Errorf("%w: the session key has %d bytes", ErrMalformed, len(encrypted))
	}
	cipher, err := rc4.NewCipher(base)
	if err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	exported := make([]byte, 16)
	cipher.XORKeyStream(exported, encrypted)
	return exported, nil
}

func keyed(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
