package wsman

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"patchdeck/remote/simulator/wsman/ntlm"
)

// The framing of sealed messages, [MS-WSMV] 2.2.9.1.1: two parts, the first describes the plain message, the second holds
// the length of the signature, the signature, and the encrypted message.
const (
	sealedProtocol = "application/HTTP-SPNEGO-session-encrypted"
	sealedType     = `multipart/encrypted;protocol="` + sealedProtocol + `";boundary="Encrypted Boundary"`
	boundary       = "--Encrypted Boundary"
	sealOverhead   = 4 + ntlm.SignatureLength
)

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

// unseal decrypts a framed message in place.
func unseal(session *ntlm.Session, framed []byte) ([]byte, error) {
	if session == nil {
		return nil, errNoSeal
	}
	signature, message, err := unframe(framed)
	if err != nil {
		return nil, err
	}
	return message, session.Unseal(signature, message)
}

// unframe finds the signature and the encrypted message.
func unframe(framed []byte) (signature, message []byte, err error) {
	description, payload, err := parts(framed)
	if err != nil {
		return nil, nil, err
	}
	length, err := plainLength(description)
	if err != nil {
		return nil, nil, err
	}
	payload, found := bytes.CutSuffix(bytes.TrimSuffix(payload, []byte("\r\n")), messageEnd)
	if !found || len(payload) != sealOverhead+length || binary.LittleEndian.Uint32(payload) != ntlm.SignatureLength {
		return nil, nil, errFraming
	}
	return payload[4:sealOverhead], payload[sealOverhead:], nil
}

// parts splits a framed message into its description and what follows the header of the second part.
func parts(framed []byte) (description, payload []byte, err error) {
	framed, found := bytes.CutPrefix(bytes.TrimPrefix(framed, []byte("\r\n")), partEnd)
	if !found {
		return nil, nil, errFraming
	}
	description, rest, found := bytes.Cut(framed, partEnd)
	if !found || !bytes.Contains(description, []byte(sealedProtocol)) {
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

// appendSealed encrypts plain in place and appends it, framed.
func appendSealed(b []byte, session *ntlm.Session, plain []byte) []byte {
	signature := session.Seal(plain)
	b = append(b, boundary+"\r\n\tContent-Type: "+sealedProtocol+"\r\n\tOriginalContent: type="+soapType+";Length="...)
	b = strconv.AppendInt(b, int64(len(plain)), 10)
	b = append(b, "\r\n"+boundary+"\r\n\tContent-Type: application/octet-stream\r\n"...)
	b = binary.LittleEndian.AppendUint32(b, ntlm.SignatureLength)
	b = append(b, signature[:]...)
	b = append(b, plain...)
	return append(b, boundary+"--\r\n"...)
}
