package ntlm

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// SignatureLength is the length of every signature, in bytes.
const SignatureLength = 16

// Session seals and unseals the messages of one connection, each direction in order. It is not safe for concurrent use.
type Session struct {
	out, in     direction
	keyExchange bool
}

// direction is the state of one way of a session.
type direction struct {
	mac      hash.Hash // keyed with the signing key
	cipher   *rc4.Cipher
	sequence uint32
}

// purpose names the keys of one direction.
type purpose struct{ signing, sealing string }

var (
	clientToServer = purpose{
		"session key to client-to-server signing key magic constant\x00",
		"session key to client-to-server sealing key magic constant\x00",
	}
	serverToClient = purpose{
		"session key to server-to-client signing key magic constant\x00",
		"session key to server-to-client sealing key magic constant\x00",
	}
)

// side tells which way a session's own messages go.
type side struct{ out, in purpose }

var toClient = side{out: serverToClient, in: clientToServer}

func newSession(flags uint32, key []byte, where side) (*Session, error) {
	out, err := newDirection(flags, key, where.out)
	if err != nil {
		return nil, err
	}
	in, err := newDirection(flags, key, where.in)
	if err != nil {
		return nil, err
	}
	return &Session{out: out, in: in, keyExchange: flags&flagKeyExchange != 0}, nil
}

func newDirection(flags uint32, key []byte, keys purpose) (direction, error) {
	weakened := key
	switch {
	case flags&flag128 != 0:
	case flags&flag56 != 0:
		weakened = key[:7]
	default:
		weakened = key[:5]
	}
	sealing := md5.Sum(append(weakened[:len(weakened):len(weakened)], keys.sealing...))
	cipher, err := rc4.NewCipher(sealing[:])
	if err != nil {
		return direction{}, fmt.Errorf("sealing key: %w", err)
	}
	signing := md5.Sum(append(key[:len(key):len(key)], keys.signing...))
	return direction{mac: hmac.New(md5.New, signing[:]), cipher: cipher}, nil
}

// Seal encrypts message in place and returns its signature.
func (s *Session) Seal(message []byte) [SignatureLength]byte {
	checksum := s.out.checksum(message)
	s.out.cipher.XORKeyStream(message, message)
	return s.sign(&s.out, checksum)
}

// ErrSignature says that a message was changed, replayed, or sealed for another connection. The session is of no use
// after it.
var ErrSignature = errors.New("the signature of a sealed message does not fit")

// Unseal decrypts message in place and checks its signature.
func (s *Session) Unseal(signature, message []byte) error {
	s.in.cipher.XORKeyStream(message, message)
	expected := s.sign(&s.in, s.in.checksum(message))
	if !hmac.Equal(expected[:], signature) {
		return ErrSignature
	}
	return nil
}

// Countersign checks the client's signature of a list of mechanisms and returns ours. As [MS-SPNG] 3.3.5.1 asks, the
// ciphers start anew for the first message afterwards; the sequence numbers do not.
func (s *Session) Countersign(signature, list []byte) ([]byte, error) {
	out, in := *s.out.cipher, *s.in.cipher
	expected := s.sign(&s.in, s.in.checksum(list))
	if !hmac.Equal(expected[:], signature) {
		return nil, ErrSignature
	}
	own := s.sign(&s.out, s.out.checksum(list))
	s.out.cipher, s.in.cipher = &out, &in
	return own[:], nil
}

func (d *direction) checksum(message []byte) []byte {
	sum := make([]byte, 4, SignatureLength)
	binary.LittleEndian.PutUint32(sum, d.sequence)
	d.mac.Reset()
	d.mac.Write(sum)
	d.mac.Write(message)
	return d.mac.Sum(sum[:0])[:8]
}

// sign makes the signature of the message whose checksum is given, and moves on to the next one.
func (s *Session) sign(d *direction, checksum []byte) (signature [SignatureLength]byte) {
	if s.keyExchange {
		d.cipher.XORKeyStream(checksum, checksum)
	}
	binary.LittleEndian.PutUint32(signature[:], 1)
	copy(signature[4:], checksum)
	binary.LittleEndian.PutUint32(signature[12:], d.sequence)
	d.sequence++
	return signature
}
