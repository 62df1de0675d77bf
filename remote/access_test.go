package remote

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
	"patchdeck/remote/transport"
)

// certificate borrows the test certificate of net/http/httptest, which is valid for 127.0.0.1.
func certificate(t testing.TB) (*tls.Config, []byte) {
	t.Helper()
	lender := httptest.NewTLSServer(nil)
	t.Cleanup(lender.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: lender.Certificate().Raw})
	return &tls.Config{Certificates: lender.TLS.Certificates}, ca
}

func with(c Credential) func(*Options) {
	return func(o *Options) { o.Credentials = func(string) (Credential, error) { return c, nil } }
}

func TestHTTPSWorksWithNTLMAndWithBasic(t *testing.T) {
	config, ca := certificate(t)
	s := newServer(t, wsman.Options{TLS: config, AllowBasic: true})
	for _, auth := range []Auth{NTLM, Basic} {
		f := newFleet(t, with(Credential{User: user, Password: password, CA: ca, Auth: auth}))
		for range 2 {
			if _, err := f.Facts(t.Context(), s.target); err != nil {
				t.Errorf("%s: %v", auth, err)
			}
		}
	}
}

// A host that wants every login tied to its TLS connection gets that from us.
func TestALoginProvesItsTLSConnection(t *testing.T) {
	config, ca := certificate(t)
	s := newServer(t, wsman.Options{TLS: config, Bindings: wsman.BindingStrict})
	f := newFleet(t, with(Credential{User: user, Password: password, CA: ca}))
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

func TestALockedAccountIsWaitedForAndWorksWhenItIsOpenAgain(t *testing.T) {
	s := newServer(t, wsman.Options{LockoutThreshold: 1})
	wrong := newFleet(t, with(Credential{User: user, Password: "swordfish"}))
	_, err := wrong.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGON")
	locked := newFleet(t, nil)
	_, err = locked.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGON")
	_, err = locked.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGON-HELD")
	s.endpoint.Unlock(user)
	if _, err := newFleet(t, nil).Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

// Hosts differ in what they answer to a request without a login, and to an empty one after it.
func TestHostsThatCloseAndAskAgainAreWorkedWith(t *testing.T) {
	s, f := newServer(t, wsman.Options{ClosesAnonymous: true, EmptyNeedsLogin: true}), newFleet(t, nil)
	for range 2 {
		if _, err := f.Facts(t.Context(), s.target); err != nil {
			t.Error(err)
		}
	}
}

func TestACertificateThatNobodyVouchesForIsRefused(t *testing.T) {
	config, _ := certificate(t)
	s, f := newServer(t, wsman.Options{TLS: config}), newFleet(t, nil)
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-CERTIFICATE")
	if s.endpoint.FailedLogons(user) != 0 {
		t.Error("a password was tried")
	}
}

func TestHTTPSAtAPlainPortIsSaid(t *testing.T) {
	s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
	s.target.Scheme = "https"
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassConfig, "PD-TLS")
}

func TestBasicNeverTravelsOverPlainHTTP(t *testing.T) {
	s, f := newServer(t, wsman.Options{AllowBasic: true, AllowUnencrypted: true}), newFleet(t, with(Credential{User: user, Password: password, Auth: Basic}))
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassConfig, "PD-CONFIG")
	if requests := s.asked(); len(requests) != 0 {
		t.Errorf("requests %v", requests)
	}
}

func TestAWrongPasswordCostsOneLogon(t *testing.T) {
	config, ca := certificate(t)
	for name, options := range map[string]wsman.Options{"http": {}, "https": {TLS: config}, "basic": {TLS: config, AllowBasic: true}} {
		credential := Credential{User: user, Password: "swordfish", CA: ca}
		if options.AllowBasic {
			credential.Auth = Basic
		}
		s, f := newServer(t, options), newFleet(t, with(credential))
		_, err := f.Facts(t.Context(), s.target)
		failure := failed(t, err, rollout.ClassAccess, "PD-LOGON")
		if !strings.Contains(failure.Words, `"fleet"`) || !strings.Contains(failure.Words, user) || strings.Contains(failure.Words, "swordfish") {
			t.Errorf("%q", failure.Words)
		}
		for range 3 {
			_, err := f.Facts(t.Context(), s.target)
			failed(t, err, rollout.ClassAccess, "PD-LOGON-HELD")
		}
		if n := s.endpoint.FailedLogons(user); n != 1 {
			t.Errorf("%s: %d failed logons", name, n)
		}
	}
}

