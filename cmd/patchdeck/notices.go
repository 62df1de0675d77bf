package main

import (
	"fmt"
	"io/fs"
	"os"

	"patchdeck/assets"
	"patchdeck/cmd/patchdeck/config"
	"patchdeck/engine"
	"patchdeck/engine/notice"
	"patchdeck/remote/mail"
	"patchdeck/remote/webhook"
	"patchdeck/ui/command"
)

// noticesOf wires what the configuration says of notices: texts, addressees and senders.
func noticesOf(c config.Notices) (engine.NoticeOptions, error) {
	o := engine.NoticeOptions{Book: c.Book, Daily: c.Daily, Calendar: command.WriteCalendar, Posters: map[string]engine.Poster{}}
	folders := []fs.FS{assets.Templates()}
	if c.Templates != "" {
		own, err := config.TrustedFolder(c.Templates)
		if err != nil {
			return o, fmt.Errorf("templates of notices: %w", err)
		}
		folders = append(folders, own)
	}
	var err error
	if o.Templates, err = notice.ParseTemplates(folders...); err != nil {
		return o, err
	}
	if m := c.Mail; m != nil {
		ca, err := certificates(m.CA)
		if err != nil {
			return o, fmt.Errorf("mail: %w", err)
		}
		sender, err := mail.New(mail.Options{Host: m.Host, Port: m.Port, Security: m.TLS, From: m.From, User: m.User, Password: m.Password.Read, CA: ca})
		if err != nil {
			return o, fmt.Errorf("mail: %w", err)
		}
		o.Posters[notice.Addressee{Channel: notice.Mail}.Road()] = sender
	}
	for _, w := range c.Webhooks {
		ca, err := certificates(w.CA)
		if err != nil {
			return o, fmt.Errorf("webhook %s: %w", w.Name, err)
		}
		sender, err := webhook.New(webhook.Options{URL: w.URL, Secret: w.Secret.Read, CA: ca})
		if err != nil {
			return o, fmt.Errorf("webhook %s: %w", w.Name, err)
		}
		o.Posters[notice.Addressee{Channel: notice.Webhook, To: w.Name}.Road()] = sender
	}
	return o, nil
}

// certificates reads a PEM file; no path is none.
func certificates(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	return os.ReadFile(path)
}
