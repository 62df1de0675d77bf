package wsman

import (
	"net/http"
	"strings"

	"patchdeck/remote/simulator/wsman/soap"
)

// route answers a complete request; false ends the connection.
func (c *connection) route(request *http.Request, body []byte) bool {
	anonymous := false
	switch path := strings.ToLower(strings.TrimSuffix(request.URL.Path, "/")); {
	case path == "/wsman-anon/identify":
		anonymous = true
	case path != "/wsman":
		return c.write(pageReply(http.StatusNotFound))
	default:
		anonymous = strings.EqualFold(request.Header.Get("WSMANIDENTIFY"), "unauthenticated")
	}
	if request.Method != http.MethodPost {
		return c.write(pageReply(http.StatusMethodNotAllowed))
	}
	if anonymous {
		return c.write(c.endpoint.identifyAnonymous(body))
	}
	user, challenges, refusal, ok := c.authenticate(request)
	if !ok {
		return c.write(refusal)
	}
	if len(body) == 0 && c.endpoint.options.EmptyNeedsLogin && request.Header.Get("Authorization") == "" {
		return c.write(c.unauthorized())
	}
	if len(body) == 0 {
		return c.write(reply{status: http.StatusOK, challenges: challenges})
	}
	return c.exchange(exchange{
		user:       user,
		challenges: challenges,
		sealed:     isSealed(request.Header.Get("Content-Type")),
		host:       request.Host,
	}, body)
}

// exchange is what is known of a SOAP request besides its envelope.
type exchange struct {
	user       string
	challenges []string
	sealed     bool
	host       string
}

// exchange answers one SOAP message of a client that has logged in.
func (c *connection) exchange(x exchange, body []byte) bool {
	var err error
	switch {
	case x.sealed:
		if body, err = unseal(c.login.session, body); err != nil {
			c.login = login{} // the ciphers are out of step: nothing can follow
			return c.write(reply{status: http.StatusBadRequest, last: true})
		}
	case c.endpoint.options.TLS == nil && !c.endpoint.options.AllowUnencrypted:
		return c.write(c.unauthorized())
	}
	answer, action, departed := c.perform(x, body)
	if departed {
		return false
	}
	spoil := NoSpoil
	if action != "" {
		spoil = c.endpoint.machine.Spoil(action)
	}
	if action != "" && !c.delay(action) {
		return false
	}
	switch spoil {
	case NoSpoil:
	case Truncated:
		answer.body = answer.body[:len(answer.body)/2]
	case HalfBody, Drip:
		answer.pace = spoil
	default:
		return c.spoil(spoil)
	}
	answer.challenges = x.challenges
	if !x.sealed {
		return c.write(answer)
	}
	return c.writeSealed(answer)
}

func (c *connection) writeSealed(answer reply) bool {
	answer.contentType = sealedType(c.login.session.protocol())
	buffer := bodies.get(len(answer.body) + 640)
	defer bodies.put(buffer)
	framed, err := appendSealed(buffer.AvailableBuffer(), c.login.session, answer.body)
	if err != nil {
		return false
	}
	answer.body = framed
	return c.write(answer)
}

// shortActions are the names by which the Machine knows actions.
var shortActions = map[string]Action{
	soap.ActionCreate:  Create,
	soap.ActionCommand: Execute,
	soap.ActionSend:    Send,
	soap.ActionReceive: Receive,
	soap.ActionSignal:  Signal,
	soap.ActionDelete:  Delete,
}

// operations do what a request asks for. They return the reply's envelope, or a failure.
var operations = map[Action]func(*connection, exchange, *soap.Request, soap.Header) ([]byte, error){
	Create:  (*connection).create,
	Execute: (*connection).execute,
	Send:    (*connection).input,
	Receive: (*connection).receive,
	Signal:  (*connection).signal,
	Delete:  (*connection).delete,
}

// perform does one request. action is empty when it was none that the Machine cares about.
func (c *connection) perform(x exchange, body []byte) (answer reply, action Action, departed bool) {
	request, err := soap.Parse(body)
	if err != nil {
		return c.fault(soap.Header{}, unreadable(err)), "", false
	}
	if request.Identify {
		return envelope(soap.AppendIdentified(nil, c.endpoint.version())), "", false
	}
	header := soap.Header{RelatesTo: request.MessageID}
	action, known := shortActions[request.Action]
	switch {
	case !known:
		return c.fault(header, failure{fault: soap.UnknownAction}), "", false
	case !strings.EqualFold(request.ResourceURI, soap.CommandResource):
		return c.fault(header, failure{fault: soap.UnknownResource}), "", false
	}
	if faulty, ok := c.endpoint.machine.(Faulty); ok {
		if code := faulty.Fault(action); code != 0 {
			return c.fault(header, failure{fault: soap.Fault(code)}), action, false
		}
	}
	c.endpoint.settle()
	header.MessageID = newID()
	text, err := operations[action](c, x, request, header)
	if err == nil {
		return envelope(text), action, false
	}
	failed, ok := err.(failure)
	if !ok {
		return reply{}, action, true
	}
	return c.fault(header, failed), action, false
}

func envelope(text []byte) reply {
	return reply{status: http.StatusOK, contentType: soapType, body: text}
}
