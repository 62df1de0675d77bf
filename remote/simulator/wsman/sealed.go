package wsman

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"patchdeck/remote/simulator/wsman/kerberos"
	"patchdeck/remote/simulator/wsman/ntlm"
)

// The framing of sealed messages, [MS-WSMV] 2.2.9.1.1: two parts, the first describes the plain message, the second holds
// the length of the signature, the signature, and the encrypted message.
const (
	boundary      = "--Encrypted Boundary"
	mostSignature = 256
)

// sealing is what a login leaves behind for the messages of its connection.
type sealing interface {
	protocol() string
	seal(plain []byte) (signature, sealed []byte, err error) // may use the memory of plain
	unseal(signature, sealed []byte) (plain []byte, err error)
}

type ntlmSealing struct{ *ntlm.Session }

func (ntlmSealing) protocol() string { return "application/HTTP-SPNEGO-session-encrypted" }

func (s ntlmSealing) seal(plain []byte) (signature, sealed []byte, err error) {
	signed := s.Session.Seal(plain)
	return signed[:], plain, nil
}

func (s ntlmSealing) unseal(signature, sealed []byte) ([]byte, error) {
	if len(signature) != ntlm.SignatureLength {
		return nil, errFraming
	}
	return sealed, s.Session.Unseal(signature, sealed)
}

type kerberosSealing struct{ *kerberos.Session }

func (kerberosSealing) protocol() string { return "application/HTTP-Kerberos-session-encrypted" }

func (s kerberosSealing) seal(plain []byte) (signature, sealed []byte, err error) {
	return s.Session.Seal(plain)
}

func (s kerberosSealing) unseal(signature, sealed []byte) ([]byte, error) {
	return s.Session.Unseal(signature, sealed)
}

func sealedType(protocol string) string {
	return `multipart/encrypted;protocol="` + protocol + `";boundary="Encrypted Boundary"`
}

var (
	errFraming  = errors.New("the framing of the sealed message is malformed")
	errNoSeal   = errors.New("a sealed message on a connection without a sealing session")
	partEnd     = []byte(boundary + "\r\n")
	messageEnd  = []byte(boundary + "--")
	lengthField = []byte("Length=")
	octetStream = []byte("Content-Type: application/octet-stream\r\n")
)

func isSealed(contentType string) bool {
	return len(contentType) >= len("multipart/encrypted") && strings.EqualFold(contentType[:len("multipart/encrypted")], "multipart/encrypted")
}

// unseal decrypts a framed message, in place where it can.
func unseal(session sealing, framed []byte) ([]byte, error) {
	if session == nil {
		return nil, errNoSeal
	}
	signature, message, err := unframe(framed, session.protocol())
	if err != nil {
		return nil, err
	}
	return session.unseal(signature, message)
}

// unframe finds the signature and the encrypted message.
func unframe(framed []byte, protocol string) (signature, message []byte, err error) {
	description, payload, err := parts(framed, protocol)
	if err != nil {
		return nil, nil, err
	}
	length, err := plainLength(description)
	if err != nil {
		return nil, nil, err
	}
	payload, found := bytes.CutSuffix(bytes.TrimSuffix(payload, []byte("\r\n")), messageEnd)
	if !found || len(payload) < 4 {
		return nil, nil, errFraming
	}
	n := binary.LittleEndian.Uint32(payload)
	if payload = payload[4:]; n > mostSignature || len(payload) != int(n)+length {
		return nil, nil, errFraming
	}
	return payload[:n], payload[n:], nil
}

// parts splits a framed message into its description and what follows the header of the second part.
func parts(framed []byte, protocol string) (description, payload []byte, err error) {
	framed, found := bytes.CutPrefix(bytes.TrimPrefix(framed, []byte("\r\n")), partEnd)
	if !found {
		return nil, nil, errFraming
	}
	description, rest, found := bytes.Cut(framed, partEnd)
	if !found || !bytes.Contains(description, []byte(protocol)) {
		return nil, nil, errFraming
	}
	rest = bytes.TrimLeft(rest, "\t ")
	payload, found = bytes.CutPrefix(rest, octetStream)
	if !found {
		return nil, nil, errFraming
	}
	return description, payload, nil
}

func plainLength(description []byte) (int, error) {
	_, after, found := bytes.Cut(description, lengthField)
	if !found {
		return 0, errFraming
	}
	digits, _, _ := bytes.Cut(after, []byte("\r\n"))
	length, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 10, 24)
	if err != nil {
		return 0, errFraming
	}
	return int(length), nil
}

// appendSealed encrypts plain, in place where it can, and appends it, framed.
func appendSealed(b []byte, session sealing, plain []byte) ([]byte, error) {
	signature, sealed, err := session.seal(plain)
	if err != nil {
		return nil, err
	}
	b = append(b, boundary+"\r\n\tContent-Type: "+session.protocol()+"\r\n\tOriginalContent: type="+soapType+";Length="...)
	b = strconv.AppendInt(b, int64(len(plain)), 10)
	b = append(b, "\r\n"+boundary+"\r\n\tContent-Type: application/octet-stream\r\n"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(signature)))
	b = append(b, signature...)
	b = append(b, sealed...)
	return append(b, boundary+"--\r\n"...), nil
}
