package transport

import (
	"context"
	"encoding/base64"
	"errors"

	"patchdeck/remote/kerberos"
)

// logonKerberos proves the account with a ticket, over one empty request whose reply proves the server. Over plain HTTP it
// leaves the sealing session behind.
func (c *Conn) logonKerberos(ctx context.Context, config Config) error {
	ticket, err := config.Ticket(ctx)
	if err != nil {
		return ofKerberos(err)
	}
	login, err := ticket.Begin(c.binding())
	if err != nil {
		return ofKerberos(err)
	}
	session, err := c.present(ctx, config, login)
	if err != nil {
		var trouble *Error
		if errors.As(err, &trouble) && refusals[trouble.Kind] {
			ticket.Drop()
		}
		return err
	}
	if config.TLS == nil {
		c.sealing = newSealing(session, byKerberos)
	}
	return nil
}

// refusals are the ends of a login that may be the ticket's fault.
var refusals = map[Kind]bool{LogonRefused: true, AccountRefused: true, NotSecure: true}

func (c *Conn) present(ctx context.Context, config Config, login *kerberos.Login) (*kerberos.Session, error) {
	defer c.hurry()()
	answer, err := c.prove(ctx, config, login.Token)
	if err != nil {
		return nil, err
	}
	return finish(login, offered(answer.challenges))
}

// finish reads the server's proof, which has to be there once.
func finish(login *kerberos.Login, tokens []string) (*kerberos.Session, error) {
	if len(tokens) != 1 || tokens[0] == "" {
		return nil, failed(NotSecure, "the server lets us in without proving who it is")
	}
	token, err := base64.StdEncoding.DecodeString(tokens[0])
	if err != nil {
		return nil, failed(NotReadable, "the server's Kerberos token is not base64")
	}
	session, err := login.Finish(token)
	if err != nil {
		return nil, ofKerberos(err)
	}
	return session, nil
}

// kinds say what trouble with Kerberos is to a connection.
var kinds = map[kerberos.Kind]Kind{
	kerberos.Ended: Ended, kerberos.Unreachable: NoDomain, kerberos.Refused: AccountRefused,
	kerberos.NoTicket: NoTicket, kerberos.Unproven: NotSecure, kerberos.Unreadable: NotReadable,
}

func ofKerberos(err error) *Error {
	var trouble *kerberos.Error
	if errors.As(err, &trouble) {
		return &Error{Kind: kinds[trouble.Kind], Err: trouble.Err}
	}
	return &Error{Kind: NotReadable, Err: err}
}
