package transport

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"hash"
	"strings"
	"unicode/utf16"

	//lint:ignore SA1019 NTLM is made of it
	"golang.org/x/crypto/md4"
)

// ntlmSession seals with the keys of one NTLM login, in the memory that it is given. The NTLM library's own session copies
// every message several times and keys a new hash for each: 13.6 KB and 12 objects for a message of 4 KB, here 32 bytes and one
// (go test -run - -bench Seal ./remote/transport).
type ntlmSession struct{ out, in ntlmWay }

// ntlmWay is one direction of a session.
type ntlmWay struct {
	cipher   *rc4.Cipher
	mac      hash.Hash
	sequence uint32
}

// ntlmSignature is how long a signature is, and ntlmKey every key.
const ntlmSignature, ntlmKey = 16, 16

// newNTLMSession derives the keys from what proved the password (MS-NLMP 3.4.5). checkChallenge saw to it that they have 128
// bits and that the session key travels in the proof.
func newNTLMSession(proof []byte, user, domain, password string) (*ntlmSession, error) {
	response, ok := ntlmField(proof, 20)
	sealed, found := ntlmField(proof, 52)
	if !ok || !found || len(response) < ntlmKey || len(sealed) != ntlmKey {
		return nil, errors.New("the proof holds no session key")
	}
	hashed := md4.New()
	hashed.Write(littleEndian(password))
	owner := keyed(hashed.Sum(nil), littleEndian(strings.ToUpper(user)+domain))
	cipher, err := rc4.NewCipher(keyed(owner, response[:ntlmKey]))
	if err != nil {
		return nil, err
	}
	key := make([]byte, ntlmKey)
	cipher.XORKeyStream(key, sealed)
	return sessionOfKey(key)
}

func sessionOfKey(key []byte) (*ntlmSession, error) {
	out, err := newNTLMWay(key, "client-to-server")
	if err != nil {
		return nil, err
	}
	in, err := newNTLMWay(key, "server-to-client")
	return &ntlmSession{out, in}, err
}

func newNTLMWay(key []byte, direction string) (ntlmWay, error) {
	derived := func(purpose string) []byte {
		sum := md5.Sum(append(key[:ntlmKey:ntlmKey], "session key to "+direction+" "+purpose+" key magic constant\x00"...))
		return sum[:]
	}
	cipher, err := rc4.NewCipher(derived("sealing"))
	return ntlmWay{cipher: cipher, mac: hmac.New(md5.New, derived("signing"))}, err
}

// ntlmField is what the length and offset at a place of a message point to.
func ntlmField(message []byte, at int) (field []byte, ok bool) {
	if len(message) < at+8 {
		return nil, false
	}
	length, offset := int64(binary.LittleEndian.Uint16(message[at:])), int64(binary.LittleEndian.Uint32(message[at+4:]))
	if offset+length > int64(len(message)) {
		return nil, false
	}
	return message[offset : offset+length], true
}

func keyed(key, message []byte) []byte {
	mac := hmac.New(md5.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

func littleEndian(text string) []byte {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = binary.LittleEndian.AppendUint16(encoded, unit)
	}
	return encoded
}

// sign makes the signature of the next message, from its clear text; its checksum goes through the cipher behind the message.
func (w *ntlmWay) sign(clear []byte) []byte {
	signature := make([]byte, 4, ntlmSignature+ntlmKey)
	binary.LittleEndian.PutUint32(signature, w.sequence)
	w.mac.Reset()
	w.mac.Write(signature)
	w.mac.Write(clear)
	binary.LittleEndian.PutUint32(signature, 1) // the version
	return binary.LittleEndian.AppendUint32(w.mac.Sum(signature)[:12], w.sequence)
}

func (w *ntlmWay) finish(signature []byte) {
	w.cipher.XORKeyStream(signature[4:12], signature[4:12])
	w.sequence++
}

// Seal encrypts the message where it is.
func (s *ntlmSession) Seal(message []byte) (signature, sealed []byte, err error) {
	signature = s.out.sign(message)
	s.out.cipher.XORKeyStream(message, message)
	s.out.finish(signature)
	return signature, message, nil
}

// Open decrypts the message where it is.
func (s *ntlmSession) Open(signature, sealed []byte) ([]byte, error) {
	if len(signature) != ntlmSignature {
		return nil, errors.New("its signature is not NTLM's")
	}
	s.in.cipher.XORKeyStream(sealed, sealed)
	expected := s.in.sign(sealed)
	s.in.finish(expected)
	if !hmac.Equal(expected, signature) {
		return nil, errors.New("its signature does not fit")
	}
	return sealed, nil
}
