package remote

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/kerberos/kdctest"
	"patchdeck/remote/simulator/wsman"
	"patchdeck/remote/simulator/wsman/kerberos"
)

const principal = "svc-patch@" + kdctest.Realm

// joined is a domain and a service in it. Servers of tests are reached as localhost.
func joined(t *testing.T) (*kdctest.Domain, *kerberos.Service) {
	t.Helper()
	d := kdctest.Start(t, "1h")
	d.Add("svc-patch", password)
	d.AddServer("localhost")
	service, err := kerberos.NewService(d.Keytab("HTTP/localhost"))
	if err != nil {
		t.Fatal(err)
	}
	return d, service
}

func byName(target engine.Target) engine.Target {
	target.Address = "localhost"
	return target
}

func TestKerberosLogsInWithPasswordKeytabAndCache(t *testing.T) {
	d, service := joined(t)
	config, ca := newAuthority(t).server(t, "localhost")
	for name, c := range map[string]Credential{
		"password": {User: principal, Password: password},
		"keytab":   {User: principal, Keytab: d.Keytab("svc-patch")},
		"cache":    {Cache: d.Cache("svc-patch", password)},
	} {
		c.Auth, c.Domain, c.CA = Kerberos, d.Config, ca
		for scheme, options := range map[string]wsman.Options{"http": {Kerberos: service}, "https": {Kerberos: service, TLS: config}} {
			s, f := newServer(t, options), newFleet(t, with(c))
			for range 2 {
				if _, err := f.Facts(t.Context(), byName(s.target)); err != nil {
					t.Fatalf("%s over %s: %v", name, scheme, err)
				}
			}
			s.restart()
			if _, err := f.Facts(t.Context(), byName(s.target)); err != nil {
				t.Fatalf("%s over %s after a restart: %v", name, scheme, err)
			}
		}
	}
}

func TestAWrongKerberosPasswordCostsTheFleetOneLogon(t *testing.T) {
	d, service := joined(t)
	f := newFleet(t, with(Credential{User: principal, Password: "swordfish", Auth: Kerberos, Domain: d.Config}))
	for range 4 {
		s := newServer(t, wsman.Options{Kerberos: service})
		_, err := f.Facts(t.Context(), byName(s.target))
		failure := failed(t, err, rollout.ClassAccess, "PD-LOGON")
		if !strings.Contains(failure.Words, "password or keytab is wrong") || strings.Contains(failure.Words, "swordfish") {
			t.Errorf("%q", failure.Words)
		}
	}
	if n := d.Refusals("svc-patch"); n != "1" {
		t.Errorf("%s failed logons", n)
	}
}

func TestTroubleWithTheDomainIsNotTheServers(t *testing.T) {
	s := newServer(t, wsman.Options{})
	away := "[realms]\n " + kdctest.Realm + " = {\n  kdc = 127.0.0.1:1\n }\n"
	f := newFleet(t, with(Credential{User: principal, Password: password, Auth: Kerberos, Domain: away}))
	for range 2 * hostSilences {
		_, err := f.Facts(t.Context(), byName(s.target))
		failed(t, err, rollout.ClassNetwork, "PD-DOMAIN")
	}
	_, err := f.Facts(t.Context(), s.target)
	if failure := failed(t, err, rollout.ClassAccess, "PD-TICKET"); !strings.Contains(failure.Words, "DNS name") {
		t.Errorf("%q", failure.Words)
	}
}

// A server outside of the domain, or one that only pretends to be the one we mean, has no key to open the ticket with.
func TestAServerThatCannotOpenTheTicketGetsNothing(t *testing.T) {
	d, _ := joined(t)
	d.AddServer("elsewhere")
	stranger, err := kerberos.NewService(d.Keytab("HTTP/elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	c := Credential{User: principal, Password: password, Auth: Kerberos, Domain: d.Config}
	for name, options := range map[string]wsman.Options{"stranger": {Kerberos: stranger}, "outside": {}, "weak": {AllowBasic: true, AllowUnencrypted: true}} {
		s, f := newServer(t, options), newFleet(t, with(c))
		_, err := f.Facts(t.Context(), byName(s.target))
		failed(t, err, rollout.ClassAccess, "PD-LOGON")
		if requests := s.asked(); len(requests) != 0 {
			t.Errorf("%s: requests %v", name, requests)
		}
	}
}

func TestAfterKerberosNothingWeakerFollows(t *testing.T) {
	d, service := joined(t)
	c := Credential{User: principal, Password: password, Auth: Kerberos, Domain: d.Config}
	for name, code := range map[string]string{"only Basic": "PD-NOT-SECURE", "lets in": "PD-NOT-SECURE", "clear text": "PD-REPLY"} {
		s := newServer(t, wsman.Options{Kerberos: service})
		handler := func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.Header.Get("Authorization"), "Basic") || r.ContentLength > 0 {
				t.Errorf("%s: something weaker was sent: %v", name, r.Header)
			}
			if name == "only Basic" {
				w.Header().Set("WWW-Authenticate", `Basic realm="WSMAN"`)
				w.WriteHeader(http.StatusUnauthorized)
			}
		}
		if name == "clear text" {
			handler = inClear(service)
		}
		peer := httptest.NewServer(http.HandlerFunc(handler))
		target := byName(s.target)
		target.Port = peer.Listener.Addr().(*net.TCPAddr).Port
		f := newFleet(t, with(c))
		_, err := f.Facts(t.Context(), target)
		if failure := err.(*rollout.Failure); failure.Code != code {
			t.Errorf("%s: %+v", name, failure)
		}
		f.Close()
		peer.Close()
	}
}

// inClear proves the service and then answers sealed requests in clear text.
func inClear(service *kerberos.Service) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 0 {
			w.Write([]byte("<s:Envelope/>"))
			return
		}
		token, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "Negotiate "))
		_, answer, _, err := service.Accept(token)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("WWW-Authenticate", "Negotiate "+base64.StdEncoding.EncodeToString(answer))
	}
}
