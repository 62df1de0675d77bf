// Package secrettest looks for a secret in what a program left behind, also where it hides: as UTF-16, and in base64 of
// either at any position of a longer text. In flow the secret and the bytes to search; out flows the name of the form that
// was found. Start with Find.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"
)

// Find tells in which form a text holds the secret; empty when in none.
func Find(text []byte, secret string) (form string) {
	for form, hidden := range forms(secret) {
		if bytes.Contains(text, hidden) {
			return form
		}
	}
	return ""
}

func forms(secret string) map[string][]byte {
	wide := wide(secret)
	all := map[string][]byte{"clear text": []byte(secret), "UTF-16": wide, "hexadecimal": []byte(hex.EncodeToString([]byte(secret)))}
	for shift := range 3 {
		for name, text := range map[string][]byte{"base64": []byte(secret), "base64 of UTF-16": wide} {
			all[name+" "+string(rune('0'+shift))] = core(text, shift)
		}
	}
	return all
}

func wide(secret string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

// core is what base64 makes of a text behind shift other bytes (modulo 3), without the digits that its neighbours have a part
// in.
func core(text []byte, shift int) []byte {
	digits := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
	first, last := (shift*8+5)/6, (shift+len(text))*8/6
	return []byte(digits[first:last])
}
