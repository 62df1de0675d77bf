package mail

import (
	"errors"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// login chooses the strongest way to log in that the server offers, over TLS alone.
type login struct {
	user, password, host string
	chosen               smtp.Auth
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS {
		return "", nil, errors.New("the connection is not encrypted: the password is not sent")
	}
	for _, way := range []struct {
		name string
		auth func() smtp.Auth
	}{
		{"SCRAM-SHA-256", func() smtp.Auth { return smtp.ScramSHA256Auth(l.user, l.password) }},
		{"PLAIN", func() smtp.Auth { return smtp.PlainAuth("", l.user, l.password, l.host, false) }},
		{"LOGIN", func() smtp.Auth { return smtp.LoginAuth(l.user, l.password, l.host, false) }},
	} {
		if slices.ContainsFunc(server.Auth, func(offered string) bool { return strings.EqualFold(offered, way.name) }) {
			l.chosen = way.auth()
			return l.chosen.Start(server)
		}
	}
	return "", nil, errors.New("the mail server offers no way to log in that is known: SCRAM-SHA-256, PLAIN and LOGIN are")
}

// Next implements smtp.Auth.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	return l.chosen.Next(fromServer, more)
}