func TestAWrongPasswordCostsAFleetThreeLogons(t *testing.T) {
	var servers []*server
	for range 12 {
		servers = append(servers, newServer(t, wsman.Options{}))
	}
	f := newFleet(t, with(Credential{User: user, Password: "swordfish"}))
	var calls sync.WaitGroup
	for _, s := range servers {
		calls.Go(func() {
			if _, err := f.Facts(t.Context(), s.target); err == nil {
				t.Error("a wrong password worked")
			}
		})
	}
	calls.Wait()
	failures := 0
	for _, s := range servers {
		failures += s.endpoint.FailedLogons(user)
	}
	if failures != 3 {
		t.Errorf("%d failed logons", failures)
	}
}

func TestANewPasswordLiftsTheHold(t *testing.T) {
	var current atomic.Value
	current.Store("swordfish")
	s := newServer(t, wsman.Options{})
	f := newFleet(t, func(o *Options) {
		o.Credentials = func(string) (Credential, error) {
			return Credential{User: user, Password: current.Load().(string)}, nil
		}
	})
	_, err := f.Facts(t.Context(), s.target)
	failed(t, err, rollout.ClassAccess, "PD-LOGON")
	current.Store(password)
	a := f.accounts["fleet"]
	later := time.Now().Add(refusedLife + time.Second)
	a.mutex.Lock()
	a.now = func() time.Time { return later }
	a.mutex.Unlock()
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

func TestACredentialThatCannotBeReadIsSaid(t *testing.T) {
	s := newServer(t, wsman.Options{})
	for name, resolve := range map[string]func(string) (Credential, error){
		"no resolver": nil,
		"error":       func(string) (Credential, error) { return Credential{}, fmt.Errorf("the vault is closed") },
		"empty":       func(string) (Credential, error) { return Credential{User: user}, nil },
		"bad CA": func(string) (Credential, error) {
			return Credential{User: user, Password: password, CA: []byte("x")}, nil
		},
		"bad auth": func(string) (Credential, error) {
			return Credential{User: user, Password: password, Auth: "magic"}, nil
		},
	} {
		f := newFleet(t, func(o *Options) { o.Credentials = resolve })
		_, err := f.Facts(t.Context(), s.target)
		if failure := failed(t, err, rollout.ClassAccess, "PD-CREDENTIAL"); !strings.Contains(failure.Words, `credential "fleet"`) {
			t.Errorf("%s: %q", name, failure.Words)
		}
	}
}

func TestACredentialNeverShowsItsPassword(t *testing.T) {
	c := Credential{User: user, Password: password}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, password) {
			t.Errorf("%s: %s", format, text)
		}
	}
	if strings.Contains(c.LogValue().String(), password) {
		t.Error("in the log")
	}
}

var refused = &transport.Error{Kind: transport.LogonRefused, Err: fmt.Errorf("refused")}

// tryOn lets an account try its password on a server and says what the server would answer.
func tryOn(t *testing.T, a *account, address string, answer error) error {
	t.Helper()
	if _, err := a.get(t.Context(), address); err != nil {
		return err
	}
	tried, err := a.admit(t.Context(), address)
	if err != nil {
		return err
	}
	tried(answer)
	return nil
}

func newTestAccount(now *time.Time) *account {
	o := Options{Credentials: func(string) (Credential, error) { return Credential{User: user, Password: password}, nil }}.withDefaults()
	a := newAccount("fleet", &o)
	a.now = func() time.Time { return *now }
	return a
}

// A server that is just starting refuses good passwords for a moment; a night has many such moments.
func TestAServerThatKnowsThePasswordGetsMorePatience(t *testing.T) {
	now := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	a := newTestAccount(&now)
	if err := tryOn(t, a, "one", nil); err != nil {
		t.Fatal(err)
	}
	if err := tryOn(t, a, "one", refused); err != nil {
		t.Fatal(err)
	}
	failed(t, tryOn(t, a, "one", nil), rollout.ClassAccess, "PD-LOGON-HELD")
	now = now.Add(time.Minute)
	if err := tryOn(t, a, "one", refused); err != nil {
		t.Fatalf("after a minute: %v", err)
	}
	now = now.Add(time.Minute)
	failed(t, tryOn(t, a, "one", nil), rollout.ClassAccess, "PD-LOGON-HELD")
	now = now.Add(15 * time.Minute)
	if err := tryOn(t, a, "one", nil); err != nil {
		t.Errorf("after the hold: %v", err)
	}
}

func TestAnAcceptedPasswordIsNotHeldForOneServersSake(t *testing.T) {
	now := time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC)
	a := newTestAccount(&now)
	for i := range 20 {
		if err := tryOn(t, a, fmt.Sprint("good", i), nil); err != nil {
			t.Fatal(err)
		}
		if err := tryOn(t, a, fmt.Sprint("bad", i), refused); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		if err := tryOn(t, a, fmt.Sprint("worse", i), refused); err != nil {
			t.Fatal(err)
		}
	}
	failed(t, tryOn(t, a, "good0", nil), rollout.ClassAccess, "PD-LOGON-HELD")
}
