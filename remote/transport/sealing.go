package transport

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/bodgit/ntlmssp"
)

// session holds the keys and sequence numbers of one login; it lives and dies with its connection.
type session = ntlmssp.SecuritySession

// A sealed message is two MIME parts: the first says what the clear text is, the second is the length of the signature,
// the signature and the cipher text (MS-WSMV 2.2.9.1).
const (
	sealedType  = `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`
	boundary    = "--Encrypted Boundary"
	firstPart   = boundary + "\r\nContent-Type: application/HTTP-SPNEGO-session-encrypted\r\nOriginalContent: type=" + soapType + ";Length="
	secondPart  = "\r\n" + boundary + "\r\nContent-Type: application/octet-stream\r\n"
	lastLine    = boundary + "--\r\n"
	signatureAt = 4
	cipherAt    = signatureAt + 16
)

// seal encrypts and signs a message.
func seal(s *session, message []byte) ([]byte, error) {
	cipher, signature, err := s.Wrap(message)
	if err != nil || len(signature) != cipherAt-signatureAt {
		return nil, failed(NotSecure, "the message could not be sealed: %v", err)
	}
	sealed := make([]byte, 0, len(firstPart)+len(secondPart)+len(lastLine)+len(cipher)+32)
	sealed = strconv.AppendInt(append(sealed, firstPart...), int64(len(message)), 10)
	sealed = append(sealed, secondPart...)
	sealed = binary.LittleEndian.AppendUint32(sealed, uint32(len(signature)))
	sealed = append(append(sealed, signature...), cipher...)
	return append(sealed, lastLine...), nil
}

// unseal replaces what stands in buffer behind start by its clear text. What is not sealed and signed by the server that
// knows our password is refused, whatever it says.
func unseal(s *session, contentType string, buffer *bytes.Buffer, start int) error {
	if !strings.HasPrefix(contentType, "multipart/encrypted") {
		return failed(NotReadable, "the server answers a sealed request in clear text")
	}
	length, payload, ok := openParts(buffer.Bytes()[start:])
	if !ok {
		return failed(NotReadable, "the sealed reply is malformed")
	}
	clear, err := s.Unwrap(payload[cipherAt:], payload[signatureAt:cipherAt])
	if err != nil {
		return failed(NotReadable, "the sealed reply does not come from the server that we logged in to: %w", err)
	}
	if len(clear) != length {
		return failed(NotReadable, "the sealed reply holds %d bytes and announces %d", len(clear), length)
	}
	buffer.Truncate(start)
	buffer.Write(clear)
	return nil
}

// openParts finds the payload and the announced length of the clear text. Servers differ in blanks before header lines.
func openParts(body []byte) (length int, payload []byte, ok bool) {
	head, rest, found := bytes.Cut(body, []byte("application/octet-stream\r\n"))
	if !found || !bytes.HasPrefix(head, []byte(boundary)) {
		return 0, nil, false
	}
	_, announced, found := bytes.Cut(head, []byte("Length="))
	digits, _, ended := bytes.Cut(announced, []byte("\r\n"))
	length, err := strconv.Atoi(string(digits))
	if !found || !ended || err != nil || length < 0 {
		return 0, nil, false
	}
	payload, found = bytes.CutSuffix(bytes.TrimRight(rest, "\r\n"), []byte(boundary+"--"))
	if !found || len(payload) < cipherAt || binary.LittleEndian.Uint32(payload) != cipherAt-signatureAt {
		return 0, nil, false
	}
	return length, payload, true
}
