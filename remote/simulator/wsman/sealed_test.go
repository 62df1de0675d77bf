package wsman

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func framed(length int, payload string) string {
	return fmt.Sprintf("--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"+
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n--Encrypted Boundary\r\n"+
		"\tContent-Type: application/octet-stream\r\n%s--Encrypted Boundary--\r\n", length, payload)
}

const frameStart = "\x10\x00\x00\x00" + "signature-of-16-"

func TestUnframeTakesAnyBytes(t *testing.T) {
	for _, message := range []string{"", "\r\n", "--Encrypted Boundary\r\n", "\n\n\x00", "a: b\r\n"} {
		signature, got, err := unframe([]byte(framed(len(message), frameStart+message)), ntlmSealing{}.protocol())
		if err != nil || string(signature) != "signature-of-16-" || string(got) != message {
			t.Errorf("%q: %q %q, %v", message, signature, got, err)
		}
	}
}

func TestUnframeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":             "",
		"a wrong length":      framed(4, frameStart+"abc"),
		"a negative length":   framed(-1, frameStart),
		"no signature":        framed(0, "\x10\x00\x00\x00"),
		"a long signature":    framed(0, "\x01\x01\x00\x00"+strings.Repeat("s", 257)),
		"another protocol":    string(bytes.Replace([]byte(framed(0, frameStart)), []byte("SPNEGO"), []byte("Kerberos"), 1)),
		"another second part": string(bytes.Replace([]byte(framed(0, frameStart)), []byte("octet-stream"), []byte("json"), 1)),
	} {
		if _, message, err := unframe([]byte(text), ntlmSealing{}.protocol()); err == nil {
			t.Errorf("%s: %q", name, message)
		}
	}
}

func FuzzUnframe(f *testing.F) {
	f.Add([]byte(framed(3, frameStart+"abc")))
	f.Add([]byte("--Encrypted Boundary\r\n--Encrypted Boundary--"))
	f.Fuzz(func(t *testing.T, text []byte) {
		signature, message, err := unframe(text, ntlmSealing{}.protocol())
		if err == nil && len(signature)+len(message) >= len(text) {
			t.Errorf("%d bytes hold %d and %d", len(text), len(signature), len(message))
		}
	})
}
