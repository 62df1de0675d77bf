package wsman

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"patchdeck/remote/simulator/wsman/kerberos"
	"patchdeck/remote/simulator/wsman/ntlm"
	"patchdeck/remote/simulator/wsman/spnego"
)

// login is the state of a connection's login; NTLM logs in connections, not requests.
type login struct {
	user       string         // empty until logged in
	session    sealing        // nil without one
	acceptor   *ntlm.Acceptor // between challenge and proof
	wrapped    bool           // the client speaks SPNEGO
	mechanisms []byte         // what the client's mechListMIC signs
}

// authenticate looks at a request's Authorization header. When ok is false, refusal is the reply; when it is true, user
// is who asks, and challenges go into whatever reply follows.
func (c *connection) authenticate(request *http.Request) (user string, challenges []string, refusal reply, ok bool) {
	scheme, value, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Negotiate"):
		return c.negotiate(strings.TrimSpace(value))
	case strings.EqualFold(scheme, "Basic") && c.offersBasic():
		name, password, given := request.BasicAuth()
		if given && c.endpoint.checkPassword(name, password) {
			return accountName(name), nil, reply{}, true
		}
		return "", nil, c.unauthorized(), false
	case scheme == mutual:
		if user, ok := c.certificateUser(); ok {
			return user, nil, reply{}, true
		}
	case scheme == "" && c.login.user != "":
		return c.login.user, nil, reply{}, true
	case scheme == "":
		return "", nil, c.anonymous(), false
	}
	return "", nil, c.unauthorized(), false
}

func (c *connection) offersBasic() bool { return c.endpoint.options.AllowBasic }

// unauthorized is the reply to everybody who is not logged in; it never says why.
func (c *connection) unauthorized() reply {
	challenges := []string{"Negotiate"}
	if c.offersBasic() {
		challenges = append(challenges, `Basic realm="WSMAN"`)
	}
	return reply{status: http.StatusUnauthorized, challenges: challenges}
}

// anonymous is the reply to a request that brings no login at all.
func (c *connection) anonymous() reply {
	refusal := c.unauthorized()
	refusal.last = c.endpoint.options.ClosesAnonymous
	return refusal
}

// negotiate takes one token of a login.
func (c *connection) negotiate(encoded string) (user string, challenges []string, refusal reply, ok bool) {
	token, err := base64.StdEncoding.DecodeString(encoded)
	var answer []byte
	if err == nil {
		answer, err = c.step(token)
	}
	if err != nil {
		c.login = login{}
		return "", nil, c.unauthorized(), false
	}
	header := "Negotiate"
	if len(answer) > 0 {
		header += " " + base64.StdEncoding.EncodeToString(answer)
	}
	if c.login.user == "" {
		return "", nil, reply{status: http.StatusUnauthorized, challenges: []string{header}}, false
	}
	if len(answer) > 0 {
		challenges = []string{header}
	}
	return c.login.user, challenges, reply{}, true
}

// step moves the login on by one token and returns the token that answers it.
func (c *connection) step(token []byte) (answer []byte, err error) {
	if c.endpoint.options.Kerberos != nil && kerberos.IsToken(token) {
		return c.acceptTicket(token)
	}
	inner := token
	var mechanismMIC []byte
	if spnego.Wrapped(token) {
		parsed, err := spnego.Parse(token)
		if err != nil {
			return nil, err
		}
		if parsed.Mechanisms != nil {
			c.login = login{wrapped: true, mechanisms: parsed.Mechanisms}
		}
		if parsed.Inner == nil {
			return spnego.Reply(spnego.Incomplete, nil, nil), nil
		}
		inner, mechanismMIC = parsed.Inner, parsed.MechanismMIC
	}
	kind, err := ntlm.MessageType(inner)
	if err != nil {
		return nil, err
	}
	if kind == ntlm.Negotiate {
		return c.challenge(inner)
	}
	return c.prove(inner, mechanismMIC)
}

func (c *connection) acceptTicket(token []byte) ([]byte, error) {
	user, answer, session, err := c.endpoint.options.Kerberos.Accept(token)
	if err != nil {
		return nil, err
	}
	if _, known := c.endpoint.machine.Password(user); !known {
		return nil, errUnknown
	}
	c.login = login{user: user, session: kerberosSealing{session}}
	return answer, nil
}

func (c *connection) challenge(token []byte) ([]byte, error) {
	acceptor := ntlm.NewAcceptor(c.endpoint.name)
	challenge, err := acceptor.Challenge(token, time.Now())
	if err != nil {
		return nil, err
	}
	c.login = login{acceptor: acceptor, wrapped: c.login.wrapped, mechanisms: c.login.mechanisms}
	if c.login.wrapped {
		return spnego.Reply(spnego.Incomplete, challenge, nil), nil
	}
	return challenge, nil
}

var errNoChallenge = errors.New("proof without a challenge on this connection")

func (c *connection) prove(token, mechanismMIC []byte) ([]byte, error) {
	acceptor := c.login.acceptor
	if acceptor == nil {
		return nil, errNoChallenge
	}
	account, err := c.endpoint.authenticate(acceptor, token)
	if err == nil {
		err = c.checkBinding(account)
	}
	if err != nil {
		return nil, err
	}
	c.login.user, c.login.acceptor = accountName(account.User), nil
	if account.Session != nil {
		c.login.session = ntlmSealing{account.Session}
	}
	if !c.login.wrapped {
		return nil, nil
	}
	var countersign []byte
	if mechanismMIC != nil && account.Session != nil {
		if countersign, err = account.Session.Countersign(mechanismMIC, c.login.mechanisms); err != nil {
			return nil, err
		}
	}
	return spnego.Reply(spnego.Completed, nil, countersign), nil
}
