package kerberos

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/crypto/etype"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Session seals the messages of one login in both directions (RFC 4121, 4.2). Messages are sealed and opened one by one, in
// the order in which they travel.
type Session struct {
	key           types.EncryptionKey
	cipher        etype.EType
	checksum      int  // length of a checksum, bytes
	flags         byte // flagAcceptorKey or none
	send, receive uint64
}

// A sealed message is a header, then the cipher text of confounder, message and header, then a checksum. The part behind
// the header travels rotated, so that everything but the message itself stands in front of it: WinRM calls that the
// signature.
const (
	headerLength = 16

	flagAcceptor    = 1 // the acceptor of the login sends
	flagSealed      = 2
	flagAcceptorKey = 4 // the key is of the acceptor's choice
)

func (s *Session) prepare() error {
	cipher, err := crypto.GetEtype(s.key.KeyType)
	if err != nil || !slices.Contains(strong, s.key.KeyType) || len(s.key.KeyValue) != cipher.GetKeyByteSize() {
		return failed(Unproven, "the server chose a key that is not AES")
	}
	s.cipher, s.checksum = cipher, cipher.GetHMACBitLength()/8
	return nil
}

func (s *Session) header(flags byte, sequence uint64) []byte {
	h := []byte{5, 4, flags, 0xff, 0, 0, 0, 0}
	return binary.BigEndian.AppendUint64(h, sequence)
}

// Seal encrypts a message and signs it.
func (s *Session) Seal(message []byte) (signature, sealed []byte, err error) {
	header := s.header(flagSealed|s.flags, s.send)
	_, text, err := s.cipher.EncryptMessage(s.key.KeyValue, slices.Concat(message, header), keyusage.GSSAPI_INITIATOR_SEAL)
	if err != nil {
		return nil, nil, failed(Unreadable, "%w", err)
	}
	s.send++
	back := headerLength + s.checksum
	binary.BigEndian.PutUint16(header[6:], uint16(back))
	signature = slices.Concat(header, text[len(text)-back:], text[:s.cipher.GetConfounderByteSize()])
	return signature, text[s.cipher.GetConfounderByteSize() : len(text)-back], nil
}

// Open verifies a sealed message of the server and gives its text.
func (s *Session) Open(signature, sealed []byte) (message []byte, err error) {
	defer recovered(&err)
	token := slices.Concat(signature, sealed)
	if len(token) < headerLength+s.cipher.GetConfounderByteSize()+headerLength+s.checksum {
		return nil, failed(Unreadable, "the sealed message is too short")
	}
	header, text := token[:headerLength], token[headerLength:]
	filler, rotation := int(binary.BigEndian.Uint16(header[4:])), int(binary.BigEndian.Uint16(header[6:]))
	clear(header[6:8]) // as it was when it was signed
	if !bytes.Equal(header[:4], []byte{5, 4, flagAcceptor | flagSealed | s.flags, 0xff}) {
		return nil, failed(Unreadable, "the message is not sealed as Kerberos does it")
	}
	if binary.BigEndian.Uint64(header[8:]) != s.receive {
		return nil, failed(Unproven, "a sealed message was lost, repeated or slipped in")
	}
	rotation %= len(text)
	plain, err := s.cipher.DecryptMessage(s.key.KeyValue, slices.Concat(text[rotation:], text[:rotation]), keyusage.GSSAPI_ACCEPTOR_SEAL)
	if err != nil {
		return nil, failed(Unproven, "the sealed message was changed on its way")
	}
	end := len(plain) - headerLength
	if end < filler || !bytes.Equal(plain[end:], header) {
		return nil, failed(Unproven, "the sealed message was changed on its way")
	}
	s.receive++
	return plain[:end-filler], nil
}
