package remote

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
	"patchdeck/remote/simulator/wsman/ntlm"
)

// basicOnly offers nothing but Basic, in whatever way a fall-back could be coaxed out of a client.
var basicOnly = map[string]http.HandlerFunc{
	"401": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="WSMAN"`)
		w.WriteHeader(http.StatusUnauthorized)
	},
	"200 without a login": func(w http.ResponseWriter, _ *http.Request) {},
	"redirect": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/basic", http.StatusTemporaryRedirect)
	},
}

func TestAPeerThatOffersOnlyBasicGetsNothing(t *testing.T) {
	for name, handler := range basicOnly {
		for _, secure := range []bool{false, true} {
			peer := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				refuseWeaker(t, r)
				handler(w, r)
			}))
			credential := Credential{User: user, Password: password}
			target := newServer(t, wsman.Options{}).target
			if secure {
				config, ca := certificate(t)
				peer.TLS, credential.CA, target.Scheme = config, ca, "https"
				peer.StartTLS()
			} else {
				peer.Start()
			}
			target.Port = peer.Listener.Addr().(*net.TCPAddr).Port
			_, err := newFleet(t, with(credential)).Facts(t.Context(), target)
			if err == nil {
				t.Errorf("%s, TLS %v: it was believed", name, secure)
			}
			peer.Close()
		}
	}
}

// refuseWeaker fails the test when a request shows the password, or a message in clear text.
func refuseWeaker(t *testing.T, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if strings.HasPrefix(r.Header.Get("Authorization"), "Basic") || strings.Contains(string(body), "Envelope") {
		t.Errorf("something weaker was sent: %v %s", r.Header, body)
	}
}

// A peer that knows the password, or relays the login to one that does, and then goes on in clear text.
func TestClearTextAfterNTLMIsNotBelieved(t *testing.T) {
	var mutex sync.Mutex
	var acceptor *ntlm.Acceptor
	sealed := 0
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		if r.ContentLength > 0 {
			refuseWeaker(t, r)
			sealed++
			w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
			io.WriteString(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body/></s:Envelope>`)
			return
		}
		token, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "Negotiate "))
		if kind, _ := ntlm.MessageType(token); kind == ntlm.Negotiate {
			acceptor = ntlm.NewAcceptor("WIN-PRETENDS")
			challenge, err := acceptor.Challenge(token, time.Now())
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("WWW-Authenticate", "Negotiate "+base64.StdEncoding.EncodeToString(challenge))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if _, err := acceptor.Authenticate(token, password); err != nil {
			t.Error(err)
		}
	}))
	defer peer.Close()
	target := newServer(t, wsman.Options{}).target
	target.Port = peer.Listener.Addr().(*net.TCPAddr).Port
	f := newFleet(t, nil)
	_, err := f.Facts(t.Context(), target)
	f.Close()
	if failure := failed(t, err, rollout.ClassProtocol, "PD-REPLY"); !strings.Contains(failure.Words, "clear text") || sealed == 0 {
		t.Errorf("%d sealed requests, %q", sealed, failure.Words)
	}
}

func TestAServerWhoseCertificateHasExpiredGetsNothing(t *testing.T) {
	expired, ca := newAuthority(t).serverUntil(t, "app01.corp.example", time.Now().Add(-time.Minute))
	s := newServer(t, wsman.Options{TLS: expired})
	f := newFleet(t, with(Credential{User: user, Password: password, CA: ca}))
	_, err := f.Facts(t.Context(), s.target)
	if failure := failed(t, err, rollout.ClassAccess, "PD-CERTIFICATE"); !strings.Contains(failure.Words, "expired") || s.endpoint.FailedLogons(user) != 0 {
		t.Errorf("%q", failure.Words)
	}
}

func TestAServerWithAnotherNamesCertificateGetsNothing(t *testing.T) {
	other, ca := newAuthority(t).server(t, "other.corp.example")
	for _, auth := range []Auth{NTLM, Basic} {
		s := newServer(t, wsman.Options{TLS: other, AllowBasic: true})
		f := newFleet(t, with(Credential{User: user, Password: password, CA: ca, Auth: auth}))
		_, err := f.Facts(t.Context(), s.target)
		failed(t, err, rollout.ClassAccess, "PD-CERTIFICATE")
		same(t, s.asked(), map[wsman.Action]int{})
	}
}
