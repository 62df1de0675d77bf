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

// Credential is an account on servers: where its password is kept, never the password.
type Credential struct {
	User     string
	Auth     remote.Auth
	Password secret.Reference
	CA       string // path of a PEM file; empty is the system's certificates
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
	password, err := entry.Password.Read(ctx)
	if err != nil {
		return remote.Credential{}, fmt.Errorf("credential %q: %w", name, err)
	}
	credential := remote.Credential{User: entry.User, Password: password, Auth: entry.Auth}
	if entry.CA != "" {
		if credential.CA, err = os.ReadFile(entry.CA); err != nil {
			return remote.Credential{}, fmt.Errorf("credential %q: %w", name, err)
		}
	}
	return credential, nil
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
	problems, hasPassword := len(r.problems), false
	r.mapping(v, fields{
		"user": func(v value) { c.User = r.text(v) },
		"auth": func(v value) { c.Auth = remote.Auth(r.oneOf(v, string(remote.NTLM), string(remote.Basic))) },
		"password": func(v value) {
			hasPassword = true
			c.Password = r.reference(v, folder)
		},
		"ca": func(v value) { c.CA = r.path(v, folder) },
	})
	if len(r.problems) > problems {
		return c
	}
	if c.User == "" {
		r.fail(v.line, "%s lacks the key user", v.name)
	}
	if !hasPassword {
		r.fail(v.line, "%s lacks the key password", v.name)
	}
	return c
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
