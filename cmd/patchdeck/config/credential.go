package config

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"patchdeck/remote"
	"patchdeck/remote/secret"
)

// Credential is an account on servers: where what proves it is kept, never the proof itself. All but User, Auth and Password
// are paths of files.
type Credential struct {
	User     string
	Auth     remote.Auth
	Password secret.Reference
	CA       string // PEM; empty is the system's certificates

	Certificate, Key string // auth certificate, PEM
	Keytab, Cache    string // auth kerberos, instead of a password
	Krb5             string // auth kerberos: a krb5.conf; empty finds the domain controllers by DNS
}

// proof says with which keys of the file a way to log in is written: all of needs, one of oneOf, and any of takes.
type proof struct{ needs, oneOf, takes []string }

var proofs = map[remote.Auth]proof{
	remote.NTLM:        {needs: []string{"user", "password"}},
	remote.Basic:       {needs: []string{"user", "password"}},
	remote.Kerberos:    {oneOf: []string{"password", "keytab", "cache"}, takes: []string{"user", "krb5"}},
	remote.Certificate: {needs: []string{"certificate", "key"}, takes: []string{"user"}},
}

// DefaultCredential is what a server uses that names none.
const DefaultCredential = "default"

var credentialName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Credential reads the credential of that name with its secret; an empty name is the default one.
func (c *Config) Credential(ctx context.Context, name string) (remote.Credential, error) {
	if name == "" {
		name = DefaultCredential
	}
	entry, ok := c.Credentials[name]
	if !ok {
		return remote.Credential{}, fmt.Errorf("the configuration has no credential %q: add it under credentials: (there are %s)", name, c.credentialNames())
	}
	credential, err := entry.read(ctx)
	if err != nil {
		return remote.Credential{}, fmt.Errorf("credential %q: %w", name, err)
	}
	return credential, nil
}

func (c Credential) read(ctx context.Context) (remote.Credential, error) {
	read := remote.Credential{User: c.User, Auth: c.Auth}
	var err error
	if c.Password.Given() {
		if read.Password, err = c.Password.Read(ctx); err != nil {
			return remote.Credential{}, err
		}
	}
	var domain []byte
	for _, file := range []struct {
		path string
		into *[]byte
		read func(string) ([]byte, error)
	}{
		{c.CA, &read.CA, os.ReadFile},
		{c.Certificate, &read.Certificate, os.ReadFile},
		{c.Krb5, &domain, os.ReadFile},
		{c.Key, &read.Key, secret.ReadFile},
		{c.Keytab, &read.Keytab, secret.ReadFile},
		{c.Cache, &read.Cache, secret.ReadFile},
	} {
		if file.path == "" {
			continue
		}
		if *file.into, err = file.read(file.path); err != nil {
			return remote.Credential{}, err
		}
	}
	read.Domain = string(domain)
	return read, nil
}

func (c *Config) credentialNames() string {
	if len(c.Credentials) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(c.Credentials)), ", ")
}

func (r *reader) credentials(v value, folder string) map[string]Credential {
	pairs, ok := pairsOf(v.node)
	if _, empty := v.node.(*ast.NullNode); empty {
		return nil
	}
	if !ok {
		if r.writtenOut(v) {
			r.fail(v.line, "credentials must be a mapping from names to accounts")
		}
		return nil
	}
	all := map[string]Credential{}
	for _, pair := range pairs {
		key := valueOf(pair.Key, "the name of a credential")
		name := r.text(key)
		if name == "" {
			continue
		}
		if !credentialName.MatchString(name) {
			r.fail(key.line, "the name %s of a credential: letters, digits, dot, dash and underscore are accepted", quote(name))
		}
		account := valueOf(pair.Value, "the credential "+name)
		account.line = key.line
		all[name] = r.credential(account, folder)
	}
	return all
}

func (r *reader) credential(v value, folder string) Credential {
	c := Credential{Auth: remote.NTLM}
	problems, given := len(r.problems), map[string]bool{}
	known := fields{
		"user": func(v value) { c.User = r.text(v) },
		"auth": func(v value) {
			c.Auth = remote.Auth(r.oneOf(v, string(remote.NTLM), string(remote.Kerberos), string(remote.Certificate), string(remote.Basic)))
		},
		"password": func(v value) { c.Password = r.reference(v, folder) },
	}
	for key, into := range map[string]*string{"ca": &c.CA, "certificate": &c.Certificate, "key": &c.Key,
		"keytab": &c.Keytab, "cache": &c.Cache, "krb5": &c.Krb5} {
		known[key] = func(v value) { *into = r.path(v, folder) }
	}
	for key, take := range known {
		known[key] = func(v value) {
			given[key] = true
			take(v)
		}
	}
	r.mapping(v, known)
	if len(r.problems) == problems {
		r.proven(v, c, given)
	}
	return c
}

// proven checks that the keys of a credential fit its way to log in.
func (r *reader) proven(v value, c Credential, given map[string]bool) {
	way := proofs[c.Auth]
	for _, key := range way.needs {
		if !given[key] {
			r.fail(v.line, "%s lacks the key %s", v.name, key)
		}
	}
	fits := slices.Concat(way.needs, way.oneOf, way.takes, []string{"auth", "ca"})
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(fits, key) {
			r.fail(v.line, "%s: %s has no meaning with auth %s", v.name, key, c.Auth)
		}
	}
	if len(way.oneOf) == 0 {
		return
	}
	chosen := slices.DeleteFunc(slices.Clone(way.oneOf), func(key string) bool { return !given[key] })
	switch {
	case len(chosen) != 1:
		r.fail(v.line, "%s needs one of the keys %s", v.name, strings.Join(way.oneOf, ", "))
	case chosen[0] != "cache" && !given["user"]:
		r.fail(v.line, "%s lacks the key user", v.name)
	}
}

// reference reads where a password is kept. A password in clear is refused without being repeated.
func (r *reader) reference(v value, folder string) secret.Reference {
	var ref secret.Reference
	if _, ok := pairsOf(v.node); !ok && r.writtenOut(v) {
		r.fail(v.line, "a password does not belong here: say where it is kept, as {env: NAME}, {file: PATH} or {command: [PROGRAM, ...]}")
		return ref
	}
	problems := len(r.problems)
	r.mapping(v, fields{
		"env":  func(v value) { ref.Env = r.text(v) },
		"file": func(v value) { ref.File = r.path(v, folder) },
		"command": func(v value) {
			r.list(v, "a program and its arguments", func(word value) { ref.Command = append(ref.Command, r.text(word)) })
		},
	})
	if err := ref.Check(); err != nil && len(r.problems) == problems {
		r.fail(v.line, "password: %s", err)
	}
	return ref
}
