package kerberos

import (
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
)

func newService(t testing.TB) *Service {
	t.Helper()
	keys := keytab.New()
	if err := keys.AddEntry("HTTP/app01.corp.example", "CORP.EXAMPLE", "a machine's password", time.Unix(0, 0), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	contents, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	service, err := NewService(contents)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// loggedIn gives a login that is done.
func loggedIn(t testing.TB) *Session {
	t.Helper()
	key, err := newKey(etypeID.AES256_CTS_HMAC_SHA1_96)
	if err != nil {
		t.Fatal(err)
	}
	return &Session{key: key, in: 7, out: 9}
}

func TestWhatAServiceSaysIsNotTakenForWhatItHears(t *testing.T) {
	s := loggedIn(t)
	s.in = s.out
	signature, sealed, err := s.Seal([]byte("hello"))
	if err != nil || len(sealed) != 5 || len(signature) != 60 {
		t.Fatalf("%d %d %v", len(signature), len(sealed), err)
	}
	if text, err := s.Unseal(signature, sealed); err == nil {
		t.Errorf("%q", text)
	}
}

func TestAKeytabThatIsNoneIsRefused(t *testing.T) {
	if _, err := NewService([]byte("hello")); err == nil {
		t.Error("it was taken")
	}
}

func FuzzAccept(f *testing.F) {
	service := newService(f)
	f.Add([]byte("\x60\x0f\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00\x6e\x00"))
	f.Add([]byte("NTLMSSP\x00"))
	f.Fuzz(func(t *testing.T, token []byte) {
		if user, _, _, err := service.Accept(token); err == nil {
			t.Errorf("%q logged in without a ticket", user)
		}
	})
}

func FuzzUnseal(f *testing.F) {
	s := loggedIn(f)
	f.Add(append([]byte{5, 4, fromClient, 0xff, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 7}, make([]byte, 60)...))
	f.Fuzz(func(t *testing.T, token []byte) {
		if text, err := s.Unseal(token[:len(token)/2], token[len(token)/2:]); err == nil {
			t.Errorf("%q was believed", text)
		}
	})
}
