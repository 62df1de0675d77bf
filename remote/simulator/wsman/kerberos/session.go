package kerberos

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Session seals and unseals the messages of one connection, each direction in order.
type Session struct {
	key     types.EncryptionKey
	in, out uint64 // sequence numbers
}

const (
	headerLength = 16
	fromClient   = 0x06 // sealed, with the service's key
	fromService  = 0x07
)

var errSealed = errors.New("the sealed message is not the client's next one")

// Unseal opens a message: header, then text, header and checksum, rotated to the right by what the header says.
func (s *Session) Unseal(signature, sealed []byte) (plain []byte, err error) {
	defer func() {
		if recover() != nil { // the library trusts lengths
			err = errSealed
		}
	}()
	token := slices.Concat(signature, sealed)
	if len(token) < 2*headerLength {
		return nil, errSealed
	}
	header, text := token[:headerLength], token[headerLength:]
	if header[0] != 5 || header[1] != 4 || header[2] != fromClient || binary.BigEndian.Uint64(header[8:]) != s.in {
		return nil, errSealed
	}
	turned := int(binary.BigEndian.Uint16(header[6:])) % len(text)
	text = slices.Concat(text[turned:], text[:turned])
	plain, err = crypto.DecryptMessage(text, s.key, keyusage.GSSAPI_INITIATOR_SEAL)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(header[6:], 0)
	if end := len(plain) - headerLength; end >= 0 && slices.Equal(plain[end:], header) {
		s.in++
		return plain[:end], nil
	}
	return nil, errSealed
}

// Seal makes a message as Windows does: turned so that only the text itself stands behind the signature.
func (s *Session) Seal(plain []byte) (signature, sealed []byte, err error) {
	header := binary.BigEndian.AppendUint64([]byte{5, 4, fromService, 0xff, 0, 0, 0, 0}, s.out)
	data, err := crypto.GetEncryptedData(slices.Concat(plain, header), s.key, keyusage.GSSAPI_ACCEPTOR_SEAL, 0)
	if err != nil {
		return nil, nil, err
	}
	s.out++
	cipher, err := crypto.GetEtype(s.key.KeyType)
	if err != nil {
		return nil, nil, err
	}
	turn := headerLength + cipher.GetHMACBitLength()/8
	binary.BigEndian.PutUint16(header[6:], uint16(turn))
	text := data.Cipher
	token := slices.Concat(header, text[len(text)-turn:], text[:len(text)-turn])
	at := len(token) - len(plain)
	return token[:at], token[at:], nil
}
