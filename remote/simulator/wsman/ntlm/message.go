package ntlm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

var signature = []byte("NTLMSSP\x00")

// Message types; a client sends the first and the last.
const (
	Negotiate        = 1
	challengeType    = 2
	authenticateType = 3
)

// Negotiate flags, [MS-NLMP] 2.2.2.5.
const (
	flagUnicode         = 1 << 0
	flagOEM             = 1 << 1
	flagRequestTarget   = 1 << 2
	flagSign            = 1 << 4
	flagSeal            = 1 << 5
	flagNTLM            = 1 << 9
	flagAlwaysSign      = 1 << 15
	flagTargetServer    = 1 << 17
	flagExtendedSession = 1 << 19
	flagTargetInfo      = 1 << 23
	flagVersion         = 1 << 25
	flag128             = 1 << 29
	flagKeyExchange     = 1 << 30
	flag56              = 1 << 31
)

// supported are the flags that the acceptor grants when asked for.
const supported uint32 = flagUnicode | flagOEM | flagRequestTarget | flagSign | flagSeal | flagNTLM | flagAlwaysSign |
	flagExtendedSession | flagVersion | flag128 | flagKeyExchange | flag56

// Attribute identifiers of target information.
const (
	attributeEnd             = 0
	attributeComputer        = 1
	attributeDomain          = 2
	attributeDNSComputer     = 3
	attributeFlags           = 6
	attributeTimestamp       = 7
	attributeBinding         = 10 // MD5 of the channel bindings
	attributeFlagMIC         = 2  // bit of attributeFlags: the message carries a message integrity code
	maxMessage               = 16 << 10
	negotiateLength          = 16 // up to and including the flags
	challengeLength          = 56
	authenticateLength       = 64 // up to and including the flags
	micOffset                = 72
	micEnd                   = micOffset + 16
	proofLength              = 16
	clientChallengeAttribute = 28 // offset of the attributes in the client's part of an NTLMv2 response
)

// ErrMalformed says that a token is no NTLM message.
var ErrMalformed = errors.New("malformed NTLM message")

// MessageType tells which NTLM message a token starts with.
func MessageType(token []byte) (uint32, error) {
	if len(token) < 12 || len(token) > maxMessage || !bytes.HasPrefix(token, signature) {
		return 0, fmt.Errorf("%w: no NTLMSSP signature", ErrMalformed)
	}
	return binary.LittleEndian.Uint32(token[8:]), nil
}

// authenticate is a parsed AUTHENTICATE message; the slices point into it.
type authenticate struct {
	raw          []byte
	response     []byte
	domain, user string
	sessionKey   []byte
	flags        uint32
	attributes   []byte
}

func parseAuthenticate(raw []byte) (*authenticate, error) {
	kind, err := MessageType(raw)
	if err != nil {
		return nil, err
	}
	if kind != authenticateType || len(raw) < authenticateLength {
		return nil, fmt.Errorf("%w: no AUTHENTICATE message", ErrMalformed)
	}
	m := &authenticate{raw: raw, flags: binary.LittleEndian.Uint32(raw[60:])}
	var domain, user []byte
	for _, field := range []struct {
		offset int
		value  *[]byte
	}{{20, &m.response}, {28, &domain}, {36, &user}, {52, &m.sessionKey}} {
		if *field.value, err = payload(raw, field.offset); err != nil {
			return nil, err
		}
	}
	if m.domain, err = text(domain, m.flags); err != nil {
		return nil, err
	}
	if m.user, err = text(user, m.flags); err != nil {
		return nil, err
	}
	if len(m.response) < proofLength+clientChallengeAttribute {
		return nil, errors.New("the login is anonymous or NTLMv1, only NTLMv2 is accepted")
	}
	m.attributes = m.response[proofLength+clientChallengeAttribute:]
	return m, nil
}

// payload reads the length and offset at the given place and returns what they point to.
func payload(raw []byte, at int) ([]byte, error) {
	length := uint64(binary.LittleEndian.Uint16(raw[at:]))
	offset := uint64(binary.LittleEndian.Uint32(raw[at+4:]))
	if length == 0 {
		return nil, nil
	}
	if offset+length > uint64(len(raw)) {
		return nil, fmt.Errorf("%w: a field points outside the message", ErrMalformed)
	}
	return raw[offset : offset+length], nil
}

// claimsMIC tells whether the client says that its message carries a message integrity code.
func (m *authenticate) claimsMIC() (bool, error) {
	value, err := attribute(m.attributes, attributeFlags)
	if err != nil || len(value) != 4 {
		return false, err
	}
	return binary.LittleEndian.Uint32(value)&attributeFlagMIC != 0, nil
}

// attribute finds one attribute in a list that ends with attributeEnd; nil if it is not there.
func attribute(list []byte, wanted uint16) ([]byte, error) {
	for len(list) >= 4 {
		id, length := binary.LittleEndian.Uint16(list), int(binary.LittleEndian.Uint16(list[2:]))
		if id == attributeEnd {
			return nil, nil
		}
		if len(list) < 4+length {
			break
		}
		if id == wanted {
			return list[4 : 4+length], nil
		}
		list = list[4+length:]
	}
	return nil, fmt.Errorf("%w: the target information has no end", ErrMalformed)
}

func appendAttribute(list []byte, id uint16, value []byte) []byte {
	list = binary.LittleEndian.AppendUint16(list, id)
	list = binary.LittleEndian.AppendUint16(list, uint16(len(value)))
	return append(list, value...)
}

// text decodes a name of a message; OEM names are read as Latin-1, which agrees with every OEM code page in ASCII.
func text(raw []byte, flags uint32) (string, error) {
	if flags&flagUnicode == 0 {
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return string(runes), nil
	}
	if len(raw)%2 != 0 {
		return "", fmt.Errorf("%w: a name has half a character", ErrMalformed)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

func unicodeBytes(s string) []byte {
	units := utf16.Encode([]rune(s))
	raw := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return raw
}
