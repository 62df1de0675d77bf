package spnego

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var oidKerberos = asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}

// initial builds the first token of a client.
func initial(t testing.TB, inner []byte, mechanisms ...asn1.ObjectIdentifier) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(tag.Tag(0x60), func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSPNEGO)
		b.AddASN1(initTag, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(field(0), func(b *cryptobyte.Builder) {
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
						for _, mechanism := range mechanisms {
							b.AddASN1ObjectIdentifier(mechanism)
						}
					})
				})
				addOctets(b, 2, inner)
			})
		})
	})
	token, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestFirstTokenCarriesTheMechanisms(t *testing.T) {
	got, err := Parse(initial(t, []byte("inner"), oidNTLM, oidKerberos))
	if err != nil || string(got.Inner) != "inner" {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(got.Mechanisms) == 0 || got.Mechanisms[0] != byte(tag.SEQUENCE) {
		t.Errorf("the list is %x", got.Mechanisms)
	}
}

func TestTokenOfAnotherMechanismIsNotHandedOn(t *testing.T) {
	got, err := Parse(initial(t, []byte("a Kerberos ticket"), oidKerberos, oidNTLM))
	if err != nil || got.Inner != nil || got.Mechanisms == nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Parse(initial(t, []byte("a Kerberos ticket"), oidKerberos)); !errors.Is(err, ErrMechanism) {
		t.Errorf("without NTLM: %v", err)
	}
}

func TestLaterTokenCarriesTheSignature(t *testing.T) {
	// A client's later tokens have the shape of the server's.
	got, err := Parse(Reply(Incomplete, []byte("inner"), []byte("signature")))
	if err != nil || string(got.Inner) != "inner" || string(got.MechanismMIC) != "signature" || got.Mechanisms != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCompletedReplyIsTheKnownOne(t *testing.T) {
	if got, want := Reply(Completed, nil, nil), []byte{0xa1, 7, 0x30, 5, 0xa0, 3, 0x0a, 1, 0}; !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestWrapped(t *testing.T) {
	for text, want := range map[string]bool{"": false, "NTLMSSP\x00": false, "\x60\x00": true, "\xa1\x00": true} {
		if got := Wrapped([]byte(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(initial(f, []byte("inner"), oidNTLM))
	f.Add(initial(f, nil, oidKerberos, oidNTLM))
	f.Add(Reply(Incomplete, []byte("inner"), []byte("signature")))
	f.Add([]byte{0xa1, 0x80})
	f.Fuzz(func(t *testing.T, token []byte) {
		parsed, err := Parse(token)
		if err == nil && len(parsed.Inner)+len(parsed.Mechanisms)+len(parsed.MechanismMIC) > len(token) {
			t.Errorf("%d bytes of token became %+v", len(token), parsed)
		}
	})
}
