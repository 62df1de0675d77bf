package transport

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/bodgit/ntlmssp"
)

// challengeWith is a challenge with those flags and that target information.
func challengeWith(flags uint32, info []byte) []byte {
	c := append([]byte("NTLMSSP\x00"), make([]byte, 48)...)
	c[8] = 2
	binary.LittleEndian.PutUint32(c[20:], flags)
	copy(c[24:], "8 bytes!")
	binary.LittleEndian.PutUint16(c[40:], uint16(len(info)))
	binary.LittleEndian.PutUint16(c[42:], uint16(len(info)))
	binary.LittleEndian.PutUint32(c[44:], 56)
	return append(c, info...)
}

var (
	endOfInfo   = []byte{0, 0, 0, 0}
	fullInfo    = append([]byte{2, 0, 4, 0, 'C', 0, 'O', 0, 6, 0, 4, 0, 2, 0, 0, 0, 7, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8}, endOfInfo...)
	goodFlags   = uint32(wantedSealed)
	shortFlags  = []byte{6, 0, 1, 0, 2, 0, 0, 0, 0}
	longFlags   = []byte{6, 0, 0xff, 0xff, 2}
	withoutSeal = goodFlags &^ flagSeal
)

func TestOnlyAStrongAndWellFormedChallengeIsAnswered(t *testing.T) {
	if err := checkChallenge(challengeWith(goodFlags, fullInfo), true); err != nil {
		t.Errorf("a good challenge: %v", err)
	}
	if err := checkChallenge(challengeWith(withoutSeal, fullInfo), false); err != nil {
		t.Errorf("without sealing, inside TLS: %v", err)
	}
	for name, c := range map[string]struct {
		challenge []byte
		kind      Kind
	}{
		"no sealing":      {challengeWith(withoutSeal, fullInfo), NotSecure},
		"no 128 bit":      {challengeWith(goodFlags&^flag128, fullInfo), NotSecure},
		"no own key":      {challengeWith(goodFlags&^flagKeyExch, fullInfo), NotSecure},
		"anonymous":       {challengeWith(goodFlags|flagAnonymous, fullInfo), NotSecure},
		"no information":  {challengeWith(goodFlags, nil), NotReadable},
		"flags too short": {challengeWith(goodFlags, shortFlags), NotReadable},
		"length too long": {challengeWith(goodFlags, longFlags), NotReadable},
		"no end":          {challengeWith(goodFlags, fullInfo[:len(fullInfo)-4]), NotReadable},
		"cut off":         {challengeWith(goodFlags, fullInfo)[:40], NotReadable},
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, checkChallenge(c.challenge, true), c.kind) })
	}
}

// FuzzChallenge: what passes our check must not hurt the NTLM library, and must make it seal.
func FuzzChallenge(f *testing.F) {
	f.Add(challengeWith(goodFlags, fullInfo))
	f.Add(challengeWith(goodFlags, endOfInfo))
	f.Add(challengeWith(goodFlags, shortFlags))
	f.Add(challengeWith(0xffffffff&^unwanted, append([]byte{10, 0, 0, 0}, fullInfo...)))
	weak, _ := base64.StdEncoding.DecodeString(weakChallenge)
	f.Add(weak)
	f.Fuzz(func(t *testing.T, challenge []byte) {
		if checkChallenge(challenge, true) != nil {
			return
		}
		client, err := ntlmssp.NewClient(ntlmssp.SetUserInfo("user", "password"))
		if err != nil {
			t.Fatal(err)
		}
		client.Authenticate(nil, nil)
		proof, err := client.Authenticate(challenge, nil)
		if err != nil {
			return
		}
		session, err := newNTLMSession(proof, "user", "", "password")
		if err != nil {
			t.Fatal(err)
		}
		theirs, mark, err := client.SecuritySession().Wrap([]byte("a secret"))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := newSealing(session, byNTLM).seal([]byte("a secret"))
		if err != nil || !bytes.Equal(sealed.message, theirs) || !bytes.HasSuffix(sealed.before, mark) {
			t.Errorf("%v %q", err, sealed)
		}
	})
}

func FuzzSealedReply(f *testing.F) {
	payload := "\x10\x00\x00\x00" + "sixteen byte sig" + "cipher"
	first := firstPart(byNTLM)
	f.Add([]byte(first + "6" + secondPart + payload + lastLine))
	f.Add([]byte(boundary + "\r\n\tContent-Type: x\r\n\tOriginalContent: type=y;Length=6\r\n" + boundary + "\r\n\tContent-Type: application/octet-stream\r\n" + payload + lastLine))
	f.Add([]byte(first + "-6" + secondPart + payload))
	f.Fuzz(func(t *testing.T, body []byte) {
		length, signature, _, ok := openParts(body)
		if ok && (length < 0 || len(signature) < leastSignature || len(signature) > mostSignature) {
			t.Errorf("%d %d", length, len(signature))
		}
	})
}

func TestBothSpellingsOfASealedReplyAreRead(t *testing.T) {
	payload := "\x10\x00\x00\x00" + "sixteen byte sig" + "cipher\r\n"
	for _, text := range []string{
		firstPart(byKerberos) + "8" + secondPart + payload + lastLine,
		boundary + "\r\n\tContent-Type: x\r\n\tOriginalContent: type=y;Length=8\r\n" + boundary + "\r\n\tContent-Type: application/octet-stream\r\n" + payload + lastLine,
	} {
		length, signature, cipher, ok := openParts([]byte(text))
		if !ok || length != 8 || string(signature) != "sixteen byte sig" || string(cipher) != "cipher\r\n" {
			t.Errorf("%d %q %q %v", length, signature, cipher, ok)
		}
	}
}
