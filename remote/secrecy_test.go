package remote

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/kerberos/kdctest"
	"patchdeck/remote/secret/secrettest"
	"patchdeck/remote/simulator/wsman"
)

// paper takes everything that is written.
type paper struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.text.Write(b)
}

// searched is a fleet whose log, errors and results are all written to paper.
func searched(t *testing.T, c Credential) (*Fleet, *paper) {
	t.Helper()
	p := new(paper)
	f := newFleet(t, func(o *Options) {
		o.Credentials = func(string) (Credential, error) { return c, nil }
		o.ReadLimit, o.ConnectLimit = 150*time.Millisecond, 150*time.Millisecond
		o.Logger = slog.New(slog.NewJSONHandler(p, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	fmt.Fprintf(p, "%v %+v %#v\n", c, c, c)
	return f, p
}

// try makes a call and writes down all that it gives.
func (p *paper) try(t *testing.T, f *Fleet, target engine.Target) {
	facts, err := f.Facts(t.Context(), target)
	var failure *rollout.Failure
	if errors.As(err, &failure) {
		fmt.Fprintf(p, "%+v\n", *failure)
	}
	fmt.Fprintf(p, "%+v\n", facts)
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(p, "%v %+v %#v\n", err, err, err)
	}
}

func (p *paper) search(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if form := secrettest.Find(p.text.Bytes(), secret); form != "" {
			t.Errorf("%q stands there as %s:\n%s", secret, form, p.text.Bytes())
		}
	}
}

// echoing makes a server that says back, in every way it has, what it was told; it knows the password.
func echoing(s *server) {
	s.answer = func(_ string, parameters jsonText) string { return raw + "the password is not " + string(parameters) }
}

func TestLogsErrorsAndResultsNeverHoldThePassword(t *testing.T) {
	config, ca := certificate(t)
	for _, given := range []string{password, "swordfish is wrong"} {
		for _, auth := range []Auth{NTLM, Basic} {
			f, p := searched(t, Credential{User: user, Password: given, CA: ca, Auth: auth})
			for spoil := range everyDamage {
				for _, action := range []wsman.Action{wsman.Create, wsman.Send, wsman.Receive} {
					s := newServer(t, wsman.Options{TLS: config, AllowBasic: true})
					s.set(func() { s.spoil[action] = spoil })
					p.try(t, f, s.target)
				}
			}
			s := newServer(t, wsman.Options{TLS: config, AllowBasic: true})
			s.set(func() { echoing(s) })
			p.try(t, f, s.target)
			plain := newServer(t, wsman.Options{AllowBasic: true, AllowUnencrypted: true})
			p.try(t, f, plain.target)
			f.Close()
			p.search(t, given)
		}
	}
}

func TestLogsAndErrorsNeverHoldAKey(t *testing.T) {
	config, ca := certificate(t)
	ours := newAuthority(t)
	good, key := ours.issue(t, "patchdeck")
	for _, c := range []Credential{{Certificate: good, Key: key}, {Certificate: key, Key: key}, {Certificate: good, Key: key[1:]}} {
		c.Auth, c.CA = Certificate, ca
		f, p := searched(t, c)
		p.try(t, f, newServer(t, wsman.Options{TLS: config}).target)
		p.try(t, f, newServer(t, wsman.Options{}).target)
		f.Close()
		p.search(t, string(bytes.Split(key, []byte("\n"))[1]))
	}
}

func TestLogsAndErrorsNeverHoldWhatProvesAKerberosAccount(t *testing.T) {
	d, service := joined(t)
	keytab, cache := d.Keytab("svc-patch"), d.Cache("svc-patch", password)
	for _, c := range []Credential{
		{User: principal, Password: password}, {User: principal, Password: "swordfish is wrong"}, {User: principal, Keytab: keytab}, {Cache: cache},
		{User: "nobody@" + kdctest.Realm, Keytab: keytab}, {Cache: cache[:len(cache)/2]}, {User: principal, Keytab: keytab[:len(keytab)/2]},
	} {
		c.Auth, c.Domain = Kerberos, d.Config
		f, p := searched(t, c)
		for _, s := range []*server{newServer(t, wsman.Options{Kerberos: service}), newServer(t, wsman.Options{})} {
			p.try(t, f, byName(s.target))
			p.try(t, f, s.target)
		}
		f.Close()
		p.search(t, password, "swordfish is wrong", string(keytab[len(keytab)-16:]), string(cache[len(cache)-16:]))
	}
}
