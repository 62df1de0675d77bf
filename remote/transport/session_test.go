package transport

import (
	"bytes"
	"testing"

	"github.com/bodgit/ntlmssp"
)

// login is what the NTLM library makes of a challenge, and the session that we make of its proof.
func login(t testing.TB, domain, user, password string) (*ntlmssp.SecuritySession, *ntlmSession) {
	t.Helper()
	client, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, password), ntlmssp.SetDomain(domain))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Authenticate(nil, nil); err != nil {
		t.Fatal(err)
	}
	proof, err := client.Authenticate(challengeWith(goodFlags, fullInfo), nil)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := newNTLMSession(proof, user, domain, password)
	if err != nil {
		t.Fatal(err)
	}
	return client.SecuritySession(), ours
}

func TestTheSessionSealsAsTheLibraryDoes(t *testing.T) {
	for _, account := range [][3]string{{"CORP", "svc-patch", "correct horse"}, {"", "jörg", "pä$$ \U0001F511"}, {"", "svc@corp.example", ""}} {
		library, ours := login(t, account[0], account[1], account[2])
		for _, message := range []string{"first", "", string(bytes.Repeat([]byte("long"), 10_000))} {
			theirs, mark, err := library.Wrap([]byte(message))
			if err != nil {
				t.Fatal(err)
			}
			signature, sealed, err := ours.Seal([]byte(message))
			if err != nil || !bytes.Equal(sealed, theirs) || !bytes.Equal(signature, mark) {
				t.Errorf("%s: the library seals a message of %d bytes differently", account[1], len(message))
			}
		}
	}
}

// peers are the two ends of one session.
func peers(t *testing.T) (client, server *ntlmSession) {
	t.Helper()
	key := []byte("sixteen byte key")
	client, err := sessionOfKey(key)
	if err != nil {
		t.Fatal(err)
	}
	server, err = sessionOfKey(key)
	if err != nil {
		t.Fatal(err)
	}
	server.out, server.in = server.in, server.out
	return client, server
}

func TestWhatWasChangedOrSentTwiceIsNotOpened(t *testing.T) {
	for name, damage := range map[string]func(signature, sealed []byte){
		"cipher text": func(_, sealed []byte) { sealed[3] ^= 1 },
		"checksum":    func(signature, _ []byte) { signature[5] ^= 1 },
		"sequence":    func(signature, _ []byte) { signature[12] ^= 1 },
		"version":     func(signature, _ []byte) { signature[0] ^= 2 },
	} {
		client, server := peers(t)
		signature, sealed, _ := server.Seal([]byte("message"))
		damage(signature, sealed)
		if _, err := client.Open(signature, sealed); err == nil {
			t.Errorf("a changed %s passes", name)
		}
	}
	client, server := peers(t)
	for _, message := range []string{"first", "second"} {
		signature, sealed, _ := server.Seal([]byte(message))
		again := bytes.Clone(sealed)
		if clear, err := client.Open(signature, sealed); err != nil || string(clear) != message {
			t.Fatalf("%q %v", clear, err)
		}
		if message == "second" {
			if _, err := client.Open(signature, again); err == nil {
				t.Error("a message passes twice")
			}
		}
	}
}

func TestAProofWithoutASessionKeyLeavesNoSession(t *testing.T) {
	for _, proof := range [][]byte{nil, make([]byte, 63), bytes.Repeat([]byte{0xff}, 88)} {
		if _, err := newNTLMSession(proof, "u", "", "p"); err == nil {
			t.Errorf("%d bytes are taken for a proof", len(proof))
		}
	}
}

func BenchmarkSeal4KB(b *testing.B) {
	message := make([]byte, 4<<10)
	library, ours := login(b, "CORP", "svc-patch", "correct horse")
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(message)))
		b.ReportAllocs()
		for b.Loop() {
			ours.Seal(message)
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(message)))
		b.ReportAllocs()
		for b.Loop() {
			library.Wrap(message)
		}
	})
}
