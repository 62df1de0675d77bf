package transport

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// session seals with the keys and sequence numbers of one login; it lives and dies with its connection. Both ways it may use the
// memory of what it is given.
type session interface {
	Seal(message []byte) (signature, sealed []byte, err error)
	Open(signature, sealed []byte) (message []byte, err error)
}

// sealing is a session and what its messages begin with.
type sealing struct {
	session
	contentType, first string
}

func newSealing(s session, protocol string) *sealing {
	return &sealing{s, `multipart/encrypted;protocol="` + protocol + `";boundary="Encrypted Boundary"`, firstPart(protocol)}
}

// How WinRM names the two kinds of sealing.
const (
	byNTLM     = "application/HTTP-SPNEGO-session-encrypted"
	byKerberos = "application/HTTP-Kerberos-session-encrypted"
)

// A sealed message is two MIME parts: the first says what the clear text is, the second is the length of the signature,
// the signature and the cipher text (MS-WSMV 2.2.9.1).
const (
	boundary    = "--Encrypted Boundary"
	secondPart  = "\r\n" + boundary + "\r\nContent-Type: application/octet-stream\r\n"
	lastLine    = boundary + "--\r\n"
	signatureAt = 4
	// Signatures are 16 bytes with NTLM, 60 to 72 with Kerberos.
	leastSignature, mostSignature = 16, 256
)

func firstPart(protocol string) string {
	return boundary + "\r\nContent-Type: " + protocol + "\r\nOriginalContent: type=" + soapType + ";Length="
}

// seal encrypts and signs a message, whose memory it may use.
func (s *sealing) seal(message []byte) (parts, error) {
	signature, cipher, err := s.Seal(message)
	if err != nil || len(signature) < leastSignature {
		return parts{}, failed(NotSecure, "the message could not be sealed: %v", err)
	}
	before := make([]byte, 0, len(s.first)+len(secondPart)+len(signature)+16)
	before = strconv.AppendInt(append(before, s.first...), int64(len(message)), 10)
	before = append(before, secondPart...)
	before = binary.LittleEndian.AppendUint32(before, uint32(len(signature)))
	return parts{append(before, signature...), cipher, lastLine}, nil
}

// unseal replaces what stands in buffer behind start by its clear text. What is not sealed and signed by the server that
// knows our password is refused, whatever it says.
func (s *sealing) unseal(contentType string, buffer *bytes.Buffer, start int) error {
	if !strings.HasPrefix(contentType, "multipart/encrypted") {
		return failed(NotReadable, "the server answers a sealed request in clear text")
	}
	length, signature, cipher, ok := openParts(buffer.Bytes()[start:])
	if !ok {
		return failed(NotReadable, "the sealed reply is malformed")
	}
	clear, err := s.Open(signature, cipher)
	if err != nil {
		return failed(NotReadable, "the sealed reply does not come from the server that we logged in to: %w", err)
	}
	if len(clear) != length {
		return failed(NotReadable, "the sealed reply holds %d bytes and announces %d", len(clear), length)
	}
	buffer.Truncate(start + copy(buffer.Bytes()[start:], clear))
	return nil
}

// openParts finds signature, cipher text and the announced length of the clear text. Servers differ in blanks before header
// lines.
func openParts(body []byte) (length int, signature, cipher []byte, ok bool) {
	head, rest, found := bytes.Cut(body, []byte("application/octet-stream\r\n"))
	if !found || !bytes.HasPrefix(head, []byte(boundary)) {
		return 0, nil, nil, false
	}
	_, announced, found := bytes.Cut(head, []byte("Length="))
	digits, _, ended := bytes.Cut(announced, []byte("\r\n"))
	length, err := strconv.Atoi(string(digits))
	if !found || !ended || err != nil || length < 0 {
		return 0, nil, nil, false
	}
	payload, found := bytes.CutSuffix(bytes.TrimRight(rest, "\r\n"), []byte(boundary+"--"))
	if !found || len(payload) < signatureAt {
		return 0, nil, nil, false
	}
	n := binary.LittleEndian.Uint32(payload)
	if payload = payload[signatureAt:]; n < leastSignature || n > mostSignature || int(n) > len(payload) {
		return 0, nil, nil, false
	}
	return length, payload[:n], payload[n:], true
}
