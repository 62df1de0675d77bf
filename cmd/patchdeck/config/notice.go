package config

import (
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"patchdeck/engine/notice"
	"patchdeck/remote/mail"
	"patchdeck/remote/secret"
	"patchdeck/remote/webhook"
)

// Notices say what is told to whom. Without a mail server and webhooks nothing is sent.
type Notices struct {
	Daily     time.Duration // when daily notices go, after local midnight
	Templates string        // folder of texts that take the place of ours; empty is none
	Book      notice.Book
	Mail      *Mail // nil is none
	Webhooks  []Webhook
}

// Mail is the mail server: where its password is kept, never the password. CA is a path.
type Mail struct {
	Host     string
	Port     int
	TLS      mail.Security
	From     string
	User     string
	Password secret.Reference
	CA       string
}

// Webhook is one receiver of calls.
type Webhook struct {
	Name, URL string
	Secret    secret.Reference
	CA        string
}

// TrustedFolder opens a folder of which nobody else can change anything.
func TrustedFolder(path string) (fs.FS, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err == nil {
		err = trusted(info)
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %s %w", path, err)
	}
	for _, e := range entries {
		if info, err = e.Info(); err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s in %s is no regular file", quote(e.Name()), path)
		}
		if err := trusted(info); err != nil {
			return nil, fmt.Errorf("%s in %s %w", quote(e.Name()), path, err)
		}
	}
	return os.DirFS(path), nil
}

func (r *reader) notices(v value, folder string, n *Notices) {
	problems := len(r.problems)
	r.mapping(v, fields{
		"daily":     func(v value) { n.Daily = r.clock(v) },
		"templates": func(v value) { n.Templates = r.path(v, folder) },
		"quiet":     func(v value) { r.list(v, "kinds of notices", func(v value) { n.Book.Quiet = r.kind(v, n.Book.Quiet) }) },
		"mail":      func(v value) { n.Mail = r.mail(v, folder) },
		"recipients": func(v value) {
			n.Book.Groups = map[notice.Group][]string{}
			r.addresses(v, "groups", func(key value, list []string) {
				if group := r.group(key); group != "" {
					n.Book.Groups[group] = list
				}
			})
		},
		"owners": func(v value) {
			n.Book.Owners = map[string][]string{}
			r.addresses(v, "owners of servers", func(key value, list []string) {
				if owner := r.text(key); owner != "" {
					n.Book.Owners[owner] = list
				}
			})
		},
		"webhooks": func(v value) { r.list(v, "webhooks", func(v value) { r.webhook(v, folder, n) }) },
	})
	if len(r.problems) == problems && n.Mail == nil && len(n.Book.Groups)+len(n.Book.Owners) > 0 {
		r.fail(v.line, "notices has recipients and no mail server: add mail, or leave recipients and owners out")
	}
}

func (r *reader) kind(v value, kinds []notice.Kind) []notice.Kind {
	text := r.text(v)
	if text == "" {
		return kinds
	}
	kind, err := notice.ParseKind(text)
	if err != nil {
		r.fail(v.line, "%s", err)
		return kinds
	}
	return append(kinds, kind)
}

func (r *reader) group(key value) notice.Group {
	var words []string
	for _, g := range notice.Groups() {
		words = append(words, string(g))
	}
	return notice.Group(r.oneOf(key, words...))
}

// addresses hands over a mapping from names to lists of mail addresses.
func (r *reader) addresses(v value, what string, take func(key value, list []string)) {
	pairs, ok := pairsOf(v.node)
	if _, empty := v.node.(*ast.NullNode); empty {
		return
	}
	if !ok {
		if r.writtenOut(v) {
			r.fail(v.line, "%s must be a mapping from %s to lists of mail addresses", v.name, what)
		}
		return
	}
	for _, pair := range pairs {
		key := valueOf(pair.Key, "a name in "+v.name)
		var list []string
		inner := valueOf(pair.Value, v.name)
		r.list(inner, "mail addresses", func(v value) {
			if address := r.address(v); address != "" {
				list = append(list, address)
			}
		})
		take(key, list)
	}
}

// mostAddress is the longest mail address that there can be.
const mostAddress = 254

func (r *reader) address(v value) string {
	text := r.text(v)
	if text == "" {
		return ""
	}
	parsed, err := netmail.ParseAddress(text)
	plain := !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' })
	if err != nil || parsed.Address != text || !plain || len(text) > mostAddress {
		r.fail(v.line, "%s is no mail address: one such as team@example.com is accepted, without a name beside it", quote(text))
		return ""
	}
	return text
}

func (r *reader) mail(v value, folder string) *Mail {
	m := &Mail{Port: 587, TLS: mail.StartTLS}
	problems := len(r.problems)
	r.mapping(v, fields{
		"host": func(v value) { m.Host = r.text(v) },
		"port": func(v value) { m.Port = r.number(v, 1, 65535) },
		"tls": func(v value) {
			m.TLS = mail.Security(r.oneOf(v, string(mail.StartTLS), string(mail.TLS), string(mail.Plain)))
		},
		"from":     func(v value) { m.From = r.address(v) },
		"user":     func(v value) { m.User = r.text(v) },
		"password": func(v value) { m.Password = r.reference(v, folder) },
		"ca":       func(v value) { m.CA = r.path(v, folder) },
	})
	if len(r.problems) > problems {
		return m
	}
	switch {
	case m.Host == "":
		r.fail(v.line, "mail lacks the key host")
	case m.From == "":
		r.fail(v.line, "mail lacks the key from")
	case (m.User == "") == m.Password.Given():
		r.fail(v.line, "mail needs user and password together, or neither")
	}
	if _, err := mail.New(mail.Options{Host: m.Host, From: m.From, Security: m.TLS, User: m.User, Password: m.Password.Read}); err != nil && len(r.problems) == problems {
		r.fail(v.line, "mail: %s", err)
	}
	return m
}

func (r *reader) webhook(v value, folder string, n *Notices) {
	var w Webhook
	var hook notice.Hook
	problems := len(r.problems)
	v.name = "a webhook"
	r.mapping(v, fields{
		"name": func(v value) { w.Name = r.word(v, credentialName) },
		"url": func(v value) {
			w.URL = r.text(v)
			if err := webhook.CheckURL(w.URL); err != nil && w.URL != "" {
				r.fail(v.line, "url is not usable: %s", err)
			}
		},
		"secret": func(v value) { w.Secret = r.reference(v, folder) },
		"kinds":  func(v value) { r.list(v, "kinds of notices", func(v value) { hook.Kinds = r.kind(v, hook.Kinds) }) },
		"ca":     func(v value) { w.CA = r.path(v, folder) },
	})
	if len(r.problems) > problems {
		return
	}
	var lacks error
	switch {
	case w.Name == "":
		lacks = errors.New("a webhook lacks the key name")
	case w.URL == "":
		lacks = fmt.Errorf("the webhook %s lacks the key url", w.Name)
	case !w.Secret.Given():
		lacks = fmt.Errorf("the webhook %s lacks the key secret", w.Name)
	}
	for _, other := range n.Webhooks {
		if strings.EqualFold(other.Name, w.Name) {
			lacks = fmt.Errorf("the webhook %s stands twice", w.Name)
		}
	}
	if lacks != nil {
		r.fail(v.line, "%s", lacks)
		return
	}
	hook.Name = w.Name
	n.Webhooks, n.Book.Hooks = append(n.Webhooks, w), append(n.Book.Hooks, hook)
}
