package spnego

import (
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSPNEGO = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2}
	oidNTLM   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
)

var (
	initTag = tag.Tag(0).ContextSpecific().Constructed()
	respTag = tag.Tag(1).ContextSpecific().Constructed()
)

func field(number uint8) tag.Tag { return tag.Tag(number).ContextSpecific().Constructed() }

// ErrMalformed says that a token is no SPNEGO token.
var ErrMalformed = errors.New("malformed SPNEGO token")

// ErrMechanism says that the client offers no mechanism that this package knows.
var ErrMechanism = errors.New("the client does not offer NTLM")

// Token is what a client sent.
type Token struct {
	// Inner is the mechanism's own token; nil when the client's first choice is another mechanism.
	Inner []byte
	// Mechanisms is the encoded list of the first token, which MechanismMIC signs.
	Mechanisms   []byte
	MechanismMIC []byte
}

// Wrapped tells whether a token is a SPNEGO token, and not the bare token of a mechanism.
func Wrapped(token []byte) bool {
	return len(token) > 0 && (token[0] == 0x60 || token[0] == byte(respTag))
}

// Parse reads a client's token.
func Parse(token []byte) (Token, error) {
	input := cryptobyte.String(token)
	var body, sequence cryptobyte.String
	if input.PeekASN1Tag(respTag) {
		if !input.ReadASN1(&body, respTag) || !input.Empty() || !body.ReadASN1(&sequence, tag.SEQUENCE) {
			return Token{}, ErrMalformed
		}
		return parseResponse(sequence)
	}
	var mechanism asn1.ObjectIdentifier
	if !input.ReadASN1(&body, tag.Tag(0x60)) || !body.ReadASN1ObjectIdentifier(&mechanism) || !mechanism.Equal(oidSPNEGO) ||
		!body.ReadASN1(&input, initTag) || !input.ReadASN1(&sequence, tag.SEQUENCE) {
		return Token{}, ErrMalformed
	}
	return parseInit(sequence)
}

func parseInit(sequence cryptobyte.String) (Token, error) {
	var list, offered cryptobyte.String
	if !sequence.ReadASN1(&list, field(0)) {
		return Token{}, ErrMalformed
	}
	parsed := Token{Mechanisms: list}
	if !list.ReadASN1(&offered, tag.SEQUENCE) {
		return Token{}, ErrMalformed
	}
	position := -1
	for i := 0; !offered.Empty(); i++ {
		var mechanism asn1.ObjectIdentifier
		if !offered.ReadASN1ObjectIdentifier(&mechanism) {
			return Token{}, ErrMalformed
		}
		if mechanism.Equal(oidNTLM) && position < 0 {
			position = i
		}
	}
	if position < 0 {
		return Token{}, ErrMechanism
	}
	inner, mic, err := parseTail(sequence)
	if err != nil {
		return Token{}, err
	}
	if position == 0 {
		parsed.Inner = inner
	}
	parsed.MechanismMIC = mic
	return parsed, nil
}

func parseResponse(sequence cryptobyte.String) (Token, error) {
	inner, mic, err := parseTail(sequence)
	return Token{Inner: inner, MechanismMIC: mic}, err
}

// parseTail reads what both kinds of token end with: fields 0 and 1, which do not matter here, the mechanism's token and
// the signature of the list.
func parseTail(sequence cryptobyte.String) (inner, mic []byte, err error) {
	if !sequence.SkipOptionalASN1(field(0)) || !sequence.SkipOptionalASN1(field(1)) {
		return nil, nil, ErrMalformed
	}
	if inner, sequence, err = octets(sequence, field(2)); err != nil {
		return nil, nil, err
	}
	mic, _, err = octets(sequence, field(3))
	return inner, mic, err
}

func octets(sequence cryptobyte.String, number tag.Tag) (value []byte, rest cryptobyte.String, err error) {
	if !sequence.PeekASN1Tag(number) {
		return nil, sequence, nil
	}
	var body, content cryptobyte.String
	if !sequence.ReadASN1(&body, number) || !body.ReadASN1(&content, tag.OCTET_STRING) {
		return nil, nil, ErrMalformed
	}
	return content, sequence, nil
}

// State is the state of a negotiation, as a reply tells it.
type State int64

// States of RFC 4178, 4.2.2.
const (
	Completed  State = 0
	Incomplete State = 1
	Rejected   State = 2
)

// Reply builds the server's token; empty fields are left out.
func Reply(state State, inner, mic []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(respTag, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(field(0), func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(state)) })
			if state == Incomplete {
				b.AddASN1(field(1), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidNTLM) })
			}
			addOctets(b, 2, inner)
			addOctets(b, 3, mic)
		})
	})
	token, err := b.Bytes()
	if err != nil { // lengths beyond 32 bits only
		return nil
	}
	return token
}

func addOctets(b *cryptobyte.Builder, number uint8, value []byte) {
	if len(value) > 0 {
		b.AddASN1(field(number), func(b *cryptobyte.Builder) { b.AddASN1OctetString(value) })
	}
}
